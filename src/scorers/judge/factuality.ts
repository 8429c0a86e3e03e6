import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { acceptedText, block, EMPTY, GUARD, questionText, referencesOf } from "./material.ts";
import { oneOfLabels, reason, type Form } from "./reply.ts";

const share = z.number().min(0).max(1);

/**
 * How the facts of the answer relate to those of the expected answer, as one of five classes (those of OpenAI Evals' `fact`), with
 * the values of Braintrust's autoevals unless `values` sets others:
 *
 * | class | the answer | value |
 * |---|---|---|
 * | A | says less, and all of it agrees | 0.4 |
 * | B | says more, and agrees with all that is expected | 0.6 |
 * | C | gives the same facts | 1 |
 * | D | contradicts what is expected | 0 |
 * | E | differs only in ways that do not matter for the facts | 1 |
 *
 * Style is not looked at. One call for each rating.
 *
 *     { "id": "w-1", "question": "Who wrote Emma, and when?", "expected": "Jane Austen, in 1815" }
 *     answer "Jane Austen" -> A, 0.4    answer "Austen wrote it in 1815." -> C, 1    answer "Jane Austen, in 1915" -> D, 0
 */
export default defineScorer({
  name: "factuality",
  about: "how a judge finds the answer's facts to relate to the expected ones, in five classes",
  axis: "context",
  version: 1,
  options: z
    .strictObject({
      values: z
        .strictObject({ A: share.default(0.4), B: share.default(0.6), C: share.default(1), D: share.default(0), E: share.default(1) })
        .prefault({})
        .describe("value of each class: A subset, B superset, C same, D contradiction, E no difference that matters"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    classes: {
      text: `Compare the facts that an answer to a question states with those of the reference answer. Style, wording, order and length do not matter.

${GUARD}

{{question}}

The reference answer:
{{reference}}

The answer to judge:
{{answer}}

Which one of these holds?
A: the answer states some of the reference's facts, not all of them, and nothing that contradicts it.
B: the answer states all of the reference's facts and further ones, and nothing that contradicts it.
C: the answer states the same facts as the reference.
D: the answer contradicts the reference in some fact.
E: the two differ, but in nothing that matters for the facts.

Say first what the two agree and differ in, then give the letter.

{{form}}`,
      fields: ["question", "reference", "answer", "form"],
    },
  },
  asks: seatsOf,
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = referencesOf(kase);
    if ("error" in references) return references;
    if (turn.answer.trim() === "") return EMPTY;
    const fields = {
      question: block("question", questionText(turn.question)),
      reference: block("reference", acceptedText(references)),
      answer: block("answer", turn.answer),
    };
    return await judged(options, lab, async (juror) => {
      const { verdict, reason } = await juror.ask("classes", fields, FORM);
      return { value: options.values[verdict], why: `${verdict}: ${reason}` };
    });
  },
});

const FORM = {
  name: "verdict",
  key: "verdict",
  shape: z.object({ reason, verdict: oneOfLabels(["A", "B", "C", "D", "E"]) }),
  example: '{"reason": "<what they agree and differ in>", "verdict": "<A, B, C, D or E>"}',
} satisfies Form;
