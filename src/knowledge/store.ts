/** The one small interface that all stores of chunks are behind, and what each of them owes its callers. */
import type { z } from "zod";
import { EndpointFault, UserError } from "../errors.ts";
import type { Chunk } from "./chunk.ts";

/** A chunk with its vector. */
export interface Entry extends Chunk {
  /** Any length but zero: stores compare directions. Undefined in an index that is searched by words alone, and then in all of it. */
  readonly vector?: readonly number[] | undefined;
}

export interface Hit {
  /** Of a chunk. */
  readonly id: string;
  /** Cosine similarity, -1..1, or BM25, above 0. */
  readonly score: number;
}

/** What an index is made of; an index of anything else under its name is not opened. */
export interface Origin {
  /** Name of the embedding model, with its version or address; empty where chunks have no vectors. */
  readonly embedder: string;
  /** How the documents were cut and their words taken. */
  readonly cut: string;
}

/** What becomes of an index in one step. */
export interface Change {
  /** Documents with the hash of what they were made from and all their chunks; those of the same id that are there go. */
  readonly put: readonly { readonly id: string; readonly hash: string; readonly entries: readonly Entry[] }[];
  /** Ids of documents that leave; unknown ones are passed over. */
  readonly remove: readonly string[];
}

/**
 * An open index. A reader sees what was there when it was opened, whatever a writer does since. Vectors are brought to length 1 in
 * float32 precision before a store sees them, so that all stores rank the very same numbers; among equal scores the smaller id is first.
 */
export interface OpenStore {
  /** Chunks, and the dimensions of their vectors; 0 while it is empty, and where chunks have none. */
  readonly count: number;
  readonly dimensions: number;
  /** The hash of each document that is in the index, by id. */
  documents(): Promise<ReadonlyMap<string, string>>;
  /** Chunks of these documents together; unknown ids have none. */
  chunksOf(documents: readonly string[]): Promise<number>;
  /**
   * Makes all of the change or none of it; once it resolves, no kill and no power cut undoes it. Throws a UserError for a reader, for ids
   * used twice and for what is beyond the store's reach, an EndpointFault for vectors that `direction` refuses, a StorageError where
   * there is no room; then the index is as it was.
   */
  write(change: Change): Promise<void>;
  /** Told once all is written: what makes searches quick is made now. */
  finish(): Promise<void>;
  /** The k chunks nearest to the vector by cosine, best first; fewer where there are fewer, none where chunks have no vectors. */
  nearest(vector: readonly number[], k: number): Promise<readonly Hit[]>;
  /** The k chunks that hold some of the terms, best BM25 first (see `bm25.ts`); a term that is asked twice counts twice. */
  matching(terms: readonly string[], k: number): Promise<readonly Hit[]>;
  /** Chunks by id, in the order asked for; unknown ids are passed over. */
  chunks(ids: readonly string[]): Promise<readonly Chunk[]>;
  /** Unit vectors of chunks by id. */
  vectors(ids: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  close(): Promise<void>;
}

/** Where an index is: a name in a folder of indexes, or in a database. */
export interface Place {
  readonly folder: string;
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
}

/** A kind of index. A driver knows neither documents nor embedders. */
export interface Store {
  readonly name: string;
  /** Most chunks that it is made for; more are refused before anything is embedded. */
  readonly reach?: number | undefined;
  /** Chunks that are worth a write of their own while an index is built. */
  readonly batch: number;
  /** Opens to read; undefined where there is no index of this origin under the name, or one that is damaged or not finished. */
  read(place: Place, origin: Origin): Promise<OpenStore | undefined>;
  /**
   * Opens to write, and makes an empty index where `read` would find none. Throws a Busy while another process, or another handle of
   * this one, has it open to write.
   */
  write(place: Place, origin: Origin): Promise<OpenStore>;
}

/** How a store is made from the experiment's options. */
export interface StoreKind<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly about: string;
  readonly options: S;
  /** As its stores have it. */
  readonly reach?: number | undefined;
  /** Options that may hold `${NAME}`, which is read from the environment and never kept with a run. */
  readonly secrets?: readonly (keyof z.output<S> & string)[] | undefined;
  create(options: z.output<S>): Store;
}

/** Somebody else writes the index. */
export class Busy extends UserError {}

/**
 * The change to the index with vectors of length 1 in float32 precision. Throws a UserError for ids used twice in it, an EndpointFault
 * for vectors that `direction` refuses, or where some chunks have one and others have none.
 */
export function prepared(change: Change, { count, dimensions }: Pick<OpenStore, "count" | "dimensions">): Change {
  const all = change.put.flatMap(({ entries }) => entries);
  const without = count > 0 ? dimensions === 0 : all[0]?.vector === undefined;
  const wanted = count > 0 ? dimensions : (all[0]?.vector?.length ?? 0);
  const documents = new Set<string>();
  for (const { id } of change.put) {
    if (documents.has(id)) throw new UserError(`index: two documents have the id "${id}"; give one of them another id`);
    documents.add(id);
  }
  const ids = new Set<string>();
  for (const { id } of all) {
    if (ids.has(id)) throw taken(id);
    ids.add(id);
  }
  const put = change.put.map((document) => ({
    ...document,
    entries: document.entries.map((entry) => {
      if (without && entry.vector === undefined) return entry;
      return { ...entry, vector: direction(entry.vector ?? [], wanted, `the chunk "${entry.id}"`) };
    }),
  }));
  return { put, remove: change.remove };
}

/** Throws a UserError where a chunk's id is among those of chunks that stay. */
export function refuseTaken(put: Change["put"], stay: Pick<ReadonlySet<string>, "has">): void {
  for (const { entries } of put) for (const { id } of entries) if (stay.has(id)) throw taken(id);
}

function taken(id: string): UserError {
  return new UserError(`index: two chunks have the id "${id}"; give one of their documents another id`);
}

/** Throws a UserError where an index of so many chunks is more than the store is made for; `all` is about how many there may be in the end. */
export function refuseBeyond(store: Pick<Store, "name" | "reach">, chunks: number, all = chunks): void {
  const what = beyond(store, chunks, all);
  if (what !== undefined) throw new UserError(what);
}

/** What is wrong with so many chunks in the store; undefined where nothing is. */
export function beyond({ name, reach }: Pick<Store, "name" | "reach">, chunks: number, all: number): string | undefined {
  if (reach === undefined || chunks <= reach) return undefined;
  const [most, about] = [reach, Math.max(chunks, Number(all.toPrecision(2)))].map((count) => count.toLocaleString("en"));
  return `knowledge.store: ${name} is made for up to ${most} chunks, and these documents make about ${about}; write store: sqlite, or cut larger chunks`;
}

/**
 * The vector at length 1 in float32 precision. Throws an EndpointFault for a wrong number of dimensions, for all zeros and
 * for numbers that are not finite: vectra would rank such a vector somewhere, first even, instead of refusing it.
 */
export function direction(vector: readonly number[], dimensions: number, of = "the query"): readonly number[] {
  const fault = (what: string) => new EndpointFault("parse", `the vector of ${of} ${what}`);
  if (vector.length !== dimensions)
    throw fault(`has ${vector.length} dimensions instead of ${dimensions}; all vectors must come from one embedding model`);
  const length = lengthOf(vector);
  if (!Number.isFinite(length)) throw fault("is not finite; name another model under models.embed");
  if (length === 0) throw fault("is all zeros, the model finds nothing in the text; leave it out, or name another one under models.embed");
  return vector.map((x) => Math.fround(x / length));
}

/** Summed from the first dimension to the last, so that all stores agree to the last bit. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Euclidean length, summed from the first dimension to the last. */
export function lengthOf(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i] ?? 0) ** 2;
  return Math.sqrt(squares);
}

/** Best first; among equals the smaller id first. */
export function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
