/**
 * Copies across splits. Exact: the same normalised input. Near: Jaccard similarity of character 5-grams of 0.8 or more, the
 * default of NeMo Curator's fuzzy deduplication. Pure.
 */
import { SPLITS } from "./splits.ts";
import { inputOf } from "./text.ts";
import type { Case, SplitName, Splits } from "../types.ts";

const GRAM = 5;
const SIMILAR = 0.8;
/** Example pairs named in a warning. */
const EXAMPLES = 3;

/**
 * Takes cases out of train that repeat a case of select, confirm or test; copies between select, confirm and test are only
 * reported, because what is left out there would change what is measured. One warning for each pair of splits with copies.
 */
export function withoutLeaks(splits: Splits): { readonly splits: Splits; readonly warnings: readonly string[] } {
  const merged = splits.select === splits.confirm;
  const held: readonly SplitName[] = merged ? ["select", "test"] : ["select", "confirm", "test"];
  const twin = twinsIn(held.flatMap((split) => splits[split].map((kase) => ({ kase, split }))));
  const leaks = new Map<string, Leak[]>();
  const leaked = new Set<Case>();
  const look = (split: SplitName, against: readonly SplitName[]): void => {
    for (const kase of splits[split]) {
      const found = twin(kase, against);
      if (found === undefined) continue;
      if (split === "train") leaked.add(kase);
      const pair = `${split} ${found.split}`;
      leaks.set(pair, [...(leaks.get(pair) ?? []), { id: kase.id, twin: found.kase.id, exact: found.exact }]);
    }
  };
  look("train", held);
  look("select", ["test"]);
  if (!merged) look("confirm", ["test"]);
  const warnings = SPLITS.flatMap((split) => SPLITS.flatMap((other) => warningOf(split, other, splits, leaks.get(`${split} ${other}`))));
  return { splits: leaked.size === 0 ? splits : { ...splits, train: splits.train.filter((kase) => !leaked.has(kase)) }, warnings };
}

interface Leak {
  readonly id: string;
  readonly twin: string;
  readonly exact: boolean;
}

interface Held {
  readonly kase: Case;
  readonly split: SplitName;
}

interface Twin extends Held {
  readonly exact: boolean;
}

function warningOf(split: SplitName, other: SplitName, splits: Splits, leaks: readonly Leak[] | undefined): readonly string[] {
  if (leaks === undefined) return [];
  const exact = leaks.filter((leak) => leak.exact).length;
  const examples = leaks.slice(0, EXAMPLES).map(({ id, twin }) => `"${id}" like "${twin}"`);
  const what = `${leaks.length} of ${splits[split].length} ${split} cases repeat a case of ${other} (${exact} exactly, ${leaks.length - exact} nearly): ${examples.join(", ")}${leaks.length > EXAMPLES ? ", …" : ""}`;
  return [`data: ${what}; ${split === "train" ? "they are left out of train" : `what is chosen on ${split} may be too good on ${other}`}`];
}

/**
 * A search for the most telling copy of a case among held-out ones: an exact one first, in the order given.
 *
 * Texts whose similarity is t or more share a gram among the rarest 1 - t of each (prefix filter: Bayardo et al. 2007,
 * "Scaling up all pairs similarity search"), so only those grams are indexed and looked up.
 */
function twinsIn(held: readonly Held[]): (kase: Case, against: readonly SplitName[]) => Twin | undefined {
  const exact = new Map<string, Held[]>();
  const texts: { readonly grams: Grams; readonly held: Held }[] = [];
  const frequency = new Uint16Array(1 << 20);
  for (const one of held) {
    const input = inputOf(one.kase);
    const same = exact.get(input);
    if (same !== undefined) same.push(one);
    else exact.set(input, [one]);
    const grams = gramsOf(input);
    for (const gram of grams) count(frequency, gram);
    texts.push({ grams, held: one });
  }
  const index = new Map<number, number[]>();
  for (const [position, { grams }] of texts.entries()) {
    for (const gram of rarest(grams, frequency)) {
      const positions = index.get(gram);
      if (positions === undefined) index.set(gram, [position]);
      else positions.push(position);
    }
  }
  return (kase, against) => {
    const input = inputOf(kase);
    const same = exact.get(input)?.find(({ split }) => against.includes(split));
    if (same !== undefined) return { ...same, exact: true };
    const grams = gramsOf(input);
    const seen = new Set<number>();
    for (const gram of rarest(grams, frequency)) {
      for (const position of index.get(gram) ?? []) {
        const other = texts[position];
        if (other === undefined || seen.has(position) || !against.includes(other.held.split)) continue;
        seen.add(position);
        if (similar(grams, other.grams)) return { ...other.held, exact: false };
      }
    }
    return undefined;
  };
}

/** Distinct 32-bit hashes of the text's character 5-grams; a shorter text is one gram. */
type Grams = ReadonlySet<number>;

function gramsOf(text: string): Grams {
  const units = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const grams = new Set<number>();
  for (let start = 0; start === 0 || start + GRAM <= units.length; start++) {
    let hash = 0x811c9dc5;
    for (let at = start; at < Math.min(start + GRAM, units.length); at++) hash = Math.imul(hash ^ (units[at] ?? 0), 0x01000193);
    grams.add(mixed(hash));
  }
  return grams;
}

/** Spreads the bits of a hash (the finalizer of MurmurHash3), so that its low bits can index a table. */
function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** Frequencies share cells; the filter needs only that every text sorts its grams in one and the same order. */
function count(frequency: Uint16Array, gram: number): void {
  const cell = gram & (frequency.length - 1);
  frequency[cell] = Math.min(0xffff, (frequency[cell] ?? 0) + 1);
}

function rarest(grams: Grams, frequency: Uint16Array): readonly number[] {
  const of = (gram: number): number => frequency[gram & (frequency.length - 1)] ?? 0;
  const kept = grams.size - Math.ceil(SIMILAR * grams.size) + 1;
  return [...grams].sort((a, b) => of(a) - of(b) || a - b).slice(0, kept);
}

function similar(a: Grams, b: Grams): boolean {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  if (small.size < SIMILAR * large.size) return false;
  let shared = 0;
  for (const gram of small) if (large.has(gram)) shared++;
  return shared >= SIMILAR * (a.size + b.size - shared);
}
