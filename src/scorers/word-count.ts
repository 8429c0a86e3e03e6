import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { cjkApart } from "./squad.ts";

/**
 * 1 when the answer has at least `min` and at most `max` words, or characters, else 0; the case's expected answer is not looked at.
 * A word stands between whitespace and holds a letter or a digit ("state-of-the-art" is one); each Chinese or Japanese character is one,
 * while Thai, Lao and Khmer, which write no spaces, must be limited in characters. Characters are Unicode code points without whitespace at
 * the ends. The scorer `tokens` counts tokens.
 *
 *     { use: word-count, as: short, max: 30 }
 *     answer "Hold the button for ten seconds." (6 words) -> 1    answer "按住按鈕十秒" (6 words) -> 1
 */
export default defineScorer({
  name: "word-count",
  about: "1 when the answer is neither too short nor too long",
  axis: "behaviour",
  options: z
    .strictObject({
      unit: z.enum(["words", "characters"]).default("words"),
      min: z.int().min(0).optional(),
      max: z.int().min(0).optional(),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, { message: "needs min, max or both" })
    .refine(({ min = 0, max = Infinity }) => min <= max, { path: ["max"], message: "is less than min" }),

  score({ answer }, _, { unit, min = 0, max = Infinity }) {
    const count = unit === "words" ? wordsIn(answer) : [...answer.trim()].length;
    if (count < min) return { value: 0, why: `${count} ${unit}, fewer than ${min}` };
    return count > max ? { value: 0, why: `${count} ${unit}, more than ${max}` } : { value: 1 };
  },
});

function wordsIn(text: string): number {
  return cjkApart(text)
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
