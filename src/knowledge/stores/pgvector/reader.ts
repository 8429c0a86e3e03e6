/** What is asked of a collection in PostgreSQL, as one generation of it has it. */
import { UserError } from "../../../errors.ts";
import { B, K1 } from "../../bm25.ts";
import type { Chunk } from "../../chunk.ts";
import { byScore, direction, dot, type Hit, lengthOf, type OpenStore } from "../../store.ts";
import { type Collection, visible } from "./collection.ts";
import type { Database } from "./database.ts";
import { distanceByHnsw, fromText, keyOf, type Names } from "./tables.ts";

/** More than asked for, since the database's last digits are not ours. */
const MORE = 16;
/** Cosines in the database and here may differ by so much; sums of BM25 in another order by that. */
const [NEAR, NEARER] = [1e-5, 1e-8];
/** Chunks that an HNSW index looks at, at the most (pgvector). */
const LOOKED_AT = 1000;

/** `indexed` says whether the collection has its HNSW index. */
export function openToRead(database: Database, names: Names, at: Collection, indexed: boolean): OpenStore {
  const { rows } = database;
  const { documents, chunks, postings } = names;
  const chunksOf = async (columns: string, ids: readonly string[]) =>
    await rows(
      `select c.id, ${columns} from ${chunks} c join ${documents} d on d.n = c.document
       where c.collection = ${at.id} and c.key = any($1) and ${visible(at)}`,
      [ids.map(keyOf)],
    );
  const nearest = async (query: readonly number[], most: number, byIndex: boolean): Promise<readonly Hit[]> => {
    // Within, since all vectors would else be written out as texts before they are sorted.
    const found = await rows(
      `select id, e::text as e from (
         select c.id, c.e from ${chunks} c join ${documents} d on d.n = c.document
         where c.collection = ${at.id} and c.dimensions = ${at.dimensions} and ${visible(at)}
         order by ${byIndex ? distanceByHnsw(at.dimensions) : "c.e <=> $1::vector"} limit ${most}) as near`,
      [`[${query.join(",")}]`],
      byIndex ? [`set local hnsw.ef_search = ${Math.min(LOOKED_AT, 2 * most)}`, "set local hnsw.iterative_scan = strict_order"] : [],
    );
    return found.map((row): Hit => ({ id: fromText(row["id"]), score: cosine(query, numbersOf(row["e"])) }));
  };
  return {
    count: at.count,
    dimensions: at.dimensions,
    async documents() {
      const found = await rows(`select d.id, d.hash from ${documents} d where ${visible(at)}`);
      return new Map(found.map((row) => [fromText(row["id"]), fromText(row["hash"])]));
    },
    async chunksOf(ids) {
      const [row] = await rows(`select sum(d.chunks) as n from ${documents} d where ${visible(at)} and d.key = any($1)`, [ids.map(keyOf)]);
      return Number(row?.["n"]);
    },
    async write() {
      throw new UserError("index: it was opened to read; open it to write");
    },
    finish: async () => {},
    async nearest(vector, k) {
      if (at.dimensions === 0) return [];
      const query = direction(vector, at.dimensions);
      const found = await best(k, at.count, NEAR, async (most) => await nearest(query, most, indexed));
      // An index gives up after a while where most of what is near has left.
      if (!indexed || found.length >= Math.min(k, at.count)) return found;
      return await best(k, at.count, NEAR, async (most) => await nearest(query, most, false));
    },
    async matching(terms, k) {
      if (at.count === 0 || terms.length === 0) return [];
      const asked = countsOf(terms);
      return await best(k, at.count, NEARER, async (most) => {
        const found = await rows(
          `with found as (
             select p.term, a.times, p.tf, p.length, p.chunk from unnest($1::text[], $2::int[]) as a(term, times)
             join ${postings} p on p.collection = ${at.id} and p.term = a.term join ${documents} d on d.n = p.document where ${visible(at)}),
           frequency as (select term, count(*)::float8 as df from found group by term),
           ranked as (
             select f.chunk, sum(f.times * ln(1 + (${at.count} - df + 0.5) / (df + 0.5)) * ${K1 + 1} * f.tf
               / (f.tf + ${K1} * (${1 - B} + ${B} * f.length / ${at.terms / at.count}::float8))) as score
             from found f join frequency using (term) group by f.chunk order by score desc limit ${most})
           select c.id, r.score from ranked r join ${chunks} c on c.n = r.chunk`,
          [[...asked.keys()], [...asked.values()]],
        );
        // Sums in another order differ in their last bits.
        return found.map((row): Hit => ({ id: fromText(row["id"]), score: Math.round(Number(row["score"]) * 1e9) / 1e9 }));
      });
    },
    async chunks(ids) {
      const found = new Map((await chunksOf("c.chunk", ids)).map((row) => [fromText(row["id"]), chunkOf(row["chunk"])]));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    async vectors(ids) {
      if (at.dimensions === 0) return new Map();
      return new Map((await chunksOf("c.e::text as e", ids)).map((row) => [fromText(row["id"]), numbersOf(row["e"])]));
    },
    close: async () => {},
  };
}

/** How often each term is there, by its key. */
export function countsOf(terms: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) {
    const key = keyOf(term);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The k best of what the database ranks nearly as we do: more are asked for until those that were left out are clearly worse. */
async function best(k: number, count: number, near: number, ask: (most: number) => Promise<readonly Hit[]>): Promise<readonly Hit[]> {
  for (let most = k + MORE; ; most *= 2) {
    const hits = [...(await ask(most))].sort(byScore);
    const worst = hits.at(-1)?.score ?? 0;
    if (hits.length < Math.min(most, count) || most >= count || worst < (hits[k - 1]?.score ?? 0) - near) return hits.slice(0, k);
  }
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return dot(a, b) / (lengthOf(a) * lengthOf(b));
}

function chunkOf(json: unknown): Chunk {
  return JSON.parse(String(json));
}

function numbersOf(vector: unknown): readonly number[] {
  return String(vector)
    .slice(1, -1)
    .split(",")
    .map((x) => Math.fround(Number(x)));
}
