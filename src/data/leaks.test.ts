import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { casesOf } from "./cases.ts";
import { withoutLeaks } from "./leaks.ts";
import { readRows } from "./rows.ts";
import { FRACTIONS, splitCases, splitGiven } from "./splits.ts";
import { inputOf } from "./text.ts";
import type { Case, Splits } from "../types.ts";

const kase = (id: string, q: string): Case => ({ id, fields: { q } });
const splitsOf = (parts: Partial<Splits>): Splits => ({ train: [], select: [], confirm: [], test: [], ...parts });
const ids = (cases: readonly Case[]): readonly string[] => cases.map(({ id }) => id);

const LONG = "How long does a refund take when the parcel was sent back from abroad by an ordinary courier?";

describe("train loses", () => {
  test.each(["select", "confirm", "test"] as const)("what %s repeats, exactly or nearly", (name) => {
    const splits = splitsOf({
      train: [kase("same", "Ｗhere  is MY refund"), kase("near", LONG), kase("other", "Which colours are there for the large valve?")],
      [name]: [kase("a", "Where is my refund?!"), kase("b", LONG.replace("ordinary", "ordinry"))],
    });
    const { splits: kept, warnings } = withoutLeaks(splits);
    expect(ids(kept.train)).toEqual(["other"]);
    expect(kept[name]).toBe(splits[name]);
    expect(warnings).toEqual([
      `data: 2 of 3 train cases repeat a case of ${name} (1 exactly, 1 nearly): "same" like "a", "near" like "b"; they are left out of train`,
    ]);
  });

  test("nothing where nothing is repeated", () => {
    const splits = splitsOf({ train: [kase("a", "Yes?")], select: [kase("b", "No?")], test: [kase("c", "Perhaps?")] });
    expect(withoutLeaks(splits)).toEqual({ splits, warnings: [] });
  });

  test("cases in Chinese that differ in a mark only", () => {
    const splits = splitsOf({ train: [kase("a", "梵語是什麼時候被發現的？")], test: [kase("b", "「梵語」是什麼時候被發現的")] });
    expect(withoutLeaks(splits).splits.train).toEqual([]);
  });
});

test("copies between the other splits are reported and stay", () => {
  const splits = splitsOf({ select: [kase("s", LONG)], confirm: [kase("c", LONG)], test: [kase("t", LONG)] });
  const { splits: kept, warnings } = withoutLeaks(splits);
  expect(kept).toEqual(splits);
  expect(warnings).toHaveLength(2);
});

test("similarity is what Jaccard over 5-grams says, for every pair of texts", () => {
  const words = "how long does a refund take when my parcel came back".split(" ");
  const text = (n: number): string =>
    words.map((word, at) => (((n * 2654435761) >>> at) & 1 ? word : `${word}${(n >> (at % 5)) % 3}`)).join(" ");
  const train = Array.from({ length: 150 }, (_, n) => kase(`a${n}`, text(n * 7 + 1)));
  const held = Array.from({ length: 150 }, (_, n) => kase(`b${n}`, text(n * 11 + 5)));
  const grams = (one: Case): ReadonlySet<string> => {
    const input = inputOf(one);
    return new Set(Array.from({ length: input.length - 4 }, (_, at) => input.slice(at, at + 5)));
  };
  const near = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.intersection(b).size / a.union(b).size >= 0.8;
  const heldGrams = held.map(grams);
  const want = train.filter((one) => !heldGrams.some((other) => near(grams(one), other)));
  expect(want.length).toBeGreaterThan(0);
  expect(want.length).toBeLessThan(train.length);
  expect(ids(withoutLeaks(splitsOf({ train, test: held })).splits.train)).toEqual(ids(want));
});

const banking = new URL("../../../shared/data/banking77/", import.meta.url).pathname;
describe.skipIf(!existsSync(banking))("banking77 (skipped where ../shared/data is absent)", () => {
  const read = async (file: string): Promise<readonly Case[]> => {
    const { rows, faults } = await readRows(`${banking}${file}`, file);
    const found = casesOf(rows, { id: "id", input: ["text"], expected: "label" });
    expect([...faults, ...found.faults]).toEqual([]);
    return found.cases.map((placed) => placed.case);
  };

  test("10,003 rows with 77 labels are split, and nothing of train is left in the rest", async () => {
    const cases = await read("train.jsonl");
    expect(cases).toHaveLength(10_003);
    expect(new Set(cases.map(({ expected }) => expected)).size).toBe(77);
    const { splits } = withoutLeaks(splitCases(cases, FRACTIONS, 7).splits);
    const held = new Set([...splits.select, ...splits.confirm, ...splits.test].map(inputOf));
    expect(splits.train.length).toBeGreaterThan(3900);
    expect(splits.train.some((one) => held.has(inputOf(one)))).toBe(false);
    expect(withoutLeaks(splits).splits.train).toEqual(splits.train);
  });

  test("the official split keeps its test cases whole", async () => {
    const official = await read("test.jsonl");
    const { splits, exploratory } = splitGiven({ train: await read("train_10.jsonl"), test: official }, 7);
    expect(withoutLeaks(splits).splits.test).toEqual(official);
    expect(exploratory).toBe(false);
  });
});
