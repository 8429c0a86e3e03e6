/** What a measurement reports, and what measurements have in common. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import OpenAI, { toFile } from "openai";
import { createEmbedded } from "../../src/embedded/engine.ts";

export interface Row {
  /** What was measured, on what. */
  readonly on: string;
  readonly value: string;
  /** What it must reach; "–" where nothing is asked. */
  readonly bar: string;
  readonly met: boolean;
}

/** The folder with the data: the first argument, else `../shared`. */
export const shared = path.resolve(process.argv[2] ?? "../shared");

/** The objects of a JSONL file under `shared`, gzipped or not, as their measurement knows them to be. */
export async function readLines<T>(...place: readonly string[]): Promise<T[]> {
  const raw = await readFile(path.join(shared, ...place));
  const text = (place.at(-1)?.endsWith(".gz") === true ? gunzipSync(raw) : raw).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

/** Works with a new engine over the wire, and removes what it kept. */
export async function withEngine<T>(work: (client: OpenAI) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "llmopt-bench-"));
  try {
    return await work(
      new OpenAI({ baseURL: "http://embedded.invalid/v1", apiKey: "none", maxRetries: 0, fetch: createEmbedded({ folder }) }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The id of the model that a fine-tuning job makes of lines of chat JSONL. */
export async function tune(client: OpenAI, lines: readonly string[], seed?: number): Promise<string> {
  const file = await client.files.create({ purpose: "fine-tune", file: await toFile(Buffer.from(lines.join("\n")), "rows.jsonl") });
  let job = await client.fineTuning.jobs.create({ model: "reader", training_file: file.id, ...(seed === undefined ? {} : { seed }) });
  while (job.status !== "succeeded") {
    if (job.status === "failed" || job.status === "cancelled") throw new Error(`the job ${job.status}: ${job.error?.message ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    job = await client.fineTuning.jobs.retrieve(job.id);
  }
  return job.fine_tuned_model ?? "";
}
