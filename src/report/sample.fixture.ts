/** A summary with every kind of rung and the texts that break layouts: CJK, escape sequences, markup. For tests. */
import type { Comparison, Mean, Rung, Summary } from "../types.ts";

const mean = (value: number, errors = 0): Mean => ({
  mean: value,
  low: value - 0.061,
  high: value + 0.058,
  n: 120 - errors,
  errors,
  skipped: 0,
});
const versus = (delta: number, verdict: Comparison["verdict"]): { split: "test"; f1: Comparison } => ({
  split: "test",
  f1: { delta, low: delta - 0.089, high: delta + 0.089, p: 0.0123, n: 120, wins: 31, losses: 12, ties: 77, verdict, mde: 0.081 },
});
const spent = {
  calls: 1240,
  cached_calls: 310,
  tokens: { in: 81_200, out: 3140 },
  usd: 0,
  seconds: 8.4,
  latency_ms: { p50: 3.2, p95: 41 },
};
const scores = (f1: number, format: number): Rung["scores"] => ({
  select: { f1: mean(f1 + 0.03), format: mean(format) },
  confirm: { f1: mean(f1 + 0.01), format: mean(format) },
  test: { f1: mean(f1, 2), format: mean(format), recall: { mean: null, low: null, high: null, n: 0, errors: 0, skipped: 120 } },
});

export const nasty = '<img src=x onerror="alert(1)">\u001b[31mred\u001b[0m\u0007 | *b* `c`\nnext';

export const sample: Summary = {
  run: "runs/support/20260101-120000-abcdef01",
  name: "support",
  status: "complete",
  baseline: "baseline",
  winner: "rag",
  primary: "f1",
  exploratory: false,
  rungs: [
    {
      name: "baseline",
      use: "baseline",
      status: "kept",
      reason: "the program as written",
      scores: scores(0.412, 0.9),
      versus: {},
      ...spent,
      calls: 360,
      cached_calls: 0,
    },
    {
      name: "few-shot",
      use: "few-shot",
      status: "rejected",
      reason: "no evidence that it is better than the incumbent on 80 confirm cases (+0.011 [-0.040, 0.062]), and it costs more",
      scores: scores(0.431, 0.91),
      versus: { baseline: versus(0.019, "no evidence"), incumbent: versus(0.019, "no evidence") },
      ...spent,
    },
    {
      name: "rag",
      use: "rag",
      status: "kept",
      reason: "better on 80 confirm cases: +0.291 [0.190, 0.392]",
      scores: scores(0.712, 0.925),
      versus: { baseline: versus(0.3, "better"), incumbent: versus(0.3, "better") },
      ...spent,
      usd: 0.4215,
    },
    {
      name: "检索增强-hyde-fact-check",
      use: "hyde-fact-check",
      status: "rejected",
      reason: "在确认集上比现任程序更差，并且每个回答的成本更高，因此保留现任程序，继续下一级阶梯，不再考虑这一级的任何候选程序了",
      scores: scores(0.6, 0.8),
      versus: { baseline: versus(0.188, "better"), incumbent: versus(-0.112, "worse") },
      ...spent,
      usd: null,
      calls: 12_345_678,
    },
    {
      name: "fine-tune",
      use: "fine-tune",
      status: "skipped",
      reason: `no trainer ${nasty}`,
      scores: {},
      versus: {},
      ...spent,
      calls: 0,
      cached_calls: 0,
      tokens: { in: 0, out: 0 },
      latency_ms: { p50: null, p95: null },
    },
  ],
  diagnosis: {
    probed: 30,
    failing: 41,
    total: 120,
    buckets: [
      { bucket: "missing knowledge", axis: "context", cases: ["c1", "c2", "c3"], asks_for: ["rag"] },
      { bucket: "format", axis: "behaviour", cases: ["c9"], asks_for: ["prompt", "few-shot", "fine-tune"] },
      { bucket: "unexplained", axis: null, cases: ["c10"], asks_for: [] },
    ],
    next: "missing knowledge is the largest cause that a rung treats: rag",
  },
  gates: [
    { metric: "f1", passed: true, reason: "f1: 0.712" },
    { metric: "format", passed: false, reason: "format: 0.925 is below 0.95" },
  ],
  totals: { calls: 12_349_518, cached_calls: 930, tokens: { in: 325_000, out: 12_560 }, usd: null, seconds: 95 },
  warnings: ["3 near-duplicates between train and test were taken out of train: c17, c40 and c77, the first of them word for word"],
};
