import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { normalize, squeeze } from "./squad.ts";

/**
 * 1 when the answer is one of the accepted answers, else 0. Whitespace at the ends and the kind of whitespace between never
 * matter. `normalize: squad` is SQuAD's exact match: no case, no punctuation, no articles.
 *
 *     { "id": "t-12", "question": "I want to close my account", "expected": "terminate_account" }
 *     answer "Terminate_account\n" -> 1    answer "The label is terminate_account." -> 0
 */
export default defineScorer({
  name: "exact",
  about: "1 when the answer is the expected one, or one of several",
  axis: "behaviour",
  options: z.strictObject({
    ignore_case: z.boolean().default(true),
    normalize: z.enum(["none", "squad"]).default("none").describe("squad: also without punctuation and English articles"),
  }),

  score({ answer }, kase, options) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const form = (text: string): string => {
      const plain = options.normalize === "squad" ? normalize(text) : squeeze(text.normalize("NFC"));
      return options.ignore_case ? plain.toLowerCase() : plain;
    };
    if (accepted.some((text) => form(text) === form(answer))) return { value: 1 };
    return { value: 0, why: `${quote(answer)} is not ${accepted.map((text) => quote(text)).join(" or ")}` };
  },
});
