import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { graded, within } from "./limit.ts";

/**
 * 1 when all calls that the answer took cost at most `max_usd`, else 0, or where `graded` the limit divided by the cost. It is the list
 * price without a cache, so that a run from the cache has the same value. Judges are not counted. An unknown price is an error.
 *
 *     { use: cost, max_usd: 0.002 }
 *     an answer for 0.0011 USD -> 1    for 0.004 USD -> 0, and 0.5 with graded: true
 */
export default defineScorer({
  name: "cost",
  about: "1 when the answer cost at most so many US dollars",
  axis: "behaviour",
  options: z.strictObject({ max_usd: z.number().min(0), graded }),

  score({ list_usd }, _, options) {
    if (list_usd === null) return { error: "the price of a model that was asked is not known; give its endpoint prices" };
    const value = within(list_usd, options.max_usd, options.graded);
    return value === 1 ? { value } : { value, why: `${Number(list_usd.toPrecision(3))} USD, more than ${options.max_usd}` };
  },
});
