/** The options of the rung: each takes a value or a list, and a list is searched through. */
import { z } from "zod";
import { oneOrMore } from "../../grid.ts";
import { chunkers } from "../../knowledge/chunkers/index.ts";

const names = chunkers.map(({ name }) => name);

/** How passages are written unless `template` says otherwise. */
export const TEMPLATE = "[{{number}}] {{title}}\n{{text}}";

const model = z.string().regex(/^[^/\s]+\/\S(.*\S)?$/, "write endpoint/model-id, such as local/bge-reranker-v2-m3");
const depth = (most: number) => z.int().min(2).max(200).default(most).describe("how many of the passages found are ranked anew");

const kinds = z.discriminatedUnion("use", [
  z.strictObject({ use: z.literal("none") }),
  z.strictObject({
    use: z.literal("mmr"),
    lambda: z.number().min(0).max(1).default(0.7).describe("weight of fitting the query against being unlike the passages before it"),
  }),
  z.strictObject({
    use: z.literal("listwise"),
    model: z
      .union([z.enum(["judge", "writer"]), model])
      .default("judge")
      .describe("who ranks: judge, writer, or endpoint/model-id"),
    depth: depth(20),
  }),
  z.strictObject({
    use: z.literal("cross-encoder"),
    model: model.describe("a model behind POST …/rerank, as endpoint/model-id"),
    depth: depth(50),
  }),
]);

/** What ranks the passages found anew; a bare name is short for `{ use: name }`. */
const rerank = z
  .union([z.enum(["none", "mmr", "listwise", "cross-encoder"]), kinds])
  .transform((given, context): z.output<typeof kinds> => {
    const read = kinds.safeParse(typeof given === "string" ? { use: given } : given);
    if (read.success) return read.data;
    context.addIssue({ code: "custom", message: `${given} names no model; write { use: cross-encoder, model: endpoint/model-id }` });
    return z.NEVER;
  });

export type Rerank = z.output<typeof rerank>;

export const options = z.strictObject({
  top_k: oneOrMore(z.int().min(1).max(50)).default([3, 5]).describe("how many passages are shown"),
  chunker: oneOrMore(z.enum(names)).default(["markdown"]).describe("how documents are cut into chunks"),
  size: oneOrMore(z.int().min(20).max(2000)).default([160]).describe("chunk size in tokens"),
  overlap: oneOrMore(z.union([z.literal("auto"), z.int().min(0).max(500)]))
    .default(["auto"])
    .describe("tokens that neighbouring chunks share; auto is a tenth of the size"),
  search: oneOrMore(z.enum(["bm25", "dense", "hybrid"]))
    .default(["hybrid"])
    .describe("by words, by vectors, or by both"),
  fusion: oneOrMore(z.enum(["rrf", "convex"]))
    .optional()
    .describe("how both lists of hybrid search become one: by ranks, or by scores, which is the default; rrf where rrf_k is given"),
  rrf_k: oneOrMore(z.int().min(1).max(1000)).optional().describe("the constant of rrf; 60 by default"),
  weight: oneOrMore(z.union([z.literal("auto"), z.number().min(0).max(1)]))
    .optional()
    .describe("weight of the vectors in a convex fusion; auto, the default, chooses it on select where cases name their sources"),
  pool: oneOrMore(z.int().min(1).max(500))
    .default([50])
    .describe("chunks of each list that take part where lists are fused or ranked anew"),
  expand: oneOrMore(z.enum(["none", "multi-query", "decompose"]))
    .default(["none"])
    .describe("also search for other wordings of the question, or for its parts, as the writer model puts them"),
  queries: oneOrMore(z.int().min(1).max(10)).optional().describe("how many further queries the writer may add; 3 by default"),
  rerank: oneOrMore(rerank)
    .default([{ use: "none" }])
    .describe("rank anew: none, mmr, listwise, { use: mmr, lambda }, { use: listwise, model }, { use: cross-encoder, model }"),
  neighbours: oneOrMore(z.int().min(0).max(10)).default([0]).describe("chunks before and after each passage that are shown with it"),
  min_score: oneOrMore(z.union([z.literal("none"), z.number()]))
    .default(["none"])
    .describe("passages that score less are not shown; in the measure of the search, or of the cross-encoder"),
  context_tokens: oneOrMore(z.union([z.literal("none"), z.int().min(20)]))
    .default(["none"])
    .describe("tokens that all passages together may take; those that rank lowest go first"),
  order: oneOrMore(z.enum(["rank", "reversed", "ends"]))
    .default(["rank"])
    .describe("the order passages are shown in: best first, best last, or best at both ends"),
  template: oneOrMore(z.string().min(1))
    .default([TEMPLATE])
    .describe("how a passage is written, with {{number}}, {{title}}, {{text}}, {{source}}"),
  heading: oneOrMore(z.string())
    .default(["Passages:"])
    .describe("the line above the passages, where the user template has no {{passages}}"),
  cite: oneOrMore(z.boolean()).default([false]).describe("also ask for the number of the passage that holds the answer, as [n]"),
  abstain: oneOrMore(z.union([z.boolean(), z.string().min(1)]))
    .default([false])
    .describe('what to answer where the passages do not hold the answer, true for "I don\'t know"; the system prompt then says so'),
  race: z.int().min(1).max(16).default(4).describe("of the ways to search, how many of the best are raced with answers"),
});

export type Options = z.output<typeof options>;
