/** What arms are called: by what differs between them. Pure. */
import { cutOf, stepOf, type Settings } from "./settings.ts";

/**
 * `top 5 · 320 tokens · bm25` for each of the settings: what is not the same in all of them. What an option does not do goes unsaid where
 * another one does something. Settings that do different things have different names.
 */
export function namesOf(all: readonly Settings[]): readonly string[] {
  const differing = ORDER.filter((key) => new Set(all.flatMap((one) => valueOf(one, key))).size > 1);
  return all.map((settings) => nameOf(settings, differing));
}

/** The settings by these options alone, by the main ones where they are none. */
export function nameOf(settings: Settings, keys: readonly (keyof Settings)[]): string {
  const parts = (keys.length > 0 ? keys : MAIN).map((key) => PARTS[key](settings)).filter(({ text }) => text !== "");
  const done = parts.filter(({ idle }) => idle !== true);
  const [first] = parts;
  if (done.length === 0 && first !== undefined) return parts.length === 1 ? first.text : "plain";
  return done.map(({ text }) => text).join(" · ");
}

/** What tells the settings apart by an option; none where it has no meaning. An overlap that follows from the size tells nothing. */
function valueOf(settings: Settings, key: keyof Settings): readonly string[] {
  const { text } = PARTS[key](settings);
  return text === "" ? [] : [key === "overlap" ? String(settings.overlap) : text];
}

const MAIN = ["top_k", "size", "search"] as const;

interface Part {
  /** Empty where the option has no meaning. */
  readonly text: string;
  /** The option does nothing. */
  readonly idle?: boolean;
}

const said = (text: string): Part => ({ text });
const idle = (text: string): Part => ({ text, idle: true });
const meant = (key: string, settings: Settings, text: string): Part => said(key in stepOf(settings) ? text : "");

const PARTS: { readonly [K in keyof Settings]: (settings: Settings) => Part } = {
  top_k: ({ top_k }) => said(`top ${top_k}`),
  chunker: ({ chunker }) => said(chunker),
  size: ({ size }) => said(`${size} tokens`),
  overlap: (settings) => said(`overlap ${cutOf(settings).overlap}`),
  search: ({ search }) => said(search),
  fusion: (settings) => {
    const { fusion, rrf_k } = settings;
    return meant(
      "fusion",
      settings,
      fusion === "rrf" ? (rrf_k === 60 ? "rrf" : `rrf ${rrf_k}`) : `convex ${String(stepOf(settings)["weight"])}`,
    );
  },
  // Of further queries, whose lists are fused too.
  rrf_k: (settings) => (settings.search === "hybrid" ? said("") : meant("rrf_k", settings, `k ${settings.rrf_k}`)),
  // With the fusion.
  weight: () => said(""),
  pool: (settings) => meant("pool", settings, `pool ${settings.pool}`),
  expand: ({ expand }) => (expand === "none" ? idle("not expanded") : said(expand)),
  queries: (settings) => meant("queries", settings, `${settings.queries} queries`),
  rerank: ({ rerank }) => {
    if (rerank.use === "none") return idle("not reranked");
    if (rerank.use === "mmr") return said(`mmr ${rerank.lambda}`);
    return said(`${rerank.use} ${rerank.model} of ${rerank.depth}`);
  },
  neighbours: ({ neighbours }) =>
    neighbours === 0 ? idle("no neighbours") : said(neighbours === 1 ? "1 neighbour" : `${neighbours} neighbours`),
  min_score: ({ min_score }) => (min_score === "none" ? idle("any score") : said(`score from ${min_score}`)),
  context_tokens: ({ context_tokens }) => (context_tokens === "none" ? idle("no budget") : said(`within ${context_tokens} tokens`)),
  order: ({ order }) => (order === "rank" ? idle("best first") : said(order === "ends" ? "best at both ends" : "best last")),
  template: ({ template }) => said(`template ${quoted(template)}`),
  heading: ({ heading }) => said(`heading ${quoted(heading)}`),
  cite: ({ cite }) => (cite ? said("cited") : idle("not cited")),
  abstain: ({ abstain }) => (abstain === false ? idle("always answers") : said(abstain === true ? "may abstain" : `or ${quoted(abstain)}`)),
};

/** On one line. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

const ORDER: readonly (keyof Settings)[] = [
  "top_k",
  "chunker",
  "size",
  "overlap",
  "search",
  "fusion",
  "rrf_k",
  "weight",
  "pool",
  "expand",
  "queries",
  "rerank",
  "neighbours",
  "min_score",
  "context_tokens",
  "order",
  "template",
  "heading",
  "cite",
  "abstain",
];
