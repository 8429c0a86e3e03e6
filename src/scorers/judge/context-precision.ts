import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { together } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { acceptedText, block, filled, GUARD, NO_PASSAGES, passagesBlock, questionText, referencesOf } from "./material.ts";
import { bit, reason, type Form } from "./reply.ts";

/**
 * How far the useful passages stand before the useless ones: average precision over the retrieved passages, the mean of precision@i
 * at each useful passage i, 0 where none is (ragas 0.4 `context_precision`). A judge says of each whether it helps to arrive at the
 * expected answer, or with `reference: false` at the answer given (ragas: context utilization, which also rewards passages that
 * support a wrong answer). It is no recall: what was not found costs nothing. A call for each of the first `k` passages.
 *
 *     { "id": "r-3", "question": "How long is the warranty?", "expected": "Two years." }
 *     passages useless, useful, useful -> (1/2 + 2/3) / 2 = 0.583
 */
export default defineScorer({
  name: "context-precision",
  about: "how far useful passages stand before useless ones: average precision (RAGAS)",
  axis: "context",
  version: 1,
  options: z
    .strictObject({
      reference: z.boolean().default(true).describe("judge by the expected answer; false: by the answer that was given"),
      k: z.int().min(1).max(50).default(10).describe("passages that are judged, best first"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    usefulness: {
      text: `Judge whether a passage was of use in arriving at the answer to a question.

${GUARD}

{{question}}

The answer:
{{answer}}

The passage:
{{passage}}

Say first what of the answer the passage holds, then give your verdict: 1 if it helps to arrive at this answer, 0 if not.

{{form}}`,
      fields: ["question", "answer", "passage", "form"],
    },
  },
  asks: (options) => options.k * seatsOf(options),
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = options.reference ? referencesOf(kase) : [turn.answer];
    if ("error" in references) return references;
    const passages = filled(turn.passages).slice(0, options.k);
    if (passages.length === 0) return NO_PASSAGES;
    const answer = acceptedText(references);
    if (answer.trim() === "") return { skipped: "the answer is empty" };
    const fields = { question: block("question", questionText(turn.question)), answer: block("answer", answer) };
    return await judged(options, lab, async (juror) => {
      const ask = (passage: string) => juror.ask("usefulness", { ...fields, passage }, FORM);
      const replies = await together(passages.map((passage) => ask(passagesBlock([passage]))));
      const useful = replies.map(({ verdict }) => verdict === 1);
      return { value: averagePrecision(useful), why: `useful: ${useful.map((is) => (is ? "yes" : "no")).join(", ")}` };
    });
  },
});

function averagePrecision(useful: readonly boolean[]): number {
  const precisions = useful.flatMap((is, index) => (is ? [useful.slice(0, index + 1).filter(Boolean).length / (index + 1)] : []));
  return precisions.length === 0 ? 0 : precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length;
}

const FORM = {
  name: "usefulness",
  key: "verdict",
  shape: z.object({ reason, verdict: bit }),
  example: '{"reason": "<what of the answer it holds>", "verdict": <0 or 1>}',
} satisfies Form;
