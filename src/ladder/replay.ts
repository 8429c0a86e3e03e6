/** A rung that was interrupted goes the same way again: what its search had already paid for counts as if it were paid now. */
import { answerSpend, sum } from "../spend.ts";
import type { Answered, Journal, Spend } from "../types.ts";
import type { Purse } from "./budget.ts";

export interface Replay {
  /** Whether an earlier process has this answer, and this one has not come to it yet. */
  waits(program: string, kase: string, repeat: number): boolean;
  /** Answers that this process has come to, whoever gave them. */
  reached(rows: readonly Answered[]): void;
  /** Other calls of this process; an earlier one made the same. */
  spent(spend: Spend): void;
  /** What would be left of the budget had the rung never been interrupted, from what is left now. */
  left(now: ReturnType<Purse["left"]>): ReturnType<Purse["left"]>;
}

/** Reads what the rung's journal holds when its search begins: nothing, unless an earlier process ended in the middle of it. */
export function createReplay(journal: Pick<Journal, "rows" | "spends">, rung: string): Replay {
  const rows = Map.groupBy(journal.rows(rung), (row) => keyOf(row.program, row.case, row.repeat));
  const others = paidFor(sum(journal.spends(rung)));
  return {
    waits: (program, kase, repeat) => rows.has(keyOf(program, kase, repeat)),
    reached(reached) {
      for (const row of reached) rows.delete(keyOf(row.program, row.case, row.repeat));
    },
    spent({ calls, list_usd }) {
      others.calls = Math.max(0, others.calls - calls);
      others.usd = Math.max(0, others.usd - (list_usd ?? 0));
    },
    left({ calls, usd }) {
      const answers = [...rows.values()].flat();
      const ahead = paidFor(sum([...answers.map(answerSpend), ...answers.flatMap(({ judging }) => judging ?? [])]));
      return {
        calls: calls === null ? null : calls + ahead.calls + others.calls,
        usd: usd === null ? null : usd + ahead.usd + others.usd,
      };
    },
  };
}

function paidFor({ calls, cached_calls, usd }: Spend): { calls: number; usd: number } {
  return { calls: calls - cached_calls, usd: usd ?? 0 };
}

function keyOf(program: string, kase: string, repeat: number): string {
  return `${program}\n${kase}\n${repeat}`;
}
