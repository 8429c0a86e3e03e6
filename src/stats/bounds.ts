/** From the values of resamples to the bounds of an interval. */
import { normalCdf, normalQuantile, studentQuantile } from "./normal.ts";

/**
 * percentile: the quantiles of the resamples (Efron & Tibshirani 1993, ch. 13).
 * bca: those quantiles moved for the bias and the skewness of the resamples (Efron 1987; DiCiccio & Efron 1996, sec. 2).
 */
type IntervalMethod = "percentile" | "bca";

export interface BoundsOptions {
  /** "percentile" by default, but "bca" for the mean of scores. */
  readonly interval?: IntervalMethod | undefined;
  /**
   * Widens the quantiles for small samples as Student's t does, since plain ones are too narrow by about sqrt((n-1)/n) * z/t
   * (Hesterberg 2015, "expanded percentile interval"). True by default.
   */
  readonly expand?: boolean | undefined;
}

/** A lower and an upper bound, each of which fails to hold the truth with probability `alpha`; 0.025 gives a 95 % interval. */
export type Bounds = (alpha: number) => { readonly low: number; readonly high: number };

/** What is known of a value from resampling it. */
export interface Resampled {
  /** Values of the resamples, ascending. */
  readonly sorted: Float64Array;
  readonly observed: number;
  /** The value without each of the clusters in turn. */
  readonly jackknife: () => Float64Array;
  /** How many clusters tell of the spread: of differences those that are not 0, since many ties make a narrow interval of few changes. */
  readonly informative: number;
}

/**
 * BCa falls back to the percentile bounds, expanded or not, where it is not defined: all resamples lie on one side of the observed
 * value, leaving out a cluster never changes it, or the correction for skewness leaves the scale.
 */
export function boundsOf(resampled: Resampled, { interval = "percentile", expand = true }: BoundsOptions): Bounds {
  const { sorted, informative: n } = resampled;
  const reach = (alpha: number): number =>
    expand && n > 1 ? Math.sqrt(n / (n - 1)) * studentQuantile(1 - alpha, n - 1) : normalQuantile(1 - alpha);
  const shift = interval === "bca" ? corrected(resampled) : undefined;
  return (alpha) => {
    const z = reach(alpha);
    const shares = shift?.(z) ?? { low: normalCdf(-z), high: normalCdf(z) };
    return { low: quantile(sorted, shares.low), high: quantile(sorted, shares.high) };
  };
}

/** Bounds of a difference, at most 1 either way, from its standard error by Student's t. */
export function studentBounds(delta: number, error: number, df: number): Bounds {
  return (alpha) => {
    const reach = studentQuantile(1 - alpha, df) * error;
    return { low: Math.max(-1, delta - reach), high: Math.min(1, delta + reach) };
  };
}

/** Linear between the two nearest order statistics, as in R's type 7; `share` 0..1 of ascending values. NaN without any. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** From a normal quantile to the shares of the resamples that BCa puts there; undefined where it has none. */
function corrected({ sorted, observed, jackknife }: Resampled): ((z: number) => { low: number; high: number } | undefined) | undefined {
  const noise = 1e-12 * (1 + Math.abs(observed));
  let below = 0;
  for (const value of sorted) below += value < observed - noise ? 1 : value <= observed + noise ? 0.5 : 0;
  const bias = normalQuantile(below / sorted.length);
  const skew = acceleration(jackknife());
  if (!Number.isFinite(bias) || skew === undefined) return undefined;
  return (z) => {
    const [left, right] = [1 - skew * (bias - z), 1 - skew * (bias + z)];
    if (left <= 0 || right <= 0) return undefined;
    return { low: normalCdf(bias + (bias - z) / left), high: normalCdf(bias + (bias + z) / right) };
  };
}

/** A sixth of the skewness of the jackknife's influence values (Efron 1987, eq. 6.6); undefined where they are all the same. */
function acceleration(values: Float64Array): number | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares > 1e-24 ? cubes / (6 * squares ** 1.5) : undefined;
}
