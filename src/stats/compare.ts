/** Did the program get better? A paired comparison on the same cases. */
import type { Comparison } from "../types.ts";
import { pairedBootstrap } from "./bootstrap.ts";
import { clustersOf, standardError, type Clusters } from "./clusters.ts";
import { Z_95, Z_POWER_80 } from "./normal.ts";
import { mcnemar, signFlip } from "./paired-tests.ts";

/** Scores of one case, 0..1, by the first and the second program; cases of one group are not independent of each other. */
export interface Pair {
  readonly case: string;
  readonly group?: string | undefined;
  readonly a: number;
  readonly b: number;
}

interface CompareOptions {
  /** Seeded; 0 <= x < 1. */
  readonly random: () => number;
  /** Of the bootstrap; 2,000 by default. */
  readonly resamples?: number | undefined;
  /** Of the permutation test; 5,000 by default. */
  readonly flips?: number | undefined;
}

/**
 * Fewest cases for a verdict. With six cases that all change the same way an exact test just reaches p < 0.05, but below ten
 * one mislabelled case decides, and no interval holds its level. Fewer than six independent groups can never reach it.
 */
const FEWEST_CASES = 10;
const FEWEST_GROUPS = 6;
const ALPHA = 0.05;

/**
 * Compares b with a. Scores that are all 0 or 1 get Bonett & Price's interval (2012) and the exact McNemar test; others, and
 * cases in groups, a paired bootstrap of whole groups and a sign-flip permutation test. The interval decides the verdict; it is
 * never narrower than the test allows: where p >= 0.05 it reaches 0, so "better" and "worse" always have p < 0.05.
 * `mde` is (1.96 + 0.84) standard errors, at most 1. Values that are not finite are refused; no pairs at all is "too few cases".
 */
export function comparePaired(pairs: readonly Pair[], options: CompareOptions): Comparison {
  const stray = pairs.find(({ a, b }) => !Number.isFinite(a) || !Number.isFinite(b));
  if (stray !== undefined) throw new RangeError(`comparePaired: case ${stray.case} has a score that is not a number`);
  if (pairs.length === 0) return { delta: 0, low: -1, high: 1, p: 1, n: 0, wins: 0, losses: 0, ties: 0, verdict: "too few cases", mde: 1 };
  const differences = pairs.map(({ a, b }) => b - a);
  const grouped = new Set(pairs.map(groupOf)).size < pairs.length;
  const clusters = clustersOf(differences, grouped ? pairs.map(groupOf) : undefined);
  const wins = differences.filter((difference) => difference > 1e-9).length;
  const losses = differences.filter((difference) => difference < -1e-9).length;
  const binary = pairs.every(({ a, b }) => isBinary(a) && isBinary(b));
  const p = binary && !grouped ? mcnemar(wins, losses) : signFlip(clusters, options.random, options.flips);
  const { low, high } = widen(intervalOf(pairs, clusters, grouped, binary, options), p);
  return {
    delta: clusters.mean,
    low,
    high,
    p,
    n: pairs.length,
    wins,
    losses,
    ties: pairs.length - wins - losses,
    verdict:
      pairs.length < FEWEST_CASES || clusters.sums.length < FEWEST_GROUPS
        ? "too few cases"
        : low > 0
          ? "better"
          : high < 0
            ? "worse"
            : "no evidence",
    mde: Math.min(1, (Z_95 + Z_POWER_80) * errorOf(clusters)),
  };
}

function groupOf(pair: Pair): string {
  return pair.group === undefined ? `case ${pair.case}` : `group ${pair.group}`;
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

function intervalOf(
  pairs: readonly Pair[],
  clusters: Clusters,
  grouped: boolean,
  binary: boolean,
  options: CompareOptions,
): { low: number; high: number } {
  if ((binary && !grouped) || !varies(clusters)) return adjusted(clusters);
  const a = pairs.map((pair) => pair.a);
  const b = pairs.map((pair) => pair.b);
  return pairedBootstrap(a, b, { ...options, clusters: grouped ? pairs.map(groupOf) : undefined });
}

/** Whether the clusters' means differ: if not, resamples are all alike and would claim certainty. */
function varies({ sums, sizes, mean }: Clusters): boolean {
  return sums.some((sum, g) => Math.abs(sum / (sizes[g] ?? 1) - mean) > 1e-9);
}

/**
 * Wald interval after adding one difference of +1 and one of -1: for 0/1 scores this is Bonett & Price's (2012) Laplace-adjusted
 * interval of paired proportions. It has a width even where every case is a tie.
 */
function adjusted(clusters: Clusters): { low: number; high: number } {
  const { mean, error } = adjustedMoments(clusters);
  return {
    low: Math.max(-1, Math.min(clusters.mean, mean - Z_95 * error)),
    high: Math.min(1, Math.max(clusters.mean, mean + Z_95 * error)),
  };
}

function adjustedMoments({ sums, sizes }: Clusters): { mean: number; error: number } {
  const size = sums.length + 2;
  let total = 0;
  let squares = 2;
  for (let g = 0; g < sums.length; g++) {
    const value = (sums[g] ?? 0) / (sizes[g] ?? 1);
    total += value;
    squares += value ** 2;
  }
  const mean = total / size;
  return { mean, error: Math.sqrt((squares / size - mean ** 2) / size) };
}

function errorOf(clusters: Clusters): number {
  return varies(clusters) ? standardError(clusters) : adjustedMoments(clusters).error;
}

/** A difference of 0 that the test does not reject is not left out of the interval either. */
function widen({ low, high }: { low: number; high: number }, p: number): { low: number; high: number } {
  return p < ALPHA ? { low, high } : { low: Math.min(low, 0), high: Math.max(high, 0) };
}
