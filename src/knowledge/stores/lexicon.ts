/** Keyword search over chunks that are held in memory, and the file it is kept in, so that opening an index reads no text again. Pure. */
import { appended, type Block, highest, postingsOf, scoresOf, without } from "./postings.ts";

/** The words of all chunks of an index. */
export interface Lexicon {
  /** By place of the chunk: the number that stands for it in the blocks, rising, and its count of terms. */
  readonly numbers: readonly number[];
  readonly lengths: readonly number[];
  readonly blocks: ReadonlyMap<string, Block>;
}

export const nothing: Lexicon = { numbers: [], lengths: [], blocks: new Map() };

/** The lexicon with the chunks at these places alone, and then those of these terms. */
export function revised({ numbers, lengths, blocks }: Lexicon, kept: readonly number[], added: readonly (readonly string[])[]): Lexicon {
  const gone = new Set(numbers);
  for (const place of kept) gone.delete(numbers[place] ?? -1);
  const next = new Map(gone.size === 0 ? blocks : []);
  if (gone.size > 0 && kept.length > 0)
    for (const [term, block] of blocks) {
      const rest = without(block, gone);
      if (rest !== undefined) next.set(term, rest);
    }
  const free = (numbers.at(-1) ?? -1) + 1;
  for (const [term, postings] of postingsOf(added.map((terms, i) => [free + i, terms] as const)))
    next.set(term, appended(next.get(term), postings));
  return {
    numbers: [...kept.map((place) => numbers[place] ?? 0), ...added.map((_, i) => free + i)],
    lengths: [...kept.map((place) => lengths[place] ?? 0), ...added.map(({ length }) => length)],
    blocks: next,
  };
}

/** Places of the k chunks with the best BM25 for the terms, with their scores, in no order; of equals at the end all. */
export function matching(
  { numbers, lengths, blocks }: Lexicon,
  terms: readonly string[],
  k: number,
): readonly (readonly [place: number, score: number])[] {
  const corpus = { chunks: numbers.length, terms: lengths.reduce((sum, length) => sum + length, 0), last: numbers.at(-1) ?? 0 };
  const blocksOf = (term: string) => {
    const block = blocks.get(term);
    return block === undefined ? [] : [block];
  };
  const byNumber = scoresOf(terms, blocksOf, corpus);
  const scores = Float64Array.from(numbers, (number) => byNumber[number] ?? 0);
  return highest(scores, k).map((place) => [place, scores[place] ?? 0]);
}

/** A line of JSON, then the blocks one after the other. */
export function encode({ numbers, lengths, blocks }: Lexicon): Uint8Array {
  const list = [...blocks].map(([term, { first, last, count, data }]): Listed => [term, first, last, count, data.length]);
  const head: Head = { numbers, lengths, blocks: list };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...[...blocks.values()].map(({ data }) => data)]);
}

/** What `encode` wrote. */
export function decode(bytes: Uint8Array): Lexicon {
  const end = bytes.indexOf(10);
  const { numbers, lengths, blocks }: Head = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, end).toString());
  let from = end + 1;
  const read = blocks.map(([term, first, last, count, size]): readonly [string, Block] => {
    from += size;
    return [term, { first, last, count, data: bytes.subarray(from - size, from) }];
  });
  return { numbers, lengths, blocks: new Map(read) };
}

interface Head extends Pick<Lexicon, "numbers" | "lengths"> {
  readonly blocks: readonly Listed[];
}
/** A block, but for how many bytes of data it has. */
type Listed = readonly [term: string, first: number, last: number, count: number, size: number];
