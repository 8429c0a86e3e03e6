/** Did the program get better? A paired comparison on the same cases. */
import type { Comparison } from "../types.ts";
import { adjusted } from "./adjusted.ts";
import { differenceBounds, movedOf, type BootstrapOptions } from "./bootstrap.ts";
import { studentBounds } from "./bounds.ts";
import { clustersOf, standardError, type Clusters } from "./clusters.ts";
import { changes, conclude, FEW, groupsOf, UNKNOWN, type Measured, type Pair } from "./conclude.ts";
import { scoreBounds } from "./paired-proportions.ts";
import { mcnemar, signFlip } from "./paired-tests.ts";
import { wilcoxon } from "./wilcoxon.ts";

export type { Pair } from "./conclude.ts";

export interface CompareOptions extends BootstrapOptions {
  /** Random sign patterns of the permutation test; 5,000 by default. */
  readonly flips?: number | undefined;
  /** Of scores that are not all 0 or 1, or in groups; "permutation" by default. "wilcoxon" ranks the differences of independent clusters. */
  readonly test?: "permutation" | "wilcoxon" | undefined;
}

/**
 * Compares b with a. Scores that are all 0 or 1 get Tango's score interval (1998) and the exact McNemar test; others, and cases in
 * groups, a paired bootstrap of whole groups and a sign-flip permutation test. Where fewer than ten groups changed a bootstrap
 * does not see the changes that by chance are not there, so Student's t gives the bounds. By simulation of 50 to 300 cases, few
 * or many of them ties, intervals hold the truth in 93 of 100 samples or more by percentiles and in 92 or more by BCa, so the
 * simpler is the default. The interval decides the verdict; it is never narrower than the test allows: where p >= 0.05 it reaches 0, so
 * "better" and "worse" always have p < 0.05. `mde` is (1.96 + 0.84) standard errors, at most 1; `more_cases` is what the same
 * variance would take to make `delta` the mde. Values that are not finite are refused; no pairs at all is "too few cases".
 */
export function comparePaired(pairs: readonly Pair[], options: CompareOptions): Comparison {
  return pairs.length === 0 ? UNKNOWN : conclude(pairs, measurePaired(pairs, options));
}

/** The difference of the means with what is known of it. Needs a pair. */
export function measurePaired(pairs: readonly Pair[], options: CompareOptions): Measured {
  const stray = pairs.find(({ a, b }) => !Number.isFinite(a) || !Number.isFinite(b));
  if (stray !== undefined) throw new RangeError(`comparePaired: case ${stray.case} has a score that is not a number`);
  const groups = groupsOf(pairs);
  const clusters = clustersOf(
    pairs.map(({ a, b }) => b - a),
    groups,
  );
  const known = { delta: clusters.mean, independent: clusters.sums.length };
  const certain = movedOf(clusters) < 2 || !varies(clusters);
  const error = certain ? adjusted(clusters).error : standardError(clusters);
  if (groups === undefined && pairs.every(({ a, b }) => isBinary(a) && isBinary(b))) {
    const { wins, losses } = changes(pairs);
    return { ...known, error, p: mcnemar(wins, losses), bounds: scoreBounds(wins, losses, pairs.length) };
  }
  const p = options.test === "wilcoxon" ? wilcoxon([...clusters.sums]) : signFlip(clusters, options.random, options.flips);
  if (certain) return { ...known, error, p, bounds: adjusted(clusters).bounds };
  const moved = movedOf(clusters);
  return { ...known, error, p, bounds: moved < FEW ? studentBounds(clusters.mean, error, moved - 1) : differenceBounds(clusters, options) };
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

/** Whether the clusters' means differ: if not, resamples are all alike and would claim certainty. */
function varies({ sums, sizes, mean }: Clusters): boolean {
  return sums.some((sum, g) => Math.abs(sum / (sizes[g] ?? 1) - mean) > 1e-9);
}
