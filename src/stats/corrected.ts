/** Verdicts that hold although several comparisons were made. */
import type { Comparison } from "../types.ts";
import { holm } from "./holm.ts";

const ALPHA = 0.05;

/**
 * The comparisons with Holm's correction over those of them that have enough cases for a verdict; the others are no tests and stay
 * as they are. Better and worse need a corrected p below 0.05.
 */
export function corrected<C extends Comparison>(family: readonly C[]): readonly C[] {
  const isTest = ({ verdict }: C): boolean => verdict !== "too few cases";
  const adjusted = holm(family.filter(isTest).map(({ p }) => p))[Symbol.iterator]();
  return family.map((comparison) => {
    if (!isTest(comparison)) return comparison;
    const p_holm = adjusted.next().value ?? 1;
    const verdict = p_holm < ALPHA ? comparison.verdict : "no evidence";
    return { ...comparison, p_holm, verdict };
  });
}
