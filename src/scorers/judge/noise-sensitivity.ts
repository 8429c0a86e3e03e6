import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { together } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf, type Opinion } from "./jury.ts";
import { block, filled, NO_PASSAGES, passagesBlock, questionText, referenceFor, referencesOf } from "./material.ts";
import { NOTHING_STATED, shareOf, statements, statementsOf, support, supportedBy } from "./statements.ts";

/**
 * How little the answer is misled by what was retrieved: 1 minus ragas 0.4's `noise_sensitivity` (there lower is better; here, as in every
 * scorer, higher is), which is the share of the answer's statements that are wrong (the expected answer does not support them) and come from
 * a passage. `mode: relevant` counts those that a relevant passage supports, one that supports some statement of the expected answer;
 * `irrelevant` those that only irrelevant ones support. Of several expected answers the one that was given counts, else the first. 3 + 2k calls for each rating, k
 * passages.
 *
 *     { "id": "r-3", "question": "How long is the warranty?", "expected": "Two years." }
 *     passages "The warranty runs for two years." and "Batteries last three years.", answer "Two years; three for batteries."
 *     -> one of two statements is wrong, and an irrelevant passage says it: relevant 1, irrelevant 0.5
 */
export default defineScorer({
  name: "noise-sensitivity",
  about: "share of the answer's statements that no passage misled it to: 1 - noise sensitivity (RAGAS)",
  axis: "context",
  version: 1,
  options: z
    .strictObject({
      mode: z.enum(["relevant", "irrelevant"]).default("relevant").describe("which passages mislead"),
      k: z.int().min(1).max(50).default(10).describe("passages that are judged, best first"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: { statements, support },
  asks: (options) => (3 + 2 * options.k) * seatsOf(options),
  models: judgesOf,

  async score(turn, kase, options, lab) {
    const references = referencesOf(kase);
    if ("error" in references) return references;
    const passages = filled(turn.passages).slice(0, options.k);
    if (passages.length === 0) return NO_PASSAGES;
    const { question, answer } = turn;
    const right = referenceFor(references, answer);
    if (answer.trim() === "") return NOTHING_STATED;
    return await judged(options, lab, async (juror): Promise<Opinion> => {
      const [given, wanted] = await together([statementsOf(juror, question, answer), statementsOf(juror, question, right)]);
      if (given.length === 0) return NOTHING_STATED;
      if (wanted.length === 0) return { skipped: "the expected answer states nothing that could be checked" };
      const blocks = passages.map((passage) => passagesBlock([passage]));
      const context = `${block("question", questionText(question))}\n\n${block("reference", right)}`;
      const [correct, supports, relevant] = await together([
        supportedBy(juror, context, given),
        together(blocks.map((passage) => supportedBy(juror, passage, given))),
        together(blocks.map((passage) => supportedBy(juror, passage, wanted))),
      ]);
      const isRelevant = relevant.map((verdicts) => verdicts.includes(true));
      const unmisled = misledOf(correct, supports, isRelevant, options.mode).map((is) => !is);
      return shareOf(given, unmisled, "statements are not what a passage misled it to");
    });
  },
});

/** Of each statement: it is wrong, and a passage of the kind supports it. */
function misledOf(
  correct: readonly boolean[],
  supports: readonly (readonly boolean[])[],
  relevant: readonly boolean[],
  mode: "relevant" | "irrelevant",
): readonly boolean[] {
  return correct.map((right, index) => {
    const by = (kind: boolean): boolean => supports.some((verdicts, passage) => relevant[passage] === kind && verdicts[index] === true);
    return !right && (mode === "relevant" ? by(true) : by(false) && !by(true));
  });
}
