import { Chalk } from "chalk";
import { expect, test } from "vitest";
import { nothing } from "../spend.ts";
import type { Rung } from "../types.ts";
import { type Climb, liveView } from "./live.ts";

const rung = (status: Rung["status"], reason: string): Rung => ({
  name: "rag",
  use: "rag",
  status,
  reason,
  scores: { confirm: { f1: { mean: 0.5, low: 0.4, high: 0.6, n: 40, errors: 0, skipped: 0 } } },
  versus: {},
  calls: 0,
  cached_calls: 0,
  tokens: { in: 0, out: 0 },
  usd: 0,
  list_usd: 0,
  judging: nothing,
  seconds: 1,
  latency_ms: { p50: 1, p95: 2 },
});

const climb: Climb = {
  primary: "f1",
  rungs: [
    { name: "baseline", rung: rung("kept", "the program as written") },
    { name: "rag", rung: rung("rejected", "no evidence: ".repeat(20)) },
    { name: "few-shot" },
    { name: "检索增强", rung: rung("failed", "训练失败".repeat(30)) },
    { name: "fine-tune" },
  ],
  current: { type: "progress", rung: "few-shot", phase: "search", done: 7, total: 20, mean: 0.25, detail: "balanced 8 ".repeat(9) },
  seconds: 75,
  answers: 1234,
  usd: null,
};

test.each([40, 80, 140])("no line is wider than %i columns, and every rung has one", (width) => {
  const lines = liveView(climb, { width, chalk: new Chalk({ level: 0 }) }).split("\n");
  expect(lines).toHaveLength(climb.rungs.length + 1);
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(width);
});

test("without colour there is no escape, and unknown cost is said to be unknown", () => {
  const text = liveView(climb, { width: 100, chalk: new Chalk({ level: 0 }) });
  expect(text).not.toContain("\u001B");
  expect(text).toContain("cost unknown");
  expect(text).toContain("7/20");
});

/** Columns of a terminal: wide characters take two. */
function columns(line: string): number {
  return [...line].reduce((total, character) => total + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
}
