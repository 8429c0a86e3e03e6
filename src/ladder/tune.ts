/** A training job from intent to model: written down before it is created, adopted when it exists, polled until it ends. */
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { hashOf } from "../program/hash.ts";
import { splitModel } from "../program/model.ts";
import { lookUp, type Registry } from "../registry.ts";
import type { Json, Trainer, TrainingJob, TuneRequest, TuningWire } from "../types.ts";
import type { Keep } from "./events.ts";

interface TrainingRecord {
  readonly intent: string;
  readonly handle?: Json | undefined;
  readonly model?: string | undefined;
}

const recordSchema: z.ZodType<TrainingRecord> = z.object({ intent: z.string(), handle: z.json().optional(), model: z.string().optional() });

/** Milliseconds between two looks at a job: doubled from the first to the last. */
const FIRST_WAIT = 20;
const LONGEST_WAIT = 30_000;

/**
 * Trains and waits. What is known of the job stands in `training-<hash>.json` in the rung's folder, so a second process goes on
 * polling where the first was stopped. Throws an Error with the reason when rows are refused or the job fails.
 */
export async function tune(
  request: TuneRequest,
  options: {
    readonly registry: Registry;
    readonly seed: number;
    readonly run: string;
    readonly keep: Keep;
    readonly wire: (endpoint: string) => TuningWire;
    readonly signal: AbortSignal;
    /** Called at each look at the job; throws when the budget is used up. */
    readonly watch: (progress: string) => void;
    /** Told how many tokens were trained on; null where the endpoint does not say. */
    readonly trained: (tokens: number | null) => void;
  },
): Promise<string> {
  const { keep, signal } = options;
  const trainer: Trainer = lookUp(options.registry.trainers, "trainer", request.trainer);
  const parsed = trainer.options.safeParse(request.options);
  if (!parsed.success) throw new UserError(`trainer ${trainer.name}: ${z.prettifyError(parsed.error)}`);
  const hash = hashOf({ request, seed: options.seed }).slice(0, 16);
  const name = `training-${hash}.json`;
  const known = recordSchema.parse(JSON.parse((await keep.read(name)) ?? JSON.stringify({ intent: `${options.run}-${hash}` })));
  const { intent } = known;
  const job: TrainingJob = { ...request, seed: options.seed, intent };
  const faults = trainer.validate(job, parsed.data);
  if (faults.length > 0)
    throw new Error(`training rows: ${faults.slice(0, 5).join("; ")}${faults.length > 5 ? `; and ${faults.length - 5} more` : ""}`);

  if (known.model !== undefined) return known.model;
  const { endpoint } = splitModel(request.model);
  const wire = options.wire(endpoint);
  const note = async (record: TrainingRecord) => await keep.write(name, `${JSON.stringify(record, null, 2)}\n`);
  if (known.handle === undefined) await note({ intent });
  const handle: Json = known.handle ?? (await trainer.launch(job, parsed.data, wire));
  await note({ intent, handle });

  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const state = await trainer.poll(handle, wire);
    if (state.status === "failed") throw new Error(`training failed: ${state.reason}`);
    if (state.status === "succeeded") {
      const model = `${endpoint}/${state.model}`;
      await note({ intent, handle, model });
      options.trained(state.trainedTokens);
      return model;
    }
    options.watch(state.progress);
    await setTimeout(wait, undefined, { signal });
  }
}
