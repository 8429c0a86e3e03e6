/** Ranked lists made into one: pure. */
import { byScore, type Hit } from "./store.ts";

/**
 * Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): the sum over lists of `1 / (constant + rank)`, ranks from 1. Best first;
 * among equals the one that the first list ranks better, so the list that is trusted most stands first: two lists that swap two chunks
 * would else leave their order to chance.
 */
export function reciprocal(lists: readonly (readonly Hit[])[], constant: number): readonly Hit[] {
  const scores = new Map<string, number>();
  for (const list of lists) for (const [i, { id }] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (constant + i + 1));
  // The sort is stable, and a map keeps the order of the first list.
  return [...scores].map(([id, score]): Hit => ({ id, score })).sort((a, b) => b.score - a.score);
}

/**
 * A convex combination (Bruch, Gai and Ingber 2023, arXiv 2210.11934, section 3, "TM2C2"): both scores brought to 0..1 by the least that
 * each can be, -1 and 0, and the best of its list, then `weight · dense + (1 - weight) · lexical`. What a list lacks has its least score
 * there; so that the vectors' list lacks nothing, it is to hold the cosines of what only words have found. Best first.
 */
export function convex(dense: readonly Hit[], lexical: readonly Hit[], weight: number): readonly Hit[] {
  const scores = new Map<string, number>();
  const add = (list: readonly Hit[], least: number, share: number): void => {
    const best = list.reduce((most, { score }) => Math.max(most, score), least);
    for (const { id, score } of list)
      scores.set(id, (scores.get(id) ?? 0) + (best > least ? share * ((score - least) / (best - least)) : 0));
  };
  add(dense, -1, weight);
  add(lexical, 0, 1 - weight);
  return [...scores].map(([id, score]): Hit => ({ id, score })).sort(byScore);
}
