/** One writer of a collection in PostgreSQL: how it is claimed, changed, and given back. */
import { z } from "zod";
import { UserError } from "../../../errors.ts";
import { isGone, ownerHere, ownerShape } from "../../../lock.ts";
import { Busy, type Change, type OpenStore, type Origin, prepared, refuseTaken } from "../../store.ts";
import { termsOf } from "../../words.ts";
import { type Collection, collectionOf, isOf, isWhole, version, visible } from "./collection.ts";
import type { Database } from "./database.ts";
import { countsOf, openToRead } from "./reader.ts";
import { createHnsw, fromText, keyOf, MOST_DIMENSIONS, type Names, toText } from "./tables.ts";

/** Documents that left are kept for so long, for readers that opened before. */
const KEPT = "1 day";
/** A writer that has not shown itself for so long is gone. */
const SILENT = "60 seconds";
/** Milliseconds after which it shows itself. */
const TOUCH = 5000;
/** Rows of one statement. */
const ROWS = 500;

/**
 * Claims the collection of the name, empties it where it is not of the origin or not whole, and opens it; `wantsIndex` says whether what is
 * finished has an HNSW index. Throws a Busy where somebody else has it.
 */
export async function openToWrite(
  database: Database,
  names: Names,
  name: string,
  origin: Origin,
  wantsIndex: (at: Collection) => boolean,
): Promise<OpenStore> {
  const token = crypto.randomUUID();
  const { rows } = database;
  const { collections } = names;
  let at = await claim(database, names, name, token);
  const touching = setInterval(() => {
    // Where the database is away for a moment, the next one may do.
    rows(`update ${collections} set touched = now() where id = $1 and writer = $2`, [at.id, token]).catch(() => {});
  }, TOUCH);
  touching.unref();
  const release = async (): Promise<void> => {
    clearInterval(touching);
    await rows(`update ${collections} set writer = null where id = $1 and writer = $2`, [at.id, token]);
  };
  try {
    await purge(database, names, at);
    if (!isOf(at, origin) || !(await isWhole(database, names, at))) at = await restart(database, names, at, origin, token);
  } catch (error) {
    await release().catch(() => {});
    throw error;
  }
  let closed = false;
  let reader = openToRead(database, names, at, false);
  return {
    get count() {
      return at.count;
    },
    get dimensions() {
      return at.dimensions;
    },
    documents: () => reader.documents(),
    chunksOf: (ids) => reader.chunksOf(ids),
    nearest: (vector, k) => reader.nearest(vector, k),
    matching: (terms, k) => reader.matching(terms, k),
    chunks: (ids) => reader.chunks(ids),
    vectors: (ids) => reader.vectors(ids),
    async write(change) {
      at = await changed(database, names, at, prepared(change, at), token);
      reader = openToRead(database, names, at, false);
    },
    async finish() {
      if (wantsIndex(at)) await createHnsw(database, names, at);
    },
    async close() {
      if (closed) return;
      closed = true;
      await release();
    },
  };
}

/** Takes the collection for this writer; makes it where it is not there. Throws a Busy where somebody else has it. */
async function claim({ rows }: Database, { collections }: Names, name: string, token: string): Promise<Collection> {
  await rows(`insert into ${collections} (name) values ($1) on conflict (name) do nothing`, [name]);
  const silent = `touched < now() - interval '${SILENT}'`;
  const [now] = await rows(`select writer, owner, ${silent} as silent from ${collections} where name = $1`, [name]);
  const held = text.parse(now?.["writer"]);
  const owner = ownerShape.safeParse(JSON.parse(text.parse(now?.["owner"]) ?? "null")).data;
  const gone = owner !== undefined && isGone(owner);
  // Looked at again as it is taken: while this waited for it, the one that seemed silent may have written.
  const [mine] =
    held === null || now?.["silent"] === true || gone
      ? await rows(
          `update ${collections} set writer = $2, owner = $3, touched = clock_timestamp()
           where name = $1 and (writer is null or ${silent} or writer = $4) returning *`,
          [name, token, JSON.stringify(ownerHere()), gone ? held : null],
        )
      : [];
  if (mine !== undefined) return collectionOf(mine);
  const who = owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
  throw new Busy(`knowledge.store: ${who} is writing the index ${name}; wait for it`);
}

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? null);

function lost(): never {
  throw new Busy("knowledge.store: another process took this index over while this one was silent; run again");
}

/** Removes what left long ago. */
async function purge({ rows }: Database, { documents, postings }: Names, { id }: Collection): Promise<void> {
  await rows(
    `with gone as (delete from ${documents} where collection = ${id} and died_at < now() - interval '${KEPT}' returning n)
     delete from ${postings} p using gone where p.document = gone.n`,
  );
}

/** Everything leaves, and the collection is of another origin from here on. */
async function restart(database: Database, names: Names, at: Collection, origin: Origin, token: string): Promise<Collection> {
  return await database.transaction(async (rows) => {
    await bury(rows, names, at);
    return await advanced(rows, names, { ...at, ...origin, version, dimensions: 0, count: 0, terms: 0 }, token);
  });
}

type Rows = Database["rows"];

/** Documents of these keys, or all, leave with the next generation. Gives back what they had. */
async function bury(rows: Rows, { documents }: Names, at: Collection, keys?: readonly string[]) {
  const [gone] = await rows(
    `with gone as (
       update ${documents} d set died = ${at.generation + 1}, died_at = now() where ${visible(at)} ${keys === undefined ? "" : "and d.key = any($1)"}
       returning chunks, terms)
     select coalesce(sum(chunks), 0) as count, coalesce(sum(terms), 0) as terms from gone`,
    keys === undefined ? [] : [keys],
  );
  return { count: Number(gone?.["count"]), terms: Number(gone?.["terms"]) };
}

/** The next generation of the collection. Throws a Busy, which undoes all that was done for it, where it is no longer this writer's. */
async function advanced(rows: Rows, { collections }: Names, next: Collection, token: string): Promise<Collection> {
  const [row] = await rows(
    `update ${collections} set version = $3, embedder = $4, cut = $5, generation = $6, dimensions = $7, count = $8, terms = $9,
       touched = clock_timestamp() where id = $1 and writer = $2 returning *`,
    [next.id, token, next.version, next.embedder, next.cut, next.generation + 1, next.dimensions, next.count, next.terms],
  );
  return collectionOf(row ?? lost());
}

async function changed(database: Database, names: Names, at: Collection, { put, remove }: Change, token: string): Promise<Collection> {
  const stems = new Map<string, string>();
  const documents = put.map(({ id, hash, entries }) => ({
    id,
    key: keyOf(id),
    hash,
    pieces: entries.map(({ vector, ...chunk }) => ({
      chunk,
      key: keyOf(chunk.id),
      vector,
      terms: termsOf(`${chunk.title}\n${chunk.text}`, stems),
    })),
  }));
  const all = documents.flatMap(({ pieces }) => pieces);
  return await database.transaction(async (rows) => {
    const mine = await rows(`select 1 from ${names.collections} where id = $1 and writer = $2`, [at.id, token]);
    if (mine.length === 0) lost();
    const gone = await bury(rows, names, at, [...remove.map(keyOf), ...documents.map(({ key }) => key)]);
    const count = at.count - gone.count;
    const dimensions = count === 0 ? (all[0]?.vector?.length ?? 0) : at.dimensions;
    if (dimensions > MOST_DIMENSIONS)
      throw new UserError(
        `knowledge.store: pgvector takes vectors of up to ${MOST_DIMENSIONS} dimensions, not ${dimensions}; embed with fewer`,
      );
    const keys = all.map(({ key }) => key);
    const taken = await rows(
      `select c.id from ${names.chunks} c join ${names.documents} d on d.n = c.document
       where c.collection = ${at.id} and c.key = any($1) and ${visible({ ...at, generation: at.generation + 1 })} limit 1`,
      [keys],
    );
    refuseTaken(put, new Set(taken.map((row) => fromText(row["id"]))));
    for (const part of parts(documents)) {
      const placed = await rows(
        `insert into ${names.documents} (collection, born, key, id, hash, chunks, terms)
         select ${at.id}, ${at.generation + 1}, * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[]) returning n, key`,
        [
          part.map(({ key }) => key),
          part.map(({ id }) => toText(id)),
          part.map(({ hash }) => toText(hash)),
          part.map(({ pieces }) => pieces.length),
          part.map(({ pieces }) => termsIn(pieces)),
        ],
      );
      const numbers = new Map(placed.map((row) => [row["key"], String(row["n"])]));
      const pieces = part.flatMap(({ key, pieces }) => pieces.map((piece): Piece => ({ ...piece, document: numbers.get(key) ?? "" })));
      for (const some of parts(pieces)) await putChunks(rows, names, at, dimensions, some);
    }
    return await advanced(
      rows,
      names,
      { ...at, dimensions, count: count + all.length, terms: at.terms - gone.terms + termsIn(all) },
      token,
    );
  });
}

/** A chunk on its way into the tables. */
interface Piece {
  readonly chunk: { readonly id: string };
  readonly key: string;
  /** The number of its document's row. */
  readonly document: string;
  readonly vector?: readonly number[] | undefined;
  readonly terms: readonly string[];
}

async function putChunks(rows: Rows, names: Names, { id }: Collection, dimensions: number, pieces: readonly Piece[]): Promise<void> {
  const placed = await rows(
    `insert into ${names.chunks} (collection, dimensions, document, key, id, chunk, e)
     select ${id}, ${dimensions}, d, k, i, c, v::vector from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) as t(d, k, i, c, v)
     returning n, key`,
    [
      pieces.map(({ document }) => document),
      pieces.map(({ key }) => key),
      pieces.map(({ chunk }) => toText(chunk.id)),
      pieces.map(({ chunk }) => JSON.stringify(chunk)),
      pieces.map(({ vector }) => (vector === undefined ? null : `[${vector.join(",")}]`)),
    ],
  );
  const numbers = new Map(placed.map((row) => [row["key"], String(row["n"])]));
  const postings = pieces.flatMap(({ key, document, terms }) =>
    [...countsOf(terms)].map(([term, tf]) => ({ term, tf, document, chunk: numbers.get(key) ?? "", length: terms.length })),
  );
  // In the order of the terms, so that those of one term lie together, which makes searches twice as quick.
  await rows(
    `insert into ${names.postings} (collection, term, document, chunk, tf, length)
     select ${id}, * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[], $5::int[]) as t(term) order by term collate "C"`,
    [
      postings.map(({ term }) => term),
      postings.map(({ document }) => document),
      postings.map(({ chunk }) => chunk),
      postings.map(({ tf }) => tf),
      postings.map(({ length }) => length),
    ],
  );
}

function termsIn(pieces: readonly { readonly terms: readonly string[] }[]): number {
  return pieces.reduce((sum, { terms }) => sum + terms.length, 0);
}

function parts<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / ROWS) }, (_, i) => all.slice(i * ROWS, (i + 1) * ROWS));
}
