/**
 * Measures the rung `hyde-fact-check` with the embedded engine as writer and judge: verdicts on claims, through the stage's own prompt, reading
 * and look-up of quotes, and retrieval with and without hypothetical passages.
 *
 *     node bench/fact-check.ts [FOLDER]
 *
 * FOLDER holds `claims.jsonl`, `corpus.jsonl.gz`, `queries.jsonl` and `qrels.tsv` as ../shared/data/scifact_train_mini does, the default. A claim
 * is held against the abstracts that it names ("given"), or against what it finds itself ("found"). Without evidence in them it is not found.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { createEmbedded, engineVersion } from "../src/embedded/engine.ts";
import { openLibrary } from "../src/knowledge/library.ts";
import { memory } from "../src/knowledge/stores/memory.ts";
import { createPurse } from "../src/ladder/budget.ts";
import { createMeter } from "../src/ladder/meter.ts";
import { measured, retrievalTable } from "../src/stages/hyde-fact-check/retrieval.ts";
import { hydesOf } from "../src/stages/hyde-fact-check/settings.ts";
import { options } from "../src/stages/hyde-fact-check/options.ts";
import { verdictsOn, type Verdict } from "../src/stages/hyde-fact-check/verdicts.ts";
import { retrievalOf, retrieving } from "../src/stages/rag/index.ts";
import { withRetrieval } from "../src/stages/rag/program.ts";
import { settingsOf } from "../src/stages/rag/settings.ts";
import { options as ragOptions } from "../src/stages/rag/options.ts";
import type { Case, Document, Passage, Program } from "../src/types.ts";
import { createModels } from "../src/wire/models.ts";

/** `{"id": "9", "claim": "32% of …", "cited_doc_ids": ["44265107"], "evidence": […], "label": "SUPPORT"}` */
const claimRow = z.object({ id: z.string(), claim: z.string(), cited_doc_ids: z.array(z.string()), label: z.string() });
const textRow = z.object({ id: z.string(), title: z.string().default(""), text: z.string() });
const LABELS: Readonly<Record<string, Verdict["verdict"]>> = { SUPPORT: "supported", CONTRADICT: "contradicted", NEI: "not_found" };
const WORDS = ["supported", "contradicted", "not_found"] as const;
/** Passages that a claim finds, as by the stage's default. */
const FOUND = 3;

const folder = process.argv[2] ?? "../shared/data/scifact_train_mini";
const place = await mkdtemp(path.join(tmpdir(), "llmopt-bench-"));
const models = createModels({
  endpoints: {
    embedded: { name: "embedded", baseUrl: "http://embedded.invalid/v1", compat: "generic", concurrency: 4, timeout: 60, deadline: 60 },
  },
  inProcess: { embedded: { fetch: createEmbedded({ folder: place }), version: engineVersion } },
  cacheFolder: undefined,
  offline: false,
  prices: {},
  signal: new AbortController().signal,
});
try {
  const documents = (await rows("corpus.jsonl.gz", textRow)).map(({ id, title, text }): Document => ({ id, title, text }));
  const embed = async (texts: readonly string[]) => (await models.embed("embedded/lexical", texts)).vectors;
  const library = openLibrary({
    documents,
    folder: place,
    corpus: "bench",
    store: memory.create({}),
    embedder: "embedded/lexical",
    embed,
  });
  const roles = { task: "embedded/reader", writer: "embedded/reader", judge: "embedded/reader", embed: "embedded/lexical" };
  const { lab } = createMeter({ experiment: { models: roles }, models, library, purse: createPurse({}, [], 0, () => 0) }).open();
  const bare: Program = { model: "embedded/reader", params: {}, system: "", user: "{{claim}}", demos: [], steps: [] };

  const { top_k: _, ...retriever } = retrievalOf(retrieving(bare)) ?? raise("no retrieval");
  const claims = await rows("claims.jsonl", claimRow);
  console.log(`${claims.length} claims; verdicts of the embedded engine, by evidence\n`);
  console.log(
    "| evidence | accuracy | supported P / R | contradicted P / R | not found P / R | CPU ms a claim |\n|---|---|---|---|---|---|",
  );
  for (const [name, evidenceOf] of [
    [
      "given",
      async (one: z.infer<typeof claimRow>): Promise<readonly Passage[]> =>
        one.cited_doc_ids.flatMap((id) => library.passagesOf(id, retriever)),
    ],
    ["found", async (one: z.infer<typeof claimRow>) => await lab.search(retriever, [{ texts: [one.claim] }], FOUND)],
  ] as const) {
    const pairs: (readonly [is: Verdict["verdict"], was: Verdict["verdict"]])[] = [];
    const before = process.cpuUsage();
    for (const one of claims) {
      const verdicts = await verdictsOn([{ text: one.claim }], await evidenceOf(one), lab);
      if ("problem" in verdicts) raise(verdicts.problem);
      pairs.push([LABELS[one.label] ?? raise(one.label), verdicts[0]?.verdict ?? "not_found"]);
    }
    const { user, system } = process.cpuUsage(before);
    const share = (some: readonly unknown[], all: readonly unknown[]): string => (some.length / Math.max(1, all.length)).toFixed(3);
    const right = pairs.filter(([is, was]) => is === was);
    const cells = WORDS.map((word) => {
      const hits = right.filter(([is]) => is === word);
      return `${share(
        hits,
        pairs.filter(([, was]) => was === word),
      )} / ${share(
        hits,
        pairs.filter(([is]) => is === word),
      )}`;
    });
    console.log(`| ${[name, share(right, pairs), ...cells, ((user + system) / 1000 / claims.length).toFixed(1)].join(" | ")} |`);
  }

  const queries = await rows("queries.jsonl", textRow);
  const relevant = Map.groupBy(
    (await readFile(path.join(folder, "qrels.tsv"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/))
      .filter((cells) => Number(cells.at(-1)) > 0),
    ([query = ""]) => query,
  );
  const cases = queries.flatMap(({ id, text }): readonly Case[] => {
    const sources = (relevant.get(id) ?? []).map((cells) => cells.at(-2) ?? "");
    return sources.length === 0 ? [] : [{ id, fields: { claim: text }, sources }];
  });
  for (const search of ["bm25", "dense", "hybrid"] as const) {
    const program = withRetrieval(bare, { ...settingsOf(ragOptions.parse({ search, top_k: 10 })) });
    const results = await measured(program, hydesOf(options.parse({ prompt: "scifact" })), cases, lab);
    const { title, columns, rows: cells } = retrievalTable(results, cases, 10);
    console.log(`\n${search}: ${title}\n\n| ${columns.join(" | ")} |\n|${"---|".repeat(columns.length)}`);
    for (const row of cells)
      console.log(
        `| ${row.map((cell) => (typeof cell === "number" && !Number.isInteger(cell) ? cell.toFixed(4) : (cell ?? "–"))).join(" | ")} |`,
      );
  }
  await library.close();
} finally {
  await models.close();
  await rm(place, { recursive: true, force: true });
}

async function rows<T>(name: string, shape: z.ZodType<T>): Promise<readonly T[]> {
  const bytes = await readFile(path.join(folder, name));
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [shape.parse(JSON.parse(line))]));
}

function raise(what: string): never {
  throw new Error(what);
}
