/** How likely the passages hold the answer at all: a logistic model over a few facts of the best span. */
import type { SpanScores } from "./spans.ts";
import type { Span } from "./reader.ts";

const width = 7;

/** What speaks for the span: bias, overlap of its sentence, with its surroundings, of its passage, mass of all scores, its share, its sentence's squared overlap. */
export function evidenceFeatures(scores: SpanScores, span: Span): number[] {
  const { evidence } = scores;
  const own = evidence.overlap[span.sentence] ?? 0;
  const around = evidence.around[span.sentence] ?? 0;
  const passage = evidence.passageOverlap[span.passage] ?? 0;
  return [1, own, around, passage, span.mass / 10, span.share, around * around];
}

/** Probability that the answer is there, 0..1. */
export function confidenceOf(features: readonly number[], weights: readonly number[]): number {
  let z = 0;
  for (let k = 0; k < width; k++) z += (features[k] ?? 0) * (weights[k] ?? 0);
  return 1 / (1 + Math.exp(-z));
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
