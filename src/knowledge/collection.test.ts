import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EndpointFault } from "../errors.ts";
import type { Cut, Document } from "../types.ts";
import { chunk } from "./chunk.ts";
import { type Embed, openCollection } from "./collection.ts";
import { hashOf } from "./hash.ts";
import type { OpenStore, Place, Store } from "./store.ts";
import { memory } from "./stores/memory.ts";
import { sqlite } from "./stores/sqlite.ts";
import { startWriter } from "./stores/writer.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "collection-"));
afterAll(() => rm(root, { recursive: true }));
let folders = 0;
const freshFolder = () => join(root, String(folders++));

const cut: Cut = { chunker: "fixed", size: 10, overlap: 0 };
const documentsOf = (texts: Readonly<Record<string, string>>): readonly Document[] =>
  Object.entries(texts).map(([id, text]) => ({ id, title: `Title of ${id}`, text }));
const prose = (words: number, of: string) => Array.from({ length: words }, (_, i) => `${of}${i}`).join(" ");
const some = { a: prose(35, "alpha"), b: prose(25, "beta"), c: prose(12, "gamma") };
const chunksOf = (document: Document, by: Cut = cut) => chunk(document, by).length;

/** Brings the index in the folder up to date, and says what was embedded for it. */
async function indexed(
  documents: readonly Document[],
  folder: string,
  {
    embedder = "test/length",
    embed,
    ...change
  }: Partial<Parameters<typeof openCollection>[0]> & { readonly embedder?: string; readonly embed?: Embed } = {},
): Promise<{ readonly texts: readonly string[]; readonly ids: readonly string[]; readonly index: OpenStore }> {
  const texts: string[] = [];
  const index = await openCollection({
    documents: new Map(documents.map((document) => [document.id, document])),
    hashes: new Map(documents.map(({ id, title, text }) => [id, hashOf([title, text])])),
    cut,
    store: memory.create({}),
    folder,
    corpus: "test",
    ...change,
    embedding:
      embedder === ""
        ? undefined
        : {
            embedder,
            embed: async (asked) => {
              texts.push(...asked);
              return asked.map((text) => [1, text.length]);
            },
            ...(embed && { embed }),
          },
  });
  const ids = (await (embedder === "" ? index.matching(["titl"], 1e6) : index.nearest([1, 1], 1e6))).map(({ id }) => id).toSorted();
  await index.close();
  return { texts, ids, index };
}

const right = (documents: readonly Document[], by: Cut = cut) =>
  documents.flatMap((document) => chunk(document, by).map(({ id }) => id)).toSorted();

describe.each([memory, sqlite])("an index in $name", (kind) => {
  const store = kind.create({});

  test("costs nothing for documents that did not change", async () => {
    const [folder, documents] = [freshFolder(), documentsOf(some)];
    const first = await indexed(documents, folder, { store });
    expect(first.ids).toEqual(right(documents));
    expect(first.texts).toHaveLength(right(documents).length);
    const again = await indexed(documents.toReversed(), folder, { store });
    expect(again).toMatchObject({ texts: [], ids: first.ids });
  });

  test("embeds the chunks of a document that changed or came, and of no other; one that is gone leaves", async () => {
    const folder = freshFolder();
    await indexed(documentsOf(some), folder, { store });
    const documents = documentsOf({ a: some.a, b: prose(40, "other"), d: prose(5, "delta") });
    const { texts, ids } = await indexed(documents, folder, { store });
    expect(texts).toHaveLength(documents.slice(1).reduce((sum, document) => sum + chunksOf(document), 0));
    expect(texts.every((text) => /other|delta/.test(text))).toBe(true);
    expect(ids).toEqual(right(documents));
    expect((await indexed(documents.slice(0, 1), folder, { store })).texts).toEqual([]);
    expect((await indexed([], folder, { store })).ids).toEqual([]);
  });

  test("is made anew for a document whose title alone changed, since the title is embedded", async () => {
    const [folder, documents] = [freshFolder(), documentsOf(some)];
    await indexed(documents, folder, { store });
    const renamed = documents.map((document) => (document.id === "b" ? { ...document, title: "New" } : document));
    const { texts } = await indexed(renamed, folder, { store });
    expect(texts).toHaveLength(chunksOf(renamed[1] ?? { id: "", title: "", text: "" }));
  });

  test("takes documents without text, and embeds nothing for them", async () => {
    const [folder, documents] = [freshFolder(), documentsOf({ empty: "", blank: " \n\t ", a: some.a })];
    expect((await indexed(documents, folder, { store })).ids).toEqual(right(documents));
    expect((await indexed(documents, folder, { store })).texts).toEqual([]);
    expect(await indexed(documents.slice(0, 2), freshFolder(), { store })).toMatchObject({ texts: [], ids: [] });
  });

  test("goes on where an interrupted build stopped", async () => {
    const folder = freshFolder();
    const documents = documentsOf(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, prose(25, `w${i}x`)])));
    const small = { ...store, batch: 9 };
    let left = 4;
    const failing = async (texts: readonly string[]) => {
      if (left-- === 0) throw new Error("the endpoint is gone");
      return texts.map((text) => [1, text.length]);
    };
    await expect(indexed(documents, folder, { store: small, embed: failing })).rejects.toThrow("the endpoint is gone");
    const { texts, ids } = await indexed(documents, folder, { store: small });
    expect(ids).toEqual(right(documents));
    expect(texts).toHaveLength(right(documents).length - 4 * 9);
  });

  test("is one for each way of cutting and for each embedder, and all of them stay", async () => {
    const [folder, documents] = [freshFolder(), documentsOf(some)];
    const other = { ...cut, size: 7, overlap: 3 };
    for (const change of [{}, { cut: other }, { embedder: "test/other" }, { corpus: "other" }])
      expect((await indexed(documents, folder, { store, ...change })).texts).not.toEqual([]);
    expect(await indexed(documents, folder, { store, cut: other })).toMatchObject({ texts: [], ids: right(documents, other) });
    expect(await indexed(documents, folder, { store })).toMatchObject({ texts: [], ids: right(documents) });
  });

  test("holds thousands of documents", async () => {
    const folder = freshFolder();
    const texts = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`folder/d${i}`, `text ${i}`]));
    await indexed(documentsOf(texts), folder, { store });
    const changed = await indexed(documentsOf({ ...texts, "folder/d7": "other text" }), folder, { store });
    expect([changed.texts.length, changed.index.count]).toEqual([1, 3000]);
  });
});

test("without an embedder it is found by words alone, beside the one with vectors, and is kept up to date", async () => {
  for (const store of [memory.create({}), sqlite.create({})]) {
    const [folder, documents] = [freshFolder(), documentsOf(some)];
    const told: number[] = [];
    const words = { store, embedder: "", progress: (done: number) => void told.push(done) };
    expect((await indexed(documents, folder, words)).ids).toEqual(right(documents));
    expect(told.at(-1)).toBe(right(documents).length);
    const fewer = [...documents.slice(1), ...documentsOf({ a: "other" })];
    expect((await indexed(fewer, folder, words)).ids).toEqual(right(fewer));
    const { texts, ids } = await indexed(fewer, folder, { store });
    expect([texts.length, ids]).toEqual([right(fewer).length, right(fewer)]);
    expect((await indexed(fewer, folder, words)).ids).toEqual(right(fewer));
  }
});

test("a chunk that cannot be embedded is named, whoever it was asked with, and nothing is embedded after that was told", async () => {
  const documents = documentsOf(Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`d${i}`, `text ${i}`])));
  let asked = 0;
  const refusing = (bad: RegExp) => async (texts: readonly string[]) => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, texts.length > 200 ? 20 : 0));
    if (texts.some((text) => bad.test(text))) throw new EndpointFault("parse", "gave a vector of only zeros");
    return texts.map((text) => [1, text.length]);
  };
  await expect(indexed(documents, freshFolder(), { embed: refusing(/text 333$/) })).rejects.toThrow(
    /^knowledge: the chunk "d333#1" cannot be embedded \(gave a vector of only zeros\); exclude its document.* models\.embed$/,
  );
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(asked).toBe(before);
  // Of an endpoint that takes fewer at once, nothing is to blame.
  const few = async (texts: readonly string[]) => {
    if (texts.length > 100) throw new EndpointFault("bad request", "too many");
    return texts.map((text) => [1, text.length]);
  };
  const told: number[] = [];
  expect((await indexed(documents, freshFolder(), { embed: few, progress: (done) => told.push(done) })).ids).toEqual(right(documents));
  expect(told.at(-1)).toBe(900);
  const down = async () => {
    asked++;
    throw new EndpointFault("down", "nobody is there");
  };
  asked = 0;
  await expect(indexed(documents, freshFolder(), { embed: down })).rejects.toThrow("nobody is there");
  expect(asked).toBe(4);
});

test("progress rises from batch to batch, and ends with all", async () => {
  const documents = documentsOf(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}`, prose(5 + i, "w")])));
  const told: (readonly [number, number])[] = [];
  await indexed(documents, freshFolder(), {
    store: { ...memory.create({}), batch: 20 },
    progress: (done, total) => told.push([done, total]),
  });
  const all = right(documents).length;
  expect(told.at(-1)).toEqual([all, all]);
  expect(told.length).toBeGreaterThan(5);
  for (const [i, [done, total]] of told.entries()) {
    expect(done).toBeLessThanOrEqual(total);
    expect(done).toBeGreaterThan(told[i - 1]?.[0] ?? 0);
  }
});

test("more chunks than a store is made for are refused before anything is embedded, and what leaves does not count", async () => {
  const [folder, documents] = [freshFolder(), documentsOf(some)];
  const store: Store = { ...memory.create({}), reach: right(documents).length, batch: 2 };
  const never = () => Promise.reject(new Error("embedded"));
  const more = [...documents, ...documentsOf({ d: "one more" })];
  await expect(indexed(more, freshFolder(), { store, embed: never })).rejects.toThrow(/made for up to [\d,]+ chunks.*write store: sqlite/);
  await indexed(documents, folder, { store });
  await expect(indexed(more, folder, { store, embed: never })).rejects.toThrow(/write store: sqlite/);
  const others = documentsOf({ x: some.a, y: some.b, z: some.c });
  expect((await indexed(others, folder, { store })).ids).toEqual(right(others));
});

test("two that open at once share one build, and both wait without a word lost", async () => {
  const [folder, documents] = [freshFolder(), documentsOf(some)];
  const [one, two] = await Promise.all([indexed(documents, folder), indexed(documents, folder)]);
  expect([one.ids, two.ids]).toEqual([right(documents), right(documents)]);
  expect(one.texts.length + two.texts.length).toBe(right(documents).length);
});

/** The place that a collection gives to an index, found out by asking for it. */
async function placeOf(documents: readonly Document[], folder: string): Promise<Place> {
  const places: Place[] = [];
  const spy: Store = {
    ...memory.create({}),
    async read(place) {
      places.push(place);
      throw new Error("found");
    },
  };
  await indexed(documents, folder, { store: spy }).catch(() => {});
  return places[0] ?? { folder, name: "" };
}

test("another process that writes the index is waited for, with a note; where it dies, this one goes on", async () => {
  const [folder, documents] = [freshFolder(), documentsOf(some)];
  const place = await placeOf(documents, folder);
  const module = new URL("./stores/memory.ts", import.meta.url).href;
  const writer = startWriter({ module, kind: "memory", options: {}, place, origin: { embedder: "e", cut: "c" }, from: 0, hold: true });
  await writer.until(1);
  const notes: string[] = [];
  const waiting = indexed(documents, folder, { note: (text) => void (notes.push(text), setTimeout(() => void writer.kill(), 300)) });
  expect((await waiting).ids).toEqual(right(documents));
  expect(notes).toEqual([expect.stringContaining(`process ${writer.child.pid} is writing this index`)]);
});

test("waiting ends when the run is stopped", async () => {
  const [folder, documents] = [freshFolder(), documentsOf(some)];
  const place = await placeOf(documents, folder);
  const other = await memory.create({}).write(place, { embedder: "e", cut: "c" });
  const stop = new AbortController();
  await expect(indexed(documents, folder, { signal: stop.signal, note: () => stop.abort() })).rejects.toThrow(/abort/i);
  await other.close();
});
