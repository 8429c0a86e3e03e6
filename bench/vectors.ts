/**
 * What it costs to look up kept embeddings beside reading them from the JSON of an endpoint's answers, and beside embedding the texts by
 * the built-in engine, in CPU time: `node bench/vectors.ts [texts]`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmbedded, engineVersion } from "../src/embedded/engine.ts";
import { checkEmbeddings } from "../src/wire/check.ts";
import { createModels } from "../src/wire/models.ts";

const BATCH = 256;
const WORDS = 120;

const count = Number(process.argv[2] ?? 10_000);
const words = readFileSync(new URL("../README.md", import.meta.url), "utf8").split(/\s+/);
const texts = Array.from(
  { length: count },
  (_, i) => `${i} ${Array.from({ length: WORDS }, (_, j) => words[(i * 37 + j) % words.length]).join(" ")}`,
);
const folder = mkdtempSync(join(tmpdir(), "llmopt-vectors-"));
const lines = join(folder, "answers.jsonl");

async function embedAll(cacheFolder: string | undefined): Promise<readonly (readonly number[])[]> {
  const fetch = createEmbedded({ folder: join(folder, "engine") });
  const inProcess = { embedded: { fetch, version: engineVersion } };
  const models = createModels({ endpoints: {}, inProcess, cacheFolder, offline: false, prices: {}, signal: new AbortController().signal });
  const all: (readonly number[])[] = [];
  for (let i = 0; i < count; i += BATCH) all.push(...(await models.embed("embedded/lexical", texts.slice(i, i + BATCH))).vectors);
  await models.close();
  return all;
}

async function seconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

try {
  const cache = join(folder, "cache");
  const embedding = await seconds(() => embedAll(undefined));
  const keeping = await seconds(() => embedAll(cache));
  const kept = await seconds(() => embedAll(cache));
  const vectors = await embedAll(cache);
  const answers = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) =>
    JSON.stringify({ data: vectors.slice(i * BATCH, (i + 1) * BATCH).map((embedding, index) => ({ index, embedding })) }),
  );
  writeFileSync(lines, answers.join("\n"));
  const parsing = await seconds(() =>
    readFileSync(lines, "latin1")
      .split("\n")
      .map((line, i) => checkEmbeddings(line, Math.min(BATCH, count - i * BATCH))),
  );
  const row = (name: string, time: number) =>
    console.log(`${name.padEnd(34)}${time.toFixed(2).padStart(8)} s${(time / kept).toFixed(1).padStart(8)}×`);
  console.log(`${count} texts of ${WORDS} words, ${vectors[0]?.length} dimensions, CPU time`);
  row("looked up", kept);
  row("read from JSON and checked", parsing);
  row("embedded by the built-in engine", embedding);
  row("embedded by it and kept", keeping);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
