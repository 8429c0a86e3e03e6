import { expect, test } from "vitest";
import { confusion } from "../stats/confusion.ts";
import type { Counts, Json, Score } from "../types.ts";
import classification from "./classification.ts";
import { labFor, turnOf } from "./lab.fixture.ts";

type Options = Record<string, unknown>;

async function score(answer: string, expected: Json, options: Options = {}): Promise<Score> {
  const kase = { id: "c", fields: {}, expected };
  return await classification.score(turnOf(kase, answer), kase, classification.options.parse(options), labFor(classification));
}

/** The value over many cases, given as pairs of expected and answer, and their counts. */
async function pooled(
  pairs: readonly (readonly [string, string])[],
  options: Options = {},
): Promise<{ value: number | undefined; counts: Counts }> {
  const counts: Record<string, number> = {};
  for (const [expected, answer] of pairs) {
    const given = await score(answer, expected, options);
    for (const [name, count] of Object.entries(("value" in given && given.counts) || {})) counts[name] = (counts[name] ?? 0) + count;
  }
  return { value: classification.pool?.(counts, classification.options.parse(options)), counts };
}

const labels = ["refund", "Close account"];

test.each<[string, Json, Options, number]>([
  [" Refund\n", "refund", {}, 1],
  ["Refund", "refund", { ignore_case: false }, 0],
  ["close  account", "Close account", { labels }, 1],
  ["refund.", "refund", {}, 0],
  ["The label is refund", "refund", { labels }, 0],
  ["return", ["refund", "return"], {}, 1],
  ["true", true, {}, 1],
  ["", "refund", {}, 0],
])("%j where %j is expected, %j -> %d", async (answer, expected, options, value) => {
  expect(await score(answer, expected, options)).toMatchObject({ value });
});

test("an expected label that is not in labels, or empty, is an error", async () => {
  expect(await score("refund", "refnud", { labels })).toHaveProperty("error");
  expect(await score("refund", ["refund", "refnud"], { labels })).toHaveProperty("error");
  expect(await score("", "", {})).toHaveProperty("error");
});

test("an answer that is none of the labels is wrong, and no label of its own", async () => {
  const pairs = [
    ["refund", "refund"],
    ["refund", "I'd say refund"],
    ["Close account", "close account"],
    ["Close account", "other"],
  ] as const;
  const { counts } = await pooled(pairs, { labels });
  expect(confusion(counts)).toMatchObject({
    labels: ["Close account", "refund"],
    other: [1, 1],
    accuracy: 0.5,
    macro: { precision: 1, recall: 0.5 },
  });
  expect((await pooled(pairs, { labels, metric: "precision" })).value).toBe(1);
  // Without the list nobody can know what is no label: four of them, two of which are never right.
  expect((await pooled(pairs, { metric: "precision" })).value).toBe(0.5);
});

test("a label of the list that is named as none of them is still itself", async () => {
  const own = ["refund", "none of the labels", "other", "null"];
  const { counts } = await pooled(
    [
      ["other", "other"],
      ["null", "null"],
      ["refund", "dunno"],
    ],
    { labels: own },
  );
  expect(confusion(counts)).toMatchObject({ accuracy: 2 / 3, labels: ["null", "other", "refund"], other: [0, 0, 1] });
});

test("the value over all cases is the metric that was chosen", async () => {
  const pairs = [
    ["a", "a"],
    ["a", "a"],
    ["a", "b"],
    ["b", "b"],
    ["c", "a"],
  ] as const;
  const value = async (options: Options): Promise<number | undefined> => (await pooled(pairs, options)).value;
  const { macro, weighted, micro, balancedAccuracy, perLabel } = confusion((await pooled(pairs)).counts);
  expect(await value({})).toBe(0.6);
  expect(await value({ metric: "balanced-accuracy" })).toBe(balancedAccuracy);
  expect(await value({ metric: "f1" })).toBe(macro.f1);
  expect(await value({ metric: "f1", average: "weighted" })).toBe(weighted.f1);
  expect(await value({ metric: "precision", average: "micro" })).toBe(micro.precision);
  expect(await value({ metric: "recall", label: "A " })).toBe(perLabel[0]?.recall);
  expect(await value({ metric: "f1", label: "z" })).toBe(0);
});

test("options that cannot be meant are refused", () => {
  const fault = (options: Options): PropertyKey | undefined => classification.options.safeParse(options).error?.issues[0]?.path[0];
  expect(fault({ average: "macro" })).toBe("average");
  expect(fault({ label: "a" })).toBe("label");
  expect(fault({ metric: "f1", label: "a", average: "macro" })).toBe("label");
  expect(fault({ metric: "f1", label: "x", labels: ["a", "b"] })).toBe("label");
  expect(fault({ labels: ["a", "A "] })).toBe("labels");
  expect(fault({ labels: ["a", "A"], ignore_case: false })).toBeUndefined();
  expect(fault({ labels: ["a", " "] })).toBe("labels");
});
