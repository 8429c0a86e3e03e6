import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Document, Passage, Retriever } from "../types.ts";
import type { Embed } from "./collection.ts";
import { openLibrary } from "./library.ts";
import { memory as kind } from "./stores/memory.ts";
import { vectra } from "./stores/vectra.ts";
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
const retriever: Retriever = { chunker: "markdown", size: 14, overlap: 0, search: "dense", fusion: { rrf: 60 }, pool: 20 };
const memory = kind.create({});
const corpus = "test";
const embedder = "test/bag";

test("a search finds the passages that are nearest, with their documents and headings", async () => {
  const { embed } = bagOfWords();
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, corpus, store: vectra.create({}) });
  const [first, second] = await library.search(retriever, [{ texts: ["cash paid back in the shop"] }], 2);
  expect(first).toMatchObject({ id: "refunds#2", source: "refunds", title: "Refunds › Cash" });
  expect(first?.text).toContain("Cash is paid back");
  expect(first?.score).toBeGreaterThan(second?.score ?? 1);
  expect((await library.search(retriever, [{ texts: ["退款"] }], 1)).map(({ source }) => source)).toEqual(["zh"]);
  await library.close();
});

test("several queries search with the mean of their directions, whatever their lengths; empty ones do not count", async () => {
  const { embed } = bagOfWords();
  const long: Embed = async (texts) => (await embed(texts)).map((vector, i) => vector.map((x) => x * (i + 1) * 100));
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, corpus, store: memory });
  const [a, b] = ["refund to a card", "warehouse parcels"];
  const one = async (query: string) =>
    new Map((await library.search(retriever, [{ texts: [query] }], 9)).map(({ id, score }) => [id, score]));
  const [scoresA, scoresB] = [await one(a), await one(b)];
  const both = await library.search(retriever, [{ texts: [a, " ", b, ""] }], 9, long);
  const sums = both.map(({ id }) => (scoresA.get(id) ?? 0) + (scoresB.get(id) ?? 0));
  expect(sums).toEqual(sums.toSorted((x, y) => y - x));
  expect(await library.search(retriever, [{ texts: ["", "  "] }], 3)).toEqual([]);
});

test("callers at the same time share one build, and the caller's embed serves the query alone", async () => {
  const { calls, embed } = bagOfWords();
  const own = bagOfWords();
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, corpus, store: memory });
  await Promise.all(Array.from({ length: 5 }, () => library.search(retriever, [{ texts: ["cash"] }], 1, own.embed)));
  expect(calls).toEqual([expect.arrayContaining([expect.stringMatching(/^Refunds › Cash\n\n/)])]);
  expect(own.calls).toEqual(Array.from({ length: 5 }, () => ["cash"]));
});

test("a search by words alone embeds nothing; what wants vectors embeds then, and serves words as well", async () => {
  const { calls, embed } = bagOfWords();
  const folder = freshFolder();
  const open = () => openLibrary({ documents, folder, embedder, embed, corpus, store: memory });
  const library = open();
  const words = { ...retriever, search: "bm25" } as const;
  const [found] = await library.search(words, [{ texts: ["cash shop"] }], 2);
  expect(found).toMatchObject({ id: "refunds#2" });
  expect((await library.widen(words, found === undefined ? [] : [found], 1)).map(({ text }) => text)).toEqual([documents[0]?.text]);
  await library.close();
  expect(calls).toEqual([]);
  const other = open();
  expect(await other.search({ ...words, mmr: 0.5 }, [{ texts: ["cash shop"] }], 2)).toHaveLength(1);
  expect(calls).toHaveLength(1);
  expect(await other.search(words, [{ texts: ["cash shop"] }], 2)).toEqual(found === undefined ? [] : [found]);
  expect(calls).toHaveLength(1);
  await other.close();
});

test("where there is nothing to search, every way of searching finds nothing", async () => {
  const { embed } = bagOfWords();
  const blank = [{ id: "blank", title: "", text: " " }];
  const library = openLibrary({ documents: blank, folder: freshFolder(), embedder, embed, corpus, store: memory });
  for (const search of ["bm25", "dense", "hybrid"] as const)
    expect(await library.search({ ...retriever, search }, [{ texts: ["cash"] }], 2)).toEqual([]);
  await library.close();
});

test("a later library reuses the index of the same texts and embedder, in any order of documents, and of no others", async () => {
  const folder = freshFolder();
  const embeddings = async (change: Partial<Parameters<typeof openLibrary>[0]>, size = 14) => {
    const { calls, embed } = bagOfWords();
    const library = openLibrary({ documents, folder, embedder, embed, corpus, store: memory, ...change });
    await library.search({ ...retriever, size }, [{ texts: ["cash"] }], 1);
    return { hash: library.hash, built: calls.length > 1 };
  };
  const first = await embeddings({});
  expect(first.built).toBe(true);
  expect(await embeddings({})).toEqual({ hash: first.hash, built: false });
  expect(await embeddings({ documents: documents.toReversed() })).toEqual({ hash: first.hash, built: false });
  expect(await embeddings({}, 9)).toEqual({ hash: first.hash, built: true });
  const other = await embeddings({ embedder: "test/other" });
  expect(other.built).toBe(true);
  expect(other.hash).not.toBe(first.hash);
  // What is left of the documents is there already.
  const fewer = await embeddings({ documents: documents.slice(1) });
  expect(fewer.built).toBe(false);
  expect(fewer.hash).not.toBe(first.hash);
});

test("a failed build is not remembered", async () => {
  const folder = freshFolder();
  const { embed } = bagOfWords();
  let fail = true;
  const library = openLibrary({
    documents,
    folder,
    embedder,
    corpus,
    store: memory,
    embed: (texts) => (fail ? Promise.reject(new Error("down")) : embed(texts)),
  });
  await expect(library.search(retriever, [{ texts: ["cash"] }], 1)).rejects.toThrow("down");
  fail = false;
  expect(await library.search(retriever, [{ texts: ["cash"] }], 1)).toHaveLength(1);
});

test("an embedder that gives too few vectors, or other lengths for queries than for chunks, is refused", async () => {
  const { embed } = bagOfWords();
  const open = (embedding: Embed) => openLibrary({ documents, folder: freshFolder(), embedder, embed: embedding, corpus, store: memory });
  await expect(open(async (texts) => (await embed(texts)).slice(1)).search(retriever, [{ texts: ["cash"] }], 1)).rejects.toThrow(
    /gave \d+ vectors for/,
  );
  await expect(open(embed).search(retriever, [{ texts: ["cash"] }], 1, async () => [[1, 2]])).rejects.toThrow(/2 dimensions instead of 64/);
  await expect(open(embed).search(retriever, [{ texts: ["a", "b"] }], 1, async () => [[1, 2]])).rejects.toThrow(/gave 1 vectors for 2/);
});

test("the passages of a document are all of its text in order", () => {
  const { embed } = bagOfWords();
  const library = openLibrary({ documents, folder: freshFolder(), embedder, embed, corpus, store: memory });
  const pieces = library.passagesOf("refunds", retriever);
  expect(pieces.map(({ id }) => id)).toEqual(["refunds#1", "refunds#2"]);
  expect(pieces.map(({ text }) => text).join("\n\n")).toBe(library.documents.get("refunds")?.text);
  expect(library.passagesOf("refunds")).toEqual([
    { id: "refunds#1", source: "refunds", title: "Refunds", text: documents[0]?.text, score: 1 },
  ]);
  expect(library.passagesOf("none", retriever)).toEqual([]);
});

describe("a search by words, by vectors, or both", () => {
  const texts = [
    "Refunds to a card take five days.",
    "Refunds to a card take five days.",
    "The card is lost: call us at once, day and night.",
    "to be or not to be, that is it",
    "?! … 😀",
    "Parcels leave the warehouse every evening at six.",
    "Error ERR_TIMEOUT-42 means that the warehouse did not answer.",
    "退款需要五個工作天。",
  ];
  const corpusOf = texts.map((text, i): Document => ({ id: `d${i}`, title: "", text }));
  const library = openLibrary({ documents: corpusOf, folder: freshFolder(), embedder, embed: bagOfWords().embed, corpus, store: memory });
  const find = async (change: Partial<Retriever>, queries: readonly string[], k = 100) =>
    await library.search(
      { ...retriever, size: 100, pool: 50, ...change },
      queries.map((text) => ({ texts: [text] })),
      k,
    );
  const ids = (passages: readonly Passage[]) => passages.map(({ source }) => source);
  const ways: readonly Partial<Retriever>[] = [
    { search: "bm25" },
    { search: "dense" },
    { search: "hybrid", fusion: { rrf: 60 } },
    { search: "hybrid", fusion: { dense: 0 } },
    { search: "hybrid", fusion: { dense: 0.5 } },
    { search: "hybrid", fusion: { dense: 1 } },
    { search: "hybrid", fusion: { dense: 0.5 }, mmr: 0.5 },
    { search: "bm25", mmr: 0.7 },
  ];
  const queries = ["refund card", "ERR_TIMEOUT-42", "warehouse", "退款", "lost card night"];
  afterAll(() => library.close());

  test.each(ways)("%j: best first, each passage once, the same every time, and fewer are the first of more", async (way) => {
    for (const query of queries) {
      const all = await find(way, [query]);
      expect(all.length).toBeGreaterThan(0);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).toSorted((a, b) => b - a));
      for (const k of [1, 3]) expect(await find(way, [query], k)).toEqual(all.slice(0, k));
      expect(await find({ ...way, pool: 1 }, [query], 2)).toHaveLength(Math.min(2, all.length));
    }
  });

  test.each(ways)("%j: equal chunks are in the order of their ids", async (way) => {
    const found = ids(await find({ ...way, mmr: undefined }, ["refunds to a card"]));
    expect(found.slice(0, 2)).toEqual(["d0", "d1"]);
  });

  test("words find only what holds one of them, in any script and as identifiers", async () => {
    expect(ids(await find({ search: "bm25" }, ["err_timeout-42"]))).toEqual(["d6"]);
    expect(ids(await find({ search: "bm25" }, ["退款"]))).toEqual(["d7"]);
    expect(ids(await find({ search: "bm25" }, ["refunds 退款"])).toSorted()).toEqual(["d0", "d1", "d7"]);
  });

  test.each(["?!", "it is not to be", "zebra xylophone", "😀"])(
    "where %j has no words that documents hold, words find nothing and the other ways go on",
    async (query) => {
      expect(await find({ search: "bm25" }, [query])).toEqual([]);
      const dense = ids(await find({ search: "dense" }, [query]));
      expect(dense).toHaveLength(texts.length);
      for (const fusion of [{ rrf: 60 }, { dense: 0.5 }]) expect(ids(await find({ search: "hybrid", fusion }, [query]))).toEqual(dense);
      expect(ids(await find({ search: "hybrid", fusion: { dense: 0 } }, [query]))).toHaveLength(texts.length);
    },
  );

  test("with all the weight on one side, hybrid has its order", async () => {
    for (const query of queries) {
      const [words, vectors] = [ids(await find({ search: "bm25" }, [query])), ids(await find({ search: "dense" }, [query]))];
      expect(ids(await find({ search: "hybrid", fusion: { dense: 0 } }, [query])).slice(0, words.length)).toEqual(words);
      expect(ids(await find({ search: "hybrid", fusion: { dense: 1 } }, [query]))).toEqual(vectors);
    }
  });

  test("a small pool changes no score of what words have found, whether or not vectors have found it too", async () => {
    for (const query of queries) {
      const all = await find({ search: "hybrid", fusion: { dense: 0.5 } }, [query]);
      const words = ids(await find({ search: "bm25" }, [query], 3));
      const narrow = await find({ search: "hybrid", fusion: { dense: 0.5 }, pool: 1 }, [query], 3);
      const found = narrow.filter(({ source }) => words.includes(source));
      expect(found).toEqual(all.filter(({ source }) => ids(found).includes(source)));
    }
  });

  test("what scores below min_score is not found, by each query's own measure", async () => {
    for (const way of ways.filter(({ mmr }) => mmr === undefined)) {
      for (const query of queries) {
        const all = await find(way, [query]);
        const limit = all[Math.floor(all.length / 2)]?.score ?? 0;
        expect(await find({ ...way, min_score: limit }, [query])).toEqual(all.filter(({ score }) => score >= limit));
      }
    }
    const both = await find({ search: "bm25", min_score: 1 }, ["refund", "退款"]);
    expect(ids(both).toSorted()).toEqual(["d0", "d1", "d7"]);
    expect(await find({ search: "dense", min_score: 2 }, ["refund", "退款"])).toEqual([]);
  });

  test("mmr does not repeat what says the same, and keeps to the pool", async () => {
    expect(ids(await find({ search: "bm25" }, ["refund card"], 2))).toEqual(["d0", "d1"]);
    expect(ids(await find({ search: "bm25", mmr: 0.5 }, ["refund card"], 2))).toEqual(["d0", "d2"]);
    expect(ids(await find({ search: "bm25", mmr: 1 }, ["refund card"], 2))).toEqual(["d0", "d1"]);
    expect(ids(await find({ search: "bm25", mmr: 0, pool: 2 }, ["refund card"], 2))).toEqual(["d0", "d1"]);
  });

  test("several queries find what each of them finds, one asked twice changes no order, and empty ones do not count", async () => {
    for (const search of ["bm25", "dense", "hybrid"] as const) {
      const [a, b] = ["refund card", "warehouse evening"];
      const both = ids(await find({ search }, [a, b]));
      expect(new Set(both)).toEqual(new Set([...ids(await find({ search }, [a])), ...ids(await find({ search }, [b]))]));
      expect(ids(await find({ search }, [a, a]))).toEqual(ids(await find({ search }, [a])));
      expect(await find({ search }, [a, "", " \n"])).toEqual(await find({ search }, [a]));
    }
  });

  test("the words of all texts of a query are asked, as are their vectors", async () => {
    const [passage] = await library.search(
      { ...retriever, search: "bm25", size: 100 },
      [{ texts: ["what is wrong?", "it says ERR_TIMEOUT"] }],
      1,
    );
    expect(passage?.source).toBe("d6");
  });
});

test("passages with their neighbours are pieces of the text, and none is shown twice", async () => {
  const text = Array.from({ length: 40 }, (_, i) => `Sentence number${i} is about thing${i}.`).join(" ");
  const one: Document = { id: "long", title: "Long", text };
  const library = openLibrary({
    documents: [one, ...documents],
    folder: freshFolder(),
    embedder,
    embed: bagOfWords().embed,
    corpus,
    store: memory,
  });
  const cut = { ...retriever, size: 14, overlap: 4, search: "bm25" } as const;
  const found = await library.search(cut, [{ texts: ["thing10 thing11 thing30"] }], 6);
  const wide = await library.widen(cut, found, 1);
  for (const passage of wide) expect(text.slice(passage.start, passage.end)).toBe(passage.text);
  const sentences = wide.flatMap((passage) => passage.text.match(/thing\d+/g) ?? []);
  expect(new Set(sentences).size).toBe(sentences.length);
  expect(sentences).toEqual(expect.arrayContaining(["thing10", "thing11", "thing30", "thing9"]));
  expect(await library.widen(cut, found, 0)).toEqual(found);
  await library.close();
});
