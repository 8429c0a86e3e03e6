import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { jsonOf } from "./json-answer.ts";

/**
 * 1 when the whole answer is JSON (RFC 8259, so no comments, no trailing commas, no NaN), else 0; the case's expected answer is not
 * looked at. A number or a string alone is JSON too: where it must be an object, use `json-schema`. A Markdown fence around the JSON
 * fails unless `allow_fence` is set.
 *
 *     { use: json, as: format }
 *     answer {"label": "refund"} -> 1    answer "Here it is: {"label": "refund"}" -> 0
 */
export default defineScorer({
  name: "json",
  about: "1 when the answer is valid JSON",
  axis: "behaviour",
  options: z.strictObject({
    allow_fence: z.boolean().default(false).describe("accept the JSON inside a Markdown code fence"),
  }),

  score({ answer }, _, { allow_fence }) {
    const read = jsonOf(answer, allow_fence);
    return "value" in read ? { value: 1 } : { value: 0, why: read.why };
  },
});
