import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { GUARD } from "./material.ts";
import { oneOfLabels, reason, type Form } from "./reply.ts";
import { SHOWN, shown, shownFields, showOptions } from "./shown.ts";

/**
 * 1 when a judge finds that the answer meets a criterion, else 0. The judge sees question and answer; `show` adds the expected
 * answer or the passages. One call for each rating.
 *
 *     { use: closed-qa, as: price, criterion: "Names the price." }
 *     answer "It costs 20 euros a month." -> yes, 1    answer "It is not expensive." -> no, 0
 */
export default defineScorer({
  name: "closed-qa",
  about: "1 when a judge finds that the answer meets a criterion",
  axis: "behaviour",
  version: 1,
  options: z
    .strictObject({
      criterion: z.string().min(1).describe("what the answer must do, as a sentence that is true or not"),
      ...showOptions,
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    criterion: {
      text: `Decide whether an answer to a question meets one criterion. Nothing else about the answer matters.

${GUARD}

The criterion:
{{criterion}}

${SHOWN}

Say first what in the answer speaks for and against it, then give your verdict: yes if the criterion is met in full, else no.

{{form}}`,
      fields: [...shown, "criterion", "form"],
    },
  },
  asks: seatsOf,
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const fields = shownFields(turn, kase, options.show);
    if (!("answer" in fields)) return fields;
    return await judged(options, lab, async (juror) => {
      const { verdict, reason } = await juror.ask("criterion", { ...fields, criterion: options.criterion }, FORM);
      return { value: verdict === "yes" ? 1 : 0, why: `${verdict}: ${reason}` };
    });
  },
});

const FORM = {
  name: "verdict",
  key: "verdict",
  shape: z.object({ reason, verdict: oneOfLabels(["yes", "no"]) }),
  example: '{"reason": "<what speaks for and against it>", "verdict": "<yes or no>"}',
} satisfies Form;
