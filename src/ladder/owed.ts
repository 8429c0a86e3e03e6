/** What the budget still owes: the test split is answered last, by every program that stands for a rung. Pure. */
import type { Answered } from "../types.ts";
import type { Purse } from "./budget.ts";

/** What is left once each program has given so many test answers, at what its answers so far took with their judging. */
export function leftAfter(
  left: ReturnType<Purse["left"]>,
  programs: readonly (readonly Answered[])[],
  answers: number,
): ReturnType<Purse["left"]> {
  const owed = (of: (row: Answered) => number): number =>
    programs.reduce((sum, rows) => sum + (answers * rows.reduce((total, row) => total + of(row), 0)) / Math.max(1, rows.length), 0);
  const { calls, usd } = left;
  return {
    calls: calls === null ? null : Math.max(0, Math.floor(calls - owed((row) => row.calls + (row.judging?.calls ?? 0)))),
    usd: usd === null ? null : Math.max(0, usd - owed((row) => (row.list_usd ?? 0) + (row.judging?.list_usd ?? 0))),
  };
}
