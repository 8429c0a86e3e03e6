import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf } from "./jury.ts";
import { filled, NO_PASSAGES, passagesBlock } from "./material.ts";
import { NOTHING_STATED, shareOf, statements, statementsOf, support, supportedBy } from "./statements.ts";

/**
 * The share of the answer's statements that the retrieved passages support (ragas 0.4 `faithfulness`). A judge breaks the answer into
 * statements, then judges all of them by the passages: two calls for each rating. Verdicts belong to statements by number, and one
 * that is missing is an error; ragas divides by the verdicts that came back. Not applicable to an answer that states nothing, such as
 * a refusal (NaN in ragas), and where there are no passages.
 *
 *     { "id": "r-3", "question": "How long is the warranty?" }, passage "The warranty runs for two years."
 *     answer "Two years, and it covers batteries." -> 0.5
 */
export default defineScorer({
  name: "faithfulness",
  about: "share of the answer's statements that the passages support (RAGAS)",
  axis: "behaviour",
  version: 1,
  options: z.strictObject(juryOptions).superRefine(checkQuorum),
  prompts: { statements, support },
  asks: (options) => 2 * seatsOf(options),
  models: judgesOf,

  async score(turn, _, options, lab) {
    const passages = filled(turn.passages);
    if (passages.length === 0) return NO_PASSAGES;
    if (turn.answer.trim() === "") return NOTHING_STATED;
    return await judged(options, lab, async (juror) => {
      const stated = await statementsOf(juror, turn.question, turn.answer);
      if (stated.length === 0) return NOTHING_STATED;
      return shareOf(stated, await supportedBy(juror, passagesBlock(passages), stated), "statements are supported");
    });
  },
});
