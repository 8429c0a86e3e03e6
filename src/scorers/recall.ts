import { z } from "zod";
import { defineScorer } from "../plugin.ts";

/**
 * Recall@k of retrieval: the share of the case's `sources` that are among the first k different documents that the program
 * retrieved (k passages of one document count once). Not applicable where the case names no sources, or the program does not
 * retrieve at all; 0 where it searched and found nothing.
 *
 *     { "id": "s-9", "question": "Does the plan cover roaming?", "sources": ["plans.md", "roaming.md"] }
 *     passages of plans.md, plans.md, hubs.md -> 0.5
 */
export default defineScorer({
  name: "recall",
  about: "share of the case's sources that retrieval found, recall@k over documents",
  axis: "context",
  options: z.strictObject({
    k: z.int().min(1).optional().describe("how many documents count; all that were retrieved by default"),
  }),

  score({ passages, retrieved }, kase, { k }) {
    const sources = new Set(kase.sources);
    if (sources.size === 0) return { skipped: "the case names no sources" };
    if (passages.length === 0 && retrieved !== true) return { skipped: "the program does not retrieve" };
    const documents = new Set([...new Set(passages.map(({ source }) => source))].slice(0, k));
    const missing = [...sources].filter((source) => !documents.has(source));
    const value = (sources.size - missing.length) / sources.size;
    return missing.length === 0 ? { value } : { value, why: `not found: ${missing.join(", ")}` };
  },
});
