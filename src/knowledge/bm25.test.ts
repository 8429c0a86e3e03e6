import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ndcg, recall } from "../scorers/ranking.ts";
import { seeded } from "../stats/random.ts";
import type { Cut, Document } from "../types.ts";
import { B, K1 } from "./bm25.ts";
import { chunk } from "./chunk.ts";
import { byScore, type Hit } from "./store.ts";
import { matching, nothing, revised } from "./stores/lexicon.ts";
import { termsOf } from "./words.ts";

const random = seeded("bm25");
const anyOf = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? "";
const vocabulary = Array.from({ length: 30 }, (_, i) => `t${i}`);
const corpus = Array.from({ length: 300 }, (_, i) => {
  // Some chunks are equal, some have no terms.
  const length = i % 10 === 0 ? 0 : 1 + Math.floor(random() * 20);
  return [`d${i}`, Array.from({ length }, () => anyOf(vocabulary.slice(0, 1 + (i % 30))))] as const;
});

/** The search of the stores that are held in memory. */
function createBm25(chunks: readonly (readonly [id: string, terms: readonly string[]])[]) {
  const lexicon = revised(
    nothing,
    [],
    chunks.map(([, terms]) => terms),
  );
  return {
    search: (terms: readonly string[], k: number): readonly Hit[] =>
      matching(lexicon, terms, k)
        .map(([place, score]): Hit => ({ id: chunks[place]?.[0] ?? "", score }))
        .sort(byScore)
        .slice(0, k),
  };
}

/** The formula, word for word. */
function scoreOf(query: readonly string[], terms: readonly string[]): number {
  const mean = corpus.reduce((sum, [, all]) => sum + all.length, 0) / corpus.length;
  return query.reduce((sum, term) => {
    const df = corpus.filter(([, all]) => all.includes(term)).length;
    const tf = terms.filter((other) => other === term).length;
    return sum + (Math.log(1 + (corpus.length - df + 0.5) / (df + 0.5)) * tf * (K1 + 1)) / (tf + K1 * (1 - B + (B * terms.length) / mean));
  }, 0);
}

test("scores are those of the formula, best first, the smaller id first among equals, and none without a term of the query", () => {
  const index = createBm25(corpus);
  for (let i = 0; i < 50; i++) {
    const query = Array.from({ length: 1 + (i % 5) }, () => anyOf([...vocabulary, "unknown"]));
    const all = corpus
      .map(([id, terms]) => ({ id, score: scoreOf(query, terms) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => (Math.abs(a.score - b.score) < 1e-9 ? byScore({ ...a, score: 0 }, { ...b, score: 0 }) : byScore(a, b)));
    for (const k of [1, 3, 10, 1000]) {
      const hits = index.search(query, k);
      expect(hits.map(({ id }) => id)).toEqual(all.slice(0, k).map(({ id }) => id));
      for (const [at, { score }] of hits.entries()) expect(score).toBeCloseTo(all[at]?.score ?? NaN, 9);
    }
  }
});

test("fewer hits are the first of more", () => {
  const index = createBm25(corpus);
  for (const term of vocabulary) {
    const all = index.search([term, "t0"], 1000);
    for (const k of [0, 1, 7, 50]) expect(index.search([term, "t0"], k)).toEqual(all.slice(0, k));
  }
});

test("a term that is asked twice counts twice, and the order of terms does not matter to the ranking", () => {
  const index = createBm25(corpus);
  const [once] = index.search(["t3"], 1);
  expect(index.search(["t3", "t3"], 1)[0]?.score).toBeCloseTo(2 * (once?.score ?? NaN), 9);
  expect(index.search(["t1", "t5", "t9"], 20).map(({ id }) => id)).toEqual(index.search(["t9", "t1", "t5"], 20).map(({ id }) => id));
});

test("nothing is found in nothing, by nothing, or by what no chunk holds", () => {
  expect(createBm25([]).search(["t1"], 5)).toEqual([]);
  expect(createBm25([["a", []]]).search(["t1"], 5)).toEqual([]);
  expect(createBm25(corpus).search([], 5)).toEqual([]);
  expect(createBm25(corpus).search(["unknown"], 5)).toEqual([]);
});

const folder = new URL("../../../shared/data/scifact_train_mini/", import.meta.url);
const has = existsSync(folder);
if (!has) console.warn("skipped: scifact_train_mini is not beside the repository");

describe.skipIf(!has)(
  "on scifact_train_mini, nDCG@10 is 0.76 or more and recall@10 0.87 or more, as of plain BM25 (0.7635, 0.8704)",
  () => {
    const lines = (text: string) => text.trim().split("\n");
    const read = (file: string) => readFileSync(new URL(file, folder));
    /** `{"id": "5836", "title": "Induction of …", "text": "Myelodysplastic …"}`; `{"id": "4", "text": "1-1% of …"}`; `4 0 22942787 1` */
    const rows = (text: string) => lines(text).map((line) => JSON.parse(line) as Document);

    test.each<Cut | undefined>([
      undefined,
      { chunker: "markdown", size: 320, overlap: 32 },
      { chunker: "markdown", size: 320, overlap: 64 },
      { chunker: "recursive", size: 512, overlap: 51 },
    ])("documents whole, or by their best chunk: %j", (cut) => {
      const documents = rows(gunzipSync(read("corpus.jsonl.gz")).toString("utf8"));
      const relevant = Map.groupBy(
        lines(read("qrels.tsv").toString("utf8")).map((line) => line.split("\t")),
        ([query = ""]) => query,
      );
      const stems = new Map<string, string>();
      const pieces = cut === undefined ? documents : documents.flatMap((document) => chunk(document, cut));
      const index = createBm25(pieces.map(({ id, title, text }) => [id, termsOf(`${title}\n${text}`, stems)] as const));
      const rankings = rows(read("queries.jsonl").toString("utf8")).map(({ id, text }) => ({
        ranked: [...new Set(index.search(termsOf(text), 50).map((hit) => hit.id.replace(/#\d+$/, "")))],
        groups: (relevant.get(id) ?? []).map(([, , document = ""]) => [document]),
      }));
      const mean = (metric: typeof ndcg) => rankings.reduce((sum, ranking) => sum + metric(ranking, 10), 0) / rankings.length;
      expect(mean(ndcg)).toBeGreaterThanOrEqual(0.76);
      expect(mean(recall)).toBeGreaterThanOrEqual(0.87);
    });
  },
);
