/** What a measurement reports, and what measurements have in common. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import OpenAI from "openai";
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
