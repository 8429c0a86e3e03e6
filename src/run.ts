/** experiment.yaml -> Experiment -> climb -> run folder -> report: the one straight line that `llmopt run` follows. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createBoard } from "./ladder/board.ts";
import { createPurse } from "./ladder/budget.ts";
import { compareStored } from "./gate.ts";
import { BASELINE, climb } from "./ladder/climb.ts";
import type { Event, Keep, Progress } from "./ladder/events.ts";
import { withRegression } from "./ladder/gates.ts";
import { openKnowledge, openModels, refuseUnknownModels, refuseUnknownPrices, STORE, widthFor } from "./models.ts";
import { manifestOf } from "./manifest.ts";
import type { Prepared, RunOptions } from "./prepare.ts";
import { caseRows, summaryHtml } from "./report/html.ts";
import { summaryMarkdown } from "./report/markdown.ts";
import { jsonText, writeAtomic, writeJson } from "./runs/atomic.ts";
import { createRunFolder, findUnfinished, lockRun, MANIFEST, rungFolder, SUMMARY, TEST_CASES, LEAKS } from "./runs/folder.ts";
import { openJournal } from "./runs/journal.ts";
import { readRaces } from "./runs/races.ts";
import { readFinished } from "./runs/read.ts";
import { noteCompared } from "./runs/test-reads.ts";
import type { RunManifest, StoredRun } from "./runs/types.ts";
import type { Answered, Case, Program, Summary } from "./types.ts";
import { executeIn } from "./wire/execute.ts";

export interface Host {
  readonly signal: AbortSignal;
  readonly notify: (progress: Progress) => void;
  readonly warn: (text: string) => void;
  readonly now: () => number;
}

/** A run that the winner is compared with when all is done; with `gate` its primary metric must not be worse. */
export interface Against {
  readonly run: StoredRun;
  readonly gate: boolean;
}

/** Walks the ladder and keeps everything in the run folder; yields what the walk yields. The last event holds the summary. */
export async function* run(
  prepared: Prepared,
  options: RunOptions,
  host: Host,
  against?: Against,
): AsyncGenerator<Event | { readonly type: "run"; readonly folder: string; readonly resumed: boolean }, void> {
  const { experiment, registry, hash } = prepared;
  const runs = options.runs ?? "runs";
  const store = options.store ?? STORE;
  const models = openModels(experiment, options, host);
  refuseUnknownPrices(experiment, models);
  await refuseUnknownModels(prepared, store);
  const unfinished = options.fresh === true ? undefined : findUnfinished(runs, experiment.name, hash);
  const folder = unfinished ?? createRunFolder(runs, experiment.name, hash, new Date(host.now()));
  const unlock = lockRun(folder);
  const names = [BASELINE, ...experiment.ladder.map(({ name }) => name)];
  const folderOf = (rung: string) => rungFolder(names.indexOf(rung), rung);
  const began = host.now();
  const journal = openJournal(folder, names, folderOf);
  let library: ReturnType<typeof openKnowledge>;
  try {
    yield { type: "run", folder, resumed: unfinished !== undefined };
    const manifest = await writeStart(folder, prepared, options, host);
    const finished = await readFinished(folder, names, folderOf);
    let rung = BASELINE;
    const purse = createPurse(experiment.budget, journal.all(), journal.minutes(), host.now);
    library = openKnowledge(experiment, models, store, purse, (spend) => journal.spent(rung, "index", spend), {
      progress: (done, total) => host.notify({ type: "progress", rung, phase: "indexing", done, total, mean: null, detail: "chunks" }),
      note: host.warn,
      signal: host.signal,
    });
    const notify = (progress: Progress) => {
      rung = progress.rung;
      host.notify(progress);
    };
    const width = widthFor(experiment, experiment.program.model, options.concurrency);
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
      if (event.type !== "summary") {
        if (event.type !== "stopped") await keep(folder, names, event);
        yield event;
        continue;
      }
      const program = programs.get(event.summary.winner) ?? experiment.program;
      const rows = createBoard(experiment, journal).rows(program, "test");
      const found = { path: folder, manifest, program, cases: experiment.splits.test, answers: new Map([[event.summary.winner, rows]]) };
      const summary = against === undefined ? event.summary : judged({ ...found, summary: event.summary }, against, new Date(host.now()));
      await keepReports(folder, summary, experiment.splits.test, rows);
      yield { type: "summary", summary };
    }
  } finally {
    journal.worked((host.now() - began) / 60_000);
    await library?.close();
    await models.close();
    unlock();
  }
}

/** The summary is written last: its presence means that the run is complete. */
export async function keepReports(folder: string, summary: Summary, cases: readonly Case[], rows: readonly Answered[]): Promise<void> {
  const raced = await readRaces(
    folder,
    summary.rungs.map(({ name }) => name),
  );
  await writeAtomic(join(folder, "report.md"), summaryMarkdown(summary, raced));
  await writeAtomic(join(folder, "report.html"), summaryHtml(summary, caseRows(cases, rows), raced));
  await writeJson(join(folder, SUMMARY), summary);
}

/** The summary with the comparison, and with gates that were judged against the other run instead of the run's own baseline. */
function judged(found: StoredRun, { run: other, gate: gated }: Against, now: Date): Summary {
  const { gates, comparability } = found.manifest;
  const wanted = gated ? withRegression(gates, comparability.primary) : gates;
  const { gates: results = [], gate, ...comparison } = compareStored(other, found, now, wanted);
  noteCompared(other, found, now);
  return { ...found.summary, gates: results, gate, comparison };
}

async function keep(folder: string, names: readonly string[], event: Extract<Event, { type: "rung" | "diagnosis" }>): Promise<void> {
  const rung = join(folder, rungFolder(event.index, names[event.index] ?? ""));
  if (event.type === "diagnosis") await writeJson(join(rung, "diagnosis.json"), event.diagnosis);
  else {
    await writeJson(join(rung, "program.json"), event.program);
    await writeJson(join(rung, "rung.json"), event.rung);
  }
}

/** What a run is, first of all `run.json`. What an earlier process has written stays, but for the gates, which may change. */
async function writeStart(folder: string, prepared: Prepared, options: RunOptions, host: Host): Promise<RunManifest> {
  const { splits, text, leaks } = prepared.experiment;
  const fresh = manifestOf(prepared, new Date(host.now()), options.concurrency);
  const file = join(folder, MANIFEST);
  const manifest = existsSync(file) ? { ...(JSON.parse(await readFile(file, "utf8")) as RunManifest), gates: fresh.gates } : fresh;
  const ids = Object.fromEntries(Object.entries(splits).map(([split, cases]) => [split, cases.map((kase) => kase.id)]));
  const first = async (name: string, content: string): Promise<void> => {
    if (!existsSync(join(folder, name))) await writeAtomic(join(folder, name), content);
  };
  await writeJson(file, manifest);
  await first("experiment.yaml", text);
  await first("splits.json", jsonText(ids));
  await first(LEAKS, jsonText(leaks));
  await first(TEST_CASES, splits.test.map((kase) => `${JSON.stringify(kase)}\n`).join(""));
  return manifest;
}

function keepIn(folder: string): Keep {
  return {
    read: async (name) => await readFile(join(folder, name), "utf8").catch(() => undefined),
    write: async (name, content) => await writeAtomic(join(folder, name), content),
  };
}
