/** Did the program get better? A paired comparison on the same cases. */
import type { Comparison } from "../types.ts";
import { differenceBounds, type BootstrapOptions } from "./bootstrap.ts";
import { studentBounds, type Bounds } from "./bounds.ts";
import { clustersOf, movedOf, standardError, effectiveCount } from "./clusters.ts";
import { changes, conclude, FEW, groupsOf, UNKNOWN, type Measured, type Pair } from "./conclude.ts";
import { scoreBounds } from "./paired-proportions.ts";
import { mcnemar, signFlip } from "./paired-tests.ts";
import { unseen } from "./unseen.ts";
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
 * does not see the changes that by chance are not there, so Student's t gives the bounds; and nowhere are they narrower than those
 * that reckon with an unseen change (`unseen`). By simulation of 50 to 300 cases, few or many of them ties, symmetric or skewed,
 * intervals hold the truth in 93 of 100 samples or more, up to 100 where nearly all changes go one way, and at most 5 in 100
 * equal programs are called better or worse. What no interval can see remains: where one case in 25 breaks and a third gains a
 * little, 50 cases show no break in 13 of 100 samples, and the interval then leaves out the true loss; 88 to 90 hold where rare
 * gains are ten times the size of the losses. The price is power: a program that gains 0.3 on a fifth of 50 cases and loses
 * nothing is found in 57 of 100 samples rather than 85, of 100 cases in 99.
 *
 * The interval decides the verdict; it is never narrower than the test allows: where p >= 0.05 it reaches 0, so "better" and
 * "worse" always have p < 0.05. `mde` is (1.96 + 0.84) standard errors, at most 1; `more_cases` is what the same variance would
 * take to make `delta` the mde. Values that are not finite are refused; no pairs at all is "too few cases".
 */
export function comparePaired(pairs: readonly Pair[], options: CompareOptions): Comparison {
  return pairs.length === 0 ? UNKNOWN : conclude(pairs, measurePaired(pairs, options));
}

/** The difference of the means with what is known of it. Needs a pair. */
export function measurePaired(pairs: readonly Pair[], options: CompareOptions): Measured {
  const stray = pairs.find(({ a, b }) => !Number.isFinite(a) || !Number.isFinite(b));
  if (stray !== undefined) throw new RangeError(`comparePaired: case ${stray.case} has a score that is not a number`);
  const groups = groupsOf(pairs);
  const differences = pairs.map(({ a, b }) => b - a);
  const clusters = clustersOf(differences, groups);
  const known = { delta: clusters.mean, independent: clusters.sums.length };
  const { error, bounds: allowing } = unseen(differences, clusters);
  if (groups === undefined && pairs.every(({ a, b }) => isBinary(a) && isBinary(b))) {
    const { wins, losses } = changes(pairs);
    return { ...known, error, p: mcnemar(wins, losses), bounds: scoreBounds(wins, losses, pairs.length) };
  }
  const p = options.test === "wilcoxon" ? wilcoxon([...clusters.sums]) : signFlip(clusters, options.random, options.flips);
  const moved = movedOf(clusters);
  if (moved < 2) return { ...known, error, p, bounds: allowing };
  const few = Math.min(moved, effectiveCount(clusters.sizes));
  const shown =
    moved < FEW ? studentBounds(clusters.mean, standardError(clusters), Math.max(1, few - 1)) : differenceBounds(clusters, options);
  return { ...known, error, p, bounds: wider(shown, allowing) };
}

/** The wider of two bounds on either side. */
function wider(one: Bounds, other: Bounds): Bounds {
  return (alpha) => {
    const [a, b] = [one(alpha), other(alpha)];
    return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
  };
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}
