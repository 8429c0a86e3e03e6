/** Hashed word and character n-grams of a text: the features of the classifier, the embeddings and the memory. */
import { mix } from "./hash.ts";
import { shape } from "./shapes.ts";
import type { Text, Word } from "./text.ts";

export interface NgramOptions {
  readonly word: number;
  readonly pair: number;
  /** Weight of all character n-grams of a word together, as the length of their vector; they have 3 to `longest` characters. */
  readonly characters: number;
  readonly longest: number;
  /** Leave out function words. */
  readonly contentOnly: boolean;
}

const shortest = 3;

/** n-gram hash -> summed weight. */
export function ngramsOf(text: Text, options: NgramOptions, weightOf: (word: Word) => number = () => 1): Map<number, number> {
  const grams = new Map<number, number>();
  forEachNgram(text, options, weightOf, (key, weight) => grams.set(key, (grams.get(key) ?? 0) + weight));
  return grams;
}

/** Calls `visit` with the hash and the weight of each n-gram as it comes. CJK: a character counts as a word, and neighbours as a pair. */
export function forEachNgram(
  text: Text,
  { word: single, pair, characters, longest, contentOnly }: NgramOptions,
  weightOf: (word: Word) => number,
  visit: (key: number, weight: number) => void,
): void {
  let before: Word | undefined;
  let weightBefore = 0;
  for (const word of text.words) {
    if (isPunctuation(word) || (contentOnly && word.stop)) {
      if (isPunctuation(word)) before = undefined;
      continue;
    }
    const weight = weightOf(word);
    const cjk = word.shape === shape.cjk;
    visit(mix(1, word.stemHash), single * weight);
    if (before !== undefined) visit(mix(mix(2, before.stemHash), word.stemHash), (cjk ? 1.5 : 1) * pair * Math.sqrt(weight * weightBefore));
    before = word;
    weightBefore = weight;
    if (!cjk && characters > 0) visitCharacters(`<${word.lower}>`, longest, characters * weight, visit);
  }
}

/** FNV-1a of all n-grams that begin at a place in one pass. */
function visitCharacters(wrapped: string, longest: number, length: number, visit: (key: number, weight: number) => void): void {
  let count = 0;
  for (let size = shortest; size <= longest; size++) count += Math.max(0, wrapped.length - size + 1);
  const weight = length / Math.sqrt(count);
  for (let from = 0; from + shortest <= wrapped.length; from++) {
    let hash = 0x811c9dc5 | 0;
    const end = Math.min(longest, wrapped.length - from);
    for (let size = 1; size <= end; size++) {
      hash = Math.imul(hash ^ wrapped.charCodeAt(from + size - 1), 0x01000193);
      if (size >= shortest) visit(mix(5 + size, hash), weight);
    }
  }
}

function isPunctuation(word: Word): boolean {
  const s = word.shape;
  return (s >= shape.punctuation && s <= shape.hyphen) || s >= shape.mark;
}
