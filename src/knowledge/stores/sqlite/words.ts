/**
 * Keyword search in SQLite: postings as blocks of a few kilobytes, so that a query reads those of its own terms and nothing else. FTS5
 * cannot rank as the other stores do: its weights of terms differ, and asking it term by term for a sum of our own takes 15 times as long.
 */
import { appended, type Block, highest, type Corpus, postingsOf, scoresOf, without } from "../postings.ts";
import type { Database } from "./database.ts";

/** Bytes that a block has at the least before the next one is begun. */
const BLOCK = 4096;

export const wordTables = `
  create table postings (
    term text, first integer, last integer, count integer, data blob,
    primary key (term, first)
  ) without rowid`;

/** Adds chunks with numbers above all others, by rising number. */
export function addWords({ sql }: Database, chunks: Iterable<readonly [chunk: number, terms: readonly string[]]>): void {
  const newest = sql("select first, last, count, data from postings where term = ? order by first desc limit 1");
  const put = sql("insert or replace into postings (term, first, last, count, data) values (?, ?, ?, ?, ?)");
  // In the order of the table, which is much quicker.
  for (const [term, postings] of [...postingsOf(chunks)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const before = blockOf(newest.get(keyOf(term)));
    const { first, last, count, data } = appended(before !== undefined && before.data.length < BLOCK ? before : undefined, postings);
    put.run(keyOf(term), first, last, count, data);
  }
}

/** Takes chunks out, which come with the terms they were added with. */
export function removeWords({ sql }: Database, chunks: Iterable<readonly [chunk: number, terms: readonly string[]]>): void {
  const find = sql("select first, last, count, data from postings where term = ? and first <= ? and last >= ?");
  const drop = sql("delete from postings where term = ? and first = ?");
  const put = sql("insert into postings (term, first, last, count, data) values (?, ?, ?, ?, ?)");
  for (const [term, postings] of postingsOf(chunks)) {
    const gone = new Set(postings.filter((_, i) => i % 3 === 0));
    for (const row of find.all(keyOf(term), postings.at(-3) ?? 0, postings[0] ?? 0)) {
      const block = blockOf(row);
      if (block === undefined) continue;
      drop.run(keyOf(term), block.first);
      const rest = without(block, gone);
      if (rest !== undefined) put.run(keyOf(term), rest.first, rest.last, rest.count, rest.data);
    }
  }
}

/** Numbers of the k chunks with the best BM25 for the terms, with their scores, in no order; of equals at the end all. */
export function matching(
  { sql }: Database,
  terms: readonly string[],
  k: number,
  corpus: Corpus,
): readonly (readonly [chunk: number, score: number])[] {
  if (corpus.chunks === 0) return [];
  const find = sql("select first, last, count, data from postings where term = ?");
  const scores = scoresOf(terms, (term) => find.all(keyOf(term)).flatMap((row) => blockOf(row) ?? []), corpus);
  return highest(scores, k).map((chunk) => [chunk, scores[chunk] ?? 0]);
}

/** Escaped, since SQLite keeps well-formed Unicode alone. */
function keyOf(term: string): string {
  return term.isWellFormed() ? term : JSON.stringify(term);
}

function blockOf(row: unknown): Block | undefined {
  if (!Array.isArray(row)) return undefined;
  const [first, last, count, data]: readonly unknown[] = row;
  if (typeof first !== "number" || typeof last !== "number" || typeof count !== "number" || !(data instanceof Uint8Array)) return undefined;
  return { first, last, count, data };
}
