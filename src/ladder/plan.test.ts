/** What the estimate before a run says of scorers that ask a model. */
import { expect, test } from "vitest";
import { defineScorer } from "../plugin.ts";
import { z } from "zod";
import fewShot from "../stages/few-shot/index.ts";
import prompt from "../stages/prompt/index.ts";
import rag from "../stages/rag/index.ts";
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

test("demonstrations are counted in every prompt from the first rung that shows them, and so are the train cases that are answered for them", () => {
  const shown = (options: object) =>
    planOf(experimentOf([{ stage: prompt }, { stage: fewShot, options }, { stage: prompt }]), () => null).rungs;
  const [few, many] = [shown({ k: 4, verify: 0 }), shown({ k: [4, 20], choose: "random", verify: 0 })].map((rungs) =>
    rungs.map(({ calls, tokens }) => tokens / calls),
  );
  expect(many?.[1]).toBe(few?.[1]);
  for (const at of [2, 3]) expect(many?.[at]).toBeGreaterThan(2 * (few?.[at] ?? 0));
  const callsOf = (options: object, repeat = 1) =>
    planOf(experimentOf([{ stage: fewShot, options }], { repeat }), () => null).rungs[1]?.calls ?? 0;
  expect(callsOf({ verify: 10 }) - callsOf({ verify: 0 })).toBe(10);
  expect(callsOf({ verify: 10 }, 3) - callsOf({ verify: 0 }, 3)).toBe(30);
  expect(callsOf({ verify: 1000 })).toBe(callsOf({ verify: experimentOf([]).splits.train.length }));
  expect(callsOf({ verify: 10, source: "gold" })).toBe(callsOf({ verify: 0, source: "gold" }));
});

test("what steps ask is counted for every answer from their rung on, at the price of whom they ask", () => {
  const rows = (options: object) => {
    const base = experimentOf([{ stage: prompt }, { stage: rag, options }, { stage: prompt }]);
    const experiment = { ...base, models: { ...base.models, writer: "far/w", judge: "far/j" } };
    return planOf(experiment, (model) => ({ in: model === "far/j" ? 1 : 0, out: 0 })).rungs;
  };
  const [plain, asking] = [rows({ top_k: 3 }), rows({ top_k: 3, expand: "multi-query", rerank: "listwise" })];
  expect(asking.map(({ answers }) => answers)).toEqual(plain.map(({ answers }) => answers));
  expect(asking.map(({ answers, calls }) => calls / answers)).toEqual([1, 1, 3, 3]);
  expect(plain.map(({ answers, calls }) => calls / answers)).toEqual([1, 1, 1, 1]);
  expect(asking.map(({ usd }) => (usd ?? 0) > 0)).toEqual([false, false, true, true]);
});
