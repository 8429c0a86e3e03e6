import { expect, test } from "vitest";
import { nothing } from "../spend.ts";
import type { Mean, Rung } from "../types.ts";
import { judgeGates } from "./gates.ts";

const mean = (value: number | null): Mean => ({ mean: value, low: value, high: value, n: value === null ? 0 : 50, errors: 0, skipped: 0 });
const rung = (name: string, value: number | null): Rung => ({
  name,
  use: name,
  status: "kept",
  reason: "",
  versus: {},
  calls: 0,
  cached_calls: 0,
  tokens: { in: 0, out: 0 },
  usd: 0,
  list_usd: 0,
  judging: nothing,
  seconds: 0,
  scores: { test: { f1: mean(value) } },
  latency_ms: { p50: 1, p95: 1 },
});

test("a gate judges the winner on test", () => {
  const rungs = [rung("baseline", 0.5), rung("rag", 0.7)];
  expect(judgeGates([{ metric: "f1", min: 0.7 }], rungs, "rag")[0]?.passed).toBe(true);
  expect(judgeGates([{ metric: "f1", min: 0.71 }], rungs, "rag")[0]?.passed).toBe(false);
  expect(judgeGates([{ metric: "f1", max_drop: 0.02 }], [rung("baseline", 0.5), rung("rag", 0.47)], "rag")[0]?.passed).toBe(false);
});

test("an unknown value never passes", () => {
  expect(judgeGates([{ metric: "f1", min: 0 }], [rung("baseline", null)], "baseline")[0]?.passed).toBe(false);
  expect(judgeGates([{ metric: "typo", min: 0 }], [rung("baseline", 1)], "baseline")[0]?.passed).toBe(false);
  expect(judgeGates([{ metric: "f1", max_drop: 1 }], [rung("baseline", null), rung("rag", 1)], "rag")[0]?.passed).toBe(false);
});
