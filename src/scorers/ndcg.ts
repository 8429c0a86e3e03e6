import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { account, ndcg, rankingOf, upTo } from "./ranking.ts";

/**
 * nDCG@k of retrieval (Järvelin & Kekäläinen 2002): 1 / log2(rank + 1) of each source of the case that is among the first k different
 * documents, summed and divided by what the best order would have. A document is a source or is not, so that linear gain (trec_eval) and
 * exponential gain (2^grade - 1) are the same; grades of relevance are not taken.
 * Not applicable where the case names no sources, or the program does not retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of plans.md, hubs.md, roaming.md -> 0.92
 */
export default defineScorer({
  name: "ndcg",
  about: "how near to the top retrieval ranks the sources of the case, nDCG@k",
  axis: "context",
  options: z.strictObject({ k: upTo }),

  score(turn, kase, { k }) {
    const ranking = rankingOf(turn, kase);
    if ("skipped" in ranking) return ranking;
    const value = ndcg(ranking, k);
    return value === 1 ? { value } : { value, why: account(ranking, k) };
  },
});
