/** Files and fine-tuning jobs of an endpoint. */
import { z } from "zod";
import { EndpointFault } from "../errors.ts";
import type { TuningWire } from "../types.ts";
import { parse, type Checked } from "./check.ts";
import type { Connection } from "./client.ts";

const created = z.looseObject({ id: z.string().min(1) });
const job = z.looseObject({
  id: z.string(),
  // Open on purpose: endpoints have states that the reference does not list, such as "pausing".
  status: z.string(),
  fine_tuned_model: z.string().nullish(),
  // May be {} while the job is fine.
  error: z.looseObject({ message: z.string().nullish() }).nullish(),
  trained_tokens: z.number().nullish(),
});
const jobs = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), metadata: z.record(z.string(), z.string()).nullish() })) });
const events = z.looseObject({ data: z.array(z.looseObject({ message: z.string() })) });

/** Uploads and job creation cost money, so the retry layer sends them once. */
export function createTuning({ send: plainSend, where }: Connection, signal: AbortSignal): TuningWire {
  /** An endpoint that cannot train is no reason to end a run: what is thrown then is an Error, and the rung's own result. */
  const send: Connection["send"] = async (request, read, costOf) => {
    try {
      return await plainSend(request, read, costOf);
    } catch (error) {
      if (!(error instanceof EndpointFault) || (error.kind !== "not found" && error.kind !== "offline")) throw error;
      const what =
        error.kind === "offline"
          ? "training is never answered from the cache"
          : "it has no fine-tuning API (files, fine_tuning.jobs), or not this job";
      throw new Error(`${where}: ${what}; leave the rung out, use trainer: existing, or take an endpoint that trains`, { cause: error });
    }
  };
  const as =
    <T>(schema: z.ZodType<T>, wanted: string) =>
    (body: string): Checked<T> =>
      parse(body, schema, wanted);
  return {
    async upload(jsonl, name) {
      const file = new File([jsonl], name, { type: "application/jsonl" });
      return (await send((client) => client.files.create({ file, purpose: "fine-tune" }, { signal }), as(created, "a file"))).value.id;
    },
    async create({ model, trainingFile, seed, hyperparameters, metadata }) {
      const method = { type: "supervised" as const, supervised: { hyperparameters: { ...hyperparameters } } };
      const body = {
        model,
        training_file: trainingFile,
        seed,
        metadata: { ...metadata },
        ...(Object.keys(hyperparameters).length > 0 ? { method } : {}),
      };
      return (await send((client) => client.fineTuning.jobs.create(body, { signal }), as(created, "a fine-tuning job"))).value.id;
    },
    async find(metadata) {
      const asked = { limit: 100, metadata: { ...metadata } };
      const { value } = await send((client) => client.fineTuning.jobs.list(asked, { signal }), as(jobs, "a list of fine-tuning jobs"));
      // Some endpoints ignore the filter.
      return value.data.find((each) => Object.entries(metadata).every(([key, wanted]) => each.metadata?.[key] === wanted))?.id;
    },
    async job(id) {
      const { value } = await send((client) => client.fineTuning.jobs.retrieve(id, { signal }), as(job, "a fine-tuning job"));
      if (value.id !== id) throw new EndpointFault("parse", `${where} gave job ${value.id} when asked for ${id}; look at the server`);
      return {
        status: value.status,
        model: value.fine_tuned_model ?? null,
        error: value.error?.message ?? null,
        trainedTokens: value.trained_tokens ?? null,
      };
    },
    async events(id) {
      const { value } = await send((client) => client.fineTuning.jobs.listEvents(id, { limit: 100 }, { signal }), as(events, "events"));
      // The endpoint lists the newest first.
      return value.data.map((event) => event.message).reverse();
    },
    async cancel(id) {
      await send((client) => client.fineTuning.jobs.cancel(id, { signal }), as(z.unknown(), "a fine-tuning job"));
    },
  };
}
