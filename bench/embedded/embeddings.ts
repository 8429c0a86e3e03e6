/** The lexical embeddings as a retriever: SciFact abstracts, SQuAD paragraphs, DRCD contexts (Chinese), by cosine, at several sizes. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type OpenAI from "openai";
import { type Row, readLines, shared, withEngine } from "./row.ts";

interface Collection {
  readonly name: string;
  readonly documents: readonly string[];
  /** With the places of the documents that answer them. */
  readonly queries: readonly { readonly text: string; readonly relevant: ReadonlySet<number> }[];
}

const sizes = [512, 1024, 2048, 4096];
const depth = 10;

export default async function embeddings(): Promise<Row[]> {
  const collections = await Promise.all([scifact(), squad(), drcd()]);
  return withEngine(async (client) => {
    const rows: Row[] = [];
    for (const collection of collections)
      for (const dimensions of sizes) {
        const value = await measure(client, collection, dimensions);
        rows.push({ on: `lexical embeddings, ${dimensions} dimensions, ${collection.name}`, value, bar: "–", met: true });
      }
    return rows;
  });
}

async function measure(client: OpenAI, { documents, queries }: Collection, dimensions: number): Promise<string> {
  const known = await embed(client, documents, dimensions);
  const asked = await embed(
    client,
    queries.map((q) => q.text),
    dimensions,
  );
  let first = 0;
  let five = 0;
  let gain = 0;
  queries.forEach(({ relevant }, q) => {
    const found = nearest(asked[q] ?? new Float64Array(), known).map((document) => relevant.has(document));
    if (found[0] === true) first++;
    five += found.slice(0, 5).filter(Boolean).length / relevant.size;
    gain += discounted(found) / discounted(Array.from({ length: Math.min(depth, relevant.size) }, () => true));
  });
  const share = (sum: number): string => ((100 * sum) / queries.length).toFixed(1);
  return `top 1 ${share(first)}, recall@5 ${share(five)}, nDCG@10 ${share(gain)}`;
}

async function embed(client: OpenAI, input: readonly string[], dimensions: number): Promise<Float64Array[]> {
  const vectors: Float64Array[] = [];
  for (let from = 0; from < input.length; from += 256) {
    const reply = await client.embeddings.create({ model: "lexical", input: input.slice(from, from + 256), dimensions });
    for (const { embedding } of reply.data) vectors.push(Float64Array.from(embedding));
  }
  return vectors;
}

function nearest(query: Float64Array, documents: readonly Float64Array[]): number[] {
  const used = [...query.keys()].filter((i) => query[i] !== 0);
  const scores = documents.map((document) => used.reduce((sum, i) => sum + (query[i] ?? 0) * (document[i] ?? 0), 0));
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, depth);
}

function discounted(found: readonly boolean[]): number {
  return found.reduce((sum, is, rank) => sum + (is ? 1 / Math.log2(rank + 2) : 0), 0);
}

async function scifact(): Promise<Collection> {
  const folder = ["data", "scifact_train_mini"];
  const corpus = await readLines<{ id: string; title: string; text: string }>(...folder, "corpus.jsonl.gz");
  const claims = await readLines<{ id: string; text: string }>(...folder, "queries.jsonl");
  const place = new Map(corpus.map(({ id }, i) => [id, i]));
  const relevant = new Map<string, Set<number>>();
  for (const line of (await readFile(path.join(shared, ...folder, "qrels.tsv"), "utf8")).split("\n")) {
    const [query = "", , document = ""] = line.split("\t");
    const at = place.get(document);
    if (at !== undefined) relevant.set(query, (relevant.get(query) ?? new Set<number>()).add(at));
  }
  return {
    name: `SciFact (${corpus.length} abstracts; BM25: nDCG@10 76)`,
    documents: corpus.map(({ title, text }) => `${title}\n\n${text}`),
    queries: claims.flatMap(({ id, text }) => {
      const found = relevant.get(id);
      return found === undefined ? [] : [{ text, relevant: found }];
    }),
  };
}

async function squad(): Promise<Collection> {
  const paragraphs = await readLines<{ context: string; qas: { question: string }[] }>("reader", "dev.jsonl.gz");
  return {
    name: `SQuAD dev (${paragraphs.length} paragraphs; BM25: top 1 80, recall@5 93)`,
    documents: paragraphs.map((p) => p.context),
    queries: sparse(paragraphs.flatMap((p, i) => p.qas.map(({ question }) => ({ text: question, relevant: new Set([i]) })))),
  };
}

async function drcd(): Promise<Collection> {
  const contexts = await readLines<{ id: string; text: string }>("data", "drcd_zh_dev", "dev.contexts.jsonl");
  const questions = await readLines<{ context_id: string; question: string }>("data", "drcd_zh_dev", "dev.qa.jsonl");
  const place = new Map(contexts.map(({ id }, i) => [id, i]));
  return {
    name: `DRCD dev (${contexts.length} contexts, Chinese)`,
    documents: contexts.map((c) => c.text),
    queries: sparse(questions.map((q) => ({ text: q.question, relevant: new Set([place.get(q.context_id) ?? -1]) }))),
  };
}

/** About a thousand, evenly taken. */
function sparse<T>(items: readonly T[]): T[] {
  const every = Math.max(1, Math.round(items.length / 1000));
  return items.filter((_, i) => i % every === 0);
}
