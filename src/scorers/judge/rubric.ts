import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { GUARD } from "./material.ts";
import { oneOfNumbers, reason, type Form } from "./reply.ts";
import { SHOWN, shown, shownFields, showOptions } from "./shown.ts";

/**
 * A judge's grade by criteria of your own, in whole numbers of a scale, mapped to 0..1: (grade - low) / (high - low). The judge sees
 * question and answer; `show` adds the expected answer or the passages. One call for each rating.
 *
 *     { use: rubric, as: tone, criteria: "Friendly, and says what happens next.", scale: [1, 5] }
 *     answer "We sent a new router today; it arrives on Friday." -> grade 5, 1    answer "No." -> grade 1, 0
 */
export default defineScorer({
  name: "rubric",
  about: "a judge's grade by criteria of your own, on a scale",
  axis: "behaviour",
  version: 1,
  options: z
    .strictObject({
      criteria: z.string().min(1).describe("what makes a good answer"),
      scale: z
        .tuple([z.int(), z.int()])
        .refine(([low, high]) => low < high && high - low <= 100, "is no scale; write [lowest, highest], at most 100 apart")
        .default([1, 5])
        .describe("lowest and highest grade"),
      ...showOptions,
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    rubric: {
      text: `Grade an answer to a question by criteria, and by nothing else.

${GUARD}

The criteria:
{{criteria}}

${SHOWN}

Say first what in the answer meets the criteria and what does not. Then give a grade, a whole number from {{low}} (does not meet them at
all) to {{high}} (meets them in full).

{{form}}`,
      fields: [...shown, "criteria", "low", "high", "form"],
    },
  },
  asks: seatsOf,
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const [low, high] = options.scale;
    const form = {
      name: "grade",
      key: "grade",
      shape: z.object({ reason, grade: oneOfNumbers(Array.from({ length: high - low + 1 }, (_, step) => low + step)) }),
      example: `{"reason": "<what meets the criteria and what does not>", "grade": <whole number from ${low} to ${high}>}`,
    } satisfies Form;
    const fields = shownFields(turn, kase, options.show);
    if (!("answer" in fields)) return fields;
    return await judged(options, lab, async (juror) => {
      const reply = await juror.ask("rubric", { ...fields, criteria: options.criteria, low: String(low), high: String(high) }, form);
      return { value: (reply.grade - low) / (high - low), why: `grade ${reply.grade}: ${reply.reason}` };
    });
  },
});
