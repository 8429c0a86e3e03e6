/** The likelihood of right spans among all spans. */
import { exponential } from "../network/arithmetic.ts";
import { log } from "../text/arithmetic.ts";

/** Softmax over all scores: the loss of the gold spans together in nats, and its gradient. */
export function lossOf(score: readonly number[], gold: readonly number[]): { readonly gradient: Float64Array; readonly loss: number } {
  const top = score.reduce((a, b) => Math.max(a, b), -Infinity);
  const gradient = Float64Array.from(score, (s) => exponential(s - top));
  let all = 0;
  for (const p of gradient) all += p;
  for (let x = 0; x < gradient.length; x++) gradient[x] = (gradient[x] ?? 0) / all;
  let share = 0;
  for (const x of gold) share += gradient[x] ?? 0;
  share = Math.max(share, 1e-12);
  for (const x of gold) gradient[x] = (gradient[x] ?? 0) * (1 - 1 / share);
  return { gradient, loss: -log(share) };
}
