/** The store for one machine: a file of SQLite, exact search by sqlite-vec, keyword search by postings in tables of its own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import { makeFolder } from "../../folder.ts";
import { takeLock } from "../../lock.ts";
import {
  Busy,
  byScore,
  direction,
  type Hit,
  type OpenStore,
  type Origin,
  type Place,
  prepared,
  type Store,
  type StoreKind,
} from "../store.ts";
import { unwritable } from "./generation.ts";
import { type Database, faultOf, isCut, isDamaged, openDatabase, removeDatabase, rowOf } from "./sqlite/database.ts";
import { applied, chunkOf, createTables, empty, type State, stateOf, stringOf, textOf, version } from "./sqlite/tables.ts";
import { nearest, vectorAt } from "./sqlite/vectors.ts";
import { matching } from "./sqlite/words.ts";

export const sqlite: StoreKind = {
  name: "sqlite",
  about: "one file of SQLite, for up to about a million chunks on one machine",
  options: z.strictObject({}),
  create: (): Store => ({ name: "sqlite", batch: 2000, read, write }),
};

async function read(place: Place, origin: Origin): Promise<OpenStore | undefined> {
  const found = await existing(fileOf(place), "read", origin);
  if (found?.state !== undefined) return opened(found.db, found.state, undefined, () => {});
  found?.db.close();
  return undefined;
}

async function write(place: Place, origin: Origin): Promise<OpenStore> {
  const file = fileOf(place);
  const lock = lockOf(place);
  if ("owner" in lock) throw new Busy(`${file}: process ${lock.owner} is writing this index; wait for it`);
  try {
    const found = await existing(file, "write", origin);
    if (found === undefined) removeDatabase(file);
    const db = found?.db ?? (await openDatabase(file, "write"));
    try {
      if (found?.state === undefined) db.transaction(() => createTables(db, origin));
    } catch (error) {
      db.close();
      throw error;
    }
    const check = (): void => {
      if (!lock.held()) throw new Busy(`${file}: another process took this index over, since this one stood still for long; run again`);
    };
    return opened(db, found?.state ?? empty, check, lock.release);
  } catch (error) {
    lock.release();
    throw faultOf(file, error);
  }
}

/** The database in the file, with its state where it is of this origin; undefined where there is no whole one. */
async function existing(
  file: string,
  mode: "read" | "write",
  origin: Origin,
): Promise<{ readonly db: Database; readonly state: State | undefined } | undefined> {
  if (!existsSync(file)) return undefined;
  let db: Database | undefined;
  try {
    if (isCut(file)) return undefined;
    db = await openDatabase(file, mode);
    // A transaction that stays open sees what it saw first.
    if (mode === "read") db.exec("begin");
    const [made] = rowOf(db.sql("pragma user_version").get());
    if (made === version) return { db, state: stateOf(db, origin) };
    db.close();
    return undefined;
  } catch (error) {
    db?.close();
    if (isDamaged(error)) return undefined;
    throw faultOf(file, error);
  }
}

/** `check` is called within each change, and may throw; without it nothing is written. */
function opened(db: Database, first: State, check: (() => void) | undefined, release: () => void): OpenStore {
  let state = first;
  const tried = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw faultOf(db.file, error);
    }
  };
  const ranked = (found: readonly (readonly [chunk: number, score: number])[], k: number): readonly Hit[] => {
    const find = db.sql("select id from chunks where n = ?");
    return found
      .map(([chunk, score]): Hit => ({ id: stringOf(rowOf(find.get(chunk))[0]), score }))
      .sort(byScore)
      .slice(0, k);
  };
  const numbersOf = (ids: readonly string[]): readonly (readonly [id: string, chunk: number])[] => {
    if (state.chunks === 0) return [];
    const find = db.sql("select n from chunks where id = ?");
    return ids.flatMap((id) => rowOf(find.get(textOf(id))).map((chunk) => [id, Number(chunk)] as const));
  };
  return {
    get count() {
      return state.chunks;
    },
    get dimensions() {
      return state.dimensions;
    },
    documents: async () =>
      tried(() => {
        const all = new Map<string, string>();
        for (const row of db.sql("select id, hash from documents").iterate()) {
          const [id, hash] = rowOf(row);
          all.set(stringOf(id), String(hash));
        }
        return all;
      }),
    chunksOf: async (documents) =>
      tried(() => {
        if (state.chunks === 0) return 0;
        const count = db.sql("select count(*) from chunks where document = (select n from documents where id = ?)");
        return documents.reduce((sum, id) => sum + Number(rowOf(count.get(textOf(id)))[0]), 0);
      }),
    async write(change) {
      if (check === undefined) throw new UserError("index: it was opened to read; open it to write");
      const next = prepared(change, { count: state.chunks, dimensions: state.dimensions });
      state = tried(() => {
        let after = state;
        db.transaction(() => {
          check();
          after = applied(db, state, next);
        });
        return after;
      });
    },
    // All of it is as quick as it gets.
    finish: async () => {},
    nearest: async (vector, k) =>
      tried(() => (state.dimensions === 0 ? [] : ranked(nearest(db, direction(vector, state.dimensions), k), k))),
    matching: async (terms, k) =>
      tried(() => {
        if (state.chunks === 0) return [];
        const [last] = rowOf(db.sql("select max(n) from chunks").get());
        return ranked(matching(db, terms, k, { ...state, last: Number(last) }), k);
      }),
    chunks: async (ids) =>
      tried(() => {
        const find = db.sql("select json from chunks where n = ?");
        return numbersOf(ids).map(([, chunk]) => chunkOf(rowOf(find.get(chunk))[0]));
      }),
    vectors: async (ids) =>
      tried(() => new Map(state.dimensions === 0 ? [] : numbersOf(ids).map(([id, chunk]) => [id, [...vectorAt(db, chunk)]]))),
    async close() {
      try {
        db.close();
      } finally {
        release();
      }
    },
  };
}

function fileOf({ folder, name }: Place): string {
  return join(folder, `${name}.sqlite`);
}

function lockOf({ folder, name }: Place): ReturnType<typeof takeLock> {
  try {
    makeFolder(folder);
    return takeLock(join(folder, `${name}.lock`));
  } catch (error) {
    throw unwritable(folder, error);
  }
}
