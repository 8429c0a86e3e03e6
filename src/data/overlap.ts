/** Runs of words that texts share: what is left of a copy when a text is quoted inside of another. Pure. */
import { mixed } from "./hash.ts";
import { wordsOf } from "./text.ts";

/** Words of a run: the N of GPT-3's test for contamination (Brown et al. 2020, appendix C). */
export const RUN = 13;
/**
 * A run that stands in more cases than this is an instruction, a form, or a passage that many questions are about. GPT-3 leaves
 * out runs of more than 10 documents of a web crawl; a file of cases is smaller.
 */
const FEW = 3;

export interface Overlap {
  /** Positions of two inputs, the lower first. */
  readonly a: number;
  readonly b: number;
}

/**
 * Pairs of inputs, as `inputOf` writes them, that share a run of 13 words in some field, in order. Only pairs of which `wanted`
 * says so, and only runs that stand in no more than 3 of the inputs. A character counts as a word in scripts without blanks.
 */
export function overlapsAmong(inputs: readonly string[], wanted: (a: number, b: number) => boolean): readonly Overlap[] {
  const total = Math.max(1, inputs.length);
  // A run's hash and the input that it stands in, in one exact number: sorting puts equal runs side by side.
  const range = Math.floor(2 ** 53 / total);
  const runs: Float64Array[] = [];
  for (const [at, input] of inputs.entries()) {
    const own = new Set(input.split("\n").flatMap((field) => runsOf(field, range)));
    runs.push(Float64Array.from(own, (hash) => hash * total + at));
  }
  const keys = joined(runs).sort();
  const times = new Map<number, number>();
  for (let from = 0; from < keys.length;) {
    const hash = Math.floor((keys[from] ?? 0) / total);
    let to = from + 1;
    while (to < keys.length && Math.floor((keys[to] ?? 0) / total) === hash) to++;
    if (to - from <= FEW) {
      const members = Array.from(keys.subarray(from, to), (key) => key - hash * total);
      for (const [place, a] of members.entries()) {
        for (const b of members.slice(place + 1)) if (wanted(a, b)) times.set(a * total + b, (times.get(a * total + b) ?? 0) + 1);
      }
    }
    from = to;
  }
  return [...times]
    .map(([pair, shared]) => ({ a: Math.floor(pair / total), b: pair % total, shared }))
    .toSorted((one, other) => one.a - other.a || one.b - other.b)
    .flatMap(({ a, b, shared }) => (shared > 1 || shareRun(inputs[a] ?? "", inputs[b] ?? "") ? [{ a, b }] : []));
}

/** Hashes, below `range`, of the runs of words in a field; the same run has the same hash everywhere. */
function runsOf(field: string, range: number): readonly number[] {
  // A word has two characters at least with its blank, so that most short texts need not be cut.
  if (field.length < RUN) return [];
  const words = wordsOf(field).map(hashOf);
  const found: number[] = [];
  let [one, two] = [0, 0];
  for (const [at, word] of words.entries()) {
    // Two rolling sums of the last words, each by powers of its own odd number.
    const out = words[at - RUN] ?? 0;
    one = (Math.imul(one, ONE) + word - Math.imul(out, ONE_OUT)) | 0;
    two = (Math.imul(two, TWO) + word - Math.imul(out, TWO_OUT)) | 0;
    if (at >= RUN - 1) found.push((mixed(one) * 2 ** 21 + (mixed(two) >>> 11)) % range);
  }
  return found;
}

const [ONE, TWO] = [0x01000193, 0x5bd1e995];
const [ONE_OUT, TWO_OUT] = [power(ONE), power(TWO)];

function power(base: number): number {
  let product = 1;
  for (let n = 0; n < RUN; n++) product = Math.imul(product, base);
  return product;
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/** Whether two inputs really share a run: one equal hash alone may be chance, two are none. */
function shareRun(a: string, b: string): boolean {
  const runs = (input: string): readonly string[] =>
    input.split("\n").flatMap((field) => {
      const words = wordsOf(field);
      return words.slice(RUN - 1).map((_, at) => words.slice(at, at + RUN).join(" "));
    });
  const known = new Set(runs(a));
  return runs(b).some((run) => known.has(run));
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
