import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { seeded } from "../../stats/random.ts";
import { openIndex } from "../built-index.ts";
import { type Entry, type Store } from "../store.ts";
import { memory } from "./memory.ts";
import { vectra } from "./vectra.ts";

const root = await mkdtemp(join(tmpdir(), "stores-"));
afterAll(() => rm(root, { recursive: true }));
let folders = 0;
const freshFolder = async () => {
  const folder = join(root, String(folders++));
  await mkdir(folder);
  return folder;
};

const random = seeded(7);
const vectorOf = (dimensions: number) => Array.from({ length: dimensions }, () => random() - 0.5);
const entriesOf = (count: number, dimensions: number): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ id: `d${i}#1`, vector: vectorOf(dimensions) }));

/** Search as the definition has it, with nothing of the stores' code. */
function exact(entries: readonly Entry[], query: readonly number[], k: number) {
  const norm = (v: readonly number[]) => Math.hypot(...v);
  return entries
    .map(({ id, vector }) => ({ id, score: vector.reduce((sum, x, i) => sum + x * (query[i] ?? 0), 0) / (norm(vector) * norm(query)) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, k);
}

const origin = { embedder: "test/random", content: "0123" };
const never = () => Promise.reject(new Error("built again"));

describe.each<Store>([memory, vectra])("the store $name", (store) => {
  const built = async (entries: readonly Entry[]) => {
    const folder = await freshFolder();
    await store.build(folder, entries);
    return await store.open(folder);
  };

  test("finds what an exact search finds, of vectors of any length", async () => {
    const entries = entriesOf(2000, 96).map(({ id, vector }, i) => ({ id, vector: vector.map((x) => x * (1 + (i % 7))) }));
    const index = await built(entries);
    expect(index).toMatchObject({ count: 2000, dimensions: 96 });
    for (const k of [1, 5, 50])
      for (let n = 0; n < 20; n++) {
        const query = vectorOf(96);
        const [hits, right] = [await index.search(query, k), exact(entries, query, k)];
        expect(hits.map(({ id }) => id)).toEqual(right.map(({ id }) => id));
        hits.forEach(({ score }, i) => expect(score).toBeCloseTo(right[i]?.score ?? 0, 6));
      }
    await index.close();
  });

  test("puts the smaller id first among equals, whatever the order of the entries", async () => {
    const [near, far] = [vectorOf(16), vectorOf(16)];
    const entries = Array.from({ length: 40 }, (_, i) => ({
      id: `d${String((i * 17) % 40).padStart(2, "0")}`,
      vector: i % 5 === 0 ? far : near,
    }));
    const index = await built(entries);
    const ids = (await index.search(near, 40)).map(({ id }) => id);
    expect(ids.slice(0, 32)).toEqual(ids.slice(0, 32).toSorted());
    for (const k of [1, 3, 31, 33]) expect((await index.search(near, k)).map(({ id }) => id)).toEqual(ids.slice(0, k));
  });

  test("gives all that it has where more is asked for", async () => {
    const index = await built(entriesOf(3, 8));
    expect(await index.search(vectorOf(8), 10)).toHaveLength(3);
  });

  test.each([
    ["of another length", [1, 2, 3]],
    ["that holds NaN", [1, Number.NaN, 0, 0]],
    ["that holds infinity", [1, Number.POSITIVE_INFINITY, 0, 0]],
    ["of zeros", [0, 0, 0, 0]],
  ])("refuses a vector %s, in an entry and in a query", async (_, vector) => {
    const good = entriesOf(3, 4);
    await expect(store.build(await freshFolder(), [...good, { id: "bad", vector }])).rejects.toThrow(/the vector of "bad"/);
    await expect((await built(good)).search(vector, 1)).rejects.toThrow(/the vector of the query/);
  });

  test("refuses an id used twice, and nothing", async () => {
    const [entry] = entriesOf(1, 4);
    await expect(store.build(await freshFolder(), entry === undefined ? [] : [entry, entry])).rejects.toThrow(/two entries/);
    await expect(store.build(await freshFolder(), [])).rejects.toThrow(/nothing to index/);
  });

  test("is built once and then opened from disk", async () => {
    const folder = join(await freshFolder(), "index");
    const entries = entriesOf(10, 8);
    const query = vectorOf(8);
    const first = await openIndex(store, folder, origin, async () => entries);
    const again = await openIndex(store, folder, origin, never);
    expect(await again.search(query, 5)).toEqual(await first.search(query, 5));
  });

  test("is built anew where its folder is half-built, damaged or of another origin", async () => {
    const entries = entriesOf(10, 8);
    const spoilt: Record<string, (folder: string) => Promise<unknown>> = {
      "no manifest": (folder) => rm(join(folder, "manifest.json")),
      "half a manifest": (folder) => truncate(join(folder, "manifest.json"), 20),
      "an empty folder": async (folder) => {
        for (const name of await readdir(folder)) await rm(join(folder, name));
      },
      "a file cut short": async (folder) => {
        const name = (await readdir(folder)).find((file) => file !== "manifest.json") ?? "";
        await truncate(join(folder, name), 40);
      },
      "a flipped bit": async (folder) => {
        const file = join(folder, (await readdir(folder)).find((name) => name !== "manifest.json") ?? "");
        const bytes = await readFile(file);
        bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
      "another embedder": async (folder) => {
        const file = join(folder, "manifest.json");
        await writeFile(file, (await readFile(file, "utf8")).replace(origin.embedder, "other"));
      },
    };
    for (const [name, spoil] of Object.entries(spoilt)) {
      const folder = join(await freshFolder(), "index");
      await openIndex(store, folder, origin, async () => entries);
      await spoil(folder);
      let builds = 0;
      const index = await openIndex(store, folder, origin, async () => (builds++, entries));
      expect([name, builds, index.count]).toEqual([name, 1, 10]);
      await openIndex(store, folder, origin, never);
    }
  });

  test("survives many builders of one index, from scratch and over a broken one", async () => {
    const entries = entriesOf(50, 16);
    const query = vectorOf(16);
    for (const broken of [false, true]) {
      const parent = await freshFolder();
      const folder = join(parent, "index");
      if (broken) {
        await mkdir(folder);
        await writeFile(join(folder, "index.pb"), "half");
      }
      const indexes = await Promise.all(Array.from({ length: 8 }, () => openIndex(store, folder, origin, async () => entries)));
      const right = exact(entries, query, 5).map(({ id }) => id);
      for (const index of indexes) expect((await index.search(query, 5)).map(({ id }) => id)).toEqual(right);
      expect(await readdir(parent)).toEqual(["index"]);
      await openIndex(store, folder, origin, never);
    }
  });

  test("removes what a killed builder left, but not what a living one writes", async () => {
    const parent = await freshFolder();
    const [old, young] = ["other.tmp-1", "other.tmp-2"];
    for (const name of [old, young]) await mkdir(join(parent, name));
    await utimes(join(parent, old), 0, 0);
    await openIndex(store, join(parent, "index"), origin, async () => entriesOf(3, 4));
    expect((await readdir(parent)).toSorted()).toEqual(["index", young]);
  });

  test("leaves no trace of a build that failed, and says where it could not write", async () => {
    const parent = await freshFolder();
    const bad = async () => [{ id: "a", vector: [0] }];
    await expect(openIndex(store, join(parent, "index"), origin, bad)).rejects.toThrow(/all zeros/);
    expect(await readdir(parent)).toEqual([]);
    await writeFile(join(parent, "file"), "");
    await expect(openIndex(store, join(parent, "file", "index"), origin, async () => entriesOf(1, 2))).rejects.toThrow(
      /cannot be written to .*file/,
    );
  });
});

test("both stores give the same hits with the same scores to the last bit", async () => {
  const entries = entriesOf(300, 64);
  const [a, b] = await Promise.all(
    [memory, vectra].map(async (store) => {
      const folder = await freshFolder();
      await store.build(folder, entries);
      return await store.open(folder);
    }),
  );
  for (let n = 0; n < 20; n++) {
    const query = vectorOf(64);
    expect(await a?.search(query, 20)).toEqual(await b?.search(query, 20));
  }
});
