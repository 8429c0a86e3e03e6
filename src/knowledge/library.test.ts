import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Document } from "../types.ts";
import { type Embed, openLibrary } from "./library.ts";
import { memory } from "./stores/memory.ts";
import { tokenize } from "./tokens.ts";

const root = await mkdtemp(join(tmpdir(), "library-"));
afterAll(() => rm(root, { recursive: true }));
let folders = 0;
const freshFolder = () => join(root, String(folders++));

/** Counts tokens in 64 buckets: texts that share words are near one another. */
function bagOfWords() {
  const calls: string[][] = [];
  const embed: Embed = async (texts) => {
    calls.push([...texts]);
    return texts.map((text) => {
      const vector = Array.from({ length: 64 }, () => 0);
      const { starts, ends } = tokenize(text.toLowerCase());
      for (const [i, start] of starts.entries()) {
        const bucket = Array.from(text.toLowerCase().slice(start, ends[i])).reduce(
          (sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 64,
          7,
        );
        vector[bucket] = (vector[bucket] ?? 0) + 1;
      }
      return vector;
    });
  };
  return { calls, embed };
}

const documents: readonly Document[] = [
  {
    id: "refunds",
    title: "Refunds",
    text: "## Cards\n\nA refund to a card takes five days.\n\n## Cash\n\nCash is paid back at once in the shop.",
  },
  { id: "shipping", title: "Shipping", text: "Parcels leave the warehouse every evening at six." },
  { id: "zh", title: "退款", text: "退款需要五個工作天。" },
];
const retriever = { size: 14, overlap: 0 };
const embedder = "test/bag";

test("a search finds the passages that are nearest, with their documents and headings", async () => {
  const { embed } = bagOfWords();
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed });
  const [first, second] = await library.search(retriever, ["cash paid back in the shop"], 2);
  expect(first).toMatchObject({ id: "refunds#2", source: "refunds", title: "Refunds › Cash" });
  expect(first?.text).toContain("Cash is paid back");
  expect(first?.score).toBeGreaterThan(second?.score ?? 1);
  expect((await library.search(retriever, ["退款"], 1)).map(({ source }) => source)).toEqual(["zh"]);
  await library.close();
});

test("several queries search with the mean of their directions, whatever their lengths; empty ones do not count", async () => {
  const { embed } = bagOfWords();
  const long: Embed = async (texts) => (await embed(texts)).map((vector, i) => vector.map((x) => x * (i + 1) * 100));
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, store: memory });
  const [a, b] = ["refund to a card", "warehouse parcels"];
  const one = async (query: string) => new Map((await library.search(retriever, [query], 9)).map(({ id, score }) => [id, score]));
  const [scoresA, scoresB] = [await one(a), await one(b)];
  const both = await library.search(retriever, [a, " ", b, ""], 9, long);
  const sums = both.map(({ id }) => (scoresA.get(id) ?? 0) + (scoresB.get(id) ?? 0));
  expect(sums).toEqual(sums.toSorted((x, y) => y - x));
  expect(await library.search(retriever, ["", "  "], 3)).toEqual([]);
});

test("callers at the same time share one build, and the caller's embed serves the query alone", async () => {
  const { calls, embed } = bagOfWords();
  const own = bagOfWords();
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, store: memory });
  await Promise.all(Array.from({ length: 5 }, () => library.search(retriever, ["cash"], 1, own.embed)));
  expect(calls).toEqual([expect.arrayContaining([expect.stringMatching(/^Refunds › Cash\n\n/)])]);
  expect(own.calls).toEqual(Array.from({ length: 5 }, () => ["cash"]));
});

test("a later library reuses the index of the same texts and embedder, in any order of documents, and of no others", async () => {
  const folder = freshFolder();
  const embeddings = async (change: Partial<Parameters<typeof openLibrary>[0]>, size = 14) => {
    const { calls, embed } = bagOfWords();
    const library = openLibrary({ documents, folder, embedder, embed, store: memory, ...change });
    await library.search({ size, overlap: 0 }, ["cash"], 1);
    return { hash: library.hash, built: calls.length > 1 };
  };
  const first = await embeddings({});
  expect(first.built).toBe(true);
  expect(await embeddings({})).toEqual({ hash: first.hash, built: false });
  expect(await embeddings({ documents: documents.toReversed() })).toEqual({ hash: first.hash, built: false });
  expect(await embeddings({}, 9)).toEqual({ hash: first.hash, built: true });
  for (const change of [{ embedder: "test/other" }, { documents: documents.slice(1) }]) {
    const other = await embeddings(change);
    expect(other.built).toBe(true);
    expect(other.hash).not.toBe(first.hash);
  }
  expect(await embeddings({}, 500)).toMatchObject({ built: true });
  expect(await embeddings({}, 600)).toMatchObject({ built: false });
});

test("a failed build is not remembered, and leaves nothing on disk", async () => {
  const folder = freshFolder();
  const { embed } = bagOfWords();
  let fail = true;
  const library = openLibrary({
    documents,
    folder,
    embedder,
    store: memory,
    embed: (texts) => (fail ? Promise.reject(new Error("down")) : embed(texts)),
  });
  await expect(library.search(retriever, ["cash"], 1)).rejects.toThrow("down");
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
  fail = false;
  expect(await library.search(retriever, ["cash"], 1)).toHaveLength(1);
});

test("an embedder that gives too few vectors, or other lengths for queries than for chunks, is refused", async () => {
  const { embed } = bagOfWords();
  const open = (embedding: Embed) => openLibrary({ documents, folder: freshFolder(), embedder, embed: embedding, store: memory });
  await expect(open(async (texts) => (await embed(texts)).slice(1)).search(retriever, ["cash"], 1)).rejects.toThrow(/gave \d+ vectors for/);
  await expect(open(embed).search(retriever, ["cash"], 1, async () => [[1, 2]])).rejects.toThrow(/2 dimensions instead of 64/);
  await expect(open(embed).search(retriever, ["a", "b"], 1, async () => [[1, 2]])).rejects.toThrow(/gave 1 vectors for 2/);
});

test("the passages of a document are all of its text in order", () => {
  const { embed } = bagOfWords();
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, store: memory });
  const pieces = library.passagesOf("refunds", retriever);
  expect(pieces.map(({ id }) => id)).toEqual(["refunds#1", "refunds#2"]);
  expect(pieces.map(({ text }) => text).join("\n\n")).toBe(library.documents.get("refunds")?.text);
  expect(library.passagesOf("refunds")).toEqual([
    { id: "refunds#1", source: "refunds", title: "Refunds", text: documents[0]?.text, score: 1 },
  ]);
  expect(library.passagesOf("none", retriever)).toEqual([]);
});
