import { z } from "zod";
import { messageOf } from "../errors.ts";
import { defineScorer } from "../plugin.ts";
import { quote } from "./accepted.ts";

/**
 * 1 when the pattern (JavaScript syntax) is found in the answer, else 0; the case's expected answer is not looked at. Anchor it
 * with ^ and $ to check the whole answer. A pattern that does not compile is refused with the experiment.
 *
 *     { use: regex, as: ticket, pattern: "^TICKET-[0-9]{5}$" }
 *     answer "TICKET-00412" -> 1    answer "Your ticket is TICKET-00412" -> 0
 */
export default defineScorer({
  name: "regex",
  about: "1 when a pattern is found in the answer",
  axis: "behaviour",
  options: z
    .strictObject({
      pattern: z.string().min(1),
      flags: z
        .string()
        .regex(/^[imsuv]*$/u, "of i, m, s, u and v")
        .default("u"),
    })
    .superRefine(({ pattern, flags }, context) => {
      const message = faultOf(pattern, flags);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["pattern"], message });
    }),

  score({ answer }, _, { pattern, flags }) {
    return new RegExp(pattern, flags).test(answer) ? { value: 1 } : { value: 0, why: `/${pattern}/${flags} is not in ${quote(answer)}` };
  },
});

function faultOf(pattern: string, flags: string): string | undefined {
  try {
    void new RegExp(pattern, flags);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
