/** Rows -> numbers: means with intervals, paired comparisons, latency, cost. Pure; the same rows give the same numbers. */
import { meanInterval } from "../stats/bootstrap.ts";
import { comparePaired, type Pair } from "../stats/compare.ts";
import { seeded } from "../stats/random.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Case, Comparison, Experiment, Mean, SplitName, Versus } from "../types.ts";

type Scored = Pick<Experiment, "scorers" | "seed">;

/** A mean for every scorer. A case's repeats count as one value; cases without a value count as errors or skipped, never as 0. */
export function means(rows: readonly Answered[], cases: readonly Case[], { scorers, seed }: Scored): Readonly<Record<string, Mean>> {
  return Object.fromEntries(scorers.map(({ name }) => [name, meanOf(rows, cases, name, seed)]));
}

/** b against a for every scorer, paired by case. */
export function versus(
  split: SplitName,
  a: readonly Answered[],
  b: readonly Answered[],
  cases: readonly Case[],
  { scorers, seed }: Scored,
): Versus {
  return { split, ...Object.fromEntries(scorers.map(({ name }) => [name, compareRows(a, b, cases, name, seed)])) };
}

/** b against a by one scorer, over the cases that both have a value for. */
export function compareRows(
  a: readonly Answered[],
  b: readonly Answered[],
  cases: readonly Case[],
  scorer: string,
  seed: number,
): Comparison {
  const valuesA = valuesOf(a, scorer);
  const valuesB = valuesOf(b, scorer);
  const pairs = cases.flatMap((kase): Pair[] => {
    const [left, right] = [valuesA.get(kase.id), valuesB.get(kase.id)];
    return left === undefined || right === undefined ? [] : [{ case: kase.id, group: kase.group, a: left, b: right }];
  });
  return comparePaired(pairs, { random: seeded(`${seed} ${scorer} pairs`) });
}

/** Median and 95th percentile of the milliseconds that answers took; null without answers. */
export function latency(rows: readonly Answered[]): { readonly p50: number | null; readonly p95: number | null } {
  const sorted = rows
    .filter((row) => row.error === undefined)
    .map((row) => row.ms)
    .sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}

/**
 * Mean cost of an answer as if nothing were cached, over the rows that have one: in USD per million where the price is known
 * and not 0, else in tokens.
 */
export function costPerAnswer(rows: readonly Answered[], price: { readonly in: number; readonly out: number } | null): number {
  const answered = rows.filter((row) => row.error === undefined);
  const rate = price === null || (price.in === 0 && price.out === 0) ? { in: 1, out: 1 } : price;
  return answered.reduce((total, { usage }) => total + usage.in * rate.in + usage.out * rate.out, 0) / Math.max(1, answered.length);
}

function meanOf(rows: readonly Answered[], cases: readonly Case[], scorer: string, seed: number): Mean {
  const values = valuesOf(rows, scorer);
  const known = cases.filter((kase) => values.has(kase.id));
  const states = cases
    .filter((kase) => !values.has(kase.id))
    .map((kase) => rows.find((row) => row.case === kase.id))
    .filter((row) => row !== undefined);
  const skipped = states.filter((row) => row.scores[scorer] !== undefined && "skipped" in row.scores[scorer]).length;
  const counts = { n: known.length, errors: states.length - skipped, skipped };
  if (known.length === 0) return { mean: null, low: null, high: null, ...counts };
  const { mean, low, high } = meanInterval(
    known.map((kase) => values.get(kase.id) ?? 0),
    { random: seeded(`${seed} ${scorer} mean`), clusters: known.map((kase) => kase.group ?? kase.id) },
  );
  return { mean, low, high, ...counts };
}
