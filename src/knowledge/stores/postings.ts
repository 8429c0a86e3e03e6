/** Which chunks hold a term, how often, and how long they are, packed; and the ranking of chunks by them. Pure. */
import { B, idf, K1 } from "../bm25.ts";

/**
 * Some of a term's postings: chunk number, count of the term and count of all terms, by rising chunk number, each as a variable-length
 * integer of 7 bits a byte, the number as its distance from the one before it.
 */
export interface Block {
  /** Chunk numbers. */
  readonly first: number;
  readonly last: number;
  /** Chunks. */
  readonly count: number;
  readonly data: Uint8Array;
}

/** Chunk number, count of the term, count of all terms, chunk number, … */
export type Postings = readonly number[];

/** The postings of each term in the chunks, which come by rising number. */
export function postingsOf(chunks: Iterable<readonly [chunk: number, terms: readonly string[]]>): ReadonlyMap<string, Postings> {
  const lists = new Map<string, number[]>();
  for (const [chunk, terms] of chunks) {
    for (const term of terms) {
      const list = lists.get(term);
      if (list === undefined) lists.set(term, [chunk, 1, terms.length]);
      else if (list.at(-3) === chunk) list[list.length - 2] = (list[list.length - 2] ?? 0) + 1;
      else list.push(chunk, 1, terms.length);
    }
  }
  return lists;
}

/** A block with some postings more, of chunks with higher numbers. */
export function appended(block: Block | undefined, postings: Postings): Block {
  const before = block?.data ?? new Uint8Array(0);
  const bytes: number[] = [];
  const first = block?.first ?? postings[0] ?? 0;
  let last = block?.last ?? first;
  for (let i = 0; i < postings.length; i += 3) {
    const chunk = postings[i] ?? 0;
    pack(bytes, chunk - last);
    pack(bytes, postings[i + 1] ?? 0);
    pack(bytes, postings[i + 2] ?? 0);
    last = chunk;
  }
  const data = new Uint8Array(before.length + bytes.length);
  data.set(before);
  data.set(bytes, before.length);
  return { first, last, count: (block?.count ?? 0) + postings.length / 3, data };
}

/** The block without some chunks; undefined where nothing is left. */
export function without(block: Block, gone: ReadonlySet<number>): Block | undefined {
  const kept: number[] = [];
  each(block, (chunk, count, length) => {
    if (!gone.has(chunk)) kept.push(chunk, count, length);
  });
  return kept.length === 0 ? undefined : appended(undefined, kept);
}

/** What an index is as a whole. */
export interface Corpus {
  readonly chunks: number;
  /** Terms of all chunks together, with repeats. */
  readonly terms: number;
  /** The highest chunk number. */
  readonly last: number;
}

/**
 * BM25 of every chunk by its number, 0 where it holds none of the terms: the sum over terms of
 * `idf · tf · (K1 + 1) / (tf + K1 · (1 - B + B · length / mean length))`; a term that is asked twice counts twice.
 */
export function scoresOf(terms: readonly string[], blocksOf: (term: string) => readonly Block[], corpus: Corpus): Float64Array {
  const scores = new Float64Array(corpus.last + 1);
  const mean = corpus.terms / corpus.chunks;
  for (const term of terms) {
    const blocks = blocksOf(term);
    const weight =
      idf(
        corpus.chunks,
        blocks.reduce((sum, { count }) => sum + count, 0),
      ) *
      (K1 + 1);
    for (const block of blocks)
      each(block, (chunk, count, length) => {
        const norm = K1 * (1 - B + (B * length) / mean);
        scores[chunk] = (scores[chunk] ?? 0) + (weight * count) / (count + norm);
      });
  }
  return scores;
}

/** The places of the k highest numbers above the least, in no order; of equals at the end all, which may make more than k. */
export function highest(scores: Float64Array, k: number, above = 0): readonly number[] {
  if (k < 1) return [];
  // The k best so far, the lowest first: a heap.
  const heap: number[] = [];
  for (const score of scores) {
    if (score > above && heap.length < k) rise(heap, score);
    else if (score > (heap[0] ?? above)) sink(heap, score);
  }
  const least = heap[0] ?? Number.POSITIVE_INFINITY;
  const places: number[] = [];
  for (const [place, score] of scores.entries()) if (score >= least) places.push(place);
  return places;
}

function rise(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  for (let above = (at - 1) >> 1; at > 0 && (heap[above] ?? 0) > value; above = (at - 1) >> 1) {
    heap[at] = heap[above] ?? 0;
    at = above;
  }
  heap[at] = value;
}

/** Puts the value in the place of the lowest. */
function sink(heap: number[], value: number): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below + 1 < heap.length && (heap[below + 1] ?? 0) < (heap[below] ?? 0)) below++;
    const lower = heap[below];
    if (lower === undefined || lower >= value) break;
    heap[at] = lower;
    at = below;
  }
  heap[at] = value;
}

function pack(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}

function each({ first, data }: Block, visit: (chunk: number, count: number, length: number) => void): void {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  for (let chunk = first; at < data.length;) {
    chunk += next();
    const count = next();
    visit(chunk, count, next());
  }
}
