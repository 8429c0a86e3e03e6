import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { account, recall, rankingOf, upTo } from "./ranking.ts";

/**
 * Recall@k of retrieval: the share of the case's sources that are among the first k different documents that the program retrieved (k
 * passages of one document count once). Sources that stand in for each other, as in `[["a.md", "b.md"], "c.md"]`, count as one.
 * Not applicable where the case names no sources, or the program does not retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of plans.md, plans.md, hubs.md -> 0.5
 */
export default defineScorer({
  name: "recall",
  about: "share of the case's sources that retrieval found, recall@k over documents",
  axis: "context",
  options: z.strictObject({ k: upTo }),

  score(turn, kase, { k }) {
    const ranking = rankingOf(turn, kase);
    if ("skipped" in ranking) return ranking;
    const value = recall(ranking, k);
    return value === 1 ? { value } : { value, why: account(ranking, k) };
  },
});
