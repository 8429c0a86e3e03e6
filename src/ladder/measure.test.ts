import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import type { Answered, Case, NamedScorer, Score, Scorer } from "../types.ts";
import { compareRows, means, metricOf, versus } from "./measure.ts";

const cases: readonly Case[] = Array.from({ length: 30 }, (_, i) => ({ id: `c${i}`, fields: {} }));

/** A row for each case and repeat, with the score that `score` gives it. */
function rowsOf(score: (i: number, repeat: number) => Score, repeats = 1): Answered[] {
  const spend = { usage: { in: 1, out: 1 }, calls: 1, cached_calls: 0, usd: 0, list_usd: 0, ms: 1, cached: false };
  return cases.flatMap(({ id }, i) =>
    Array.from({ length: repeats }, (_, repeat): Answered => {
      const scores = { micro: score(i, repeat) };
      return { case: id, split: "test", repeat, program: "p", answer: "x", scores, passages: [], ...spend };
    }),
  );
}

const plain = defineScorer({
  name: "micro",
  about: "right of all that was asked",
  axis: "behaviour",
  options: z.strictObject({}),
  score: () => ({ skipped: "not here" }),
});
const named = (scorer: Scorer): NamedScorer => ({
  name: "micro",
  scorer,
  options: {},
  axis: "behaviour",
  threshold: 0.5,
  not: false,
  prompts: {},
  files: new Map(),
});
const micro = named({ ...plain, pool: ({ right = 0, asked = 0 }) => right / asked });
const counted = (right: number, asked: number): Score => ({ value: right / asked, counts: { right, asked } });
const meanOf = (rows: readonly Answered[], scorer: NamedScorer) => means(rows, cases, { scorers: [scorer], seed: 1 })["micro"];

describe("a pooled metric", () => {
  // One case asks 70 times, all others once.
  const uneven = (i: number): Score => (i === 0 ? counted(0, 70) : counted(1, 1));

  test("is what its scorer makes of the sums, with an interval around it", () => {
    const mean = meanOf(rowsOf(uneven), micro);
    expect(mean?.mean).toBeCloseTo(29 / 99, 12);
    expect(mean?.low ?? 1).toBeLessThan(29 / 99);
    expect(mean?.high ?? 0).toBeGreaterThan(29 / 99);
    expect(mean?.n).toBe(30);
  });

  test("of a negated scorer is what is missing to 1", () => {
    expect(meanOf(rowsOf(uneven), { ...micro, not: true })?.mean).toBeCloseTo(70 / 99, 12);
  });

  test("has the same value however often each case was answered", () => {
    expect(meanOf(rowsOf(uneven, 2), micro)?.mean).toBeCloseTo(29 / 99, 12);
  });

  test.each([
    ["is not a number", () => NaN],
    ["cannot be had", () => Number(JSON.parse("{"))],
  ] as [string, () => number][])("that %s is unknown, neither 0 nor a crash", (_, pool) => {
    const broken = named({ ...plain, pool });
    const rows = rowsOf(() => counted(0, 1));
    expect(meanOf(rows, broken)).toMatchObject({ mean: null, low: null, high: null, n: 0, errors: 30 });
    expect(compareRows(rows, rows, cases, metricOf(broken), 1)).toMatchObject({ n: 0, verdict: "too few cases" });
  });

  test("leaves out cases that have a value and no counts, rather than count them as nothing", () => {
    expect(
      meanOf(
        rowsOf((i) => (i < 15 ? { value: 0 } : counted(1, 1))),
        micro,
      )?.mean,
    ).toBe(1);
  });
});

test("a comparison in a summary says what differs, not what is compared", () => {
  const [a, b] = [rowsOf(() => ({ value: 0 })), rowsOf(() => ({ value: 1 }))];
  const found = versus("test", a, b, cases, { scorers: [named(plain)], seed: 1 })["micro"];
  expect(found).toMatchObject({ delta: 1, verdict: "better" });
  expect(found).not.toHaveProperty("a");
});

describe("beside a mean stands", () => {
  test("what repeats show, where there are any", () => {
    expect(
      meanOf(
        rowsOf(() => ({ value: 1 })),
        named(plain),
      ),
    ).not.toHaveProperty("repeats");
    const flaky = meanOf(
      rowsOf((_, repeat) => ({ value: repeat }), 2),
      named(plain),
    );
    expect(flaky).toMatchObject({ mean: 0.5, n: 30, repeats: { k: 2, pass_at_k: 1, pass_hat_k: 0, between: 0, within: 0.5 } });
  });

  test("how many answers failed, where there are several to a case, and that none of those passes", () => {
    const third = meanOf(
      rowsOf((_, repeat) => (repeat === 0 ? { error: "judge" } : { value: 1 }), 3),
      named(plain),
    );
    expect(third).toMatchObject({ mean: 1, n: 30, errors: 0, answers: 90, failed_answers: 30, error: "judge" });
    expect(third?.repeats).toMatchObject({ k: 3, pass_at_k: 1, pass_hat_k: 0 });
  });

  test("why the first case without a value has none, and nothing where none failed", () => {
    const some = (score: Score) =>
      meanOf(
        rowsOf((i) => (i < 2 ? score : { value: 1 })),
        named(plain),
      );
    expect(some({ error: "ill" })).toMatchObject({ n: 28, errors: 2, error: "ill" });
    for (const score of [{ skipped: "no label" }, { value: 1 }]) expect(some(score)).not.toHaveProperty("error");
  });

  test("how far ratings agree, where values are made of ratings", () => {
    const rated = (votes: (i: number) => readonly number[]) =>
      meanOf(
        rowsOf((i) => ({ value: 0.5, votes: votes(i) })),
        named(plain),
      );
    expect(
      meanOf(
        rowsOf(() => ({ value: 1 })),
        named(plain),
      ),
    ).not.toHaveProperty("agreement");
    expect(rated((i) => [i % 2, i % 2])?.agreement).toBe(1);
    expect(rated((i) => [i % 2, 1 - (i % 2)])?.agreement ?? 1).toBeLessThan(0);
    expect(rated(() => [1, 1])?.agreement).toBeNull();
  });
});
