/**
 * Copies of texts. Exact: the same normalised input. Near: Jaccard similarity of character 5-grams of 0.8 or more, the default
 * of NeMo Curator's fuzzy deduplication, as a whole and in every field, symbols aside, and the same numbers in the same order:
 * where a number or an identifier differs, a template has been filled in twice. Pure.
 */
import { mixed } from "./hash.ts";
import { numbersOf, withoutSymbols } from "./text.ts";

const GRAM = 5;
const SIMILAR = 0.8;
/**
 * Of a longer text, so many of its grams with the least hashes stand for all (bottom-k sketch, Cohen and Kaplan 2007): nearly the
 * same texts share 80 % of them or more but for chance, and less than `SKETCHED` of them once in some ten million pairs.
 */
const SKETCH = 128;
const SKETCHED = 0.6;
/** Near copies of one input that are looked for: of a question made from a template, all the others are copies. */
const MOST_NEAR = 100;

export interface Copy {
  /** Position among the texts that were indexed. */
  readonly at: number;
  readonly exact: boolean;
}

/**
 * Indexes inputs, as `inputOf` writes them, and returns a search for the copies of another: all exact ones first, in the order
 * given, then up to 100 near ones. They are looked for as they are asked for, so that taking only the first is cheap.
 *
 * Two texts whose similarity is t or more share at least k grams among the rarest (1 - t)n + k of each (prefix filter:
 * Bayardo et al. 2007, "Scaling up all pairs similarity search"; k > 1: Wang et al. 2012, "Can we beat the prefix
 * filtering?"), so only those grams are indexed and looked up. Similarity itself is exact.
 */
export function copiesAmong(inputs: readonly string[]): (input: string) => Iterable<Copy> {
  const exact = Map.groupBy(inputs.keys(), (at) => inputs[at] ?? "");
  const bare = inputs.map(bareOf);
  const grams = bare.map(gramsOf);
  const frequency = new Uint16Array(1 << 20);
  for (const text of grams) for (const gram of text.subarray(0, SKETCH)) count(frequency, gram);
  const index = new Map<number, number[]>();
  for (const [at, text] of grams.entries()) {
    for (const gram of rarest(text, leastShared(text.length / SIMILAR), frequency)) {
      const places = index.get(gram);
      if (places === undefined) index.set(gram, [at]);
      else places.push(at);
    }
  }
  const shared = new Uint32Array(inputs.length);
  return function* (input) {
    const same = exact.get(input) ?? [];
    for (const at of same) yield { at, exact: true };
    const own = bareOf(input);
    const text = grams[same[0] ?? -1] ?? gramsOf(own);
    const least = leastShared(text.length);
    const touched: number[] = [];
    for (const gram of rarest(text, least, frequency)) {
      for (const at of index.get(gram) ?? []) {
        const times = (shared[at] ?? 0) + 1;
        shared[at] = times;
        if (times === 1) touched.push(at);
      }
    }
    const candidates = touched.filter((at) => (shared[at] ?? 0) >= least);
    for (const at of touched) shared[at] = 0;
    let near = 0;
    for (const at of candidates) {
      if (inputs[at] === input || !similar(text, grams[at] ?? new Uint32Array()) || !similarEverywhere(own, bare[at] ?? "")) continue;
      yield { at, exact: false };
      if (++near === MOST_NEAR) return;
    }
  };
}

/** Whether two inputs, as `inputOf` writes them, are the same or nearly so, as a whole and in every field. */
export function areCopies(a: string, b: string): boolean {
  const [left, right] = [bareOf(a), bareOf(b)];
  return a === b || (similarEverywhere(left, right) && similar(gramsOf(left), gramsOf(right)));
}

/** Every field without its symbols; `inputOf` puts a field on a line. */
function bareOf(input: string): string {
  return input.split("\n").map(withoutSymbols).join("\n");
}

/**
 * Whether every field is nearly the same and has the same numbers, not only the texts as a whole: two questions about one long
 * passage are no copies.
 */
function similarEverywhere(a: string, b: string): boolean {
  const [left, right] = [a.split("\n"), b.split("\n")];
  if (left.length !== right.length) return false;
  // The shortest first: it is the question, and tells most texts about one passage apart at once.
  const fields = left.map((field, at) => ({ field, other: right[at] ?? "" })).sort((x, y) => x.field.length - y.field.length);
  return fields.every(
    ({ field, other }) =>
      field === other || (numbersOf(field) === numbersOf(other) && (left.length === 1 || similar(gramsOf(field), gramsOf(other)))),
  );
}

/** Distinct 32-bit hashes of a text's character 5-grams, ascending; a shorter text is one gram. */
function gramsOf(text: string): Uint32Array {
  const grams = new Uint32Array(Math.max(1, text.length - GRAM + 1));
  for (let start = 0; start < grams.length; start++) {
    let hash = 0x811c9dc5;
    for (let at = start; at < Math.min(start + GRAM, text.length); at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    grams[start] = mixed(hash);
  }
  grams.sort();
  let kept = 0;
  for (const gram of grams) if (kept === 0 || gram !== grams[kept - 1]) grams[kept++] = gram;
  return grams.subarray(0, kept);
}

/** Frequencies share cells; the filter needs only that every text sorts its grams in one and the same order. */
function count(frequency: Uint16Array, gram: number): void {
  const cell = gram & (frequency.length - 1);
  frequency[cell] = Math.min(0xffff, (frequency[cell] ?? 0) + 1);
}

/** How many of the rarest grams a text of that many grams must share with a copy: more looks up more and compares less. */
function leastShared(size: number): number {
  return 1 + Math.floor(Math.min(size, SKETCH) * 0.05);
}

function rarest(text: Uint32Array, least: number, frequency: Uint16Array): Uint32Array {
  const grams = text.subarray(0, SKETCH);
  // A copy of a text that is short enough is no sketch either, so that nothing is left to chance.
  const share = text.length <= SIMILAR * SKETCH ? SIMILAR : SKETCHED;
  // Frequency and gram together stay below 2^53, so the order is total and the same for every text.
  const keys = new Float64Array(grams.length);
  for (let at = 0; at < keys.length; at++) {
    const gram = grams[at] ?? 0;
    keys[at] = (frequency[gram & (frequency.length - 1)] ?? 0) * 2 ** 32 + gram;
  }
  keys.sort();
  const kept = new Uint32Array(Math.min(grams.length, grams.length - Math.ceil(share * grams.length) + least));
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
