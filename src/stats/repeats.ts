/** What repeated answers to the same cases show. */
import type { Repeats } from "../types.ts";

/** Values by case id, one for each answer. */
type Repeated = ReadonlyMap<string, readonly number[]>;

/** Share of the answers to each case that reach the threshold, 0..1; cases without values are left out. */
export function passRates(values: Repeated, threshold: number): ReadonlyMap<string, number> {
  return new Map([...values].flatMap(([id, all]) => (all.length === 0 ? [] : [[id, passes(all, threshold) / all.length] as const])));
}

/**
 * pass@k, pass^k and the variance between and within cases; undefined where no case has more than one value. k is the largest
 * number of values, 2 or more, that at least half of the cases have, or else the most that any has; cases with fewer, such as
 * those of which an answer failed, count for the variances alone. `within` is the mean variance of the answers to a case, and
 * `between` what the variance of the case means has beyond it, 0 at least: one-way analysis of variance with random effects and
 * unequal numbers (Searle, Casella & McCulloch 1992, sec. 3.6).
 */
export function repeatsOf(values: Repeated, threshold: number): Repeats | undefined {
  const cases = [...values.values()].filter((all) => all.length > 0);
  const sizes = cases.map((all) => all.length).sort((a, b) => b - a);
  if ((sizes[0] ?? 0) < 2) return undefined;
  const median = sizes[Math.ceil(sizes.length / 2) - 1] ?? 1;
  const k = median > 1 ? median : (sizes[0] ?? 1);
  const full = cases.filter((all) => all.length >= k);
  return {
    k,
    pass_at_k: mean(full.map((all) => passAtK(all.length, passes(all, threshold), k))),
    pass_hat_k: mean(full.map((all) => passHatK(all.length, passes(all, threshold), k))),
    ...variances(cases),
  };
}

/**
 * Chance that at least one of k answers passes, when `passed` of n did: 1 - C(n - passed, k) / C(n, k), unbiased for k <= n
 * (Chen et al. 2021, sec. 2.1). Throws a RangeError where k > n.
 */
export function passAtK(n: number, passed: number, k: number): number {
  return 1 - passHatK(n, n - passed, k);
}

/**
 * Chance that all of k answers pass, when `passed` of n did: C(passed, k) / C(n, k), unbiased for k <= n (Yao et al. 2024, sec. 3).
 * Throws a RangeError where k > n.
 */
export function passHatK(n: number, passed: number, k: number): number {
  if (!(k >= 1 && k <= n)) throw new RangeError(`pass^k: k is 1 to ${n}, the number of answers, not ${k}`);
  let share = 1;
  for (let i = 0; i < k; i++) share *= Math.max(0, passed - i) / (n - i);
  return share;
}

function variances(cases: readonly (readonly number[])[]): Pick<Repeats, "between" | "within"> {
  const total = cases.reduce((sum, all) => sum + all.length, 0);
  const overall = mean(cases.flat());
  const inside = cases.reduce((sum, all) => sum + squares(all, mean(all)), 0);
  const among = cases.reduce((sum, all) => sum + all.length * (mean(all) - overall) ** 2, 0);
  const within = inside / (total - cases.length);
  if (cases.length < 2) return { between: 0, within };
  const typical = (total - cases.reduce((sum, all) => sum + all.length ** 2, 0) / total) / (cases.length - 1);
  return { between: Math.max(0, (among / (cases.length - 1) - within) / typical), within };
}

function passes(values: readonly number[], threshold: number): number {
  return values.filter((value) => value >= threshold).length;
}

function squares(values: readonly number[], centre: number): number {
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
