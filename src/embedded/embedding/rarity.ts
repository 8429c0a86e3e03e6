/** How much a word says about what a text is about, where nothing is known but the text. */
import { shape } from "../text/shapes.ts";
import type { Text, Word } from "../text/text.ts";

/** Mean idf of a running word by its number of letters, from 0, measured on Icelandic; longer words are rare. */
const byLength = [0, 0.12, 0.18, 0.32, 0.51, 0.6, 0.72, 0.78, 0.86];
const alphabetic = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{M}]+$/u;

/**
 * The rarity of the words of a text, 0..1: the table's for English; in other alphabets, where all words are missing from the table,
 * by length, since the words that every text has are short (Zipf 1935).
 */
export function rarityIn(text: Text): (word: Word) => number {
  if (!isForeign(text)) return (word) => word.idf;
  // Squared, since function words, which English leaves out, are among the short ones.
  return ({ lower, idf }) => {
    const known = byLength[lower.length] ?? 1;
    return alphabetic.test(lower) ? Math.min(idf, known * known) : idf;
  };
}

/** Most short words are not in the table of English. */
function isForeign({ words }: Text): boolean {
  let known = 0;
  let unknown = 0;
  for (const word of words) {
    if (word.lower.length > 4 || word.shape === shape.cjk || !alphabetic.test(word.lower)) continue;
    if (word.stop || word.idf < 1) known++;
    else unknown++;
  }
  return unknown > known;
}
