/** Questions that were learnt with their answers, found again by similarity: what a closed-book model remembers. */
import { ngramsOf } from "../text/ngrams.ts";
import type { Lexicon, Text } from "../text/text.ts";

export interface Pair {
  readonly question: string;
  readonly answer: string;
}

interface Recalled extends Pair {
  /** Cosine of the two questions over content n-grams, 0..1. */
  readonly similarity: number;
}

export interface Memory {
  readonly pairs: readonly Pair[];
  /** Below this similarity the memory says nothing, 0..1. */
  readonly threshold: number;
  /** The nearest questions, most similar first; ties go to the earlier pair. */
  recall(question: Text, count: number): Recalled[];
}

const grams = { word: 1, pair: 0.5, characters: 0.15, longest: 4, contentOnly: false };

export function createMemory(pairs: readonly Pair[], threshold: number, lexicon: Lexicon): Memory {
  const vectors = pairs.map(({ question }) => gramsOf(lexicon.read(question)));
  const counts = new Map<number, number>();
  for (const vector of vectors) for (const key of vector.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const idf = (key: number): number => Math.log(1 + pairs.length / (0.5 + (counts.get(key) ?? 0)));
  const postings = new Map<number, { readonly pair: number; readonly value: number }[]>();
  vectors.forEach((vector, pair) => {
    const length = lengthOf(vector, idf);
    for (const [key, value] of vector) {
      const entry = { pair, value: (value * idf(key)) / length };
      const list = postings.get(key);
      if (list === undefined) postings.set(key, [entry]);
      else list.push(entry);
    }
  });
  return {
    pairs,
    threshold,
    recall(question, count) {
      const own = gramsOf(question);
      const length = lengthOf(own, idf);
      const scores = new Map<number, number>();
      for (const [key, value] of own) {
        const weight = (value * idf(key)) / length;
        for (const entry of postings.get(key) ?? []) scores.set(entry.pair, (scores.get(entry.pair) ?? 0) + weight * entry.value);
      }
      return [...scores]
        .sort((a, b) => b[1] - a[1] || a[0] - b[0])
        .slice(0, count)
        .flatMap(([pair, similarity]) => {
          const known = pairs[pair];
          return known === undefined ? [] : [{ ...known, similarity }];
        });
    },
  };
}

/**
 * The similarity above which answers recalled for held-out questions are right most often beyond wrong: halfway between the last one
 * that is worth taking and the next, kept within 0.4..0.9.
 */
export function learnThreshold(known: Memory, held: readonly Pair[], lexicon: Lexicon, agrees: (a: string, b: string) => boolean): number {
  const tries = held.flatMap(({ question, answer }) => {
    const best = known.recall(lexicon.read(question), 1)[0];
    return best === undefined ? [] : [{ at: best.similarity, right: agrees(best.answer, answer) }];
  });
  tries.sort((a, b) => b.at - a.at);
  let gain = 0;
  let most = 0;
  let threshold = 0.8;
  tries.forEach(({ at, right }, i) => {
    gain += right ? 1 : -1;
    if (gain <= most) return;
    most = gain;
    threshold = (at + (tries[i + 1]?.at ?? at * 0.9)) / 2;
  });
  return Math.min(0.9, Math.max(0.4, threshold));
}

function gramsOf(text: Text): Map<number, number> {
  return ngramsOf(text, grams, (word) => (word.stop ? 0.2 : 0.3 + word.idf));
}

function lengthOf(vector: ReadonlyMap<number, number>, idf: (key: number) => number): number {
  let square = 0;
  for (const [key, value] of vector) square += (value * idf(key)) ** 2;
  return Math.sqrt(square) || 1;
}
