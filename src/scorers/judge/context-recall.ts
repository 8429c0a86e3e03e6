import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { block, filled, GUARD, NO_PASSAGES, passagesBlock, questionText, referencesOf, statementsBlock } from "./material.ts";
import type { Form } from "./reply.ts";
import { inOrder, shareOf, verdictsOn } from "./statements.ts";

/**
 * The share of the expected answer's sentences that can be attributed to the retrieved passages (ragas 0.4 `context_recall`; the
 * first of several expected answers). One call for each rating. The sentences are cut here (Intl.Segmenter), so that none can be lost; in
 * ragas the judge cuts them. 0 where the program searched and found nothing, not applicable where it does not retrieve.
 *
 *     { "id": "r-3", "question": "What does the warranty cover?", "expected": "Parts for two years. Batteries for one." }
 *     passage "Parts are covered for two years." -> 0.5
 */
export default defineScorer({
  name: "context-recall",
  about: "share of the expected answer's sentences that the passages hold (RAGAS)",
  axis: "context",
  version: 1,
  options: z.strictObject(juryOptions).superRefine(checkQuorum),
  prompts: {
    attribution: {
      text: `The right answer to a question was cut into numbered sentences. Judge for each whether it can be attributed to the passages: whether
they hold what it says. Go by the passages alone, not by what you know.

${GUARD}

{{question}}

The passages:
{{passages}}

The sentences of the right answer:
{{statements}}

For each sentence give its number, then your reason, then the verdict: 1 if the passages hold what it says, else 0. Every number has exactly
one verdict.

{{form}}`,
      fields: ["question", "passages", "statements", "form"],
    },
  },
  asks: seatsOf,
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = referencesOf(kase);
    if ("error" in references) return references;
    const passages = filled(turn.passages);
    if (passages.length === 0) return turn.retrieved === true ? { value: 0, why: "nothing was found" } : NO_PASSAGES;
    const sentences = sentencesOf(references[0]);
    const fields = {
      question: block("question", questionText(turn.question)),
      passages: passagesBlock(passages),
      statements: statementsBlock(sentences),
    };
    const form = {
      name: "attribution",
      key: "verdicts",
      shape: z.object({ verdicts: verdictsOn(sentences.length) }),
      example: '{"verdicts": [{"index": <number>, "reason": "<why>", "verdict": <0 or 1>}, …]}',
    } satisfies Form;
    return await judged(options, lab, async (juror) => {
      const { verdicts } = await juror.ask("attribution", fields, form);
      return shareOf(sentences, inOrder(verdicts), "sentences are held by the passages");
    });
  },
});

function sentencesOf(text: string): readonly string[] {
  return [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)]
    .map((part) => part.segment.trim())
    .filter((part) => part !== "");
}
