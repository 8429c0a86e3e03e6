/** Intervals by resampling (Efron & Tibshirani 1993, ch. 13 and 14). */
import { boundsOf, type Bounds, type BoundsOptions, type Resampled } from "./bounds.ts";
import { clustersOf, effectiveCount, standardError, type Clusters } from "./clusters.ts";
import { wilson, wilsonOfError } from "./wilson.ts";

export interface BootstrapOptions extends BoundsOptions {
  /** Seeded; 0 <= x < 1. */
  readonly random: () => number;
  /** 2,000 by default. */
  readonly resamples?: number | undefined;
}

export interface ClusteredOptions extends BootstrapOptions {
  /** Cluster of the value at the same position; whole clusters are drawn. */
  readonly clusters?: readonly string[] | undefined;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of scores 0..1 with its 95 % interval. Values that are all 0 or 1 get Wilson's interval; so do values in clusters, 0 or 1 or
 * not, for the standard error of the jackknife and as many clusters as equal ones would tell as much (Kish 1965; Korn & Graubard
 * 1998): by simulation of 6 to 60 groups it holds the truth in 92 of 100 samples or more, also where a few groups have most cases.
 * Others get a bootstrap, by default BCa: it holds the truth of 30 to 100 skewed scores in 92 to 96 of 100 samples, where
 * percentiles do in 89 to 94, but in 90 where only one score in twenty is not 0. Values that are all the same (0.5, 0.5, …) say
 * nothing about their spread, so they get Wilson's too, which is the widest that the mean allows. Throws on no values.
 */
export function meanInterval(values: readonly number[], options: ClusteredOptions): Interval {
  if (values.length === 0) throw new RangeError("meanInterval: no values");
  const clusters = clustersOf(values, options.clusters);
  const { mean, n } = clusters;
  const same = values.every((value) => value === values[0]);
  const independent = effectiveCount(clusters.sizes);
  if (same) return { mean, ...wilson(mean * independent, independent) };
  const binary = values.every((value) => value === 0 || value === 1);
  if (clusters.sums.length < n) return { mean, ...wilsonOfError(mean, standardError(clusters), independent, binary ? n : Infinity) };
  if (binary) return { mean, ...wilson(mean * n, n) };
  const { interval = "bca", expand } = options;
  const means = resampledMeans(clusters, options);
  return { mean, ...boundsOf(resampled(clusters, means, independent), { interval, expand })(0.025) };
}

/**
 * Mean of b - a over the same cases with its 95 % interval, and a two-sided p by the share of resamples beyond 0. Throws where
 * the lengths differ or there are no values.
 */
export function pairedBootstrap(
  a: readonly number[],
  b: readonly number[],
  options: ClusteredOptions,
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
  return { delta: clusters.mean, ...boundsOf(resampled(clusters, means, informativeOf(clusters)), options)(0.025), p };
}

/** Bounds of a mean of differences, whole clusters drawn. */
export function differenceBounds(clusters: Clusters, options: BootstrapOptions): Bounds {
  return boundsOf(resampled(clusters, resampledMeans(clusters, options), informativeOf(clusters)), options);
}

/** Changed clusters, by how many of one size would tell as much; 2 at least. */
function informativeOf({ sums, sizes }: Clusters): number {
  return Math.max(2, effectiveCount(sizes.filter((_, g) => Math.abs(sums[g] ?? 0) > 1e-9)) || 0);
}

function resampled({ sums, sizes, mean, n }: Clusters, sorted: Float64Array, informative: number): Resampled {
  const jackknife = (): Float64Array => sums.map((sum, g) => (mean * n - sum) / (n - (sizes[g] ?? 0)));
  return { sorted, observed: mean, jackknife, informative };
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
