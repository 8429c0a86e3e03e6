/** Hypothetical passages (HyDE: Gao et al. 2022, arXiv 2212.10496, section 3.2): the writer answers from what it knows, and that is searched with. */
import { queryOf } from "../../program/render.ts";
import { renderTemplate } from "../../program/template.ts";
import { REFUSALS } from "../../scorers/refusals.ts";
import type { Query, Retriever, StepLab, Turn } from "../../types.ts";
import { retrievalOf } from "../rag/index.ts";
import { type Hyde, templateOf } from "./settings.ts";

/** What was written for a question. */
export interface Written {
  /** Without the empty ones and the refusals. */
  readonly texts: readonly string[];
  /** Tokens that the writer read and wrote. */
  readonly tokens: number;
  /** Why nothing was asked for, or nothing of it could be used. */
  readonly why?: string | undefined;
}

/** Characters of each passage that the notes keep. */
const KEPT = 160;

/** The turn, with what retrieval will search for in the place of, or beside, the question. */
export async function hypothesised(turn: Turn, way: Hyde, lab: StepLab): Promise<Turn> {
  const question = queryOf(turn.program, turn.question);
  const retriever = retrievalOf(turn.program);
  const { texts, why } = await written(question, way, retriever, lab);
  const hyde = { hypothetical: texts.map((text) => text.slice(0, KEPT)), ...(why === undefined ? {} : { why }) };
  return { ...turn, queries: searchedWith(turn.queries, texts, way), notes: { ...turn.notes, hyde } };
}

/** N samples of the writer, told apart by `repeat`. */
export async function written(
  question: string,
  way: Hyde,
  retriever: Retriever | undefined,
  lab: Pick<StepLab, "ask" | "search">,
): Promise<Written> {
  if (question.trim() === "") return { texts: [], tokens: 0, why: "the question is empty" };
  if (way.below !== "always" && retriever !== undefined && (await likeness(question, retriever, lab)) >= way.below) {
    return { texts: [], tokens: 0, why: `a chunk is as like as ${way.below}` };
  }
  const content = renderTemplate(templateOf(way.prompt), { query: question });
  const params = {
    ...(way.temperature === "default" ? {} : { temperature: way.temperature }),
    ...(way.max_tokens === undefined ? {} : { max_tokens: way.max_tokens }),
  };
  const replies = await Promise.all(
    Array.from({ length: way.documents }, (_, repeat) =>
      lab.ask({ model: "writer", messages: [{ role: "user", content }], params, repeat }),
    ),
  );
  const texts = replies.map(({ text }) => spoken(text)).filter((text) => text !== "" && !refuses(text));
  const tokens = replies.reduce((sum, { spend }) => sum + spend.tokens.in + spend.tokens.out, 0);
  return { texts, tokens, ...(texts.length > 0 ? {} : { why: "the writer wrote nothing that could be searched with" }) };
}

/**
 * "mean" adds the passages to the question's own vector, which counts as `query_weight` of them; "fused" leaves the question's list as it
 * is and fuses it with that list by ranks, so that it loses no more than a fusion does. Words of repeated texts count as often (query2doc:
 * Wang et al. 2023, arXiv 2303.07678, section 2).
 */
export function searchedWith(
  queries: readonly Query[],
  texts: readonly string[],
  { combine, query_weight }: Pick<Hyde, "combine" | "query_weight">,
): readonly Query[] {
  if (texts.length === 0) return queries;
  const weighed = queries.map((query) => ({ texts: [...Array.from({ length: query_weight }, () => query.texts).flat(), ...texts] }));
  return combine === "mean" ? weighed : [...queries, ...weighed];
}

/** Cosine similarity of the question and the chunk most like it, -1..1; 0 where nothing is found. */
async function likeness(question: string, { chunker, size, overlap }: Retriever, lab: Pick<StepLab, "search">): Promise<number> {
  const [best] = await lab.search({ chunker, size, overlap, search: "dense", fusion: { rrf: 60 }, pool: 1 }, [{ texts: [question] }], 1);
  return best?.score ?? 0;
}

/** The reply without what a model thought before it. */
function spoken(reply: string): string {
  return (reply.split(/<\/think(?:ing)?>/iu).at(-1) ?? "").replace(/<think(?:ing)?>[^]*$/iu, "").trim();
}

function refuses(text: string): boolean {
  const begin = text
    .normalize("NFKC")
    .replace(/[‘’ʼ′]/gu, "'")
    .replace(/\s+/gu, " ")
    .toLowerCase();
  return Object.values(REFUSALS).some((pattern) => pattern.test(begin));
}
