import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { account, averagePrecision, rankingOf, upTo } from "./ranking.ts";

/**
 * Average precision of retrieval, whose mean over the cases is MAP: the precision at the rank of each source of the case that is among the
 * first k different documents, summed and divided by the number of sources or k, whichever is less. trec_eval's map_cut divides by the
 * number of sources always, so that with more sources than k it cannot reach 1; without k there is no difference.
 * Not applicable where the case names no sources, or the program does not retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of plans.md, hubs.md, roaming.md -> 0.833, from 1/1 and 2/3
 */
export default defineScorer({
  name: "map",
  about: "average precision of retrieval over the sources of the case, MAP@k",
  axis: "context",
  options: z.strictObject({ k: upTo }),

  score(turn, kase, { k }) {
    const ranking = rankingOf(turn, kase);
    if ("skipped" in ranking) return ranking;
    const value = averagePrecision(ranking, k);
    return value === 1 ? { value } : { value, why: account(ranking, k) };
  },
});
