/** What the train cases most like a case say about its label. Pure. */
import type { Demo } from "../../types.ts";

export interface Votes {
  readonly size: number;
  count(label: string): number;
  /** Log odds that the case has the first label rather than the second, by its neighbours' labels. */
  odds(a: string, b: string): number;
}

/** Neighbours that vote: a fifth of train, and no fewer and no more than these. */
export function voters(train: number): number {
  return Math.min(21, Math.max(5, Math.round(train / 5)));
}

/**
 * How often a case of one label has a neighbour of another is learnt from train itself, each case against all others: an embedder
 * that cannot tell two labels apart, or noise in train, then makes for odds near 0. Naive Bayes over the neighbours' labels, with
 * half a neighbour added for each label.
 */
export function createVotes(
  train: readonly { readonly label: string; readonly neighbours: readonly string[] }[],
): (neighbours: readonly Demo[]) => Votes {
  const seen = new Map<string, Map<string, number>>();
  for (const { label, neighbours } of train) {
    const row = seen.get(label) ?? new Map<string, number>();
    seen.set(label, row);
    for (const one of neighbours) row.set(one, (row.get(one) ?? 0) + 1);
  }
  const labels = new Set(train.map(({ label }) => label)).size;
  const share = (label: string, neighbour: string): number => {
    const row = seen.get(label);
    const all = [...(row?.values() ?? [])].reduce((sum, count) => sum + count, 0);
    return ((row?.get(neighbour) ?? 0) + 0.5) / (all + 0.5 * labels);
  };
  return (neighbours) => ({
    size: neighbours.length,
    count: (label) => neighbours.filter(({ answer }) => answer === label).length,
    odds: (a, b) => neighbours.reduce((sum, { answer }) => sum + Math.log(share(a, answer) / share(b, answer)), 0),
  });
}
