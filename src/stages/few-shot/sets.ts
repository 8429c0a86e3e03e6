/** Sets of demonstrations that are the same for every question: the first k of an order of the bank. */
import { balanced, likenesses, shuffled } from "../../program/demos.ts";
import type { Demo } from "../../types.ts";

/** Share of likeness to the whole bank in the worth of a diverse demonstration; the rest is unlikeness to those before. */
const TYPICAL = 0.3;

export interface Orders {
  readonly random: readonly Demo[];
  /** In turn over the answers, so that the first k cover as many as k can. */
  readonly balanced: readonly Demo[];
  /** Empty without vectors. */
  readonly diverse: readonly Demo[];
}

/** The orders that sets of at most `most` are drawn from; `vectors` are of the bank's inputs, one each, or none at all. */
export function ordersOf(bank: readonly Demo[], vectors: readonly (readonly number[])[], most: number, random: () => number): Orders {
  return { random: shuffled(bank, random), balanced: balanced(bank), diverse: vectors.length === 0 ? [] : diverse(bank, vectors, most) };
}

/**
 * The first `most` by maximal marginal relevance (Carbonell and Goldstein 1998) to the centre of the bank: typical, and unlike each
 * other. As in `balanced` no answer is shown again before all others were.
 */
function diverse(bank: readonly Demo[], vectors: readonly (readonly number[])[], most: number): readonly Demo[] {
  const typical = likenesses(centreOf(vectors), vectors);
  const left = bank.map((demo, at) => ({ demo, vector: vectors[at] ?? [], typical: typical[at] ?? 0, alike: 0 }));
  const counts = new Map<string, number>();
  const chosen: Demo[] = [];
  const times = ({ demo }: (typeof left)[number]) => counts.get(demo.answer) ?? 0;
  const worth = (one: (typeof left)[number]) => TYPICAL * one.typical - (1 - TYPICAL) * one.alike;
  while (chosen.length < most && left.length > 0) {
    const best = left.reduce((a, b) => (times(b) < times(a) || (times(b) === times(a) && worth(b) > worth(a)) ? b : a));
    left.splice(left.indexOf(best), 1);
    chosen.push(best.demo);
    counts.set(best.demo.answer, times(best) + 1);
    const alike = likenesses(
      best.vector,
      left.map(({ vector }) => vector),
    );
    left.forEach((one, at) => (one.alike = Math.max(one.alike, alike[at] ?? 0)));
  }
  return chosen;
}

/** The mean of the vectors, at length 1. */
function centreOf(vectors: readonly (readonly number[])[]): readonly number[] {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) vector.forEach((x, at) => (sum[at] = (sum[at] ?? 0) + x));
  const length = Math.hypot(...sum) || 1;
  return Array.from(sum, (x) => x / length);
}
