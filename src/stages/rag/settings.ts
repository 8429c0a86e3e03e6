/** One value for each option of the rung: a way to retrieve and to show what was found. */
import { first } from "../../grid.ts";
import { overlapOf } from "../../knowledge/cuts.ts";
import type { Cut, Json, Retriever } from "../../types.ts";
import { TEMPLATE, type Options, type Rerank } from "./options.ts";

export interface Settings {
  readonly top_k: number;
  readonly chunker: string;
  readonly size: number;
  /** A tenth of the size where it is "auto". */
  readonly overlap: number | "auto";
  readonly search: Retriever["search"];
  readonly fusion: "rrf" | "convex";
  readonly rrf_k: number;
  /** Of the vectors; both alike where it is "auto". */
  readonly weight: number | "auto";
  readonly pool: number;
  readonly expand: "none" | "multi-query" | "decompose";
  readonly queries: number;
  readonly rerank: Rerank;
  readonly neighbours: number;
  readonly min_score: number | "none";
  readonly context_tokens: number | "none";
  readonly order: "rank" | "reversed" | "ends";
  readonly template: string;
  readonly heading: string;
  readonly cite: boolean;
  /** The answer where there is none; true for the usual words. */
  readonly abstain: string | boolean;
}

/** The values that each option may take. */
export type Lists = { readonly [K in keyof Settings]: readonly Settings[K][] };

/** The weight where there is nothing to choose it by. */
const EVEN = 0.5;
/** What `weight: auto` tries; the ends are search by words and by vectors alone. */
const WEIGHTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** The lists of the options. `measured` says whether there is something to choose a weight by. */
export function listsOf(options: Options, measured: boolean): Lists {
  const { race: _, rrf_k = [60], queries = [3], ...given } = options;
  const fusion = fusionsOf(options);
  // Who does not ask for a fusion is given one way, not nine to choose from.
  const { weight = [options.fusion === undefined ? EVEN : "auto"] } = options;
  const weighed = measured && given.search.includes("hybrid") && fusion.includes("convex");
  const weights = weighed ? weight.flatMap((one) => (one === "auto" ? WEIGHTS : [one])) : weight;
  return { ...given, fusion, rrf_k, weight: weights, queries };
}

/** Scores say more than ranks, where no constant of ranks is asked for. */
export function fusionsOf({ fusion, rrf_k }: Pick<Options, "fusion" | "rrf_k">): Lists["fusion"] {
  return fusion ?? (rrf_k === undefined ? ["convex"] : ["rrf"]);
}

/** The settings of a step, where each option has one value. */
export function settingsOf(options: Options): Settings {
  return first(listsOf(options, false));
}

/** How documents are cut. */
export function cutOf({ chunker, size, overlap }: Settings): Cut {
  return { chunker, size, overlap: overlapOf(overlap, size) };
}

/** How the library is searched. */
export function retrieverOf(settings: Settings): Retriever {
  const { search, fusion, rrf_k, pool, rerank, min_score } = settings;
  return {
    ...cutOf(settings),
    search,
    fusion: fusion === "convex" && search === "hybrid" ? { dense: weightOf(settings) } : { rrf: rrf_k },
    pool,
    ...(rerank.use === "mmr" ? { mmr: rerank.lambda } : {}),
    // A cross-encoder has a measure of its own.
    ...(min_score === "none" || rerank.use === "cross-encoder" ? {} : { min_score }),
  };
}

/** What a program's step keeps: what works at answering time, and of that what makes a difference. Settings that do the same have the same. */
export function stepOf(settings: Settings): Readonly<Record<string, Json>> {
  const { top_k, search, fusion, rrf_k, pool, expand, queries, rerank } = settings;
  const { neighbours, min_score, context_tokens, order, template } = settings;
  const byRank = (search === "hybrid" && fusion === "rrf") || expand !== "none";
  return {
    top_k,
    ...cutOf(settings),
    search,
    ...(search === "hybrid" ? { fusion } : {}),
    ...(search === "hybrid" && fusion === "convex" ? { weight: weightOf(settings) } : {}),
    ...(byRank && (search !== "hybrid" || fusion === "rrf") ? { rrf_k } : {}),
    ...(search === "hybrid" || expand !== "none" || rerank.use === "mmr" ? { pool } : {}),
    ...(expand === "none" ? {} : { expand, queries }),
    ...(rerank.use === "none" ? {} : { rerank: { ...rerank } }),
    ...(neighbours === 0 ? {} : { neighbours }),
    ...(min_score === "none" ? {} : { min_score }),
    ...(context_tokens === "none" ? {} : { context_tokens }),
    ...(order === "rank" ? {} : { order }),
    ...(template === TEMPLATE ? {} : { template }),
  };
}

function weightOf({ weight }: Settings): number {
  return weight === "auto" ? EVEN : weight;
}
