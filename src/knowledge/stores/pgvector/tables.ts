/** The tables of the store in PostgreSQL. */
import { createHash } from "node:crypto";
import { UserError } from "../../../errors.ts";
import type { Database } from "./database.ts";

/** Dimensions that pgvector holds, and that its HNSW index does, of plain and of half-precision numbers. */
export const MOST_DIMENSIONS = 16_000;
const WHOLE = 2000;
const HALF = 4000;

/** Names in a schema, whose own name is a plain word. They begin alike, since the schema may be shared with others. */
export function tables(schema: string) {
  const name = (table: string) => `"${schema}".llmopt_${table}`;
  const [collections, documents, chunks, postings] = ["collections", "documents", "chunks", "postings"].map(name);
  return {
    schema: `"${schema}"`,
    collections: collections ?? "",
    documents: documents ?? "",
    chunks: chunks ?? "",
    postings: postings ?? "",
    all: [collections, documents, chunks, postings].map(String),
    /** The HNSW index of a collection. */
    hnsw: ({ id, dimensions }: Vectors) => name(hnswName(id, dimensions)),
  };
}

export type Names = ReturnType<typeof tables>;

/** Vectors of a collection. */
interface Vectors {
  readonly id: number;
  readonly dimensions: number;
}

/**
 * Makes what is not there. Where one of the tables was lost, no collection can be trusted, and all are made anew. One process at a time, since
 * definitions that are run at once fail; and only where they are needed, since they ask for rights that a user of the tables may lack.
 */
export async function createTables(database: Database, names: Names): Promise<void> {
  const { schema, collections, documents, chunks, postings, all } = names;
  await database.transaction(async (rows) => {
    await rows("select pg_advisory_xact_lock(hashtext('llmopt'))");
    const found = await rows(
      "select to_regnamespace($1) is not null as schema, bool_and(to_regclass(name) is not null) as tables from unnest($2::text[]) as t(name)",
      [schema, all],
    );
    if (found[0]?.["tables"] === true) return;
    const [extension] = await rows("select extversion as version from pg_extension where extname = 'vector'");
    if (extension === undefined) await rows("create extension vector");
    else if (/^0\.[0-7]\./.test(String(extension["version"])))
      throw new UserError(
        `knowledge.store: pgvector ${String(extension["version"])} is too old, 0.8 is needed; run "alter extension vector update" there`,
      );
    if (found[0]?.["schema"] !== true) await rows(`create schema ${schema}`);
    await rows(`drop table if exists ${all.join(", ")} cascade`);
    const identity = "bigint generated always as identity primary key";
    await rows(`create table ${collections} (
      id int generated always as identity primary key, name text not null unique, version int not null default 0, embedder text not null default '',
      cut text not null default '', generation bigint not null default 0, dimensions int not null default 0, count bigint not null default 0,
      terms bigint not null default 0, writer text, owner text, touched timestamptz)`);
    await rows(`create table ${documents} (
      n ${identity}, collection int not null references ${collections} on delete cascade, born bigint not null,
      died bigint not null default 9223372036854775807, died_at timestamptz, key text not null, id text not null, hash text not null,
      chunks int not null, terms bigint not null)`);
    await rows(`create index llmopt_documents_key on ${documents} (collection, key)`);
    await rows(`create index llmopt_documents_died on ${documents} (collection, died_at) where died_at is not null`);
    await rows(`create table ${chunks} (
      n ${identity}, collection int not null, document bigint not null references ${documents} on delete cascade, key text not null,
      id text not null, chunk text not null, dimensions int not null, e vector)`);
    // Beside the row as long as it fits: vectors that are fetched one by one from elsewhere make an exact search several times as slow.
    await rows(`alter table ${chunks} alter column e set storage main`);
    await rows(`create index llmopt_chunks_key on ${chunks} (collection, key)`);
    await rows(`create index llmopt_chunks_document on ${chunks} (document)`);
    // Without references, which would be looked up row by row and double the time of a build.
    await rows(`create table ${postings} (
      collection int not null, term text not null, document bigint not null, chunk bigint not null, tf int not null, length int not null)`);
    await rows(`create index llmopt_postings_term on ${postings} (collection, term)`);
    await rows(`create index llmopt_postings_document on ${postings} (document)`);
  });
}

/** Whether an HNSW index holds vectors of so many dimensions. */
export function indexable(dimensions: number): boolean {
  return dimensions > 0 && dimensions <= HALF;
}

/** Makes the HNSW index of a collection's vectors. */
export async function createHnsw(database: Database, { chunks }: Names, { id, dimensions }: Vectors): Promise<void> {
  const kind = kindOf(dimensions);
  await database.rows(
    `create index if not exists llmopt_${hnswName(id, dimensions)} on ${chunks} using hnsw ((e::${kind}(${dimensions})) ${kind}_cosine_ops)
     where collection = ${id} and dimensions = ${dimensions}`,
  );
}

/** The distance to the vector $1, in words that the HNSW index answers to. */
export function distanceByHnsw(dimensions: number): string {
  const type = `${kindOf(dimensions)}(${dimensions})`;
  return `c.e::${type} <=> $1::${type}`;
}

function hnswName(collection: number, dimensions: number): string {
  return `hnsw_${collection}_${dimensions}`;
}

function kindOf(dimensions: number): string {
  return dimensions > WHOLE ? "halfvec" : "vector";
}

/** A text as PostgreSQL keeps it, which takes neither NUL nor half of a surrogate pair. */
export function toText(text: string): string {
  return JSON.stringify(text);
}

/** What `toText` made. */
export function fromText(json: unknown): string {
  return String(JSON.parse(String(json)));
}

/** A text as a key that PostgreSQL can index, which takes no long ones. */
export function keyOf(text: string): string {
  const json = toText(text);
  return json.length <= 500 ? json : `sha256:${createHash("sha256").update(json).digest("hex")}`;
}
