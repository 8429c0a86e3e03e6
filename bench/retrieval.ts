/**
 * Measures search through the library: BM25, vectors of `embedded/lexical`, and both fused, over ways to cut documents.
 *
 *     node bench/retrieval.ts [FOLDER…]
 *
 * A FOLDER holds `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` in the manner of BEIR (Thakur et al. 2021), or contexts with questions on them:
 * `*.contexts.jsonl` and `*.qa.jsonl`, or rows with both. By default the collections under ../shared/data are taken.
 *
 * Documents are ranked by their best passage among the first 50. Values are means over the queries that have a relevant document; the CPU time
 * of a query has its embedding in it, that of an index the embedding of all chunks. Exits 1 when a bar of scifact_train_mini is missed.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type OpenAI from "openai";
import { z } from "zod";
import { openLibrary } from "../src/knowledge/library.ts";
import { memory } from "../src/knowledge/stores/memory.ts";
import { ndcg, recall, reciprocalRank, type Ranking } from "../src/scorers/ranking.ts";
import type { Cut, Document, Retriever } from "../src/types.ts";
import { withEngine } from "./embedded/row.ts";

/**
 * A document, a query, or both: `{"id": "5836", "title": "Induction of …", "text": "Myelodysplastic …"}`, `{"id": "4", "text": "1-1% of …"}`,
 * `{"id": "1147-5-1", "context_id": "1147-5", "question": "…"}`. BEIR writes `_id`.
 */
const row = z
  .object({
    id: z.string().optional(),
    _id: z.string().optional(),
    title: z.string(),
    text: z.string(),
    question: z.string(),
    context: z.string(),
    context_id: z.string(),
  })
  .partial()
  .transform(({ id, _id, ...rest }) => ({ ...rest, id: id ?? _id ?? "" }));
/** Passages that a search gives, and chunks of each list that are fused. */
const DEPTH = 50;
/** What the table compares all ways of searching on. */
const MAIN: Cut = { chunker: "markdown", size: 320, overlap: 64 };
const CUTS: readonly Cut[] = [
  ...["fixed", "recursive", "sentence"].map((chunker) => ({ ...MAIN, chunker })),
  ...[80, 160, 512].map((size) => ({ ...MAIN, size, overlap: Math.floor(size / 5) })),
  { ...MAIN, overlap: 0 },
  // Documents whole, as the reference values have them.
  { chunker: "fixed", size: 1_000_000, overlap: 0 },
];
const WEIGHTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
type Way = Pick<Retriever, "search" | "fusion">;
const way = (search: Retriever["search"], fusion: Retriever["fusion"] = { rrf: 60 }): Way => ({ search, fusion });
const ALL: readonly Way[] = [
  way("bm25"),
  way("dense"),
  way("hybrid", { rrf: 10 }),
  way("hybrid"),
  ...WEIGHTS.map((dense) => way("hybrid", { dense })),
];
const FEW: readonly Way[] = [way("bm25"), way("dense"), way("hybrid"), way("hybrid", { dense: 0.5 })];
/** Least nDCG@10 and recall@10 of BM25; plain BM25 over whole documents reaches 0.7635 and 0.8704. */
const BARS: Readonly<Record<string, readonly [number, number]>> = { scifact_train_mini: [0.76, 0.87] };

interface Collection {
  readonly documents: readonly Document[];
  readonly queries: readonly { readonly text: string; readonly groups: Ranking["groups"] }[];
}

const given = process.argv.slice(2);
const folders =
  given.length > 0 ? given : ["scifact_train_mini", "drcd_zh_dev", "pubmedqa"].map((name) => path.join("../shared/data", name));
let missed = false;
for (const folder of folders) await withEngine((client) => measure(folder, client));
process.exitCode = missed ? 1 : 0;

async function measure(folder: string, client: OpenAI): Promise<void> {
  const { documents, queries } = await readCollection(folder);
  const name = path.basename(folder);
  console.log(`\n${name}: ${documents.length} documents, ${queries.length} queries\n`);
  console.log("| cut | chunks | search | nDCG@10 | recall@10 | MRR@10 | index, CPU s | query, CPU ms |\n|---|---|---|---|---|---|---|---|");
  const place = await mkdtemp(path.join(tmpdir(), "llmopt-bench-"));
  const embed = async (texts: readonly string[]): Promise<readonly (readonly number[])[]> => {
    const { data } = await client.embeddings.create({ model: "lexical", input: [...texts], encoding_format: "float" });
    return data.map(({ embedding }) => embedding);
  };
  const batched = async (texts: readonly string[]) => {
    const vectors: (readonly number[])[] = [];
    for (let i = 0; i < texts.length; i += 500) vectors.push(...(await embed(texts.slice(i, i + 500))));
    return vectors;
  };
  try {
    for (const cut of [MAIN, ...CUTS]) {
      const library = openLibrary({
        documents,
        folder: place,
        corpus: name,
        embedder: "embedded/lexical",
        embed: batched,
        store: memory.create({}),
      });
      const chunks = documents.reduce((sum, { id }) => sum + library.passagesOf(id, cut).length, 0);
      const retriever = { ...cut, pool: DEPTH };
      const index = await cpu(() => library.search({ ...retriever, ...way("hybrid") }, [{ texts: ["warm"] }], 1));
      for (const each of cut === MAIN ? ALL : FEW) {
        const rankings: Ranking[] = [];
        const time = await cpu(async () => {
          for (const { text, groups } of queries) {
            const passages = await library.search({ ...retriever, ...each }, [{ texts: [text] }], DEPTH);
            rankings.push({ ranked: [...new Set(passages.map(({ source }) => source))], groups });
          }
        });
        const mean = (metric: (ranking: Ranking, k: number) => number): number =>
          rankings.reduce((sum, ranking) => sum + metric(ranking, 10), 0) / rankings.length;
        const [gain, found] = [mean(ndcg), mean(recall)];
        const [least, all] = BARS[name] ?? [0, 0];
        if (cut === MAIN && each.search === "bm25" && (gain < least || found < all)) missed = true;
        const cells = [
          `${cut.chunker} ${cut.size}/${cut.overlap}`,
          chunks,
          nameOf(each),
          ...[gain, found, mean(reciprocalRank)].map((value) => value.toFixed(4)),
        ];
        console.log(`| ${[...cells, (index / 1000).toFixed(1), (time / queries.length).toFixed(1)].join(" | ")} |`);
      }
      await library.close();
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function nameOf({ search, fusion }: Way): string {
  if (search !== "hybrid") return search;
  return "dense" in fusion ? `hybrid, convex ${fusion.dense}` : `hybrid, rrf ${fusion.rrf}`;
}

/** CPU milliseconds, user and system, of all threads. */
async function cpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function readCollection(folder: string): Promise<Collection> {
  const names = await readdir(folder);
  const file = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name));
  const rows = async (name: string): Promise<readonly z.infer<typeof row>[]> => {
    const bytes = await readFile(path.join(folder, name));
    const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [row.parse(JSON.parse(line))]));
  };
  const [corpus, questions, judged] = [file(/^corpus\.jsonl|\.contexts\.jsonl/), file(/^queries\.jsonl|\.qa\.jsonl/), file(/^qrels\.tsv$/)];
  const whole = file(/\.jsonl/);
  if (corpus === undefined || questions === undefined) {
    if (whole === undefined) throw new Error(`${folder}: holds no corpus.jsonl with queries.jsonl, and no rows with question and context`);
    const all = await rows(whole);
    return {
      documents: all.map(({ id, context = "" }) => ({ id, title: "", text: context })),
      queries: all.map(({ id, question = "" }) => ({ text: question, groups: [[id]] })),
    };
  }
  const relevant = new Map<string, string[][]>();
  for (const line of judged === undefined ? [] : (await readFile(path.join(folder, judged), "utf8")).trim().split("\n")) {
    // Query, document, grade; TREC has an unused column after the query, BEIR a line of names.
    const cells = line.split(/\s+/);
    const [query = "", document = "", grade] = cells.length > 3 ? [cells[0], cells[2], cells[3]] : cells;
    if (Number(grade) > 0) relevant.set(query, [...(relevant.get(query) ?? []), [document]]);
  }
  return {
    documents: (await rows(corpus)).map(({ id, title = "", text = "" }) => ({ id, title, text })),
    queries: (await rows(questions))
      .map(({ id, text, question, context_id }) => ({
        text: text ?? question ?? "",
        groups: context_id === undefined ? (relevant.get(id) ?? []) : [[context_id]],
      }))
      .filter(({ groups }) => groups.length > 0),
  };
}
