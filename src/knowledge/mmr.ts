/** Ranked lists without repetition: pure. */
import { dot, type Hit } from "./store.ts";

/**
 * The first k of the hits by maximal marginal relevance (Carbonell and Goldstein 1998): one after the other the hit with the highest
 * `weight · relevance - (1 - weight) · likeness`, which is its score then. Relevance is the score brought to 0..1 by the best of the list,
 * likeness the cosine, 0 at the least, with the hit before it that is most like it. Among equals the better one of the list given.
 *
 * Hits are given best first, `vectors` of length 1; a hit without a vector is like nothing.
 */
export function diverse(hits: readonly Hit[], vectors: ReadonlyMap<string, readonly number[]>, weight: number, k: number): readonly Hit[] {
  const best = hits.reduce((most, { score }) => Math.max(most, score), 0);
  const left = hits.map(({ id, score }) => ({ id, relevance: best > 0 ? Math.max(0, score) / best : 0, likeness: 0 }));
  const chosen: Hit[] = [];
  while (chosen.length < k && left.length > 0) {
    let [at, score] = [0, -Infinity];
    for (const [i, { relevance, likeness }] of left.entries()) {
      const value = weight * relevance - (1 - weight) * likeness;
      if (value > score) [at, score] = [i, value];
    }
    const [next] = left.splice(at, 1);
    if (next === undefined) break;
    chosen.push({ id: next.id, score });
    const vector = vectors.get(next.id);
    if (vector !== undefined) for (const other of left) other.likeness = Math.max(other.likeness, cosine(vector, vectors.get(other.id)));
  }
  return chosen;
}

/** Of vectors of length 1, -1..1; 0 where there is none. */
export function cosine(a: readonly number[], b: readonly number[] | undefined): number {
  return b === undefined ? 0 : Math.max(-1, Math.min(1, dot(a, b)));
}
