/** The options of the rung. Those of HyDE take a value or a list, and a list is searched through. */
import { z } from "zod";
import { oneOrMore } from "../../grid.ts";

/** The instructions of the paper by task (its appendix A.1), and what stands for the question in each. */
export const PROMPTS = {
  web: "Please write a passage to answer the question.\nQuestion: {{query}}\nPassage:",
  scifact: "Please write a scientific paper passage to support/refute the claim.\nClaim: {{query}}\nPassage:",
  arguana: "Please write a counter argument for the passage.\nPassage: {{query}}\nCounter Argument:",
  "trec-covid": "Please write a scientific paper passage to answer the question.\nQuestion: {{query}}\nPassage:",
  fiqa: "Please write a financial article passage to answer the question.\nQuestion: {{query}}\nPassage:",
  "trec-news": "Please write a news passage about the topic.\nTopic: {{query}}\nPassage:",
} as const;

export const options = z.strictObject({
  parts: oneOrMore(z.enum(["hyde", "fact-check", "both"]))
    .default(["hyde", "fact-check", "both"])
    .describe("arms to race against the program as it is"),
  combine: oneOrMore(z.enum(["mean", "fused"]))
    .optional()
    .describe(
      "search with the mean of the passages' vectors and the question's, or fuse that list with the question's own; both by default",
    ),
  documents: oneOrMore(z.int().min(1).max(16))
    .optional()
    .describe("passages that the writer makes up for a question; 1 by default, 8 in the paper"),
  temperature: oneOrMore(z.union([z.literal("default"), z.number().min(0).max(2)]))
    .optional()
    .describe("of the writer; the model's own by default, 0.7 in the paper"),
  max_tokens: z.int().min(16).max(4000).optional().describe("the longest passage; no limit is sent by default, 512 in the paper"),
  prompt: oneOrMore(z.string())
    .optional()
    .describe(`what the writer is asked for, with {{query}}; or the paper's for a task: ${Object.keys(PROMPTS).join(", ")}`),
  query_weight: oneOrMore(z.int().min(0).max(16))
    .optional()
    .describe("how many passages the question counts for in the mean; 1 by default, as in the paper, 0 leaves it out"),
  below: oneOrMore(z.union([z.literal("always"), z.number().min(0).max(1)]))
    .optional()
    .describe("write passages only where no chunk has a cosine similarity of this to the question; always by default"),
  evidence: z.int().min(1).max(10).optional().describe("passages found anew for each claim; 3 by default"),
  edit: z.boolean().optional().describe("have the writer mend a contradicted sentence; else it is left out; true by default"),
  decompose: z.boolean().optional().describe("have the judge split sentences of several facts; true by default"),
  abstain: z.string().trim().min(1).optional().describe("the answer where the documents do not bear out its core; I don't know by default"),
});

export type Options = z.output<typeof options>;
