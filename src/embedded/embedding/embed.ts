/** The `lexical` embedding: signed feature hashing of word and character n-grams (Weinberger et al. 2009, arXiv 0902.2206). */
import { mix } from "../text/hash.ts";
import { ngramsOf } from "../text/ngrams.ts";
import type { Text } from "../text/text.ts";

export const defaultDimensions = 1024;
const places = 2;

/**
 * A unit vector of `dimensions` numbers, rounded to 6 decimals; all zeros only for a text without any words.
 * Words weigh by their rarity in general English, since no corpus is known at this point.
 */
export function embed(text: Text, dimensions = defaultDimensions): number[] {
  const vector = new Float64Array(dimensions);
  const content = ngramsOf(text, { word: 1, pair: 0.3, characters: 0.08, longest: 5, contentOnly: true }, (word) => word.idf ** 1.5);
  const grams = content.size > 0 ? content : ngramsOf(text, { word: 1, pair: 0.3, characters: 0.08, longest: 5, contentOnly: false });
  for (const [key, weight] of grams) {
    const value = Math.sqrt(weight);
    for (let place = 1; place <= places; place++) {
      const h = mix(key, 7919 * place);
      const at = (h >>> 1) % dimensions;
      vector[at] = (vector[at] ?? 0) + (h & 1 ? value : -value);
    }
  }
  let square = 0;
  for (const v of vector) square += v * v;
  const length = Math.sqrt(square) || 1;
  return Array.from(vector, (v) => Math.round((v / length) * 1e6) / 1e6 + 0);
}
