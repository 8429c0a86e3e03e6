import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { squeeze } from "./squad.ts";

/**
 * 1 when the answer starts with one of the expected texts, else 0. `value` stands in for `expected`, for a rule that is the same in every
 * case. Whitespace before the answer and the kind of whitespace in it never matter; an expected text that is empty is an error.
 *
 *     { "id": "p-2", "question": "Is aspirin safe for dogs?", "expected": ["No", "Never"] }
 *     answer "No: ask your vet first." -> 1    answer "The answer is no." -> 0
 */
export default defineScorer({
  name: "starts-with",
  about: "1 when the answer starts with an expected text",
  axis: "behaviour",
  options: z.strictObject({
    ignore_case: z.boolean().default(true),
    value: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe("texts to start with instead of the case's expected ones"),
  }),

  score({ answer }, kase, { ignore_case, value }) {
    const wanted = acceptedAnswers(value === undefined ? kase : { expected: value });
    if ("error" in wanted) return wanted;
    if (wanted.some((text) => text.trim() === "")) return { error: "an expected text is empty, and every answer starts with it" };
    const form = (text: string): string => squeeze(ignore_case ? text.normalize("NFC").toLowerCase() : text.normalize("NFC"));
    if (wanted.some((text) => form(answer).startsWith(form(text)))) return { value: 1 };
    return { value: 0, why: `${quote(answer, 30)} does not start with ${wanted.map((text) => quote(text)).join(" or ")}` };
  },
});
