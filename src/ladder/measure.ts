/** Rows -> numbers: means with intervals, paired comparisons, latency, cost. Pure; the same rows give the same numbers. */
import { krippendorffAlpha } from "../stats/agreement.ts";
import { meanInterval } from "../stats/bootstrap.ts";
import { comparePaired, type Pair } from "../stats/compare.ts";
import { groupsOf, UNKNOWN } from "../stats/conclude.ts";
import { comparePooled, pooledInterval, type PooledPair } from "../stats/pooled.ts";
import { seeded } from "../stats/random.ts";
import { repeatsOf } from "../stats/repeats.ts";
import { countsOf, repeatedValuesOf, valuesOf, votesOf } from "../stats/values.ts";
import type { Answered, Case, Contrast, Counts, Coverage, Experiment, Mean, NamedScorer, SplitName, Versus } from "../types.ts";
import { errorOf, unvaluedIn } from "./unvalued.ts";

type Scored = Pick<Experiment, "scorers" | "seed">;

/** Resamples of an interval. */
export const RESAMPLES = 2000;

/** A scorer as its numbers are made: by the mean over the cases, or pooled from the sum of their counts. */
export interface Metric {
  readonly name: string;
  readonly pool?: ((counts: Counts) => number) | undefined;
}

/** A pool that throws gives no value, as one that is not in 0..1 does. */
export function metricOf({ name, scorer, options, not }: Pick<NamedScorer, "name" | "scorer" | "options" | "not">): Metric {
  if (scorer.pool === undefined) return { name };
  const pool = (counts: Counts): number => {
    try {
      const value = scorer.pool?.(counts, options) ?? NaN;
      if (!(value >= 0 && value <= 1)) return NaN;
      return not ? 1 - value : value;
    } catch {
      return NaN;
    }
  };
  return { name, pool };
}

/** The metric that decides. */
export function primaryOf({ scorers, primary }: Pick<Experiment, "scorers" | "primary">): Metric {
  const named = scorers.find(({ name }) => name === primary);
  return named === undefined ? { name: primary } : metricOf(named);
}

/** A mean for every scorer. A case's repeats count as one value; cases without a value count as errors or skipped, never as 0. */
export function means(rows: readonly Answered[], cases: readonly Case[], { scorers, seed }: Scored): Readonly<Record<string, Mean>> {
  return Object.fromEntries(
    scorers.map((named) => [named.name, { ...meanOf(rows, cases, metricOf(named), seed), ...steadinessOf(rows, named) }] as const),
  );
}

/** How many cases have a value, and why others have none; with repeats also how many answers have none. */
export function coverageOf(rows: readonly Answered[], cases: readonly Case[], scorer: string): Coverage {
  const values = valuesOf(rows, scorer);
  const first = new Map(rows.toReversed().map((row) => [row.case, row]));
  const without = cases.flatMap(({ id }) => (values.has(id) ? [] : (first.get(id) ?? [])));
  const skipped = without.filter((row) => row.scores[scorer] !== undefined && "skipped" in row.scores[scorer]).length;
  const coverage = { n: cases.filter(({ id }) => values.has(id)).length, errors: without.length - skipped, skipped };
  if (rows.length === first.size) return coverage;
  return { ...coverage, answers: rows.length, failed_answers: rows.filter((row) => errorOf(row, scorer) !== undefined).length };
}

/** b against a for every scorer, paired by case. */
export function versus(
  split: SplitName,
  a: readonly Answered[],
  b: readonly Answered[],
  cases: readonly Case[],
  { scorers, seed }: Scored,
): Versus {
  const comparisons = scorers.map((named) => {
    const { a: _, b: __, ...comparison } = compareRows(a, b, cases, metricOf(named), seed);
    return [named.name, comparison] as const;
  });
  return { split, ...Object.fromEntries(comparisons) };
}

/** b against a by one scorer, over the cases that both have a value for. */
export function compareRows(
  a: readonly Answered[],
  b: readonly Answered[],
  cases: readonly Case[],
  metric: Metric,
  seed: number,
): Contrast {
  const { name, pool } = metric;
  const options = { random: seeded(`${seed} ${name} pairs`), resamples: RESAMPLES };
  const pairs = pairsOf(a, b, cases, name);
  if (pool === undefined)
    return { ...comparePaired(pairs, options), a: average(pairs.map((pair) => pair.a)), b: average(pairs.map((pair) => pair.b)) };
  const [countsA, countsB] = [countsOf(a, name), countsOf(b, name)];
  const pooled = pairs.flatMap((pair): PooledPair[] => {
    const [left, right] = [countsA.get(pair.case), countsB.get(pair.case)];
    return left === undefined || right === undefined ? [] : [{ ...pair, counts: { a: left, b: right } }];
  });
  const whole = (side: "a" | "b"): number => (pooled.length === 0 ? NaN : pool(sumOf(pooled.map(({ counts }) => counts[side]))));
  const sides = { a: whole("a"), b: whole("b") };
  return Number.isFinite(sides.b - sides.a) ? { ...comparePooled(pooled, pool, options), ...sides } : { ...UNKNOWN, ...sides };
}

/** The cases that both have a value for, by their ids, so that their order in the data changes nothing that is drawn at random. */
export function pairsOf(a: readonly Answered[], b: readonly Answered[], cases: readonly Case[], scorer: string): readonly Pair[] {
  const [before, after] = [valuesOf(a, scorer), valuesOf(b, scorer)];
  const ordered = cases.toSorted((x, y) => (x.id < y.id ? -1 : x.id > y.id ? 1 : 0));
  return ordered.flatMap(({ id, group }): Pair[] => {
    const [left, right] = [before.get(id), after.get(id)];
    return left === undefined || right === undefined ? [] : [{ case: id, group, a: left, b: right }];
  });
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

/** The mean by one scorer. */
export function meanOf(rows: readonly Answered[], cases: readonly Case[], { name, pool }: Metric, seed: number): Mean {
  const [values, counts] = [valuesOf(rows, name), countsOf(rows, name)];
  const known = cases.filter(({ id }) => values.has(id) && (pool === undefined || counts.has(id)));
  const first = unvaluedIn(rows, cases, name)[0];
  const coverage = { ...coverageOf(rows, cases, name), ...(first === undefined ? {} : { error: first.why }) };
  if (known.length === 0) return { mean: null, low: null, high: null, ...coverage };
  if (pool !== undefined && !Number.isFinite(pool(sumOf(known.map(({ id }) => counts.get(id) ?? {}))))) {
    const error = coverage.error ?? `what ${name} makes of all cases is not a number`;
    return { ...coverage, mean: null, low: null, high: null, n: 0, errors: coverage.n + coverage.errors, error };
  }
  const options = {
    random: seeded(`${seed} ${name} mean`),
    resamples: RESAMPLES,
    clusters: groupsOf(known.map(({ id, group }) => ({ case: id, group }))),
  };
  const { mean, low, high } =
    pool === undefined
      ? meanInterval(
          known.map(({ id }) => values.get(id) ?? NaN),
          options,
        )
      : pooledInterval(
          known.map(({ id }) => counts.get(id) ?? {}),
          pool,
          options,
        );
  return { mean, low, high, ...coverage };
}

/** What repeats show where cases were answered several times, and how far ratings agree where values are made of them. */
function steadinessOf(rows: readonly Answered[], { name, threshold }: NamedScorer): Pick<Mean, "repeats" | "agreement"> {
  const spread = repeatsOf(repeatedValuesOf(rows, name), threshold);
  const passes = repeatsOf(triesOf(rows, name), threshold);
  const repeats = spread === undefined || passes === undefined ? undefined : { ...passes, between: spread.between, within: spread.within };
  const votes = votesOf(rows, name);
  return { ...(repeats === undefined ? {} : { repeats }), ...(votes.length === 0 ? {} : { agreement: krippendorffAlpha(votes) }) };
}

/** Values by case id with each answer that failed as one that passes at no threshold. */
function triesOf(rows: readonly Answered[], scorer: string): ReadonlyMap<string, readonly number[]> {
  const tries = [...Map.groupBy(rows, (row) => row.case)].map(([id, all]) => {
    const values = all.flatMap((row) => (errorOf(row, scorer) === undefined ? [...valuesOf([row], scorer).values()] : [-1]));
    return [id, values] as const;
  });
  return new Map(tries);
}

/** Counts added up by name. */
export function sumOf(counts: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one))) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
