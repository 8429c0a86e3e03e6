import { describe, expect, test } from "vitest";
import { chooseCases, nothingChosen } from "./filter.ts";
import type { Case } from "../types.ts";

const cases: readonly Case[] = Array.from({ length: 100 }, (_, n) => ({
  id: `case-${n}`,
  fields: { q: `Question ${n}` },
  group: `topic-${n % 10}`,
  tags: [n % 2 === 0 ? "even" : "odd"],
}));
const count = (filter: string): number => chooseCases(cases, { filter }, 0).length;

describe("a filter", () => {
  test("looks in id, tags, group and input", () =>
    expect([count("case-42"), count("odd"), count("topic-3"), count("question 7")]).toEqual([1, 50, 10, 11]));
  test("may be a regular expression", () => expect([count("/^case-\\d$/"), count("/QUESTION 7$/i"), count("/^ODD$/")]).toEqual([10, 1, 0]));
  test("with flag g finds each case all the same", () => expect(count("/odd/g")).toBe(50));
  test("that is broken says so", () => expect(() => count("/(/")).toThrow(/^filter \/\(\/: .+; write text to find, or \/expression\/$/));
});

describe("a sample", () => {
  const ids = (sample: number, seed: number): readonly string[] => chooseCases(cases, { sample }, seed).map(({ id }) => id);
  test("is the same for the same seed and in the order of the cases", () => {
    expect(ids(10, 1)).toEqual(ids(10, 1));
    expect(ids(10, 1)).not.toEqual(ids(10, 2));
    expect(ids(10, 1)).toEqual(cases.map(({ id }) => id).filter((id) => ids(10, 1).includes(id)));
  });
  test("grows by adding", () => expect(ids(30, 1)).toEqual(expect.arrayContaining([...ids(10, 1)])));
});

test("a limit takes the first of what the filter leaves", () => {
  expect(chooseCases(cases, { filter: "odd", limit: 2 }, 0).map(({ id }) => id)).toEqual(["case-1", "case-3"]);
});

test("nothing chosen cannot be judged, and names the filter and what was there", () => {
  expect(nothingChosen({ filter: "x" }, 100)).toMatchObject({
    code: 3,
    message: 'filter "x": selects none of 100 cases; the filter looks in id, tags, group and input fields',
  });
});
