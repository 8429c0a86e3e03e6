/** What the estimate before a run says of scorers that ask a model. */
import { expect, test } from "vitest";
import { defineScorer } from "../plugin.ts";
import { z } from "zod";
import prompt from "../stages/prompt/index.ts";
import type { NamedScorer } from "../types.ts";
import { planOf } from "./plan.ts";
import { experimentOf, namedScorer } from "./world.fixture.ts";

const judge = defineScorer({
  name: "judge",
  about: "asks twice",
  axis: "behaviour",
  options: z.strictObject({}),
  prompts: { verdict: { text: "v".repeat(400), fields: [] } },
  asks: () => 2,
  score: () => ({ skipped: "not asked" }),
});

const planned = (scorers: readonly NamedScorer[], dollars: Readonly<Record<string, number>>) => {
  const base = experimentOf([{ stage: prompt }]);
  const experiment = { ...base, scorers, models: { ...base.models, judge: "far/judge" } };
  return planOf(experiment, (model) => {
    const rate = dollars[model];
    return rate === undefined ? null : { in: rate, out: rate };
  });
};
const [plain] = experimentOf([]).scorers as [NamedScorer];
const named = namedScorer("judge", judge);

test("judges are asked as often as they say for every answer, at the judge's price", () => {
  const free = planned([plain], { "embedded/reader": 0 });
  const { totals, rungs } = planned([plain, named], { "embedded/reader": 0, "far/judge": 1 });
  expect(free.totals).toMatchObject({ judge_calls: 0, usd: 0 });
  for (const { calls, judge_calls } of rungs) expect(judge_calls).toBe(2 * calls);
  expect(totals.calls).toBe(free.totals.calls);
  expect(totals.tokens).toBeGreaterThan(free.totals.tokens + totals.judge_calls * 100);
  expect(totals.usd).toBeCloseTo((totals.tokens - free.totals.tokens) / 1e6, 4);
});

test("a judge whose price is unknown makes the cost unknown, but only where it is asked", () => {
  expect(planned([plain, named], { "embedded/reader": 1 }).totals.usd).toBeNull();
  expect(planned([plain], { "embedded/reader": 1 }).totals.usd).toBeGreaterThan(0);
});

test("templates of the experiment's own are what counts", () => {
  const short = { ...named, prompts: { verdict: "?" } };
  const tokens = (one: NamedScorer) => planned([plain, one], {}).totals.tokens;
  expect(tokens(short)).toBeLessThan(tokens(named));
});

test("a budget of calls pays judges too", () => {
  const { totals } = planned([plain, named], {});
  const most = totals.calls + totals.judge_calls;
  const warned = (calls: number) => {
    const experiment = { ...experimentOf([{ stage: prompt }]), scorers: [plain, named], budget: { calls } };
    return planOf(experiment, () => null).warnings.join("\n");
  };
  expect(warned(most)).not.toContain("may stop the walk");
  expect(warned(most - 1)).toContain(`may stop the walk before its end (${most} at the most)`);
});
