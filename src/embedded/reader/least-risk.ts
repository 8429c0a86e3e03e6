/** The choice among scored spans that promises the greatest token F1 (minimum Bayes risk; Kumar and Byrne 2004). */
import { exponential } from "../network/arithmetic.ts";
import type { Candidates } from "./candidates.ts";

/** Share of exact matches in what is promised; the rest is token F1. */
const exactShare = 0.15;
const mostCompared = 30;

export interface Choice {
  /** Index of the span. */
  readonly index: number;
  /** Its share in the probability of all spans, 0..1. */
  readonly share: number;
  /** Token F1 that it may expect if the passages hold the answer, 0..1. */
  readonly expected: number;
}

/** `scores`: one for each of the spans, in any order. */
export function leastRisk({ passages, spans }: Candidates, scores: readonly number[]): Choice {
  const order = scores.map((_, x) => x).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const top = scores[order[0] ?? 0] ?? 0;
  let all = 0;
  for (const score of scores) all += exponential(score - top);
  const few = order.slice(0, mostCompared).map((index) => {
    const span = spans[index];
    const words = passages[span?.passage ?? 0]?.words.slice(span?.first ?? 0, (span?.last ?? 0) + 1) ?? [];
    // As the official F1 does: articles and punctuation do not count.
    const content = words.filter((word) => /[\p{L}\p{N}]/u.test(word.text) && !/^(?:a|an|the)$/.test(word.lower)).map((word) => word.hash);
    return { index, content: content.toSorted((a, b) => a - b), chance: exponential((scores[index] ?? 0) - top) / all };
  });
  let best: Choice = { index: order[0] ?? 0, share: 1 / all, expected: 0 };
  let most = -1;
  for (const one of few) {
    let overlap = 0;
    let same = 0;
    for (const other of few) {
      const f1 = overlapF1(one.content, other.content);
      overlap += other.chance * f1;
      if (f1 > 1 - 1e-9) same += other.chance;
    }
    const gain = (1 - exactShare) * overlap + exactShare * same;
    if (gain > most + 1e-12) {
      most = gain;
      best = { index: one.index, share: same, expected: overlap };
    }
  }
  return best;
}

/** F1 of two sorted lists with repeats. */
function overlapF1(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 1 : 0;
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const x = a[i] as number;
    const y = b[j] as number;
    if (x === y) {
      common++;
      i++;
      j++;
    } else if (x < y) i++;
    else j++;
  }
  return (2 * common) / (a.length + b.length);
}
