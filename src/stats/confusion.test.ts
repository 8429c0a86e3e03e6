import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Counts } from "../types.ts";
import { cell, confusion } from "./confusion.ts";
import { seeded } from "./random.ts";

function countsOf(pairs: readonly (readonly [string, string | null])[]): Counts {
  const counts: Record<string, number> = {};
  for (const [expected, given] of pairs) counts[cell(expected, given)] = (counts[cell(expected, given)] ?? 0) + 1;
  return counts;
}

const file = new URL("../../../shared/data/metrics/classification.json", import.meta.url);
if (!existsSync(file)) console.warn("skipped: scikit-learn's reference values are not beside the repository");

test.skipIf(!existsSync(file))("agrees with scikit-learn", () => {
  const label = z.union([z.string(), z.number()]).transform(String);
  const rates = ["f1", "precision", "recall"] as const;
  const averages = ["macro", "micro", "weighted"] as const;
  const shape = z.object({
    cases: z.array(
      z.looseObject({
        name: z.string(),
        y_true: z.array(label),
        y_pred: z.array(label),
        labels: z.array(label),
        confusion: z.array(z.array(z.number())),
        per_class_f1: z.array(z.number()),
        accuracy: z.number(),
        balanced_accuracy: z.number(),
        kappa: z.number(),
        mcc: z.number(),
      }),
    ),
  });
  const { cases } = shape.parse(JSON.parse(readFileSync(file, "utf8")));
  expect(cases.length).toBeGreaterThan(0);
  for (const one of cases) {
    const ours = confusion(countsOf(one.y_true.map((expected, i) => [expected, one.y_pred[i] ?? null])));
    expect(ours.labels).toEqual(one.labels);
    expect(ours.matrix).toEqual(one.confusion);
    ours.perLabel.forEach(({ f1 }, i) => expect(f1).toBeCloseTo(one.per_class_f1[i] ?? NaN, 9));
    expect(ours.accuracy).toBeCloseTo(one.accuracy, 9);
    expect(ours.balancedAccuracy).toBeCloseTo(one.balanced_accuracy, 9);
    expect(ours.kappa).toBeCloseTo(one.kappa, 9);
    expect(ours.mcc).toBeCloseTo(one.mcc, 9);
    for (const average of averages)
      for (const rate of rates)
        expect(ours[average][rate], `${one.name} ${average} ${rate}`).toBeCloseTo(Number(one[`${average}_${rate}`]), 9);
  }
});

describe("answers that are none of the labels", () => {
  const pairs = [
    ["a", "a"],
    ["a", null],
    ["b", "b"],
    ["b", null],
    ["b", "a"],
  ] as const;

  test("are wrong and lower the recall of what was expected, but are no label and lower no precision", () => {
    const { labels, matrix, other, accuracy, macro, perLabel } = confusion(countsOf(pairs));
    expect({ labels, matrix, other, accuracy }).toEqual({
      labels: ["a", "b"],
      matrix: [
        [1, 0],
        [1, 1],
      ],
      other: [1, 1],
      accuracy: 2 / 5,
    });
    expect(perLabel.map(({ precision, recall, support }) => [precision, recall, support])).toEqual([
      [1 / 2, 1 / 2, 2],
      [1, 1 / 3, 3],
    ]);
    expect(macro.precision).toBe(3 / 4);
  });

  test("count in kappa and Matthews' correlation as a label of their own would", () => {
    const [none, named] = [confusion(countsOf(pairs)), confusion(countsOf(pairs.map(([a, b]) => [a, b ?? "zzz"])))];
    expect([none.kappa, none.mcc]).toEqual([named.kappa, named.mcc]);
  });
});

test("a label may be any text, an empty one and one that looks like a place in the matrix too", () => {
  const odd = ["", "0", "null", '["a","b"]', "__proto__", "constructor"];
  const { labels, accuracy, matrix } = confusion(countsOf(odd.map((label) => [label, label])));
  expect([new Set(labels), accuracy]).toEqual([new Set(odd), 1]);
  expect(matrix.flat().reduce((a, b) => a + b, 0)).toBe(odd.length);
});

test("kappa is null where only one label was ever expected and given, and nothing counted is an error", () => {
  expect(confusion(countsOf([["a", "a"]]))).toMatchObject({ kappa: null, mcc: 0, accuracy: 1, macro: { f1: 1 } });
  expect(() => confusion({})).toThrow(RangeError);
  expect(() => confusion({ [cell("a", "a")]: 0, tp: 3 })).toThrow(RangeError);
});

test("guessing by chance has a kappa and a correlation near 0 whatever the shares of the labels", () => {
  const random = seeded("chance");
  const draw = (): string => (random() < 0.9 ? "often" : "seldom");
  const { kappa, mcc, accuracy } = confusion(countsOf(Array.from({ length: 20_000 }, () => [draw(), draw()])));
  expect(accuracy).toBeGreaterThan(0.8);
  expect(Math.abs(kappa ?? 1)).toBeLessThan(0.03);
  expect(Math.abs(mcc)).toBeLessThan(0.03);
});
