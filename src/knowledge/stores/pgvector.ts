/** PostgreSQL with the extension pgvector, for those who outgrow a machine: many readers, one writer, vectors and words searched there. */
import { z } from "zod";
import type { Store, StoreKind } from "../store.ts";
import { type Collection, findCollection, isWhole } from "./pgvector/collection.ts";
import { connectTo, type Database } from "./pgvector/database.ts";
import { openToRead } from "./pgvector/reader.ts";
import { createTables, indexable, tables } from "./pgvector/tables.ts";
import { openToWrite } from "./pgvector/writer.ts";

const options = z.strictObject({
  url: z.string().min(1).describe("address of the database with its password in the environment: ${DATABASE_URL}"),
  schema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,40}$/, "must be a name of small letters, digits and _")
    .default("llmopt")
    .describe("schema that holds the tables; it is made where it is not there"),
  hnsw_from: z.int().min(0).default(10_000).describe("chunks from which on vectors get an HNSW index: fast, and no longer exact"),
});

export const pgvector: StoreKind<typeof options> = {
  name: "pgvector",
  about: "PostgreSQL with pgvector, for more than one machine holds",
  options,
  secrets: ["url"],
  create: (given) => storeIn(connectTo(given.url), given),
};

function storeIn(database: Database, { schema, hnsw_from }: z.output<typeof options>): Store {
  const names = tables(schema);
  const wantsIndex = ({ count, dimensions }: Pick<Collection, "count" | "dimensions">) => count >= hnsw_from && indexable(dimensions);
  return {
    name: "pgvector",
    batch: 2000,
    async read(place, origin) {
      if (!(await database.has(names.all))) return undefined;
      const found = await findCollection(database, names, place.name, origin);
      if (found === undefined || !(await isWhole(database, names, found))) return undefined;
      const indexed = await database.has([names.hnsw(found)]);
      // One that an interrupted run did not finish is finished by the next writer.
      return indexed || !wantsIndex(found) ? openToRead(database, names, found, indexed) : undefined;
    },
    async write(place, origin) {
      if (!(await database.has(names.all))) await createTables(database, names);
      return await openToWrite(database, names, place.name, origin, wantsIndex);
    },
  };
}
