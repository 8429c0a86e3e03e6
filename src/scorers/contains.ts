import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { squeeze } from "./squad.ts";

/**
 * 1 when the answer holds one (`any`) or each (`all`) of the expected texts, else 0. `value` stands in for `expected`, for a
 * rule that is the same in every case. An expected text that is empty is an error, because every answer holds it.
 *
 *     { "id": "s-3", "question": "How do I reset the hub?", "expected": ["hold the button", "ten seconds"] }
 *     answer "Hold the button until it blinks." -> 1 with mode any, 0 with mode all
 */
export default defineScorer({
  name: "contains",
  about: "1 when the answer holds any, or all, of the expected texts",
  axis: "context",
  options: z.strictObject({
    mode: z.enum(["any", "all"]).default("any"),
    ignore_case: z.boolean().default(true),
    value: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe("texts to look for instead of the case's expected ones"),
  }),

  score({ answer }, kase, { mode, ignore_case, value }) {
    const wanted = acceptedAnswers(value === undefined ? kase : { expected: value });
    if ("error" in wanted) return wanted;
    if (wanted.some((text) => text.trim() === "")) return { error: "an expected text is empty, and every answer holds it" };
    const form = (text: string): string => squeeze(ignore_case ? text.normalize("NFC").toLowerCase() : text.normalize("NFC"));
    const missing = wanted.filter((text) => !form(answer).includes(form(text)));
    const passed = mode === "any" ? missing.length < wanted.length : missing.length === 0;
    return passed ? { value: 1 } : { value: 0, why: `missing: ${missing.map((text) => quote(text)).join(", ")}` };
  },
});
