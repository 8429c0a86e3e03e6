import { z } from "zod";
import { defineTrainer } from "../plugin.ts";
import { splitModel } from "../program/model.ts";
import type { TrainingState } from "../types.ts";

/** At least this many rows are wanted by every service that speaks this wire. */
const MIN_ROWS = 10;

const handleSchema = z.object({ job: z.string() });

/**
 * The `files` + `fine_tuning.jobs` wire: OpenAI (no new jobs for anyone from 2027-01-06), Azure, Nebius and the embedded engine
 * speak it. A job carries the run's intent in its metadata and is looked for before it is created, so that a creation whose
 * answer was lost is adopted and not paid twice.
 */
export default defineTrainer({
  name: "openai",
  about: "uploads chat JSONL and runs a fine-tuning job at the model's endpoint",
  options: z.strictObject({}),

  validate(job) {
    const faults = job.rows.flatMap((row, index) => {
      const last = row.messages.at(-1);
      if (last?.role !== "assistant" || last.content.trim() === "")
        return [`row ${index + 1}: the last message is no answer of the assistant`];
      if (!row.messages.some((message) => message.role === "user")) return [`row ${index + 1}: no message of the user`];
      return [];
    });
    if (job.rows.length < MIN_ROWS) faults.push(`${job.rows.length} rows; at least ${MIN_ROWS} are needed`);
    return faults;
  },

  async launch(job, _options, wire) {
    const metadata = { llmopt_intent: job.intent };
    const known = await wire.find(metadata);
    if (known !== undefined) return { job: known };
    const trainingFile = await wire.upload(job.rows.map((row) => `${JSON.stringify(row)}\n`).join(""), "train.jsonl");
    const { id: model } = splitModel(job.model);
    return { job: await wire.create({ model, trainingFile, seed: job.seed, hyperparameters: job.hyperparameters, metadata }) };
  },

  async poll(handle, wire): Promise<TrainingState> {
    const { job: id } = handleSchema.parse(handle);
    const job = await wire.job(id);
    if (job.status === "failed" || job.status === "cancelled") {
      return { status: "failed", reason: job.error ?? `the job was ${job.status}` };
    }
    if (job.status === "succeeded") {
      if (job.model === null) return { status: "failed", reason: "the job succeeded but names no model" };
      return { status: "succeeded", model: job.model, trainedTokens: job.trainedTokens };
    }
    return { status: "running", progress: (await wire.events(id)).at(-1) ?? job.status };
  },

  async cancel(handle, wire) {
    await wire.cancel(handleSchema.parse(handle).job);
  },
});
