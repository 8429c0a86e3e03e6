/** Texts as vectors of weighted n-grams: those of the examples, each by how few of the examples have it. */
import { ngramsOf, type NgramOptions } from "../text/ngrams.ts";
import type { Text, Word } from "../text/text.ts";
import { log, raised } from "../text/arithmetic.ts";

export interface Space {
  /** n-gram hash (masked) -> row. */
  readonly rows: ReadonlyMap<number, number>;
  /** Weight of each row, and of n-grams that no example has. */
  readonly rarity: Float32Array;
  readonly unseen: number;
  readonly mask: number;
}

export interface Vector {
  readonly rows: Int32Array;
  readonly values: Float32Array;
}

/** n-gram hash (masked) -> weight. */
export type Bag = ReadonlyMap<number, number>;

const grams: NgramOptions = { word: 1, pair: 0.7, characters: 2, longest: 5, contentOnly: false };
/** Below 1, since what is rare in a few examples may be so by accident. */
const usualPower = 0.7;

/** The n-grams of a text; words that are common in general count less. */
export function bagOf(text: Text, mask: number): Bag {
  const bag = new Map<number, number>();
  for (const [key, weight] of ngramsOf(text, grams, weightOf)) bag.set(key & mask, (bag.get(key & mask) ?? 0) + weight);
  return bag;
}

/** The space of the examples' n-grams; `power` is how much their rarity counts. */
export function createSpace(examples: readonly Bag[], mask: number, power = usualPower): Space {
  const rows = new Map<number, number>();
  const counts: number[] = [];
  for (const bag of examples) {
    for (const key of bag.keys()) {
      const row = rows.get(key) ?? rows.size;
      if (row === rows.size) rows.set(key, row);
      counts[row] = (counts[row] ?? 0) + 1;
    }
  }
  const rarity = (count: number): number => raised(log((examples.length + 1) / (count + 0.5)), power);
  return { rows, rarity: Float32Array.from(counts, rarity), unseen: rarity(0), mask };
}

/** A vector of length 1 at most: what no example has counts in the length, so that a text about something else is near to nothing. */
export function toVector(bag: Bag, { rows, rarity, unseen }: Space): Vector {
  const found: number[] = [];
  const values: number[] = [];
  let square = 0;
  for (const [key, count] of bag) {
    const row = rows.get(key);
    const value = (count > 1 ? 1 + log(count) : count) * (row === undefined ? unseen : (rarity[row] ?? 0));
    square += value * value;
    if (row === undefined) continue;
    found.push(row);
    values.push(value);
  }
  const length = Math.sqrt(square) || 1;
  return { rows: Int32Array.from(found), values: Float32Array.from(values, (v) => v / length) };
}

function weightOf(word: Word): number {
  return (word.stop ? 0.6 : 1) * (0.5 + 0.5 * word.idf);
}
