/** Wilcoxon's signed-rank test. */
import { normalCdf } from "./normal.ts";

/** Up to so many differences the exact distribution is used: all different and none 0, and otherwise. */
const EXACT_DISTINCT = 50;
const EXACT_TIED = 13;

/**
 * Two-sided p that differences are symmetric about 0 (Wilcoxon 1945). Differences of 0 are left out. Exact for up to 50
 * differences that are all of different size and not 0, and up to 13 otherwise; else the normal approximation with the correction
 * for ties and none for continuity: as scipy's `wilcoxon` decides by default. Ties are differences of exactly the same size as
 * floating-point numbers, there as here. 1 where every difference is 0.
 */
export function wilcoxon(differences: readonly number[]): number {
  const moved = differences.filter((difference) => difference !== 0);
  if (moved.length === 0) return 1;
  const { ranks, tied } = midranks(moved.map(Math.abs));
  const positive = ranks.reduce((sum, rank, i) => sum + ((moved[i] ?? 0) > 0 ? rank : 0), 0);
  const distinct = tied === 0 && moved.length === differences.length;
  if (differences.length <= (distinct ? EXACT_DISTINCT : EXACT_TIED)) return exact(ranks, positive);
  const n = moved.length;
  const variance = (n * (n + 1) * (2 * n + 1) - tied / 2) / 24;
  return Math.min(1, 2 * normalCdf(-Math.abs(positive - (n * (n + 1)) / 4) / Math.sqrt(variance)));
}

/** Ranks from 1 of values, those of equal values averaged, and the sum of t^3 - t over sets of t equal values. */
function midranks(values: readonly number[]): { readonly ranks: readonly number[]; readonly tied: number } {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = values.map(() => 0);
  let tied = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const i of order.slice(start, end)) ranks[i] = (start + 1 + end) / 2;
    tied += (end - start) ** 3 - (end - start);
  }
  return { ranks, tied };
}

/** Twice the smaller tail of the rank sum over all patterns of signs, counted rank by rank. */
function exact(ranks: readonly number[], positive: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  let shares = new Float64Array(2 * total + 1); // by twice the rank sum, since averaged ranks are halves
  shares[0] = 1;
  for (const rank of ranks) shares = shares.map((share, sum) => (share + (shares[sum - 2 * rank] ?? 0)) / 2);
  const tail = (from: number, to: number): number => shares.slice(from, to).reduce((sum, share) => sum + share, 0);
  return Math.min(1, 2 * Math.min(tail(0, 2 * positive + 1), tail(2 * positive, shares.length)));
}
