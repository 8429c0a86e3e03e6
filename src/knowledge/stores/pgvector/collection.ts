/**
 * An index in PostgreSQL. Every change is a generation: documents say in which one they came and in which one they left, and a reader asks for
 * those of the generation that it opened, so that no transaction is held open between searches and no chunk is written twice.
 */
import { z } from "zod";
import type { Origin } from "../../store.ts";
import type { Database, Row } from "./database.ts";
import type { Names } from "./tables.ts";

/** A row of the table of collections: what an index is at one generation. */
export interface Collection extends Origin {
  readonly id: number;
  readonly version: number;
  readonly generation: number;
  readonly dimensions: number;
  readonly count: number;
  /** Terms of all chunks. */
  readonly terms: number;
}

/** Raised when the same tables hold something else, so that older collections are built anew. */
export const version = 1;

const shape = z.object({
  id: z.coerce.number(),
  version: z.coerce.number(),
  embedder: z.string(),
  cut: z.string(),
  generation: z.coerce.number(),
  dimensions: z.coerce.number(),
  count: z.coerce.number(),
  terms: z.coerce.number(),
});

export function collectionOf(row: Row): Collection {
  return shape.parse(row);
}

export function isOf(found: Collection, origin: Origin): boolean {
  return found.version === version && found.embedder === origin.embedder && found.cut === origin.cut;
}

/** The collection of the name; undefined where there is none of this origin. */
export async function findCollection(
  { rows }: Database,
  { collections }: Names,
  name: string,
  origin: Origin,
): Promise<Collection | undefined> {
  const [row] = await rows(`select * from ${collections} where name = $1`, [name]);
  const found = row && collectionOf(row);
  return found !== undefined && isOf(found, origin) ? found : undefined;
}

/** Whether the chunks that are there are as many as were written. */
export async function isWhole({ rows }: Database, { chunks, documents }: Names, at: Collection): Promise<boolean> {
  const [row] = await rows(`select count(*) as n from ${chunks} c join ${documents} d on d.n = c.document where ${visible(at)}`);
  return Number(row?.["n"]) === at.count;
}

/** Documents `d` of the collection as its generation has them. */
export function visible({ id, generation }: Pick<Collection, "id" | "generation">): string {
  return `d.collection = ${id} and d.born <= ${generation} and d.died > ${generation}`;
}
