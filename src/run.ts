/** experiment.yaml -> Experiment -> climb -> run folder -> report: the one straight line that `llmopt run` follows. */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createEmbedded, engineVersion } from "./embedded/engine.ts";
import { peekPlugins, readExperiment } from "./experiment/read.ts";
import { EndpointFault, suggest, UserError } from "./errors.ts";
import { openLibrary } from "./knowledge/library.ts";
import { createPurse } from "./ladder/budget.ts";
import { BASELINE, climb } from "./ladder/climb.ts";
import type { Event, Keep, Progress } from "./ladder/events.ts";
import { loadPlugins } from "./plugins.ts";
import { hashOf, programId } from "./program/hash.ts";
import { createRegistry, type Registry } from "./registry.ts";
import { caseRows, summaryHtml } from "./report/html.ts";
import { summaryMarkdown } from "./report/markdown.ts";
import { writeAtomic } from "./runs/atomic.ts";
import { createRunFolder, findUnfinished, lockRun, MANIFEST, rungFolder, SUMMARY, TEST_CASES } from "./runs/folder.ts";
import { openJournal } from "./runs/journal.ts";
import { readFinished } from "./runs/read.ts";
import type { RunManifest } from "./runs/types.ts";
import { scorers } from "./scorers/index.ts";
import { stages } from "./stages/index.ts";
import { trainers } from "./trainers/index.ts";
import type { Answered, Case, Experiment, Journal, PlannedRung, Program, Spend, Summary } from "./types.ts";
import { z } from "zod";
import { createModels, type Models } from "./wire/models.ts";

export interface RunOptions {
  /** Names of the rungs to climb; all by default. */
  readonly only?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly limit?: number | undefined;
  readonly sample?: number | undefined;
  readonly repeat?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly maxUsd?: number | undefined;
  readonly maxCalls?: number | undefined;
  /** Starts anew although an unfinished run of the same experiment is there. */
  readonly fresh?: boolean | undefined;
  readonly offline?: boolean | undefined;
  readonly cache?: boolean | undefined;
  readonly plugins?: boolean | undefined;
  /** Folder of run folders, and folder of the cache, indexes and tuned models. */
  readonly runs?: string | undefined;
  readonly store?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** An experiment read and checked whole, with the plugins it was read with; no call was made. */
export interface Prepared {
  readonly experiment: Experiment;
  readonly registry: Registry;
  /** Of everything that decides what the run does. */
  readonly hash: string;
  readonly hashes: RunManifest["hashes"];
}

export interface Host {
  readonly signal: AbortSignal;
  readonly notify: (progress: Progress) => void;
  readonly warn: (text: string) => void;
  readonly now: () => number;
}

/** Where the cache, indexes and tuned models are kept unless told otherwise. */
const STORE = ".llmopt";

const version: string = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;

/** The built-in plugins, and those that the experiment names, with their source texts. */
export async function registryFor(file: string | undefined): Promise<{ readonly registry: Registry; readonly sources: readonly string[] }> {
  const loaded = file === undefined ? [] : await loadPlugins(await peekPlugins(file), file);
  const plugins = loaded.map(({ plugin }) => plugin);
  return { registry: createRegistry([...stages, ...scorers, ...trainers, ...plugins]), sources: loaded.map(({ source }) => source) };
}

/** Reads an experiment. Throws a UserError with all complaints, a line each. */
export async function prepare(file: string, options: RunOptions = {}): Promise<Prepared> {
  const { registry, sources } = await registryFor(options.plugins === false ? undefined : file);
  const read = await readExperiment(file, registry, {
    env: options.env ?? process.env,
    filter: options.filter,
    limit: options.limit,
    sample: options.sample,
  });
  const experiment: Experiment = {
    ...read,
    ladder: chosen(read.ladder, options.only),
    repeat: options.repeat ?? read.repeat,
    budget: { ...read.budget, usd: options.maxUsd ?? read.budget.usd, calls: options.maxCalls ?? read.budget.calls },
  };
  const { splits, documents, program, variants } = experiment;
  const hashes = {
    experiment: hashOf(experiment.text),
    data: hashOf(splits),
    prompts: hashOf({ program, variants }),
    knowledge: hashOf(documents),
    plugins: hashOf(sources),
  };
  return { experiment, registry, hash: identityOf(experiment, sources), hashes };
}

/**
 * Hash of everything that decides what a run answers and how it is judged. Runs of the same hash go on where the last one
 * stopped; budget, gates, places and speeds may change in between.
 */
function identityOf(experiment: Experiment, sources: readonly string[]): string {
  const { models, splits, documents, program, variants, primary, walk, target, repeat, seed, margin, maxErrors, endpoints } = experiment;
  const ladder = experiment.ladder.map(({ name, stage, options }) => ({ name, use: stage.name, options }));
  const named = experiment.scorers.map(({ name, scorer, options, threshold }) => ({ name, use: scorer.name, options, threshold }));
  const places = Object.values(endpoints).map(({ name, baseUrl, compat }) => ({ name, baseUrl, compat }));
  const judged = { named, primary, walk, target, repeat, seed, margin, maxErrors };
  return hashOf({ models, splits, documents, program, variants, ladder, judged, places, sources, version, engineVersion });
}

/** Walks the ladder and keeps everything in the run folder; yields what the walk yields. The last event holds the summary. */
export async function* run(
  prepared: Prepared,
  options: RunOptions,
  host: Host,
): AsyncGenerator<Event | { readonly type: "run"; readonly folder: string; readonly resumed: boolean }, void> {
  const { experiment, registry, hash } = prepared;
  const runs = options.runs ?? "runs";
  const store = options.store ?? STORE;
  const models = openModels(experiment, options, host);
  refuseUnknownPrices(experiment, models);
  await refuseUnknownModels(experiment, store);
  const unfinished = options.fresh === true ? undefined : findUnfinished(runs, experiment.name, hash);
  const folder = unfinished ?? createRunFolder(runs, experiment.name, hash, new Date(host.now()));
  const unlock = lockRun(folder);
  const names = [BASELINE, ...experiment.ladder.map(({ name }) => name)];
  const folderOf = (rung: string) => rungFolder(names.indexOf(rung), rung);
  const began = host.now();
  const journal = openJournal(folder, names, folderOf);
  try {
    yield { type: "run", folder, resumed: unfinished !== undefined };
    await writeStart(folder, prepared, options, host);
    const finished = await readFinished(folder, names, folderOf);
    let rung = BASELINE;
    const purse = createPurse(experiment.budget, journal.all(), journal.minutes(), host.now);
    const library =
      experiment.documents.length === 0
        ? undefined
        : openLibrary({
            documents: experiment.documents,
            folder: join(store, "indexes"),
            embedder: models.identity(experiment.models.embed),
            embed: async (texts) => {
              await purse.reserve();
              let spend: Spend | undefined;
              try {
                const reply = await models.embed(experiment.models.embed, texts);
                spend = reply.spend;
                return reply.vectors;
              } catch (error) {
                if (error instanceof EndpointFault) spend = error.spend;
                throw error;
              } finally {
                purse.book(spend);
                if (spend !== undefined) journal.spent(rung, "index", spend);
              }
            },
          });
    const notify = (progress: Progress) => {
      rung = progress.rung;
      host.notify(progress);
    };
    const task = experiment.program.model.slice(0, experiment.program.model.indexOf("/"));
    const width = options.concurrency ?? experiment.endpoints[task]?.concurrency ?? 1;
    const keepOf = (index: number, name: string): Keep => keepIn(join(folder, rungFolder(index, name)));
    const events = climb({
      experiment,
      registry,
      models,
      library,
      purse,
      journal,
      run: folder,
      keepOf,
      finished,
      notify,
      signal: host.signal,
      now: host.now,
      width,
    });
    const programs = new Map<string, Program>();
    for await (const event of events) {
      if (event.type === "rung") programs.set(event.rung.name, event.program);
      if (event.type === "summary")
        await keepReports(folder, event.summary, experiment.splits.test, testRows(experiment, journal, programs.get(event.summary.winner)));
      else if (event.type !== "stopped") await keep(folder, names, event);
      yield event;
    }
  } finally {
    journal.worked((host.now() - began) / 60_000);
    await models.close();
    unlock();
  }
}

/** All endpoints of the experiment and the embedded engine; nothing is opened before the first call. */
export function openModels(experiment: Experiment, options: RunOptions, host: Pick<Host, "signal" | "warn">): Models {
  const store = options.store ?? STORE;
  return createModels({
    endpoints: experiment.endpoints,
    inProcess: { embedded: { fetch: createEmbedded({ folder: join(store, "embedded") }), version: engineVersion } },
    cacheFolder: options.cache === false ? undefined : join(store, "cache"),
    offline: options.offline === true,
    concurrency: options.concurrency,
    prices: experiment.prices,
    signal: host.signal,
    warn: host.warn,
  });
}

/** A limit in dollars that cannot be enforced is no limit. */
function refuseUnknownPrices({ budget, models: roles, file }: Experiment, models: Models): void {
  if (budget.usd === undefined) return;
  const unknown = [...new Set(Object.values(roles))].filter((model) => models.price(model) === null);
  if (unknown.length === 0) return;
  const [first = ""] = unknown;
  const [endpoint, id] = [first.slice(0, first.indexOf("/")), first.slice(first.indexOf("/") + 1)];
  throw new UserError(
    `${relative("", file)}: budget.usd cannot be kept, the price of ${unknown.join(", ")} is unknown; give it under endpoints.${endpoint}.prices as { "${id}": { in: …, out: … } } (USD per million tokens), or limit calls instead`,
  );
}

/** The engine in this process knows its models without a call; other endpoints say it at the first one. */
async function refuseUnknownModels({ models: roles, file }: Experiment, store: string): Promise<void> {
  const engine = createEmbedded({ folder: join(store, "embedded") });
  const named = [...new Set(Object.values(roles))].filter((model) => model.startsWith("embedded/"));
  const listed = await engine("http://embedded.invalid/v1/models").then((response) => response.json());
  const known = modelList.parse(listed).data.map(({ id }) => `embedded/${id}`);
  const unknown = named.find((model) => !known.includes(model));
  if (unknown !== undefined) throw new UserError(`${relative("", file)}: unknown model "${unknown}"; ${suggest(unknown, known)}`);
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The summary is written last: its presence means that the run is complete. */
async function keepReports(folder: string, summary: Summary, cases: readonly Case[], rows: readonly Answered[]): Promise<void> {
  await writeAtomic(join(folder, "report.md"), summaryMarkdown(summary));
  await writeAtomic(join(folder, "report.html"), summaryHtml(summary, caseRows(cases, rows)));
  await writeAtomic(join(folder, SUMMARY), json(summary));
}

/** The first answers of a program to the test cases. */
function testRows({ splits }: Experiment, journal: Journal, program: Program | undefined): readonly Answered[] {
  if (program === undefined) return [];
  return splits.test.map((kase) => journal.find(programId(program), kase.id, 0)).filter((row) => row !== undefined);
}

async function keep(folder: string, names: readonly string[], event: Extract<Event, { type: "rung" | "diagnosis" }>): Promise<void> {
  const rung = join(folder, rungFolder(event.index, names[event.index] ?? ""));
  if (event.type === "diagnosis") await writeAtomic(join(rung, "diagnosis.json"), json(event.diagnosis));
  else {
    await writeAtomic(join(rung, "program.json"), json(event.program));
    await writeAtomic(join(rung, "rung.json"), json(event.rung));
  }
}

/** What a run is, first of all `run.json`; what an earlier process has written stays. */
async function writeStart(folder: string, { experiment, hashes }: Prepared, options: RunOptions, host: Host): Promise<void> {
  const { splits, scorers: named, primary, repeat, models, program, seed } = experiment;
  const scorerKeys = named.map(({ name, scorer, options: given }) => ({ name, use: scorer.name, given }));
  const manifest: RunManifest = {
    version,
    format: 1,
    name: experiment.name,
    created: new Date(host.now()).toISOString(),
    seed,
    repeat,
    models: { ...models, program: program.model },
    comparability: {
      cases: hashOf(splits.test.map(({ id, fields, expected }) => ({ id, fields, expected }))),
      scorers: hashOf({ scorerKeys, plugins: hashes.plugins }),
      primary,
      repeat,
    },
    thresholds: Object.fromEntries(named.map(({ name, threshold }) => [name, threshold])),
    hashes,
    node: process.version,
    concurrency: options.concurrency ?? null,
  };
  const ids = Object.fromEntries(Object.entries(splits).map(([split, cases]) => [split, cases.map((kase) => kase.id)]));
  const first = async (name: string, content: string): Promise<void> => {
    if (!existsSync(join(folder, name))) await writeAtomic(join(folder, name), content);
  };
  await first(MANIFEST, json(manifest));
  await first("experiment.yaml", experiment.text);
  await first("splits.json", json(ids));
  await first(TEST_CASES, splits.test.map((kase) => `${JSON.stringify(kase)}\n`).join(""));
}

function chosen(ladder: readonly PlannedRung[], only: readonly string[] | undefined): readonly PlannedRung[] {
  if (only === undefined || only.length === 0) return ladder;
  const names = ladder.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UserError(`--only: no rung "${unknown}" on the ladder; ${suggest(unknown, names)}`);
  return ladder.filter(({ name }) => only.includes(name));
}

function keepIn(folder: string): Keep {
  return {
    read: async (name) => await readFile(join(folder, name), "utf8").catch(() => undefined),
    write: async (name, content) => await writeAtomic(join(folder, name), content),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
