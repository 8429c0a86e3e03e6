import { connect, createServer } from "node:net";
import { hostname } from "node:os";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { afterAll, expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { seeded } from "../../stats/random.ts";
import { Busy, type Change, type Origin, type Place } from "../store.ts";
import { storeContract } from "./contract.fixture.ts";
import { survivesKills } from "./kills.fixture.ts";
import { pgvector } from "./pgvector.ts";

const db = await PGlite.create({ extensions: { vector } });
const server = new PGLiteSocketServer({ db, port: 0, host: "127.0.0.1", maxConnections: 20 });
const listening = new Promise<number>((resolve) => {
  server.addEventListener("listening", (event) => resolve((event as CustomEvent<{ port: number }>).detail.port));
});
await server.start();
const url = `postgres://postgres:secret@127.0.0.1:${await listening}/postgres?sslmode=disable`;
afterAll(async () => {
  await server.stop();
  await db.close();
});

let places = 0;
const place = async (): Promise<Place> => ({ folder: "nowhere", name: `index-${places++}` });
const schema = "llmopt";
const module = new URL("./pgvector.ts", import.meta.url).href;

storeContract("pgvector", async () => ({
  store: pgvector.create({ url, schema, hnsw_from: 10_000 }),
  place,
  elsewhere: { module, kind: "pgvector", options: { url, schema, hnsw_from: 10_000 } },
  damage: {
    "a chunk is gone": async ({ name }) =>
      await db.exec(
        `delete from ${schema}.llmopt_chunks where n = (select max(n) from ${schema}.llmopt_chunks where collection = (select id from ${schema}.llmopt_collections where name = '${name}'))`,
      ),
    "a table is gone": async () => await db.exec(`drop table ${schema}.llmopt_postings`),
    "another version": async ({ name }) => await db.exec(`update ${schema}.llmopt_collections set version = 99 where name = '${name}'`),
  },
  unwritable: {
    "a full disk": async () => {
      await db.exec(`create function ${schema}.full() returns trigger language plpgsql as $$ begin
        if (select count(*) from ${schema}.llmopt_chunks where collection = new.collection) > 700 then
          raise exception 'could not extend file' using errcode = '53100'; end if; return new; end $$;
        create trigger full_disk before insert on ${schema}.llmopt_chunks for each row execute function ${schema}.full();`);
      return async () => await db.exec(`drop function ${schema}.full() cascade`);
    },
  },
}));

const origin: Origin = { embedder: "test/random", cut: "fixed 256/0 v1" };
const random = seeded(3);

/** Points around a few centres, as texts of a few subjects have them. */
function clustered(count: number, dimensions: number): readonly (readonly number[])[] {
  const point = () => Array.from({ length: dimensions }, () => random() - 0.5);
  const centres = Array.from({ length: 40 }, point);
  return Array.from({ length: count }, (_, i) => point().map((x, j) => (centres[i % centres.length]?.[j] ?? 0) + x * 0.3));
}

function putting(vectors: readonly (readonly number[])[]): Change {
  const put = vectors.map((vector, i) => ({
    id: `d${i}`,
    hash: "1",
    entries: [{ id: `d${i}#1`, source: `d${i}`, title: "", text: "text", start: 0, end: 4, vector }],
  }));
  return { put, remove: [] };
}

test.each([
  [24, 400, "vector"],
  [2100, 80, "halfvec"],
])(
  "with an HNSW index a search of %i dimensions uses it, finds most of what an exact one finds, and scores it exactly",
  async (dimensions, count, kind) => {
    const vectors = clustered(count, dimensions);
    const at = await place();
    const [exact, fast] = [10_000, 50].map((hnsw_from) => pgvector.create({ url, schema, hnsw_from }));
    const writer = await fast?.write(at, origin);
    await writer?.write(putting(vectors.slice(0, 60)));
    await writer?.finish();
    await writer?.close();
    // Rows that come after the index was made are in it too.
    const again = await fast?.write(at, origin);
    await again?.write({ put: putting(vectors).put.slice(60), remove: ["d0", "d1"] });
    await again?.close();
    const made = await db.query<{ indexdef: string }>(`select indexdef from pg_indexes where indexname like 'llmopt_hnsw_%_${dimensions}'`);
    expect(made.rows[0]?.indexdef).toMatch(new RegExp(`hnsw.*${kind}_cosine_ops`));
    const other = await place();
    const plain = await exact?.write(other, origin);
    await plain?.write({ put: putting(vectors).put.slice(2), remove: [] });
    await plain?.close();
    const [index, oracle] = [await fast?.read(at, origin), await exact?.read(other, origin)];
    let found = 0;
    for (let n = 0; n < 20; n++) {
      const query = clustered(1, dimensions)[0] ?? [];
      const right = new Map((await oracle?.nearest(query, 10))?.map(({ id, score }) => [id, score]));
      for (const { id, score } of (await index?.nearest(query, 10)) ?? []) {
        if (!right.has(id)) continue;
        found++;
        expect(score).toBeCloseTo(right.get(id) ?? 0, 6);
      }
    }
    expect(found).toBeGreaterThanOrEqual(0.9 * 200);
  },
);

test("a writer whose process has ended, or that has been silent for long, is taken over; and notices", async () => {
  const store = pgvector.create({ url, schema, hnsw_from: 10_000 });
  for (const sign of [`owner = '{"pid": 999999999, "host": "${hostname()}", "began": 1}'`, "touched = now() - interval '5 minutes'"]) {
    const at = await place();
    const first = await store.write(at, origin);
    await expect(store.write(at, origin)).rejects.toThrow(Busy);
    await db.exec(`update ${schema}.llmopt_collections set ${sign} where name = '${at.name}'`);
    const second = await store.write(at, origin);
    await second.write(putting([[1, 2]]));
    await expect(first.write(putting([[3, 4]]))).rejects.toThrow(Busy);
    await first.close();
    await expect(store.write(at, origin)).rejects.toThrow(Busy);
    await second.close();
    const reader = await store.read(at, origin);
    expect(reader).toMatchObject({ count: 1 });
  }
});

test("loses nothing that it acknowledged in 20 kills", async () => {
  const options = { url, schema, hnsw_from: 10_000 };
  await expect(survivesKills(pgvector.create(options), { module, kind: "pgvector", options }, await place(), 20)).resolves.toBeUndefined();
});

test("what left long ago is removed, what left just now stays for readers that are open", async () => {
  const store = pgvector.create({ url, schema, hnsw_from: 10_000 });
  const at = await place();
  const rows = async () =>
    await Promise.all(
      ["documents", "chunks", "postings"].map(async (table) => {
        const of = `${schema}.llmopt_${table} t join ${schema}.llmopt_collections l on l.id = t.collection`;
        return (await db.query(`select 1 from ${of} where l.name = '${at.name}'`)).rows.length;
      }),
    );
  const visit = async (...changes: readonly Change[]) => {
    const writer = await store.write(at, origin);
    for (const change of changes) await writer.write(change);
    await writer.close();
  };
  await visit(
    putting([
      [1, 2],
      [2, 3],
      [3, 4],
    ]),
    { put: [], remove: ["d1"] },
  );
  await visit();
  expect(await rows()).toEqual([3, 3, 3]);
  await db.exec(`update ${schema}.llmopt_documents set died_at = now() - interval '2 days' where died_at is not null`);
  await visit();
  expect(await rows()).toEqual([2, 2, 2]);
});

test("faults name the database and never its password", async () => {
  const faults = await Promise.all(
    [
      "postgres://me:hunter2@127.0.0.1:1/nothing",
      "postgres://me:hunter2@no-such-host.invalid/nothing",
      "postgres://me:12#hunter2@127.0.0.1:1/nothing",
      "postgres://me:12/hunter2@127.0.0.1:1/nothing",
      "nonsense hunter2",
    ].map(async (wrong) => {
      const store = pgvector.create({ url: wrong, schema, hnsw_from: 0 });
      return await store.read(await place(), origin).then(
        () => new Error("it was opened"),
        (error: unknown) => error,
      );
    }),
  );
  for (const fault of faults) {
    expect(fault).toBeInstanceOf(UserError);
    expect(String(fault)).toMatch(/^UserError: knowledge\.store: the database at .+; /);
    expect(String(fault)).not.toContain("hunter2");
  }
});

/** A way to the database that says what goes by and can be cut. */
async function wire() {
  let sent = "";
  let cutAt: string | undefined;
  const through = createServer((near) => {
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    const end = () => void (near.destroy(), far.destroy());
    near.on("error", end).on("close", end);
    far.on("error", end).on("close", end);
    far.pipe(near);
    near.on("data", (bytes: Buffer) => {
      sent += bytes.toString("latin1");
      if (cutAt !== undefined && bytes.includes(cutAt)) end();
      else far.write(bytes);
    });
  });
  await new Promise<void>((resolve) => void through.listen(0, "127.0.0.1", resolve));
  const address = through.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: url.replace(/:\d+\//, `:${port}/`),
    sent: () => sent,
    cut: (at: string | undefined) => void (cutAt = at),
    close: () => new Promise((resolve) => through.close(resolve)),
  };
}

test.each(["llmopt_documents (collection", "llmopt_postings (collection", "commit"])(
  "a connection that is lost in the midst of a change (%s) undoes it and says so, and the next writer goes on",
  async (moment) => {
    const through = await wire();
    const at = await place();
    const store = pgvector.create({ url: through.url, schema, hnsw_from: 10_000 });
    const change = putting(clustered(30, 8));
    const writer = await store.write(at, origin);
    await writer.write(putting([[1, 2, 3, 4, 5, 6, 7, 8]]));
    through.cut(moment);
    await expect(writer.write({ put: change.put.slice(1), remove: [] })).rejects.toThrow(
      /^knowledge\.store: the database at .* broke off .*; run again/,
    );
    through.cut(undefined);
    expect(await store.read(at, origin)).toMatchObject({ count: 1 });
    await writer.write({ put: change.put.slice(1), remove: [] });
    await writer.close();
    expect(await store.read(at, origin)).toMatchObject({ count: 30 });
    await through.close();
  },
);

test("who finds the tables defines nothing, which a user may not be allowed to", async () => {
  const through = await wire();
  const at = await place();
  const store = pgvector.create({ url: through.url, schema, hnsw_from: 10_000 });
  const writer = await store.write(at, origin);
  await writer.write(putting([[1, 2]]));
  await writer.finish();
  await writer.close();
  await store.read(at, origin);
  expect(through.sent()).toMatch(/insert into/);
  expect(through.sent()).not.toMatch(/create|alter|drop/);
  await through.close();
});

test("others' tables in the same schema are left alone, also where one of ours is lost", async () => {
  await db.exec("create schema shared");
  for (const table of ["collections", "documents", "chunks", "postings"])
    await db.exec(`create table shared.${table} (version int); insert into shared.${table} values (7)`);
  const store = pgvector.create({ url, schema: "shared", hnsw_from: 10_000 });
  const at = await place();
  for (let i = 0; i < 2; i++) {
    const writer = await store.write(at, origin);
    await writer.write(putting([[1, 2]]));
    await writer.close();
    expect(await store.read(at, origin)).toMatchObject({ count: 1 });
    await db.exec("drop table shared.llmopt_collections cascade");
  }
  for (const table of ["collections", "documents", "chunks", "postings"])
    expect((await db.query(`select version from shared.${table}`)).rows).toEqual([{ version: 7 }]);
});

test("an index whose HNSW index was not finished is finished by the next writer; what it does not hold needs none", async () => {
  const store = pgvector.create({ url, schema, hnsw_from: 20 });
  for (const dimensions of [8, 4001]) {
    const at = await place();
    const first = await store.write(at, origin);
    await first.write(putting(clustered(30, dimensions)));
    await first.close();
    const found = await store.read(at, origin);
    expect(found?.count).toBe(dimensions === 8 ? undefined : 30);
    const second = await store.write(at, origin);
    expect(second.count).toBe(30);
    await second.finish();
    await second.close();
    const reader = await store.read(at, origin);
    expect(await reader?.nearest(clustered(1, dimensions)[0] ?? [], 30)).toHaveLength(30);
  }
});

test("vectors of more dimensions than it takes are refused with what would be right", async () => {
  const writer = await pgvector.create({ url, schema, hnsw_from: 0 }).write(await place(), origin);
  await expect(writer.write(putting(clustered(1, 16_001)))).rejects.toThrow(/up to 16000 dimensions, not 16001; embed with fewer/);
  await writer.close();
});

test("what has left costs no found chunk, however much of it is in the HNSW index", async () => {
  const store = pgvector.create({ url, schema, hnsw_from: 10 });
  const at = await place();
  const vectors = clustered(600, 8);
  const writer = await store.write(at, origin);
  await writer.write(putting(vectors));
  await writer.write({ put: [], remove: vectors.slice(0, 580).map((_, i) => `d${i}`) });
  await writer.finish();
  await writer.close();
  const reader = await store.read(at, origin);
  for (const vector of vectors.slice(0, 10)) expect(await reader?.nearest(vector, 20)).toHaveLength(20);
});
