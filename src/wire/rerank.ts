/** The wire of cross-encoders, `POST …/rerank`: two ways to ask, and the shapes that answers have. */
import { z } from "zod";
import { parse, usageOfTexts, type Checked, type Usage } from "./check.ts";

/**
 * "documents": `{ model, query, documents }`, as Cohere, Jina, vLLM and llama.cpp take it. "texts": `{ query, texts }`, as Hugging Face's
 * text-embeddings-inference (TEI) takes it, which serves one model and so is told of none.
 */
export type RerankDialect = "documents" | "texts";

/** Texts of one request at the most: TEI refuses more than its `max-client-batch-size`, 32 by default. */
const MOST: Readonly<Record<RerankDialect, number>> = { documents: 1000, texts: 32 };

/** The texts in order, parted as requests may hold them. A text's score depends on the query and that text alone. */
export function rerankBatches(dialect: RerankDialect, texts: readonly string[]): readonly (readonly string[])[] {
  const size = MOST[dialect];
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, i) => texts.slice(i * size, (i + 1) * size));
}

/** The body of a request. All scores are asked for, since a server may leave out the low ones by default. */
export function rerankBody(
  dialect: RerankDialect,
  model: string,
  query: string,
  texts: readonly string[],
): Readonly<Record<string, unknown>> {
  return dialect === "texts" ? { query, texts } : { model, query, documents: texts, top_n: texts.length };
}

export interface Ranks {
  /** In the order of the texts; higher is better, on the model's own scale. */
  readonly scores: readonly number[];
  /** Undefined when the endpoint does not say. */
  readonly usage: Usage | undefined;
}

/** Reads the body of an answer to a request with `expected` texts, whichever the server: each text must have one score. */
export function checkRanks(body: string, expected: number): Checked<Ranks> {
  const read = parse(body, answer, "a ranking");
  if (!("value" in read)) return read;
  const { results, usage } = read.value;
  const stray = results.find(({ index }) => index >= expected);
  if (stray !== undefined)
    return { kind: "parse", what: `ranked a text number ${stray.index} (from 0), where ${expected} were sent`, usage };
  const scores = new Map(results.map(({ index, score }) => [index, score]));
  if (scores.size < results.length) return { kind: "parse", what: "ranked a text twice", usage };
  const placed = Array.from({ length: expected }, (_, i) => scores.get(i)).filter((score) => score !== undefined);
  if (placed.length < expected) return { kind: "parse", what: `gave ${placed.length} scores for ${expected} texts`, usage };
  return { value: { scores: placed, usage } };
}

/** `score` is TEI's name, `relevance_score` everybody else's. */
const entry = z
  .looseObject({ index: z.int().min(0), relevance_score: z.number().optional(), score: z.number().optional() })
  .transform(({ index, relevance_score, score }, context) => {
    const value = relevance_score ?? score;
    if (value !== undefined) return { index, score: value };
    context.addIssue({ code: "custom", path: ["relevance_score"], message: "is missing" });
    return z.NEVER;
  });

/** TEI answers with the list alone, Voyage with `data` in place of `results`. */
const answer = z.preprocess(
  (given) => {
    if (Array.isArray(given)) return { results: given };
    if (typeof given !== "object" || given === null || "results" in given || !("data" in given)) return given;
    return { ...given, results: given.data };
  },
  z.looseObject({ results: z.array(entry), usage: usageOfTexts }),
);
