/** Keyword search in memory. */
import { byScore, type Hit } from "./store.ts";

/** Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework"; the values of Lucene. */
export const K1 = 1.2;
export const B = 0.75;

/** How much a term tells that `df` of `n` chunks hold; above 0 (Lucene's form of Robertson's weight). */
export function idf(n: number, df: number): number {
  return Math.log(1 + (n - df + 0.5) / (df + 0.5));
}

export interface Bm25 {
  /**
   * The k chunks with the highest sum over terms of `idf · tf · (K1 + 1) / (tf + K1 · (1 - B + B · length / mean length))`, best first, among
   * equals the smaller id first; a term that is asked twice counts twice, and a chunk with none of the terms is not found.
   */
  search(terms: readonly string[], k: number): readonly Hit[];
}

/** Indexes chunks, given as their id and terms. Holds eight bytes for each different term of a chunk, and twice as many while it is made. */
export function createBm25(chunks: Iterable<readonly [id: string, terms: readonly string[]]>): Bm25 {
  const { ids, lengths, vocabulary, from, places, counts } = postingsOf(chunks);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / ids.length;
  const norms = Float64Array.from(lengths, (length) => K1 * (1 - B + (B * length) / mean));
  return {
    search(terms, k) {
      const scores = new Float64Array(ids.length);
      const found: number[] = [];
      for (const [term, times] of timesOf(terms)) {
        const known = vocabulary.get(term);
        if (known === undefined) continue;
        const [start = 0, end = 0] = from.subarray(known, known + 2);
        const weight = times * idf(ids.length, end - start) * (K1 + 1);
        for (let i = start; i < end; i++) {
          const place = places[i] ?? 0;
          const tf = counts[i] ?? 0;
          const before = scores[place] ?? 0;
          if (before === 0) found.push(place);
          scores[place] = before + (weight * tf) / (tf + (norms[place] ?? 0));
        }
      }
      return best(found, scores, k)
        .map((place): Hit => ({ id: ids[place] ?? "", score: scores[place] ?? 0 }))
        .sort(byScore)
        .slice(0, k);
    },
  };
}

/** The k places with the highest scores and all that are equal to the last of them, in any order. */
function best(places: readonly number[], scores: Float64Array, k: number): readonly number[] {
  if (places.length <= k) return places;
  const sorted = Float64Array.from(places, (place) => scores[place] ?? 0).sort();
  const least = sorted[sorted.length - k] ?? Infinity;
  return places.filter((place) => (scores[place] ?? 0) >= least);
}

/** The terms with how often each is asked. */
function timesOf(terms: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const term of terms) times.set(term, (times.get(term) ?? 0) + 1);
  return times;
}

interface Postings {
  readonly ids: readonly string[];
  /** Terms of each chunk. */
  readonly lengths: readonly number[];
  /** Numbers of the terms. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** The postings of term `t` are those from `from[t]` to `from[t + 1]`: the place of a chunk that holds it, and how often. */
  readonly from: Uint32Array;
  readonly places: Uint32Array;
  readonly counts: Uint32Array;
}

function postingsOf(chunks: Iterable<readonly [id: string, terms: readonly string[]]>): Postings {
  const ids: string[] = [];
  const lengths: number[] = [];
  const vocabulary = new Map<string, number>();
  // Chunk after chunk, its different terms and how often it holds each.
  let terms = new Uint32Array(1024);
  let times = new Uint32Array(1024);
  let size = 0;
  const ends: number[] = [];
  /** Where each term stands last. */
  const last: number[] = [];
  for (const [id, words] of chunks) {
    const begin = size;
    if (size + words.length > terms.length) [terms, times] = [grown(terms, size + words.length), grown(times, size + words.length)];
    for (const word of words) {
      const known = vocabulary.get(word) ?? vocabulary.size;
      if (known === vocabulary.size) vocabulary.set(word, known);
      const seen = last[known] ?? -1;
      if (seen >= begin) times[seen] = (times[seen] ?? 0) + 1;
      else {
        terms[size] = known;
        times[size] = 1;
        last[known] = size++;
      }
    }
    ids.push(id);
    lengths.push(words.length);
    ends.push(size);
  }
  const from = new Uint32Array(vocabulary.size + 1);
  for (let i = 0; i < size; i++) from[(terms[i] ?? 0) + 1] = (from[(terms[i] ?? 0) + 1] ?? 0) + 1;
  for (let i = 1; i < from.length; i++) from[i] = (from[i] ?? 0) + (from[i - 1] ?? 0);
  const next = from.slice();
  const places = new Uint32Array(size);
  const counts = new Uint32Array(size);
  for (let i = 0, place = 0; i < size; i++) {
    while (i >= (ends[place] ?? Infinity)) place++;
    const term = terms[i] ?? 0;
    const at = next[term] ?? 0;
    next[term] = at + 1;
    places[at] = place;
    counts[at] = times[i] ?? 0;
  }
  return { ids, lengths, vocabulary, from, places, counts };
}

function grown(array: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, 2 * array.length));
  larger.set(array);
  return larger;
}
