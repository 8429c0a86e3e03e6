/** What a search must find, by the definitions: the exact oracle of the stores, with nothing of their own code. */
import { expect } from "vitest";
import type { Entry } from "../store.ts";
import { termsOf } from "../words.ts";

interface Ranked {
  readonly id: string;
  readonly score: number;
}
type Definition<Q> = (query: Q) => readonly Ranked[];

/** The search finds the k that the definition has at the top, in its order and with its scores. */
export async function same<Q>(
  search: (query: Q, k: number) => Promise<readonly Ranked[]>,
  query: Q,
  k: number,
  definition: Definition<Q>,
): Promise<void> {
  const [hits, right] = [await search(query, k), definition(query).slice(0, k)];
  expect(hits.map(({ id }) => id)).toEqual(right.map(({ id }) => id));
  hits.forEach(({ score }, i) => expect(score).toBeCloseTo(right[i]?.score ?? Number.NaN, 6));
}

/** Cosine similarity of vectors in float32 precision; among equals the smaller id first. */
export function byCosine(entries: readonly Entry[]): Definition<readonly number[]> {
  const unit = (vector: readonly number[]) => vector.map((x) => Math.fround(x / Math.hypot(...vector)));
  const vectors = entries.map(({ id, vector = [] }) => ({ id, vector: unit(vector) }));
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  return remembered((query) => {
    const asked = unit(query);
    return best(vectors.map(({ id, vector }) => ({ id, score: dot(asked, vector) / Math.hypot(...asked) / Math.hypot(...vector) })));
  });
}

/** BM25 as Lucene has it: k1 1.2, b 0.75, `ln(1 + (N - n + 0.5) / (n + 0.5))`; a chunk's words are those of its title and its text. */
export function byWords(entries: readonly Entry[]): Definition<readonly string[]> {
  const chunks = entries.map(({ id, title, text }) => ({ id, terms: termsOf(`${title}\n${text}`) }));
  const mean = chunks.reduce((sum, { terms }) => sum + terms.length, 0) / chunks.length;
  const times = (term: string, terms: readonly string[]) => terms.filter((other) => other === term).length;
  return remembered((query) => {
    const weights = query.map((term) => {
      const n = chunks.filter(({ terms }) => terms.includes(term)).length;
      return { term, idf: Math.log(1 + (chunks.length - n + 0.5) / (n + 0.5)) };
    });
    const scored = chunks.map(({ id, terms }) => {
      const parts = weights.map(({ term, idf }) => {
        const tf = times(term, terms);
        return (idf * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * terms.length) / mean));
      });
      return { id, score: parts.reduce((sum, part) => sum + part, 0) };
    });
    return best(scored.filter(({ score }) => score > 0));
  });
}

function remembered<Q>(definition: Definition<Q>): Definition<Q> {
  const known = new Map<string, readonly Ranked[]>();
  return (query) => {
    const key = JSON.stringify(query);
    const found = known.get(key) ?? definition(query);
    known.set(key, found);
    return found;
  };
}

/** Equal but for the last bits counts as equal, so that no order of summing is asked for. */
function best(all: readonly Ranked[]): readonly Ranked[] {
  const rounded = (score: number) => Math.round(score * 1e9);
  return all.toSorted((a, b) => rounded(b.score) - rounded(a.score) || (a.id < b.id ? -1 : 1));
}
