/** Further queries for a question, as the writer model puts them. */
import { plain } from "../../program/text.ts";
import type { Message, StepLab } from "../../types.ts";
import { queriesIn } from "./replies.ts";
import type { Settings } from "./settings.ts";

const ASKED: Readonly<Record<Exclude<Settings["expand"], "none">, (n: number) => string>> = {
  "multi-query": (n) =>
    `You help to search a collection of documents. Write ${n} search queries that ask for the same as the question in other words, as the documents may put it.`,
  decompose: (n) =>
    `You help to search a collection of documents. Break the question into the simpler questions that must be looked up one by one to answer it, at most ${n}. Of a question that is simple already, give only itself.`,
};

const SCHEMA = {
  type: "object",
  properties: { queries: { type: "array", items: { type: "string" } } },
  required: ["queries"],
  additionalProperties: false,
} as const;

/**
 * At most as many queries as the settings ask for, without the question itself: other wordings of it, or its parts (query decomposition,
 * as in Press et al. 2023, arXiv 2210.03350). None where the writer gives nothing that can be read as queries.
 */
export async function expanded(
  question: string,
  { expand, queries }: Pick<Settings, "expand" | "queries">,
  lab: Pick<StepLab, "ask">,
): Promise<readonly string[]> {
  if (expand === "none") return [];
  const messages: readonly Message[] = [
    {
      role: "system",
      content: `${ASKED[expand](queries)} Write in the language of the question. Answer with JSON only: {"queries": ["…"]}`,
    },
    { role: "user", content: `Question: ${question}` },
  ];
  const { text } = await lab.ask({ model: "writer", messages, schema: { name: "queries", schema: SCHEMA } });
  const known = new Set([plain(question)]);
  return queriesIn(text)
    .filter((query) => {
      const key = plain(query);
      if (key === "" || known.has(key)) return false;
      known.add(key);
      return true;
    })
    .slice(0, queries);
}
