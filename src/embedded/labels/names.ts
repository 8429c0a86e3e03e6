/** Zero-shot labelling: which label's name has most of the text's words. */
import type { Text } from "../text/text.ts";
import { bagOf, createSpace, toVector, type Vector } from "./space.ts";
import { exp } from "../text/arithmetic.ts";

export interface Likeness {
  /** Index of the label whose name is most like the text; the first of several. */
  readonly best: number;
  /** Cosine of its name and the text, 0..1; words of the text that no name has make it smaller. */
  readonly similarity: number;
  /** Probability that it is the right one of them, 0..1. */
  readonly confidence: number;
}

const mask = 2 ** 24 - 1;
/** Names hold few words, and that others have them too says little. */
const rarityPower = 0.4;
/** Cosines divided by it are log probabilities, measured on Banking77 with 5, 38 and 77 labels. */
const temperature = 0.065;

/** How like the names of labels a text is: cosines, 0..1, and the probability that each is the right one of them. */
export function likenessTo(
  text: Text,
  names: readonly Text[],
): { readonly similarities: readonly number[]; readonly chances: readonly number[] } {
  const bags = names.map((name) => bagOf(name, mask));
  const space = createSpace(bags, mask, rarityPower);
  const own = toVector(bagOf(text, mask), space);
  const weights = new Float32Array(space.rows.size);
  own.rows.forEach((row, i) => (weights[row] = own.values[i] ?? 0));
  const similarities = bags.map((bag) => dot(toVector(bag, space), weights));
  const most = similarities.reduce((a, b) => Math.max(a, b), -Infinity);
  const odds = similarities.map((similarity) => exp((similarity - most) / temperature));
  const all = odds.reduce((a, b) => a + b, 0);
  return { similarities, chances: odds.map((one) => one / all) };
}

/** Compares a text with the names of labels, of which there is one at least. */
export function likestName(text: Text, names: readonly Text[]): Likeness {
  const { similarities, chances } = likenessTo(text, names);
  const similarity = similarities.reduce((a, b) => Math.max(a, b), -Infinity);
  const best = similarities.indexOf(similarity);
  return { best, similarity, confidence: chances[best] ?? 0 };
}

function dot({ rows, values }: Vector, weights: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += (values[i] as number) * (weights[rows[i] as number] as number);
  return sum;
}
