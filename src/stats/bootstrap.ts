/** Intervals by resampling (Efron & Tibshirani 1993, ch. 13). */
import { clustersOf, standardError, type Clusters } from "./clusters.ts";
import { normalCdf, t95 } from "./normal.ts";
import { wilson } from "./wilson.ts";

interface BootstrapOptions {
  /** Seeded; 0 <= x < 1. */
  readonly random: () => number;
  /** Cluster of the value at the same position; whole clusters are drawn. */
  readonly clusters?: readonly string[] | undefined;
  /** 2,000 by default. */
  readonly resamples?: number | undefined;
  /**
   * Widens the percentiles for small samples as Student's t does, since plain percentiles are too narrow by about
   * sqrt((n-1)/n) * z/t (Hesterberg 2015, "expanded percentile interval"). True by default.
   */
  readonly expand?: boolean | undefined;
}

interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of scores 0..1 with its 95 % interval. Values that are all 0 or 1 get Wilson's interval, with an effective sample size
 * where there are clusters (Korn & Graubard 1998); others a percentile bootstrap. Values that are all the same (0.5, 0.5, …)
 * say nothing about their spread, so they get Wilson's too, which is the widest that the mean allows. Throws on no values.
 */
export function meanInterval(values: readonly number[], options: BootstrapOptions): Interval {
  if (values.length === 0) throw new RangeError("meanInterval: no values");
  const clusters = clustersOf(values, options.clusters);
  const { mean, n } = clusters;
  const same = values.every((value) => value === values[0]);
  const independent = clusters.sums.length;
  if (same || independent === 1) return { mean, ...wilson(mean * independent, independent) };
  if (values.every((value) => value === 0 || value === 1)) {
    const error = standardError(clusters);
    const effective = error > 0 ? Math.min(n, (mean * (1 - mean)) / error ** 2) : n;
    const size = independent === n ? n : effective;
    return { mean, ...wilson(mean * size, size) };
  }
  const { low, high } = percentiles(resampledMeans(clusters, options), independent, options.expand ?? true);
  return { mean, low, high };
}

/**
 * Mean of b - a over the same cases with its 95 % percentile interval, and a two-sided p by the share of resamples beyond 0.
 * Throws where the lengths differ or there are no values.
 */
export function pairedBootstrap(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions,
): { readonly delta: number; readonly low: number; readonly high: number; readonly p: number } {
  if (a.length !== b.length || a.length === 0) throw new RangeError(`pairedBootstrap: ${a.length} and ${b.length} values do not pair`);
  const clusters = clustersOf(
    b.map((value, i) => value - (a[i] ?? 0)),
    options.clusters,
  );
  const means = resampledMeans(clusters, options);
  const below = means.filter((mean) => mean <= 0).length;
  const above = means.filter((mean) => mean >= 0).length;
  const p = Math.min(1, (2 * (Math.min(below, above) + 1)) / (means.length + 1));
  return { delta: clusters.mean, ...percentiles(means, clusters.sums.length, options.expand ?? true), p };
}

/** Means of resamples of whole clusters, ascending. */
function resampledMeans({ sums, sizes, n }: Clusters, { random, resamples = 2000 }: BootstrapOptions): Float64Array {
  const count = sums.length;
  const even = count === n;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    let size = 0;
    for (let i = 0; i < count; i++) {
      const g = (random() * count) | 0;
      sum += sums[g] as number; // g is in range, and this is the hot loop
      if (!even) size += sizes[g] as number;
    }
    means[r] = sum / (even ? count : size);
  }
  return means.sort();
}

function percentiles(sorted: Float64Array, independent: number, expand: boolean): { low: number; high: number } {
  const tail = expand && independent > 1 ? normalCdf(-Math.sqrt(independent / (independent - 1)) * t95(independent - 1)) : 0.025;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** Linear between the two nearest order statistics, as in R's type 7. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
