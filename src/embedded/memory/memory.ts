/** Questions that were learnt with their answers, found again by similarity: what a closed-book model remembers. */
import { ngramsOf } from "../text/ngrams.ts";
import type { Lexicon, Text } from "../text/text.ts";
import { log } from "../text/arithmetic.ts";

export interface Pair {
  readonly question: string;
  readonly answer: string;
}

interface Recalled extends Pair {
  /** Cosine of the two questions over content n-grams, 0..1. */
  readonly similarity: number;
}

/** The answer that the most similar questions speak for. */
interface Remembered extends Pair {
  /** Similarity of the nearest question with that answer, less where the others have another one; 0..1. */
  readonly certainty: number;
}

export interface Memory {
  readonly pairs: readonly Pair[];
  /** Below this certainty the memory says nothing, 0..1. */
  readonly threshold: number;
  /** Undefined where no question has anything in common with this one. */
  remember(question: Text): Remembered | undefined;
  /** The nearest questions, most similar first; ties go to the earlier pair. */
  recall(question: Text, count: number): Recalled[];
}

const grams = { word: 1, pair: 0.5, characters: 0.5, longest: 4, contentOnly: false };

/** Words of asking, which say nothing about what is asked. */
const polite = /^(?:please|tell|hi|hello|hey|thanks?|kindly|bitte|danke|hallo|bonjour|merci|hola|gracias)$/i;

/** Questions that vote for an answer. */
const neighbours = 8;
/** Threshold where held-out questions teach none. */
const unlearnt = 0.75;
/** A wrong answer costs as much as so many right ones are worth. */
const costOfWrong = 2;

/** Learns all pairs at once; see `memorising`. */
export function createMemory(pairs: readonly Pair[], threshold: number, lexicon: Lexicon): Memory {
  const steps = memorising(pairs, threshold, lexicon);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Learns the pairs bit by bit, so that a caller can do other things between. */
export function* memorising(pairs: readonly Pair[], threshold: number, lexicon: Lexicon): Generator<undefined, Memory> {
  /** n-gram hash -> the pairs whose question has it, and its value there. */
  const postings = new Map<number, Posting[]>();
  for (const [pair, { question }] of pairs.entries()) {
    if (pair % 100 === 99) yield;
    for (const [key, value] of gramsOf(lexicon.read(question))) {
      const list = postings.get(key);
      if (list === undefined) postings.set(key, [{ pair, value }]);
      else list.push({ pair, value });
    }
  }
  const idf = (list: readonly Posting[] | undefined): number => log(1 + pairs.length / (0.5 + (list?.length ?? 0)));
  const squares = new Float64Array(pairs.length);
  for (const list of postings.values()) {
    const weight = idf(list);
    for (const { pair, value } of list) squares[pair] = (squares[pair] ?? 0) + value * weight * (value * weight);
  }
  const index = new Map<number, Index>();
  for (const [key, list] of postings) {
    if (index.size % 2000 === 1999) yield;
    const weight = idf(list);
    index.set(key, {
      weight,
      pairs: Int32Array.from(list, ({ pair }) => pair),
      values: Float32Array.from(list, ({ pair, value }) => (value * weight) / (Math.sqrt(squares[pair] ?? 0) || 1)),
    });
  }
  const unseen = idf(undefined);
  const recall: Memory["recall"] = (question, count) => {
    const own = [...gramsOf(question)].map(([key, value]) => {
      const entry = index.get(key);
      return { entry, value: value * (entry?.weight ?? unseen) };
    });
    const length = Math.sqrt(own.reduce((sum, { value }) => sum + value * value, 0)) || 1;
    const scores = new Float64Array(pairs.length);
    for (const { entry, value } of own) {
      if (entry === undefined) continue;
      for (let k = 0; k < entry.pairs.length; k++) {
        const pair = entry.pairs[k] as number;
        scores[pair] = (scores[pair] as number) + (value / length) * (entry.values[k] as number);
      }
    }
    return highest(scores, count).flatMap((pair) => {
      const known = pairs[pair];
      return known === undefined ? [] : [{ ...known, similarity: scores[pair] ?? 0 }];
    });
  };
  return { pairs, threshold, recall, remember: (question) => elect(recall(question, neighbours)) };
}

interface Posting {
  readonly pair: number;
  readonly value: number;
}

interface Index {
  readonly weight: number;
  readonly pairs: Int32Array;
  readonly values: Float32Array;
}

/** Places of the highest scores above 0, highest first; ties go to the earlier place. */
function highest(scores: Float64Array, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score <= 0 || (best.length === count && score <= (scores[best[count - 1] ?? 0] ?? 0))) continue;
    let at = best.length;
    while (at > 0 && score > (scores[best[at - 1] ?? 0] ?? 0)) at--;
    best.splice(at, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Each neighbour votes for its answer by the cube of its similarity. */
function elect(nearest: readonly Recalled[]): Remembered | undefined {
  const votes = new Map<string, number>();
  let all = 0;
  for (const { answer, similarity } of nearest) {
    const vote = similarity * similarity * similarity;
    votes.set(answer, (votes.get(answer) ?? 0) + vote);
    all += vote;
  }
  const [answer, most] = [...votes].reduce((a, b) => (b[1] > a[1] + 1e-12 ? b : a), ["", 0]);
  const first = nearest.find((pair) => pair.answer === answer);
  if (first === undefined) return undefined;
  const share = most / all;
  // Other answers matter the less the nearer the question is to one that is known.
  const certainty = first.similarity * (share + (1 - share) * first.similarity);
  return { question: first.question, answer, certainty: Math.min(1, certainty) };
}

/**
 * The certainty above which the answers to held-out questions are right most often beyond twice as often as wrong: halfway between the last
 * one that is worth giving and the next. Where none is, above nearly all of the wrong ones.
 */
export function learnThreshold(tries: readonly { readonly certainty: number; readonly right: boolean }[]): number {
  const sorted = [...tries].sort((a, b) => b.certainty - a.certainty);
  let gain = 0;
  let most = 0;
  let threshold = Math.max(unlearnt, sorted[Math.floor(sorted.length / 50)]?.certainty ?? 0);
  sorted.forEach(({ certainty, right }, i) => {
    gain += right ? 1 : -costOfWrong;
    if (gain <= most) return;
    most = gain;
    threshold = (certainty + (sorted[i + 1]?.certainty ?? certainty * 0.9)) / 2;
  });
  return Math.min(0.95, Math.max(0.25, threshold));
}

function gramsOf(text: Text): Map<number, number> {
  return ngramsOf(text, grams, (word) => (word.stop || polite.test(word.text) ? 0.2 : 0.3 + word.idf));
}
