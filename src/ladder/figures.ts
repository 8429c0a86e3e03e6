/** Figures of operation that a gate's `max` may bound: what the winner's test answers took, and how many failed. Pure. */
import { valueIn } from "../stats/values.ts";
import type { Answered } from "../types.ts";
import { latency } from "./measure.ts";

/** A program's answers to the test cases, as far as figures look at them. */
export interface Operated {
  readonly primary: string;
  /** Value at which a case passes, by scorer. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly rows: readonly Answered[];
}

type Figure = number | { readonly why: string };

/** By name; no scorer may have one of these names. Costs are without a cache and without judges; `why` says why there is no figure. */
export const FIGURES: Readonly<Record<string, (operated: Operated) => Figure>> = {
  /** Milliseconds, the median and the 95th percentile. */
  latency_p50: ({ rows }) => latency(rows).p50 ?? { why: "no case was answered" },
  latency_p95: ({ rows }) => latency(rows).p95 ?? { why: "no case was answered" },
  /** US dollars. */
  usd_per_answer: (operated) => ratio(dollars(operated), answered(operated).length),
  /** All answers' US dollars for each answer that reaches the primary scorer's threshold. */
  usd_per_correct: (operated) => ratio(dollars(operated), operated.rows.filter((row) => isCorrect(row, operated)).length),
  /** In and out together. */
  tokens_per_answer(operated) {
    const rows = answered(operated);
    const total = rows.reduce((sum, { usage }) => sum + usage.in + usage.out, 0);
    return ratio(total, rows.length);
  },
  /** Share of answers that failed, or that the primary scorer could not grade, 0..1. */
  error_rate: ({ rows, primary }) => ratio(rows.filter((row) => isError(row, primary)).length, rows.length),
};

function answered({ rows }: Operated): readonly Answered[] {
  return rows.filter((row) => row.error === undefined);
}

function dollars(operated: Operated): Figure {
  let total = 0;
  for (const { list_usd } of answered(operated)) {
    if (list_usd === null) return { why: "a model's price is unknown; give it under endpoints" };
    total += list_usd;
  }
  return total;
}

function isCorrect(row: Answered, { primary, thresholds }: Operated): boolean {
  return (valueIn(row, primary) ?? NaN) >= (thresholds[primary] ?? NaN);
}

function isError(row: Answered, primary: string): boolean {
  const score = row.scores[primary];
  return row.error !== undefined || score === undefined || "error" in score;
}

/** Infinite for something over nothing. */
function ratio(total: Figure, count: number): Figure {
  if (typeof total === "object") return total;
  return total === 0 && count === 0 ? { why: "there is no such answer" } : total / count;
}
