import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { together } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { block, EMPTY, GUARD, questionText } from "./material.ts";
import { bit, reason, type Form } from "./reply.ts";
import { similarity } from "./similarity.ts";

/**
 * How near the question is to those that a judge makes up for the answer: mean cosine of `questions` made-up questions to the real
 * one, negative means counting 0; 0 where every one of them is made for an answer that commits to nothing (ragas 0.4
 * `answer_relevancy`, its `strictness` is `questions`). It says whether the answer is about the question, not whether it is right,
 * and its height depends on the embedder (role `embed`): a lexical one measures shared words only. `questions` calls for each rating, and
 * one to the embedder.
 *
 *     { "id": "r-3", "question": "How long is the warranty?" }
 *     answer "The warranty runs for two years." -> made up "How long does the warranty run?", …, cosine 0.9    answer "It depends." -> 0
 */
export default defineScorer({
  name: "answer-relevancy",
  about: "how near the question is to those that the answer would answer (RAGAS)",
  axis: "behaviour",
  version: 1,
  options: z
    .strictObject({
      questions: z.int().min(1).max(10).default(3).describe("questions that are made up for the answer"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    question: {
      text: `Here is an answer without its question. Write the question that it most likely answers.

${GUARD}

{{answer}}

Say first what the answer is about. Say also whether it is noncommittal: 1 if it evades, is vague, or says that it does not know, else 0.

{{form}}`,
      fields: ["answer", "form"],
    },
  },
  asks: (options) => options.questions * seatsOf(options),
  models: judgesOf,

  async score(turn, _, options, lab) {
    const question = questionText(turn.question);
    if (question.trim() === "") return { error: "the question is empty" };
    if (turn.answer.trim() === "") return EMPTY;
    const fields = { answer: block("answer", turn.answer) };
    return await judged(options, lab, async (juror) => {
      const asked = Array.from({ length: options.questions }, (_, sample) => juror.ask("question", fields, FORM, sample));
      const made = await together(asked);
      if (made.every(({ noncommittal }) => noncommittal === 1)) return { value: 0, why: `noncommittal: ${made[0]?.reason}` };
      const near = await similarity(
        lab,
        question,
        made.map((reply) => reply.question),
      );
      return { value: near, why: `made up: ${made.map((reply) => reply.question).join(" | ")}` };
    });
  },
});

const FORM = {
  name: "question",
  key: "question",
  shape: z.object({ reason, question: z.string().refine((text) => text.trim() !== "", "a question is wanted"), noncommittal: bit }),
  example: '{"reason": "<what the answer is about>", "question": "<the question>", "noncommittal": <0 or 1>}',
} satisfies Form;
