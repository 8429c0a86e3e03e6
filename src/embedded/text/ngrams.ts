/** Hashed word and character n-grams of a text: the features of the classifier, the embeddings and the memory. */
import { hash32, mix } from "./hash.ts";
import { shape } from "./shapes.ts";
import type { Text, Word } from "./text.ts";

export interface NgramOptions {
  readonly word: number;
  readonly pair: number;
  /** Weight of one character n-gram, and the longest; the shortest is 3. */
  readonly characters: number;
  readonly longest: number;
  /** Leave out function words. */
  readonly contentOnly: boolean;
}

/** n-gram hash -> summed weight. CJK: a character counts as a word, and neighbours as a pair. */
export function ngramsOf(text: Text, options: NgramOptions, weightOf: (word: Word) => number = () => 1): Map<number, number> {
  const grams = new Map<number, number>();
  const add = (key: number, weight: number): void => {
    grams.set(key, (grams.get(key) ?? 0) + weight);
  };
  let before: Word | undefined;
  for (const word of text.words) {
    if (isPunctuation(word) || (options.contentOnly && word.stop)) {
      if (isPunctuation(word)) before = undefined;
      continue;
    }
    const weight = weightOf(word);
    add(mix(1, word.stemHash), options.word * weight);
    if (before !== undefined)
      add(mix(mix(2, before.stemHash), word.stemHash), (word.shape === shape.cjk ? 1.5 : 1) * options.pair * weight);
    before = word;
    if (word.shape === shape.cjk) continue;
    const wrapped = `<${word.lower}>`;
    for (let size = 3; size <= options.longest; size++) {
      for (let at = 0; at + size <= wrapped.length; at++)
        add(mix(5 + size, hash32(wrapped.slice(at, at + size))), options.characters * weight);
    }
  }
  return grams;
}

function isPunctuation(word: Word): boolean {
  const s = word.shape;
  return (s >= shape.punctuation && s <= shape.hyphen) || s >= shape.mark;
}
