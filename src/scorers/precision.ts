import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { account, precision, rankingOf, upTo } from "./ranking.ts";

/**
 * Precision@k of retrieval: how many of the first k different documents that the program retrieved are sources of the case, divided by k,
 * also where fewer were retrieved (as trec_eval does). Without k, divided by the number of documents retrieved. With fewer sources than k
 * 1 cannot be reached.
 * Not applicable where the case names no sources, or the program does not retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of plans.md, plans.md, hubs.md -> 0.5, and 0.333 with k: 3
 */
export default defineScorer({
  name: "precision",
  about: "share of the retrieved documents that are sources of the case, precision@k",
  axis: "context",
  options: z.strictObject({ k: upTo }),

  score(turn, kase, { k }) {
    const ranking = rankingOf(turn, kase);
    if ("skipped" in ranking) return ranking;
    const value = precision(ranking, k);
    return value === 1 ? { value } : { value, why: account(ranking, k) };
  },
});
