import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { account, hit, rankingOf, upTo } from "./ranking.ts";

/**
 * Hit@k of retrieval, also called success@k: 1 when any source of the case is among the first k different documents that the program
 * retrieved, else 0. Where several sources are needed together, `recall` says more.
 * Not applicable where the case names no sources, or the program does not retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of hubs.md, hubs.md, roaming.md -> 1, and 0 with k: 1
 */
export default defineScorer({
  name: "hit",
  about: "1 when retrieval found a source of the case, hit@k over documents",
  axis: "context",
  options: z.strictObject({ k: upTo }),

  score(turn, kase, { k }) {
    const ranking = rankingOf(turn, kase);
    if ("skipped" in ranking) return ranking;
    const value = hit(ranking, k);
    return value === 1 ? { value } : { value, why: account(ranking, k) };
  },
});
