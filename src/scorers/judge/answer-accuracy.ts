import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { together } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { acceptedText, block, EMPTY, GUARD, questionText, referenceFor, referencesOf } from "./material.ts";
import { oneOfNumbers, reason, type Form } from "./reply.ts";

/**
 * How far answer and expected answer say the same: a rating of 0, 2 or 4 of the answer by the reference, and one of the reference by the
 * answer, as their mean of 4ths (NVIDIA's answer accuracy in ragas 0.4, `_nv_metrics.py`). The cheapest judge of correctness: two
 * calls for each rating. Of several expected answers the one that was given, else the first, is rated the other way. Where ragas goes on with one of the two if the other cannot be read, this is an error.
 *
 *     { "id": "w-1", "question": "Who wrote Emma, and when?", "expected": "Jane Austen, in 1815" }
 *     answer "Jane Austen" -> 2 and 2 of 4, 0.5    answer "In 1815, by Austen" -> 4 and 4, 1
 */
export default defineScorer({
  name: "answer-accuracy",
  about: "how far a judge finds answer and expected answer to say the same, either way",
  axis: "context",
  version: 1,
  options: z.strictObject(juryOptions).superRefine(checkQuorum),
  prompts: {
    rating: {
      text: `Rate how well an answer to a question agrees with the reference answer. Take the reference as right; wording does not matter.

${GUARD}

{{question}}

The reference answer:
{{reference}}

The answer to rate:
{{answer}}

4: the reference holds all that the answer says, and the two agree in every subject, number, measure, date and unit.
2: the reference holds a part of what the answer says, or the two agree nearly.
0: the reference does not hold what the answer says, the answer is wrong, or it does not answer the question.

Say first what they agree and differ in, then give the rating.

{{form}}`,
      fields: ["question", "reference", "answer", "form"],
    },
  },
  asks: (options) => 2 * seatsOf(options),
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = referencesOf(kase);
    if ("error" in references) return references;
    if (turn.answer.trim() === "") return EMPTY;
    const question = block("question", questionText(turn.question));
    const [right, one] = [acceptedText(references), referenceFor(references, turn.answer)];
    return await judged(options, lab, async (juror) => {
      const ratings = await together([
        juror.ask("rating", { question, answer: block("answer", turn.answer), reference: block("reference", right) }, FORM, 0),
        juror.ask("rating", { question, answer: block("answer", one), reference: block("reference", turn.answer) }, FORM, 1),
      ]);
      const value = ratings.reduce((sum, { rating }) => sum + rating / 4, 0) / ratings.length;
      return { value, why: ratings.map(({ rating, reason }) => `${rating} of 4: ${reason}`).join("; the other way ") };
    });
  },
});

const FORM = {
  name: "rating",
  key: "rating",
  shape: z.object({ reason, rating: oneOfNumbers([0, 2, 4]) }),
  example: '{"reason": "<what they agree and differ in>", "rating": <0, 2 or 4>}',
} satisfies Form;
