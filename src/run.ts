/** experiment.yaml -> Experiment -> climb -> run folder -> report: the one straight line that `llmopt run` follows. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openLibrary } from "./knowledge/library.ts";
import { createPurse, paid } from "./ladder/budget.ts";
import { BASELINE, climb } from "./ladder/climb.ts";
import type { Event, Keep, Progress } from "./ladder/events.ts";
import { openModels, refuseUnknownModels, refuseUnknownPrices, STORE } from "./models.ts";
import { type Prepared, type RunOptions, version } from "./prepare.ts";
import { hashOf, programId } from "./program/hash.ts";
import { splitModel } from "./program/model.ts";
import { caseRows, summaryHtml } from "./report/html.ts";
import { summaryMarkdown } from "./report/markdown.ts";
import { writeAtomic } from "./runs/atomic.ts";
import { createRunFolder, findUnfinished, lockRun, MANIFEST, rungFolder, SUMMARY, TEST_CASES } from "./runs/folder.ts";
import { openJournal } from "./runs/journal.ts";
import { readFinished } from "./runs/read.ts";
import type { RunManifest } from "./runs/types.ts";
import type { Answered, Case, Experiment, Journal, Program, Summary } from "./types.ts";
import { executeIn } from "./wire/execute.ts";

export interface Host {
  readonly signal: AbortSignal;
  readonly notify: (progress: Progress) => void;
  readonly warn: (text: string) => void;
  readonly now: () => number;
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
              const call = () => models.embed(experiment.models.embed, texts);
              return (await paid(purse, call, (spend) => journal.spent(rung, "index", spend))).vectors;
            },
          });
    const notify = (progress: Progress) => {
      rung = progress.rung;
      host.notify(progress);
    };
    const width = options.concurrency ?? experiment.endpoints[splitModel(experiment.program.model).endpoint]?.concurrency ?? 1;
    const keepOf = (index: number, name: string): Keep => keepIn(join(folder, rungFolder(index, name)));
    const events = climb({
      experiment,
      registry,
      models,
      library,
      purse,
      execute: executeIn(dirname(experiment.file), host.signal),
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

function keepIn(folder: string): Keep {
  return {
    read: async (name) => await readFile(join(folder, name), "utf8").catch(() => undefined),
    write: async (name, content) => await writeAtomic(join(folder, name), content),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
