/** Vectors in SQLite, by the number of their chunk: sqlite-vec finds the nearest, and their scores are computed again as all stores do. */
import { UserError } from "../../../errors.ts";
import { dot, lengthOf } from "../../store.ts";
import { highest } from "../postings.ts";
import { type Database, rowOf } from "./database.ts";

/** Limits of sqlite-vec. */
const DIMENSIONS = 8192;
const MOST = 4096;
/** Vectors that it keeps together: the number it has by itself is as quick and takes megabytes for an index of a few chunks. */
const TOGETHER = 128;
/** What its single precision may be wrong by. */
const ERROR = 2e-5;

export function makeVectors({ exec }: Database, dimensions: number): void {
  if (dimensions > DIMENSIONS)
    throw new UserError(
      `knowledge.store: sqlite takes vectors of up to ${DIMENSIONS} dimensions, not ${dimensions}; embed with fewer, or write store: pgvector`,
    );
  exec(
    `create virtual table vectors using vec0(n integer primary key, e float[${dimensions}] distance_metric=cosine, chunk_size=${TOGETHER})`,
  );
}

export function dropVectors({ exec }: Database): void {
  exec("drop table if exists vectors");
}

/** Writes the vectors anew where most of the table is places of vectors that left, which sqlite-vec goes through and never takes again. */
export function closeGaps(db: Database, dimensions: number, vectors: number): void {
  const [groups] = rowOf(db.sql("select count(*) from vectors_chunks").get());
  if (Number(groups) * TOGETHER < 2 * vectors + 2 * TOGETHER) return;
  db.exec("create temp table kept as select n, e from vectors");
  dropVectors(db);
  makeVectors(db, dimensions);
  db.exec("insert into vectors (n, e) select n, e from kept order by n; drop table kept");
}

export function addVector({ sql }: Database, chunk: number, vector: readonly number[]): void {
  sql("insert into vectors (n, e) values (?, ?)").run(BigInt(chunk), bytesOf(Float32Array.from(vector)));
}

export function removeVector({ sql }: Database, chunk: number): void {
  sql("delete from vectors where n = ?").run(BigInt(chunk));
}

export function vectorAt({ sql }: Database, chunk: number): Float32Array {
  const [data] = rowOf(sql("select e from vectors where n = ?").get(BigInt(chunk)));
  return floatsOf(data instanceof Uint8Array ? data : new Uint8Array());
}

/** Numbers of the k chunks nearest to the unit vector and their cosines, in no order; of equals at the end all. */
export function nearest(db: Database, vector: readonly number[], k: number): readonly (readonly [chunk: number, score: number])[] {
  const query = Float32Array.from(vector);
  const near = db.sql("select n, distance from vectors where e match ? and k = ?");
  // Until all that may be among the k, or equal to the last of them, are there.
  for (let asked = k + 16; asked <= MOST; asked *= 4) {
    const rows = near.all(bytesOf(query), asked).map(rowOf);
    const distances = rows.map(([, distance]) => Number(distance)).sort((a, b) => a - b);
    const reach = (distances[k - 1] ?? Number.POSITIVE_INFINITY) + ERROR;
    if (rows.length < asked || (distances.at(-1) ?? 0) > reach)
      return scored(
        db,
        query,
        rows.flatMap(([chunk, distance]) => (Number(distance) <= reach ? [Number(chunk)] : [])),
      );
  }
  return scan(db, query, k);
}

function scored(db: Database, query: Float32Array, chunks: readonly number[]): readonly (readonly [chunk: number, score: number])[] {
  const length = lengthOf(query);
  return chunks.map((chunk) => {
    const vector = vectorAt(db, chunk);
    return [chunk, dot(query, vector) / (length * lengthOf(vector))];
  });
}

/** Looks at every vector, which takes ten times as long. */
function scan({ sql }: Database, query: Float32Array, k: number): readonly (readonly [chunk: number, score: number])[] {
  const length = lengthOf(query);
  const chunks: number[] = [];
  const scores: number[] = [];
  for (const row of sql("select n, e from vectors").iterate()) {
    const [chunk, data] = rowOf(row);
    if (!(data instanceof Uint8Array)) continue;
    const vector = floatsOf(data);
    chunks.push(Number(chunk));
    scores.push(dot(query, vector) / (length * lengthOf(vector)));
  }
  return highest(Float64Array.from(scores), k, Number.NEGATIVE_INFINITY).map((place) => [chunks[place] ?? 0, scores[place] ?? 0]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  // Copied, because bytes may begin anywhere and floats may not.
  return new Float32Array(new Uint8Array(bytes).buffer);
}
