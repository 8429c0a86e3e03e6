import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import type { Question } from "../../types.ts";
import { together, type Juror } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf, type Opinion } from "./jury.ts";
import { block, EMPTY, questionText, referenceFor, referencesOf } from "./material.ts";
import { fBeta, NOTHING_STATED, statements, statementsOf, support, supportedBy } from "./statements.ts";

/**
 * How far the claims of answer and expected answer bear each other out (ragas 0.4 `factual_correctness`; of several expected
 * answers the one that was given, else the first): TP and FP are the answer's claims that the expected answer supports or not, FN the expected answer's claims that the answer does not
 * support. precision TP / (TP + FP), recall TP / (TP + FN) (which mixes claims of both sides, as ragas does), f1 = F_beta. Not rounded,
 * where ragas rounds to two decimals. Four calls for each rating, two for precision. An answer that claims nothing has no precision, and
 * the other two are 0.
 *
 *     { "id": "w-1", "question": "Who wrote Emma, and when?", "expected": "Jane Austen, in 1815" }
 *     answer "Jane Austen" -> precision 1, recall 1 / 2, f1 0.667
 */
export default defineScorer({
  name: "factual-correctness",
  about: "precision, recall or F1 of the answer's claims against the expected answer's (RAGAS)",
  axis: "context",
  version: 1,
  options: z
    .strictObject({
      mode: z.enum(["f1", "precision", "recall"]).default("f1"),
      beta: z.number().gt(0).max(10).default(1).describe("for f1: above 1 recall weighs more than precision"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: { statements, support },
  asks: (options) => (options.mode === "precision" ? 2 : 4) * seatsOf(options),
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = referencesOf(kase);
    if ("error" in references) return references;
    const { question, answer } = turn;
    if (answer.trim() === "") return options.mode === "precision" ? NOTHING_STATED : EMPTY;
    const right = referenceFor(references, answer);
    return await judged(options, lab, async (juror) => {
      const [given, wanted] = await together([
        claims(juror, question, answer, right),
        options.mode === "precision" ? [] : claims(juror, question, right, answer),
      ]);
      return opinionOf(given, wanted, options);
    });
  },
});

/** Whether each claim of a text is supported by another. */
async function claims(juror: Juror, question: Question, text: string, by: string): Promise<readonly boolean[]> {
  // A short text says nothing without its question.
  const context = `${block("question", questionText(question))}\n\n${block("answer", by)}`;
  return await supportedBy(juror, context, await statementsOf(juror, question, text));
}

function opinionOf(
  given: readonly boolean[],
  wanted: readonly boolean[],
  { mode, beta }: { readonly mode: "f1" | "precision" | "recall"; readonly beta: number },
): Opinion {
  const tp = given.filter(Boolean).length;
  const fp = given.length - tp;
  const fn = wanted.filter((is) => !is).length;
  const value = mode === "precision" ? ratio(tp, tp + fp) : mode === "recall" ? ratio(tp, tp + fn) : fBeta(tp, fp, fn, beta);
  if (value === undefined) return NOTHING_STATED;
  const missed = mode === "precision" ? "" : `; ${fn} of ${wanted.length} expected ones are not in it`;
  return { value, why: `${tp} of ${given.length} claims are supported${missed}` };
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
