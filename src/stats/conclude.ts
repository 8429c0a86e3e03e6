/** From a difference, its bounds and its p to a verdict: one law for every kind of comparison. */
import type { Comparison } from "../types.ts";
import type { Bounds } from "./bounds.ts";
import { Z_95, Z_POWER_80 } from "./normal.ts";

/** Scores of one case, 0..1, by the first and the second program; cases of one group are not independent of each other. */
export interface Pair {
  readonly case: string;
  readonly group?: string | undefined;
  readonly a: number;
  readonly b: number;
}

/** A comparison before the verdict. */
export interface Measured {
  readonly delta: number;
  readonly bounds: Bounds;
  readonly p: number;
  /** Standard error of delta. */
  readonly error: number;
  /** Independent cases, or groups of them. */
  readonly independent: number;
}

/**
 * Fewest cases for a verdict. With six cases that all change the same way an exact test just reaches p < 0.05, but below ten
 * one mislabelled case decides, and no interval holds its level. Fewer than six independent groups can never reach it.
 */
const FEWEST_CASES = 10;
const FEWEST_GROUPS = 6;
const ALPHA = 0.05;

/** With fewer changed groups a bootstrap knows too little of what changes do. */
export const FEW = 10;
/** Differences below this are rounding. */
const SAME = 1e-9;

/** Nothing is known: no case has a value on both sides. */
export const UNKNOWN: Comparison = {
  delta: 0,
  low: -1,
  high: 1,
  p: 1,
  n: 0,
  wins: 0,
  losses: 0,
  ties: 0,
  verdict: "too few cases",
  mde: 1,
  more_cases: null,
};

/** The interval decides the verdict, and never says more than the test: where p >= 0.05 it reaches 0. */
export function conclude(pairs: readonly Pair[], { delta, bounds, p, error, independent }: Measured): Comparison {
  const n = pairs.length;
  const { low, high } = widen(bounds(ALPHA / 2), p);
  const { wins, losses } = changes(pairs);
  const few = n < FEWEST_CASES || independent < FEWEST_GROUPS;
  const verdict = few ? "too few cases" : low > 0 ? "better" : high < 0 ? "worse" : "no evidence";
  const mde = (Z_95 + Z_POWER_80) * error;
  const shown = verdict === "better" || verdict === "worse";
  const more_cases = shown ? null : moreCases(delta, mde, n, independent);
  return { delta, low, high, p, n, wins, losses, ties: n - wins - losses, verdict, mde: Math.min(1, mde), more_cases };
}

/** Cases that b does better, and worse. */
export function changes(pairs: readonly Pair[]): { readonly wins: number; readonly losses: number } {
  return {
    wins: pairs.filter(({ a, b }) => b - a > SAME).length,
    losses: pairs.filter(({ a, b }) => b - a < -SAME).length,
  };
}

/** Items by the cluster id of the same position, in the order of their first; each alone without ids. */
export function gathered<T>(items: readonly T[], ids: readonly string[] | undefined): readonly (readonly T[])[] {
  const places = items.map((item, i) => ({ item, id: ids?.[i] ?? i }));
  return [...Map.groupBy(places, ({ id }) => id).values()].map((members) => members.map(({ item }) => item));
}

/** The cluster of each case, told apart from the ids of cases that have no group; undefined where every case stands alone. */
export function groupsOf(pairs: readonly Pick<Pair, "case" | "group">[]): readonly string[] | undefined {
  const groups = pairs.map((pair) => (pair.group === undefined ? `case ${pair.case}` : `group ${pair.group}`));
  return new Set(groups).size < pairs.length ? groups : undefined;
}

/** A difference of 0 that the test does not reject is not left out of the interval either. */
function widen({ low, high }: { low: number; high: number }, p: number): { low: number; high: number } {
  return p < ALPHA ? { low, high } : { low: Math.min(low, 0), high: Math.max(high, 0) };
}

/** Cases to add so that `delta` becomes the mde, the standard error falling with the root of n; at least what a verdict needs. */
function moreCases(delta: number, mde: number, n: number, independent: number): number | null {
  if (Math.abs(delta) <= SAME) return null;
  const power = Math.ceil(n * (mde / Math.abs(delta)) ** 2 - n - SAME);
  const least = Math.max(FEWEST_CASES - n, Math.ceil((Math.max(0, FEWEST_GROUPS - independent) * n) / independent), 1);
  return Number.isFinite(power) ? Math.max(power, least) : null;
}
