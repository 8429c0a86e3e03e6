import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { graded, within } from "./limit.ts";

/**
 * 1 when the answer took at most `max_ms`, else 0, or where `graded` the limit divided by what it took. The milliseconds are those of the
 * endpoint's chat calls, one after the other, retrieval aside; an answer from the cache counts what it took at first. They hold for one
 * machine and one hour: compare runs that were made under the same load.
 *
 *     { use: latency, max_ms: 2000 }
 *     an answer after 1850 ms -> 1    after 4000 ms -> 0, and 0.5 with graded: true
 */
export default defineScorer({
  name: "latency",
  about: "1 when the answer came within so many milliseconds",
  axis: "behaviour",
  options: z.strictObject({ max_ms: z.number().positive(), graded }),

  score({ ms }, _, options) {
    const value = within(ms, options.max_ms, options.graded);
    return value === 1 ? { value } : { value, why: `${Math.round(ms)} ms, more than ${options.max_ms}` };
  },
});
