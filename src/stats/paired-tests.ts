/** Exact and permutation tests for paired values. */
import type { Clusters } from "./clusters.ts";

/**
 * Two-sided exact McNemar test: `wins` cases went from wrong to right and `losses` from right to wrong (McNemar 1947, with the
 * binomial distribution). 1 where nothing changed.
 */
export function mcnemar(wins: number, losses: number): number {
  const n = wins + losses;
  if (n === 0) return 1;
  let log = -n * Math.LN2; // logarithm of the probability of k heads in n tosses, from k = 0
  let tail = Math.exp(log);
  for (let k = 1; k <= Math.min(wins, losses); k++) {
    log += Math.log((n - k + 1) / k);
    tail += Math.exp(log);
  }
  return Math.min(1, 2 * tail);
}

/**
 * Two-sided p of the mean difference under random signs of whole clusters (Fisher 1935). All sign patterns where there are
 * fewer of them than `flips`, else that many random ones, the observed one counted in (Phipson & Smyth 2010).
 */
export function signFlip({ sums }: Clusters, random: () => number, flips = 5000): number {
  const moved = sums.filter((sum) => Math.abs(sum) > 1e-12);
  const observed = Math.abs(moved.reduce((sum, value) => sum + value, 0)) - 1e-9; // ties count as extreme
  const patterns = 2 ** moved.length;
  const exact = patterns <= flips;
  const rounds = exact ? patterns : flips;
  let extreme = exact ? 0 : 1;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    let bits = exact ? round : 0;
    for (let i = 0; i < moved.length; i++) {
      if (!exact && i % 32 === 0) bits = (random() * 4294967296) | 0;
      const value = moved[i] as number; // i is in range, and this is the hot loop
      sum += bits & 1 ? value : -value;
      bits >>>= 1;
    }
    if (Math.abs(sum) >= observed) extreme++;
  }
  return extreme / (exact ? rounds : rounds + 1);
}
