import { describe, expect, test } from "vitest";
import { FEWEST_TO_CONFIRM, FRACTIONS, splitCases, splitGiven, SPLITS, type Fractions } from "./splits.ts";
import type { Case, Splits } from "../types.ts";

const many = (count: number, groups?: number): readonly Case[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `c${n}`,
    fields: { q: `question ${n}` },
    ...(groups === undefined ? {} : { group: `g${n % groups}` }),
  }));
const homes = (splits: Splits): ReadonlyMap<string, string> =>
  new Map(SPLITS.flatMap((name) => splits[name].map(({ id }) => [id, name] as const)));
const sizes = (splits: Splits): readonly number[] => SPLITS.map((name) => splits[name].length);

describe("every case is in one split", () => {
  test.each([4, 5, 17, 40, 200, 1000])("of %i cases", (count) => {
    for (const seed of [0, 1, 2]) {
      const { splits, exploratory } = splitCases(many(count), FRACTIONS, seed);
      const all = [...splits.train, ...splits.select, ...(exploratory ? [] : splits.confirm), ...splits.test];
      expect(all.length).toBe(count);
      expect(new Set(all).size).toBe(count);
    }
  });
});

test("a group never straddles splits, and where a case has none, the same input is a group", () => {
  const copies: readonly Case[] = [
    ...many(150, 30),
    ...Array.from({ length: 60 }, (_, n) => ({ id: `d${n}`, fields: { q: n % 2 === 0 ? `Same ${n >> 2}?` : `same  ${n >> 2}` } })),
  ];
  for (const seed of [0, 1, 2, 3]) {
    const { splits } = splitCases(copies, FRACTIONS, seed);
    const home = homes({ ...splits, confirm: splits.confirm === splits.select ? [] : splits.confirm });
    const groups = Map.groupBy(
      copies,
      ({ group, fields }) =>
        group ??
        fields["q"]
          ?.toLowerCase()
          .replace(/[^a-z\d]+/g, " ")
          .trim(),
    );
    for (const members of groups.values()) expect(new Set(members.map(({ id }) => home.get(id))).size).toBe(1);
  }
});

describe("sizes are close to the fractions", () => {
  test.each([10, 50, 103, 1000])("to a case, of %i cases", (count) => {
    const fractions: Fractions = { train: 0.4, select: 0.2, confirm: 0.1, test: 0.3 };
    const { splits, exploratory } = splitCases(many(count), fractions, 3);
    const [train = 0, select = 0, confirm = 0, test = 0] = sizes(splits);
    expect(Math.abs(train - 0.4 * count)).toBeLessThanOrEqual(1);
    expect(Math.abs(test - 0.3 * count)).toBeLessThanOrEqual(1);
    expect(Math.abs((exploratory ? select : select + confirm) - 0.3 * count)).toBeLessThanOrEqual(1);
  });

  test("to a group, of large groups", () => {
    const { splits } = splitCases(many(400, 20), FRACTIONS, 1);
    for (const name of SPLITS) expect(Math.abs(splits[name].length - FRACTIONS[name] * 400)).toBeLessThanOrEqual(20);
  });
});

describe("splits are stable", () => {
  const cases = many(500);
  test("for the same seed, whatever the order of the cases", () => {
    expect(homes(splitCases(cases.toReversed(), FRACTIONS, 7).splits)).toEqual(homes(splitCases(cases, FRACTIONS, 7).splits));
  });
  test("and other for another seed", () => {
    expect(homes(splitCases(cases, FRACTIONS, 8).splits)).not.toEqual(homes(splitCases(cases, FRACTIONS, 7).splits));
  });
  test("when cases come: few others move", () => {
    const [before, after] = [homes(splitCases(cases, FRACTIONS, 7).splits), homes(splitCases(many(520), FRACTIONS, 7).splits)];
    const moved = cases.filter(({ id }) => before.get(id) !== after.get(id)).length;
    expect(moved).toBeLessThanOrEqual(20);
  });
});

describe("few cases", () => {
  test("make select and confirm one, and the result exploratory", () => {
    const { splits, exploratory } = splitCases(many(60), FRACTIONS, 0);
    expect(exploratory).toBe(true);
    expect(splits.select).toBe(splits.confirm);
    expect(splits.select).toHaveLength(18);
  });
  test("are as many as make a confirm split too small", () => {
    for (const count of [190, 195, 200, 205, 210]) {
      const { splits, exploratory } = splitCases(many(count), FRACTIONS, 0);
      expect(exploratory).toBe(splits.confirm === splits.select);
      if (!exploratory) expect(splits.confirm.length).toBeGreaterThanOrEqual(FEWEST_TO_CONFIRM);
    }
  });
  test("in fewer groups than splits are refused, with what is needed", () => {
    expect(() => splitCases(many(100, 3), FRACTIONS, 0)).toThrow(
      "100 cases in 3 groups cannot fill train, select, confirm, test; 4 groups at least are needed",
    );
  });
  test("in huge and tiny groups leave no split empty", () => {
    const cases = [...many(200, 1), ...many(5, 5).map((kase) => ({ ...kase, id: `x${kase.id}`, group: `x${kase.group}` }))];
    for (const seed of [0, 1, 2, 3, 4])
      for (const size of sizes(splitCases(cases, FRACTIONS, seed).splits)) expect(size).toBeGreaterThan(0);
  });
  test("leave a split empty whose fraction is 0", () => {
    expect(splitCases(many(100), { train: 0, select: 0.5, confirm: 0.2, test: 0.3 }, 0).splits.train).toEqual([]);
  });
});

describe("given splits", () => {
  const [train, held] = [many(200), many(50).map((kase) => ({ ...kase, id: `t${kase.id}` }))];
  test("stay as they are", () => {
    const given = { train, select: held.slice(0, 20), confirm: held.slice(20, 40), test: held.slice(40) };
    expect(splitGiven(given, 0)).toEqual({ splits: given, exploratory: false });
  });
  test("are filled up from train", () => {
    const { splits } = splitGiven({ train, test: held }, 0);
    expect(splits.test).toBe(held);
    expect(splits.train.length + splits.select.length + splits.confirm.length).toBe(200);
    expect(splits.select.length).toBeGreaterThan(splits.confirm.length);
  });
  test("share select with confirm where only that is given", () => {
    const { splits } = splitGiven({ train, select: many(90).map((kase) => ({ ...kase, id: `s${kase.id}` })), test: held }, 0);
    expect([splits.train.length, splits.select.length, splits.confirm.length]).toEqual([200, 60, 30]);
  });
  test("without test cases are refused", () => expect(() => splitGiven({ train }, 0)).toThrow("the split test would be empty"));
});
