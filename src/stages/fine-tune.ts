import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { Skip, suggest } from "../errors.ts";
import type { Registry } from "../registry.ts";
import type { Json, Lab, Program, TrainingRow } from "../types.ts";
import { wantedAnswer } from "../program/demos.ts";

/** Options that both fine-tuning rungs share. */
export const tuning = z.strictObject({
  trainer: z.string().default("openai").describe("who trains; the openai trainer speaks the wire that the embedded engine speaks too"),
  with: z.record(z.string(), z.unknown()).default({}).describe("options of the trainer"),
  hyperparameters: z.record(z.string(), z.json()).default({}).describe("sent with the job as they are"),
});

/**
 * Rung 4: the model. Training rows are the messages that the program sends for train cases, without demonstrations and without
 * retrieval, each with its expected answer. Arms are the tuned model alone and the tuned model inside the whole program, since
 * a model tuned without passages can read them worse afterwards (RAFT, arXiv 2403.10131, table 1).
 */
export default defineStage({
  name: "fine-tune",
  about: "trains the model on the train split; races it with and without the rest of the program",
  options: tuning,
  needs: ["train cases"],
  check: checkTrainer,
  changes: ["demonstrations", "model"],
  treats: ["behaviour", "format"],

  arms: () => 2,

  async fit(program, options, lab) {
    const bare: Program = { ...program, demos: [], steps: [] };
    const rows = await Promise.all(lab.train.map(async (kase) => rowOf((await lab.show(bare, kase)).messages, wantedAnswer(kase))));
    const model = await tuned(rows.flat(), program.model, options, lab);
    const whole = program.steps.length > 0 || program.demos.length > 0;
    return (
      await lab.race([
        { name: "as it was", program },
        { name: "tuned", program: { ...bare, model } },
        ...(whole ? [{ name: "tuned, in the whole program", program: { ...program, model } }] : []),
      ])
    ).winner.program;
  },
});

/** Complaints about a trainer that is not there, and about options that it does not know. */
export function checkTrainer(options: z.output<typeof tuning>, { trainers }: Pick<Registry, "trainers">): readonly string[] {
  const trainer = trainers.get(options.trainer);
  if (trainer === undefined) return [`unknown trainer "${options.trainer}"; ${suggest(options.trainer, trainers.keys())}`];
  const issues = trainer.options.safeParse(options.with).error?.issues ?? [];
  return issues.map(({ path, message }) => `trainer ${trainer.name}: ${["with", ...path].join(".")}: ${message}`);
}

/** One training row, or none where no answer is wanted. */
export function rowOf(messages: TrainingRow["messages"], answer: string | undefined): TrainingRow[] {
  return answer === undefined ? [] : [{ messages: [...messages, { role: "assistant", content: answer }] }];
}

/** Trains on the rows and returns the tuned model; the rows are kept in the rung's folder. */
export async function tuned(rows: readonly TrainingRow[], model: string, options: z.output<typeof tuning>, lab: Lab): Promise<string> {
  if (rows.length === 0) throw new Skip("no train case has an expected answer to train on");
  await lab.write("train.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const hyperparameters = options.hyperparameters as Readonly<Record<string, Json>>;
  return await lab.tune({ trainer: options.trainer, options: options.with, model, rows, hyperparameters });
}
