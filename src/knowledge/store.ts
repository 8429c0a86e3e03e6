/** The one small interface that all stores of vectors are behind, and what each of them owes its callers. */
import { EndpointFault, UserError } from "../errors.ts";

export interface Entry {
  readonly id: string;
  /** Any length but zero: stores compare directions. */
  readonly vector: readonly number[];
}

export interface Hit {
  readonly id: string;
  /** Cosine similarity, -1..1. */
  readonly score: number;
}

/** An index that can be searched. */
export interface OpenStore {
  readonly count: number;
  readonly dimensions: number;
  /** The k entries nearest to the vector, best first; among equals the smaller id first. Fewer where the store holds fewer. */
  search(vector: readonly number[], k: number): Promise<readonly Hit[]>;
  close(): Promise<void>;
}

/**
 * A kind of index on disk. A driver knows neither documents nor embedders, and is never asked to change an index: what is
 * built stays as it is. `openIndex` adds the manifest, and makes building safe against kills and other builders.
 */
export interface Store {
  readonly name: string;
  /** Writes the index of the entries into an empty folder that exists. Throws a UserError for entries that `prepared` refuses. */
  build(folder: string, entries: readonly Entry[]): Promise<void>;
  open(folder: string): Promise<OpenStore>;
}

/**
 * The entries with vectors of length 1 in float32 precision, so that every store ranks the very same numbers. Throws a
 * UserError for no entries and for ids used twice, an EndpointFault for vectors that `direction` refuses.
 */
export function prepared(entries: readonly Entry[]): readonly Entry[] {
  const dimensions = entries[0]?.vector.length;
  if (dimensions === undefined) throw new UserError("index: there is nothing to index; give documents with text");
  const ids = new Set<string>();
  return entries.map(({ id, vector }) => {
    if (ids.has(id)) throw new UserError(`index: two entries have the id "${id}"; give one of them another`);
    ids.add(id);
    return { id, vector: direction(vector, dimensions, `"${id}"`) };
  });
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
  if (!Number.isFinite(length)) throw fault("is not finite; try another embedding model");
  if (length === 0) throw fault("is all zeros: the embedding model finds nothing in the text");
  return vector.map((x) => Math.fround(x / length));
}

/** Euclidean length, summed from the first dimension to the last. */
export function lengthOf(vector: Iterable<number>): number {
  let squares = 0;
  for (const x of vector) squares += x * x;
  return Math.sqrt(squares);
}

/** Best first; among equals the smaller id first. */
export function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
