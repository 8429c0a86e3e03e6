/** What an author of plugins or a program may import from "llmopt". */
export { z } from "zod";
export { EndpointFault, Skip, UserError } from "./errors.ts";
export { defineScorer, defineStage, defineTrainer } from "./plugin.ts";
export { prepare, type Prepared, type RunOptions } from "./prepare.ts";
export { run, type Host } from "./run.ts";
export { readRun as load } from "./runs/read.ts";
export type { Event, Progress } from "./ladder/events.ts";
export type { Registry } from "./registry.ts";
export { combinations, oneOrMore } from "./grid.ts";
export type * from "./types.ts";
