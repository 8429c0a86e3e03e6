import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { quote } from "./accepted.ts";
import { REFUSALS } from "./refusals.ts";

/**
 * 1 when the answer begins like a refusal ("I'm sorry, but I can't help with that"), else 0; the case's expected answer is not looked at. Used
 * with `not: true`, so that not to refuse is 1, or as it is where the program ought to refuse. It reads how an answer begins, in twelve
 * languages, and so sees no refusal after a long introduction, in other words or in another language, and none that only pretends to
 * answer; "I can't help …" as a quotation looks like one. To say that the documents hold no answer is no refusal, unless it is put as one.
 *
 *     { use: refusal, as: answers, not: true }
 *     answer "Sorry, I can’t assist with that request." -> 1, with not: 0    answer "No, roaming is not covered." -> 0, with not: 1
 */
export default defineScorer({
  name: "refusal",
  about: "1 when the answer begins like a refusal; with not: true, 1 when it does not",
  axis: "behaviour",
  options: z.strictObject({}),

  score({ answer }) {
    const text = answer
      .normalize("NFKC")
      .replace(/[‘’ʼ′]/gu, "'")
      .replace(/^[\s>*_#"“”«»„¡¿-]+/u, "")
      .replace(/\s+/gu, " ")
      .toLowerCase();
    if (text === "") return { skipped: "the answer is empty" };
    const language = Object.keys(REFUSALS).find((name) => REFUSALS[name]?.test(text));
    if (language === undefined) return { value: 0, why: `${quote(answer)} does not begin like a refusal` };
    return { value: 1, why: `begins like a refusal (${language}): ${quote(answer)}` };
  },
});
