/** Documents and chunks in SQLite, and how a change is made to all that is in the file. */
import type { Chunk } from "../../chunk.ts";
import { type Change, type Origin, refuseTaken } from "../../store.ts";
import { termsOf } from "../../words.ts";
import { type Database, rowOf } from "./database.ts";
import { addVector, closeGaps, dropVectors, makeVectors, removeVector } from "./vectors.ts";
import { addWords, removeWords, wordTables } from "./words.ts";

export interface State {
  /** 0 while there are no chunks. */
  readonly dimensions: number;
  readonly chunks: number;
  /** Terms of all chunks together, with repeats. */
  readonly terms: number;
}

export const empty: State = { dimensions: 0, chunks: 0, terms: 0 };

/** Raised when the tables change, so that older files are built anew. */
export const version = 1;

/** Documents whose words are taken out together: more need more memory, fewer more time. */
const SLICE = 500;

const tables = `
  create table state (embedder text, cut text, dimensions integer, chunks integer, terms integer);
  create table documents (n integer primary key, id text unique, hash text);
  create table chunks (n integer primary key, id text unique, document integer, json text);
  create index chunks_of_document on chunks (document);
  ${wordTables};
  pragma user_version = ${version}`;

/** Empties the file and makes it one of this origin. */
export function createTables(db: Database, { embedder, cut }: Origin): void {
  dropVectors(db);
  db.exec(["state", "documents", "chunks", "postings"].map((table) => `drop table if exists ${table};`).join(""));
  db.exec(tables);
  db.sql("insert into state values (?, ?, 0, 0, 0)").run(textOf(embedder), textOf(cut));
}

/** Undefined where the file is of another origin. */
export function stateOf({ sql }: Database, { embedder, cut }: Origin): State | undefined {
  const row = sql("select dimensions, chunks, terms from state where embedder = ? and cut = ?").get(textOf(embedder), textOf(cut));
  if (row === undefined) return undefined;
  const [dimensions, chunks, terms] = rowOf(row).map(Number);
  return { dimensions: dimensions ?? 0, chunks: chunks ?? 0, terms: terms ?? 0 };
}

/** Makes the change within a transaction; the state after it. */
export function applied(db: Database, before: State, { put, remove }: Change): State {
  const { sql } = db;
  const gone = removed(db, [...new Set([...remove, ...put.map(({ id }) => id)])], before);
  const has = sql("select 1 from chunks where id = ?");
  refuseTaken(put, { has: (id) => has.get(textOf(id)) !== undefined });
  const left = before.chunks - gone.chunks;
  const entries = put.flatMap((document) => document.entries);
  const made = left === 0 ? (entries[0]?.vector?.length ?? 0) : before.dimensions;
  if (left === 0) dropVectors(db);
  if (left === 0 && made > 0) makeVectors(db, made);
  else if (made > 0) closeGaps(db, made, left);

  const free = (of: string) => Number(rowOf(sql(`select coalesce(max(n), 0) + 1 from ${of}`).get())[0]);
  const putDocument = sql("insert into documents (n, id, hash) values (?, ?, ?)");
  const putChunk = sql("insert into chunks (n, id, document, json) values (?, ?, ?, ?)");
  let [document, next, length] = [free("documents"), free("chunks"), 0];
  const words: (readonly [number, readonly string[]])[] = [];
  const stems = new Map<string, string>();
  for (const { id, hash, entries: own } of put) {
    putDocument.run(document, textOf(id), hash);
    for (const { vector, ...chunk } of own) {
      const found = termsIn(chunk, stems);
      putChunk.run(next, textOf(chunk.id), document, JSON.stringify(chunk));
      if (vector !== undefined) addVector(db, next, vector);
      words.push([next++, found]);
      length += found.length;
    }
    document++;
  }
  addWords(db, words);
  const state: State = { dimensions: made, chunks: left + entries.length, terms: before.terms - gone.terms + length };
  sql("update state set dimensions = ?, chunks = ?, terms = ?").run(state.dimensions, state.chunks, state.terms);
  return state;
}

/** Takes documents out with their chunks, and says how much that was. */
function removed(db: Database, documents: readonly string[], all: State): Pick<State, "chunks" | "terms"> {
  const { sql } = db;
  const find = sql("select n from documents where id = ?");
  const found = documents.flatMap((id) => rowOf(find.get(textOf(id))).map(Number));
  const [count] = rowOf(sql("select count(*) from documents").get());
  if (found.length === count) {
    for (const table of ["documents", "chunks", "postings"]) sql(`delete from ${table}`).run();
    return all;
  }
  let [chunks, terms] = [0, 0];
  const stems = new Map<string, string>();
  for (let from = 0; from < found.length; from += SLICE) {
    const words = found.slice(from, from + SLICE).flatMap((document) => takenOut(db, document, all.dimensions > 0, stems));
    removeWords(
      db,
      words.sort(([a], [b]) => a - b),
    );
    chunks += words.length;
    terms += words.reduce((sum, [, { length }]) => sum + length, 0);
  }
  return { chunks, terms };
}

/** Removes a document with its chunks, but for their words: those it gives back, by the number of the chunk. */
function takenOut(
  db: Database,
  document: number,
  vectors: boolean,
  stems: Map<string, string>,
): (readonly [chunk: number, terms: readonly string[]])[] {
  const { sql } = db;
  const words = sql("select n, json from chunks where document = ?")
    .all(document)
    .map((row): readonly [number, readonly string[]] => {
      const [chunk, json] = rowOf(row);
      return [Number(chunk), termsIn(chunkOf(json), stems)];
    });
  if (vectors) for (const [chunk] of words) removeVector(db, chunk);
  sql("delete from chunks where document = ?").run(document);
  sql("delete from documents where n = ?").run(document);
  return words;
}

function termsIn({ title, text }: Chunk, stems: Map<string, string>): readonly string[] {
  return termsOf(`${title}\n${text}`, stems);
}

/** Escaped, since SQLite keeps well-formed Unicode alone and readers of others stop at a NUL. */
export function textOf(text: string): string {
  return JSON.stringify(text);
}

/** What `textOf` made. */
export function stringOf(text: unknown): string {
  return String(JSON.parse(String(text)));
}

/** A chunk as the table has it. */
export function chunkOf(json: unknown): Chunk {
  return JSON.parse(String(json));
}
