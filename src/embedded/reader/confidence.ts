/** How likely the passages hold the answer at all: a logistic model over seven facts. */
import { exponential } from "../network/arithmetic.ts";

const width = 7;

/** Probability that the answer is there, 0..1. */
export function confidenceOf(features: readonly number[], weights: readonly number[]): number {
  let z = 0;
  for (let k = 0; k < width; k++) z += (features[k] ?? 0) * (weights[k] ?? 0);
  return 1 / (1 + exponential(-z));
}

/** Fits by gradient descent from `from`, pulled towards it with strength `pull`. */
export function fitLogistic(
  rows: readonly { readonly x: readonly number[]; readonly y: boolean }[],
  from: readonly number[] = new Array<number>(width).fill(0),
  pull = 1e-4,
): number[] {
  const weights = [...from];
  const velocity = new Array<number>(width).fill(0);
  for (let step = 0; step < 600; step++) {
    const gradient = weights.map((w, k) => pull * (w - (from[k] ?? 0)));
    for (const { x, y } of rows) {
      const error = (confidenceOf(x, weights) - (y ? 1 : 0)) / rows.length;
      for (let k = 0; k < width; k++) gradient[k] = (gradient[k] ?? 0) + error * (x[k] ?? 0);
    }
    for (let k = 0; k < width; k++) {
      velocity[k] = 0.9 * (velocity[k] ?? 0) - (gradient[k] ?? 0);
      weights[k] = (weights[k] ?? 0) + (velocity[k] ?? 0);
    }
  }
  return weights;
}
