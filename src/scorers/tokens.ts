import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { graded, within } from "./limit.ts";

/**
 * 1 when all calls that the answer took used at most `max_in` tokens of prompts, `max_out` of answers and `max` of both, else 0, or where
 * `graded` the limit divided by what was used, of the limit that is passed furthest. Tokens are those that the endpoint counted, estimated
 * where it does not count. Not applicable where there are none.
 *
 *     { use: tokens, max_in: 3000, max_out: 200 }
 *     2700 tokens in and 160 out -> 1    2700 in and 400 out -> 0, and 0.5 with graded: true
 */
export default defineScorer({
  name: "tokens",
  about: "1 when the answer used at most so many tokens, in and out",
  axis: "behaviour",
  options: z
    .strictObject({
      max_in: z.int().min(1).optional().describe("tokens of prompts"),
      max_out: z.int().min(1).optional().describe("tokens of answers"),
      max: z.int().min(1).optional().describe("tokens of both"),
      graded,
    })
    .refine(({ max_in, max_out, max }) => max_in !== undefined || max_out !== undefined || max !== undefined, {
      message: "needs max_in, max_out or max",
    }),

  score({ usage }, _, { max_in = Infinity, max_out = Infinity, max = Infinity, graded }) {
    const both = usage.in + usage.out;
    if (both === 0) return { skipped: "the endpoint counted no tokens" };
    const kept = [
      { value: within(usage.in, max_in, graded), why: `${usage.in} tokens in, more than ${max_in}` },
      { value: within(usage.out, max_out, graded), why: `${usage.out} tokens out, more than ${max_out}` },
      { value: within(both, max, graded), why: `${both} tokens in and out, more than ${max}` },
    ];
    const passed = kept.filter(({ value }) => value < 1);
    if (passed.length === 0) return { value: 1 };
    return { value: Math.min(...passed.map(({ value }) => value)), why: passed.map(({ why }) => why).join("; ") };
  },
});
