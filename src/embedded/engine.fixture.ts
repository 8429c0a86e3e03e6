/** What tests of the embedded engine share: an engine on a folder of its own, asked through the official client as a user's program would. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import OpenAI, { toFile } from "openai";
import { afterAll } from "vitest";
import { createEmbedded } from "./engine.ts";

type Job = OpenAI.FineTuning.FineTuningJob;

/** An engine on a new folder, which is removed after the tests of the file. */
export function openEngine(): { readonly folder: string; readonly client: OpenAI } {
  const folder = mkdtempSync(path.join(tmpdir(), "embedded-"));
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return { folder, client: connect(folder) };
}

/** A client of another engine, on a folder that others may use too. */
export function connect(folder: string, now?: () => number): OpenAI {
  const fetch = createEmbedded(now === undefined ? { folder } : { folder, now });
  return new OpenAI({ baseURL: "http://embedded.invalid/v1", apiKey: "none", maxRetries: 0, fetch });
}

/** The id of the uploaded file. */
export async function upload(client: OpenAI, data: string | Uint8Array, purpose: OpenAI.FilePurpose = "fine-tune"): Promise<string> {
  return (await client.files.create({ purpose, file: await toFile(Buffer.from(data), "rows.jsonl") })).id;
}

/** The job as it ends. */
export async function ended(client: OpenAI, job: Job): Promise<Job> {
  let now = job;
  while (!["succeeded", "failed", "cancelled"].includes(now.status)) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    now = await client.fineTuning.jobs.retrieve(job.id);
  }
  return now;
}

/** The job that trains on such a file, as it ends. */
export async function train(
  client: OpenAI,
  data: string | Uint8Array,
  options: Partial<OpenAI.FineTuning.JobCreateParams> = {},
): Promise<Job> {
  const training_file = await upload(client, data);
  return ended(client, await client.fineTuning.jobs.create({ model: "reader", training_file, ...options }));
}
