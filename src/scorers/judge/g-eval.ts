import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { GUARD } from "./material.ts";
import { oneOfNumbers, reason, type Form } from "./reply.ts";
import { SHOWN, shown, shownFields, showOptions } from "./shown.ts";

/**
 * A grade from 1 to `max` that a judge gives by a criterion in steps that you write, averaged over `votes` and mapped to 0..1:
 * (grade - 1) / (max - 1). G-Eval (Liu et al., arXiv 2303.16634, section 2) weighs grades by their probabilities; as there for models
 * that do not show these, they are estimated by samples, so `votes` is 3 here. The steps are yours: none is made up by a model.
 *
 *     { use: g-eval, as: coherence, criteria: "The answer is one line of thought.", steps: [ "Read the question.", "…" ] }
 *     grades 4, 5, 4 of 5 -> 0.833
 */
export default defineScorer({
  name: "g-eval",
  about: "a judge's grade by a criterion in steps, averaged over samples (G-Eval)",
  axis: "behaviour",
  version: 1,
  options: z
    .strictObject({
      criteria: z.string().min(1).describe("what is graded"),
      steps: z.array(z.string().min(1)).min(1).describe("how a judge is to go about it, step by step"),
      max: z.int().min(2).max(100).default(5).describe("the best grade; the worst is 1"),
      ...showOptions,
      ...juryOptions,
      votes: juryOptions.votes.unwrap().default(3).describe("how often each judge is asked; grades are averaged over them"),
    })
    .superRefine(checkQuorum),
  prompts: {
    steps: {
      text: `Grade an answer to a question by a criterion, following the steps one after the other.

${GUARD}

The criterion:
{{criteria}}

The steps:
{{steps}}

${SHOWN}

Write down what each step finds, in a sentence or two for all of them. Then give a grade, a whole number from 1 (worst) to {{max}} (best),
for this criterion alone.

{{form}}`,
      fields: [...shown, "criteria", "steps", "max", "form"],
    },
  },
  asks: seatsOf,
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const { max } = options;
    const form = {
      name: "grade",
      key: "grade",
      shape: z.object({ reason, grade: oneOfNumbers(Array.from({ length: max }, (_, index) => index + 1)) }),
      example: `{"reason": "<what the steps find>", "grade": <whole number from 1 to ${max}>}`,
    } satisfies Form;
    const shown = shownFields(turn, kase, options.show);
    if (!("answer" in shown)) return shown;
    const steps = options.steps.map((step, index) => `${index + 1}. ${step}`).join("\n");
    return await judged(options, lab, async (juror) => {
      const { grade, reason } = await juror.ask("steps", { ...shown, criteria: options.criteria, steps, max: String(max) }, form);
      return { value: (grade - 1) / (max - 1), why: `grade ${grade}: ${reason}` };
    });
  },
});
