/** How a plugin is written: each function only types its argument, so that a plugin is plain data with methods. */
import type { z } from "zod";
import type { Scorer, Stage, Trainer } from "./types.ts";

/** A rung of the ladder. The file's default export; named in the experiment's `ladder:` by its `name`. */
export function defineStage<S extends z.ZodObject>(stage: Stage<S>): Stage<S> {
  return stage;
}

/** A scorer. The file's default export; named in the experiment's `evals.scorers` by its `name`. */
export function defineScorer<S extends z.ZodObject>(scorer: Scorer<S>): Scorer<S> {
  return scorer;
}

/** A trainer. The file's default export; named by the `trainer` option of the fine-tuning rungs. */
export function defineTrainer<S extends z.ZodObject>(trainer: Trainer<S>): Trainer<S> {
  return trainer;
}
