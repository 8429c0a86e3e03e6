/** The trained verdict: multinomial logistic regression over the features. */
import { exp } from "../text/arithmetic.ts";

export const verdicts = ["supported", "contradicted", "not_found"] as const;
export type VerdictName = (typeof verdicts)[number];

/** A row of weights for each of `verdicts`, in the order of the features. */
export type VerdictWeights = readonly (readonly number[])[];

/** Probability of each of `verdicts`; they add up to 1. */
export function probabilitiesOf(features: readonly number[], weights: VerdictWeights): readonly number[] {
  const scores = weights.map((row) => row.reduce((sum, weight, i) => sum + weight * (features[i] ?? 0), 0));
  const top = Math.max(...scores);
  const exps = scores.map((score) => exp(score - top));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / total);
}
