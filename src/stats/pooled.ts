/** Values that are a function of counts summed over cases, such as corpus BLEU or macro F1: their intervals and their comparison. */
import type { Comparison, Counts } from "../types.ts";
import { adjusted } from "./adjusted.ts";
import type { Interval } from "./bootstrap.ts";
import { studentBounds } from "./bounds.ts";
import { clustersOf, effectiveCount } from "./clusters.ts";
import { conclude, FEW, gathered, groupsOf, UNKNOWN, type Measured, type Pair } from "./conclude.ts";
import { adder } from "./tally.ts";
import { wilsonOfError } from "./wilson.ts";

/** The value of summed counts, 0..1; a pure function. */
export type Pool = (counts: Counts) => number;

/** A case with its values, by which wins and losses are counted, and its counts, by the first and the second program. */
export interface PooledPair extends Pair {
  readonly counts: { readonly a: Counts; readonly b: Counts };
}

export interface ComparePooledOptions {
  /** Seeded; 0 <= x < 1. */
  readonly random: () => number;
  /** Random swaps of the randomization test; 2,000 by default. */
  readonly flips?: number | undefined;
}

/** At most so many groups of clusters are left out in turn; the standard error from groups is the same, only noisier. */
const JACKKNIFE = 400;

/** A value of some of `size` clusters, given by their places. */
interface Statistic {
  readonly size: number;
  of(drawn: Int32Array): number;
}

/** A difference between two sides; `swapped` clusters, by a 1 at their place, change sides. */
interface Difference extends Statistic {
  of(drawn: Int32Array, swapped?: Uint8Array): number;
  /** Clusters whose counts differ. */
  readonly moved: readonly number[];
}

/**
 * Compares the pooled value of b with that of a: delta = pool(sum of b) - pool(sum of a). The interval is Student's for the standard
 * error of the jackknife over whole groups (Efron & Stein 1981), since resamples lose rare labels: by simulation bootstraps hold the
 * truth of macro F1 over 77 labels in 52 of 100 samples, this in 88, and in 94 to 98 elsewhere. p is by approximate randomization, a and b changing sides by whole groups (Noreen 1989; Riezler & Maxwell 2005), in
 * every way where there are fewer ways than `flips`. The verdict follows the laws of `comparePaired`. `mde` is (1.96 + 0.84)
 * standard errors, at most 1. Where fewer than two groups differ nothing is known of the spread, and the interval is that of a mean over
 * as many groups. Throws a RangeError where the
 * pooled value of a side is not finite.
 */
export function comparePooled(pairs: readonly PooledPair[], pool: Pool, options: ComparePooledOptions): Comparison {
  return pairs.length === 0 ? UNKNOWN : conclude(pairs, measurePooled(pairs, pool, options));
}

/** The difference of the pooled values with what is known of it. Needs a pair. */
export function measurePooled(pairs: readonly PooledPair[], pool: Pool, options: ComparePooledOptions): Measured {
  const difference = differenceOf(gathered(pairs, groupsOf(pairs)), pool);
  const independent = difference.size;
  const delta = difference.of(every(independent));
  if (!Number.isFinite(delta)) throw new RangeError("comparePooled: the pooled value of a side is not a finite number");
  const p = randomization(difference, delta, options);
  const changed = difference.moved.length;
  const error = changed < 2 ? 0 : jackknifed(difference);
  if (!(error > 1e-12)) return { delta, p, independent, ...adjusted(clustersOf(Array.from({ length: independent }, () => delta))) };
  return { delta, p, independent, error, bounds: studentBounds(delta, error, (changed < FEW ? changed : independent) - 1) };
}

/**
 * A pooled value with its 95 % interval: Wilson's for the standard error of the jackknife over clusters (Efron & Stein 1981). By
 * simulation it holds the truth of macro F1, accuracy and BLEU in 91 to 97 of 100 samples of 50 to 400 cases, where bootstraps
 * come down to 81 with many labels, since resamples lose the rare ones, and to 36 with few errors. Throws a RangeError where the
 * value is not finite.
 */
export function pooledInterval(
  counts: readonly Counts[],
  pool: Pool,
  { clusters: ids }: { readonly clusters?: readonly string[] | undefined } = {},
): Interval {
  const clusters = gathered(counts, ids);
  const sum = adder(clusters);
  const statistic: Statistic = { size: clusters.length, of: (drawn) => pool(sum(drawn)) };
  const mean = statistic.of(every(statistic.size));
  if (!Number.isFinite(mean)) throw new RangeError("pooledInterval: the pooled value is not a finite number");
  const independent = effectiveCount(clusters.map((members) => members.length));
  return { mean, ...wilsonOfError(mean, jackknifed(statistic), independent) };
}

function differenceOf(clusters: readonly (readonly PooledPair[])[], pool: Pool): Difference {
  const size = clusters.length;
  const sides = (["a", "b"] as const).flatMap((side) => clusters.map((members) => members.map(({ counts }) => counts[side])));
  const sum = adder(sides); // cluster g of a stands at g, and that of b at size + g
  const [left, right] = [new Int32Array(size), new Int32Array(size)];
  const of = (drawn: Int32Array, swapped?: Uint8Array): number => {
    for (let d = 0; d < drawn.length; d++) {
      const g = drawn[d] as number; // d is in range, and this is the hot loop
      const changed = swapped?.[g] === 1;
      left[d] = changed ? g + size : g;
      right[d] = changed ? g : g + size;
    }
    return pool(sum(right.subarray(0, drawn.length))) - pool(sum(left.subarray(0, drawn.length)));
  };
  const counts = (place: number): string => JSON.stringify(sum(Int32Array.of(place)));
  return { size, of, moved: [...every(size)].filter((g) => counts(g) !== counts(g + size)) };
}

function every(size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, g) => g);
}

/** Standard error by leaving out groups of clusters in turn; 0 where that cannot be done. */
function jackknifed(statistic: Statistic): number {
  const without = leaveOut(statistic).filter(Number.isFinite);
  return without.length < 2 ? 0 : deviation(without) * ((without.length - 1) / Math.sqrt(without.length));
}

/** The value without each group of clusters in turn. */
function leaveOut(statistic: Statistic): Float64Array {
  const all = every(statistic.size);
  const groups = Math.min(JACKKNIFE, statistic.size);
  return Float64Array.from({ length: groups }, (_, group) => statistic.of(all.filter((g) => g % groups !== group)));
}

/** Two-sided p: the share of swaps with a difference as large, the observed one counted in where they are random. */
function randomization({ size, moved, of }: Difference, observed: number, { random, flips = 2000 }: ComparePooledOptions): number {
  const all = every(size);
  const swapped = new Uint8Array(size);
  const patterns = 2 ** moved.length;
  const exact = patterns <= flips;
  let extreme = exact ? 0 : 1;
  for (let round = 0; round < (exact ? patterns : flips); round++) {
    moved.forEach((g, i) => {
      swapped[g] = exact ? (round >>> i) & 1 : random() < 0.5 ? 1 : 0;
    });
    if (!(Math.abs(of(all, swapped)) < Math.abs(observed) - 1e-9)) extreme++;
  }
  return extreme / (exact ? patterns : flips + 1);
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
