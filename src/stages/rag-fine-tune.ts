import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { Skip } from "../errors.ts";
import type { Case, Lab, Passage, Program, Shown, TrainingRow } from "../types.ts";
import { shuffled, wantedAnswer } from "../program/demos.ts";
import { withoutNearest } from "./few-shot/ways.ts";
import { checkTrainer, rowOf, tuned, tuning } from "./fine-tune.ts";
import { budgeted, retrievalOf, retrieving } from "./rag/index.ts";

/**
 * Rung 6: the model, trained on what retrieval really shows it, distractors included (RAFT, arXiv 2403.10131). Where retrieval
 * missed the document that holds the answer, a share `oracle` of the rows gets its best passage in place of the last one, and
 * the others teach the model to say that the answer is not there — if the experiment has an answer for that — or are left out.
 */
export default defineStage({
  name: "rag-fine-tune",
  about: "trains the model on the passages that retrieval shows it, distractors included",
  options: tuning.extend({
    oracle: z.number().min(0).max(1).default(0.8).describe("share of rows without the right passage that are given it"),
    abstain: z.string().optional().describe('the answer taught where the right passage is missing, such as "I don\'t know"'),
  }),
  needs: ["knowledge", "train cases"],
  check: checkTrainer,
  changes: ["knowledge", "demonstrations", "model"],
  treats: ["missing knowledge", "wrong retrieval", "ignored context", "behaviour", "format"],

  arms: () => 2,

  async fit(program, options, lab) {
    const target: Program = { ...withoutNearest(retrieving(program)), demos: [] };
    const shown = await Promise.all(lab.train.map(async (kase) => ({ kase, shown: await lab.show(target, kase) })));
    const rows: TrainingRow[] = [];
    // One after the other, since each row may draw a number.
    for (const row of shown) rows.push(...(await rowFor(row.kase, row.shown, target, options, lab)));
    if (rows.length === 0) throw new Skip("no train case has an expected answer to train on");
    const model = await tuned(rows, program.model, options, lab);
    return (
      await lab.race([
        { name: "as it was", program },
        { name: "tuned on passages", program: { ...target, model } },
        ...(program.demos.length > 0 || program.steps.length > withoutNearest(program).steps.length
          ? [{ name: "tuned on passages, with demonstrations", program: { ...retrieving(program), model } }]
          : []),
      ])
    ).winner.program;
  },
});

async function rowFor(
  kase: Case,
  shown: Shown,
  program: Program,
  options: { readonly oracle: number; readonly abstain?: string | undefined },
  lab: Lab,
): Promise<readonly TrainingRow[]> {
  const answer = wantedAnswer(kase);
  const sources = kase.sources ?? [];
  const there = sources.length === 0 || shown.passages.some((passage) => sources.includes(passage.source));
  if (there) return rowOf(shown.messages, answer);
  const gold = goldPassage(kase, program, lab);
  if (gold !== undefined && lab.random() < options.oracle) {
    const passages = shuffled(budgeted(program, [gold, ...shown.passages.slice(0, -1)]), () => lab.random());
    return rowOf((await lab.show(program, kase, passages)).messages, answer);
  }
  return rowOf(shown.messages, options.abstain);
}

/** The passage of the case's documents that holds an accepted answer, else their first passage. */
function goldPassage(kase: Case, program: Program, lab: Lab): Passage | undefined {
  const retrieval = retrievalOf(program);
  if (retrieval === undefined) return undefined;
  const passages = (kase.sources ?? []).flatMap((source) => lab.passagesOf(source, retrieval));
  const answer = wantedAnswer(kase)?.toLowerCase();
  return passages.find((passage) => answer !== undefined && passage.text.toLowerCase().includes(answer)) ?? passages[0];
}
