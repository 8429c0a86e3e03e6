/**
 * Copies across splits. Exact: the same normalised input. Near: Jaccard similarity of character 5-grams of 0.8 or more, the
 * default of NeMo Curator's fuzzy deduplication, in every field and with an accepted answer in common. Pure.
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
  look("select", merged ? ["test"] : ["confirm", "test"]);
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
 * Two texts whose similarity is t or more share at least k grams among the rarest (1 - t)n + k of each (prefix filter:
 * Bayardo et al. 2007, "Scaling up all pairs similarity search"; k > 1: Wang et al. 2012, "Can we beat the prefix
 * filtering?"), so only those grams are indexed and looked up. Similarity itself is exact.
 */
function twinsIn(held: readonly Held[]): (kase: Case, against: readonly SplitName[]) => Twin | undefined {
  const inputs = held.map(({ kase }) => inputOf(kase));
  const exact = Map.groupBy(held.keys(), (position) => inputs[position] ?? "");
  const grams = inputs.map(gramsOf);
  const frequency = new Uint16Array(1 << 20);
  for (const text of grams) for (const gram of text) count(frequency, gram);
  const index = new Map<number, number[]>();
  for (const [position, text] of grams.entries()) {
    for (const gram of rarest(text, commonAmongRarest(text.length / SIMILAR), frequency)) {
      const positions = index.get(gram);
      if (positions === undefined) index.set(gram, [position]);
      else positions.push(position);
    }
  }
  const shared = new Uint32Array(held.length);
  return (kase, against) => {
    const input = inputOf(kase);
    const fits = (position: number): boolean => against.includes(held[position]?.split ?? "train");
    const same = exact.get(input)?.find(fits);
    if (same !== undefined) return twinAt(held, same, true);
    const text = gramsOf(input);
    const least = commonAmongRarest(text.length);
    const touched: number[] = [];
    for (const gram of rarest(text, least, frequency)) {
      for (const position of index.get(gram) ?? []) {
        const times = (shared[position] ?? 0) + 1;
        shared[position] = times;
        if (times === 1) touched.push(position);
      }
    }
    const candidates = touched.filter((position) => (shared[position] ?? 0) >= least && fits(position)).toSorted((a, b) => a - b);
    for (const position of touched) shared[position] = 0;
    const near = candidates.find(
      (position) =>
        similar(text, grams[position] ?? new Uint32Array()) &&
        similarEverywhere(input, inputs[position] ?? "") &&
        sharesAnswer(kase, held[position]?.kase ?? kase),
    );
    return near === undefined ? undefined : twinAt(held, near, false);
  };
}

/**
 * Whether every field is nearly the same, not only the texts as a whole: two questions about one long passage are no copies.
 * `inputOf` puts a field on a line.
 */
function similarEverywhere(a: string, b: string): boolean {
  const [left, right] = [a.split("\n"), b.split("\n")];
  return left.length === 1 || left.every((field, at) => similar(gramsOf(field), gramsOf(right[at] ?? "")));
}

/** Whether an answer that is accepted for one is accepted for the other: without that, a near copy gives nothing away. */
function sharesAnswer(a: Case, b: Case): boolean {
  const accepted = (kase: Case) =>
    (Array.isArray(kase.expected) ? kase.expected : [kase.expected]).map((one: unknown) => JSON.stringify(one) ?? "");
  const other = new Set(accepted(b));
  return accepted(a).some((answer) => other.has(answer));
}

function twinAt(held: readonly Held[], position: number, exact: boolean): Twin | undefined {
  const found = held[position];
  return found === undefined ? undefined : { ...found, exact };
}

/** Distinct 32-bit hashes of a text's character 5-grams, ascending; a shorter text is one gram. */
function gramsOf(text: string): Uint32Array {
  const units = Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const grams = new Uint32Array(Math.max(1, units.length - GRAM + 1));
  for (let start = 0; start < grams.length; start++) {
    let hash = 0x811c9dc5;
    for (let at = start; at < Math.min(start + GRAM, units.length); at++) hash = Math.imul(hash ^ (units[at] ?? 0), 0x01000193);
    grams[start] = mixed(hash);
  }
  grams.sort();
  return grams.filter((gram, at) => at === 0 || gram !== grams[at - 1]);
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

/** How many of the rarest grams a text of that many grams must share with a copy: more looks up more and compares less. */
function commonAmongRarest(size: number): number {
  return 1 + Math.floor(size * 0.05);
}

function rarest(grams: Uint32Array, least: number, frequency: Uint16Array): Uint32Array {
  // Frequency and gram together stay below 2^53, so the order is total and the same for every text.
  const keys = new Float64Array(grams.length);
  for (let at = 0; at < keys.length; at++) {
    const gram = grams[at] ?? 0;
    keys[at] = (frequency[gram & (frequency.length - 1)] ?? 0) * 2 ** 32 + gram;
  }
  keys.sort();
  const kept = new Uint32Array(grams.length - Math.ceil(SIMILAR * grams.length) + least);
  for (let at = 0; at < kept.length; at++) kept[at] = (keys[at] ?? 0) % 2 ** 32;
  return kept;
}

function similar(a: Uint32Array, b: Uint32Array): boolean {
  // |a ∩ b| >= t |a ∪ b| holds where at most this many grams of both together are in one only.
  let alone = (a.length + b.length) * (1 - (2 * SIMILAR) / (1 + SIMILAR)) + 1e-9;
  let [at, to] = [0, 0];
  while (at < a.length && to < b.length && alone >= 0) {
    const order = (a[at] ?? 0) - (b[to] ?? 0);
    if (order <= 0) at++;
    if (order >= 0) to++;
    if (order !== 0) alone--;
  }
  return alone - (a.length - at) - (b.length - to) >= 0;
}
