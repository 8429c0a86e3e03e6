/** Temperature scaling: Guo et al. 2017, On Calibration of Modern Neural Networks, section 4.2 (arXiv 1706.04599). */
import { exp, log } from "../text/arithmetic.ts";

export interface Outcome {
  /** One a class, before the softmax. */
  readonly scores: Float32Array;
  /** Index of the right class. */
  readonly label: number;
}

/** The temperature, 1/8 to 8, under which held-out outcomes have the least log loss, to a hundredth of its logarithm. */
export function temperatureOf(outcomes: readonly Outcome[]): number {
  let low = -Math.LN2 * 3;
  let high = Math.LN2 * 3;
  // The loss has one minimum over the logarithm of the temperature: a golden section finds it.
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 0.01) {
    const a = high - golden * (high - low);
    const b = low + golden * (high - low);
    if (lossAt(outcomes, exp(a)) <= lossAt(outcomes, exp(b))) high = b;
    else low = a;
  }
  return exp((low + high) / 2);
}

/** Mean log loss. */
export function lossAt(outcomes: readonly Outcome[], temperature: number): number {
  let loss = 0;
  for (const { scores, label } of outcomes) {
    let top = -Infinity;
    for (const score of scores) if (score > top) top = score;
    let sum = 0;
    for (const score of scores) sum += exp((score - top) / temperature);
    loss += log(sum) - ((scores[label] ?? 0) - top) / temperature;
  }
  return loss / Math.max(1, outcomes.length);
}
