import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { account, reciprocalRank, rankingOf, upTo } from "./ranking.ts";

/**
 * Reciprocal rank of retrieval, whose mean over the cases is MRR: 1 divided by the rank of the first source of the case among the different
 * documents that the program retrieved, 0 where none is among the first k.
 * Not applicable where the case names no sources, or the program does not retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of hubs.md, hubs.md, roaming.md, plans.md -> 0.5
 */
export default defineScorer({
  name: "mrr",
  about: "1 / rank of the first source of the case that retrieval found",
  axis: "context",
  options: z.strictObject({ k: upTo }),

  score(turn, kase, { k }) {
    const ranking = rankingOf(turn, kase);
    if ("skipped" in ranking) return ranking;
    const value = reciprocalRank(ranking, k);
    return value === 1 ? { value } : { value, why: account(ranking, k) };
  },
});
