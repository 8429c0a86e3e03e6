import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import type { Question } from "../../types.ts";
import { together, type Juror } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { block, EMPTY, GUARD, questionText, referenceFor, referencesOf, statementsBlock } from "./material.ts";
import type { Form } from "./reply.ts";
import { fBeta, inOrder, statements, statementsOf, verdictsOn } from "./statements.ts";
import { similarity } from "./similarity.ts";

/**
 * Facts and likeness in one number: `facts` · F_beta + (1 - `facts`) · cosine of answer and expected answer (ragas 0.4
 * `answer_correctness`; of several expected answers the one that was given, else the first). A judge breaks both into statements and sorts them: said by both (TP),
 * by the answer alone (FP), by the expected answer alone (FN); F_1 = 2 TP / (2 TP + FP + FN), 1 where neither states anything. Three calls for
 * each rating, and one to the embedder unless `facts` is 1; the cosine's height depends on the embedder, and a negative one is 0.
 *
 *     { "id": "w-1", "question": "Who wrote Emma, and when?", "expected": "Jane Austen, in 1815" }
 *     answer "Jane Austen, in 1915" -> TP 1, FP 1, FN 1: F 0.5; cosine 0.9: 0.6
 */
export default defineScorer({
  name: "answer-correctness",
  about: "F of the facts that answer and expected answer share, with their similarity (RAGAS)",
  axis: "context",
  version: 1,
  options: z
    .strictObject({
      facts: z.number().gt(0).max(1).default(0.75).describe("weight of the facts; the rest is that of the similarity"),
      beta: z.number().gt(0).max(10).default(1).describe("above 1 what is missing weighs more than what is wrong"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    statements,
    sorting: {
      text: `Compare two lists of statements, those of an answer to a question and those of the right answer.

${GUARD}

{{question}}

The statements of the answer:
{{given}}

The statements of the right answer:
{{right}}

Judge for each statement of the answer whether some statement of the right answer says the same or directly supports it, and for each statement of
the right answer whether some statement of the answer says it: the number, then your reason, then the verdict, 1 or 0. Every number of both
lists has exactly one verdict.

{{form}}`,
      fields: ["question", "given", "right", "form"],
    },
  },
  asks: (options) => 3 * seatsOf(options),
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = referencesOf(kase);
    if ("error" in references) return references;
    const { question, answer } = turn;
    if (answer.trim() === "") return EMPTY;
    const reference = referenceFor(references, answer);
    return await judged(options, lab, async (juror) => {
      const [given, right] = await together([statementsOf(juror, question, answer), statementsOf(juror, question, reference)]);
      // Two texts that state nothing are no evidence that one is right.
      if (given.length === 0 && right.length === 0) return { skipped: "neither the answer nor the expected one states anything" };
      const { tp, fp, fn } = await sorted(juror, question, given, right);
      const f = fBeta(tp, fp, fn, options.beta) ?? 1;
      const facts = `${tp} facts in both, ${fp} in the answer alone, ${fn} in the expected answer alone`;
      if (options.facts === 1) return { value: f, why: facts };
      const near = await similarity(lab, reference, [answer]);
      const value = Math.min(1, options.facts * f + (1 - options.facts) * near);
      return { value, why: `${facts}; similarity ${near.toFixed(3)}` };
    });
  },
});

/** Statements of either side counted: in both, in the answer alone, in the right answer alone. */
async function sorted(juror: Juror, question: Question, given: readonly string[], right: readonly string[]) {
  if (given.length === 0 || right.length === 0) return { tp: 0, fp: given.length, fn: right.length };
  const fields = { question: block("question", questionText(question)), given: statementsBlock(given), right: statementsBlock(right) };
  const reply = await juror.ask("sorting", fields, formFor(given.length, right.length));
  const tp = inOrder(reply.answer).filter(Boolean).length;
  return { tp, fp: given.length - tp, fn: inOrder(reply.right).filter((is) => !is).length };
}

function formFor(given: number, right: number) {
  const verdicts = '[{"index": <number>, "reason": "<why>", "verdict": <0 or 1>}, …]';
  return {
    name: "sorting",
    key: "answer",
    shape: z.object({ answer: verdictsOn(given), right: verdictsOn(right) }),
    example: `{"answer": ${verdicts}, "right": ${verdicts}}`,
  } satisfies Form;
}
