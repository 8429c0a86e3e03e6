/** A run folder -> a run folder: the stored test answers graded by other scorers. No answer is asked for again. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Judging, readEvals } from "./experiment/evals-file.ts";
import { UserError } from "./errors.ts";
import { agreementsOf } from "./ladder/agreement.ts";
import { confusionsOf } from "./ladder/confusions.ts";
import { createBoard } from "./ladder/board.ts";
import { createPurse } from "./ladder/budget.ts";
import { gatesOnRung, worst } from "./ladder/gates.ts";
import { createGrader } from "./ladder/grade.ts";
import { means, versus } from "./ladder/measure.ts";
import { createMeter } from "./ladder/meter.ts";
import { unjudgedReason } from "./ladder/unvalued.ts";
import { mapPool } from "./ladder/pool.ts";
import { comparabilityOf } from "./manifest.ts";
import { openModels, refuseUnknownModels, refuseUnknownPrices, STORE, widthFor } from "./models.ts";
import { registryFor, type RunOptions, version } from "./prepare.ts";
import { hashOf } from "./program/hash.ts";
import { type Host, keepReports } from "./run.ts";
import { writeAtomic, writeJson } from "./runs/atomic.ts";
import { createRunFolder, findUnfinished, lockRun, MANIFEST, rungFolder, TEST_CASES } from "./runs/folder.ts";
import { openJournal, readPassages } from "./runs/journal.ts";
import type { RunManifest, StoredRun } from "./runs/types.ts";
import { sum } from "./spend.ts";
import type { Answered, Case, Experiment, Graded, Journal, Passage, Rung, Spend, Summary } from "./types.ts";
import { executeIn } from "./wire/execute.ts";

/**
 * Grades every test answer that stands for a rung and keeps the result as a run of its own, which compares with others that were graded
 * so. Rungs keep their status: they were decided by the scorers of the run, and the new ones only say what they see of it on test.
 * Throws a UserError: 2 for the file, 3 where no answer has a value of the primary scorer, 4 and 5 as a run does.
 */
export async function rescore(run: StoredRun, file: string, options: RunOptions, host: Host): Promise<string> {
  const { registry, sources } = await registryFor(file, options.plugins !== false);
  const written = await readFile(join(run.path, "experiment.yaml"), "utf8");
  const judging = await readEvals(file, written, registry, options.env ?? process.env);
  const experiment = experimentOf(run, file, written, judging, options);
  const manifest = manifestOf(run, experiment, hashOf(sources), host);
  const [runs, store] = [options.runs ?? "runs", options.store ?? STORE];
  const models = openModels(experiment, options, host);
  if (Object.values(manifest.comparability.scorers).some((one) => one.models.length > 0)) {
    refuseUnknownPrices(experiment, models);
    await refuseUnknownModels({ experiment, registry }, store);
  }
  const hash = hashOf([basename(run.path), manifest.comparability, experiment.gates]);
  const unfinished = options.fresh === true ? undefined : findUnfinished(runs, experiment.name, hash);
  const folder = unfinished ?? createRunFolder(runs, experiment.name, hash, new Date(host.now()));
  const unlock = lockRun(folder);
  const names = run.summary.rungs.map(({ name }) => name);
  const folderOf = (rung: string) => rungFolder(names.indexOf(rung), rung);
  const journal = openJournal(folder, names, folderOf);
  const began = host.now();
  try {
    await writeJson(join(folder, MANIFEST), manifest);
    await writeAtomic(join(folder, "experiment.yaml"), written);
    await writeAtomic(join(folder, TEST_CASES), run.cases.map((kase) => `${JSON.stringify(kase)}\n`).join(""));
    const purse = createPurse(experiment.budget, journal.all(), journal.minutes(), host.now);
    const meter = createMeter({ experiment, models, library: undefined, purse });
    const grade = createGrader({ experiment, meter, execute: executeIn(resolve(dirname(file)), host.signal) });
    const texts = readPassages(run.path);
    const cases = new Map(run.cases.map((kase) => [kase.id, kase]));
    const width = widthFor(experiment, experiment.models.judge, options.concurrency);
    const regraded = async (rung: string, row: Answered, kase: Case): Promise<Answered> => {
      host.signal.throwIfAborted();
      const known = journal.find(row.program, row.case, row.repeat);
      if (known !== undefined) return known;
      const passages = passagesOf(row, texts);
      const judging: Spend[] = [];
      const settings = { repeat: row.repeat, record: (spend: Spend) => void judging.push(spend) };
      const asked = row.error === undefined ? grade(gradedOf(row, kase, passages), kase, settings) : { scores: {} };
      const graded = await Promise.resolve(asked).catch((error: unknown) => {
        // What was paid for an answer that is left ungraded is not lost from the books.
        journal.spent(rung, "unfinished", sum(judging));
        throw error;
      });
      // Nothing is paid for the answer now; what it took stays known.
      const now: Answered = { ...row, cached_calls: row.calls, usd: 0, cached: true, judging: undefined, ...graded };
      journal.answered(rung, now, passages);
      return now;
    };
    const answers = new Map<string, readonly Answered[]>();
    for (const name of names) {
      const rows = (run.answers.get(name) ?? []).filter((row) => row.split === "test");
      const jobs = rows.flatMap((row) => {
        const kase = cases.get(row.case);
        return kase === undefined ? [] : [{ row, kase }];
      });
      let done = 0;
      const report = () =>
        host.notify({ type: "progress", rung: name, phase: "test", done: ++done, total: jobs.length, mean: null, detail: "" });
      answers.set(
        name,
        await mapPool(jobs, width, async ({ row, kase }) => {
          const now = await regraded(name, row, kase);
          report();
          return now;
        }),
      );
    }
    const summary = summaryOf(folder, run, experiment, answers, journal, (host.now() - began) / 1000);
    for (const [index, rung] of summary.rungs.entries()) {
      const at = join(folder, rungFolder(index, rung.name));
      await writeJson(join(at, "rung.json"), rung);
      const program = await readFile(join(run.path, rungFolder(index, rung.name), "program.json"), "utf8").catch(() => undefined);
      if (program !== undefined) await writeAtomic(join(at, "program.json"), program);
    }
    refuseUnscored(summary, answers, experiment.primary);
    await keepReports(folder, summary, run.cases, answers.get(summary.winner) ?? []);
    return folder;
  } finally {
    journal.worked((host.now() - began) / 60_000);
    await models.close();
    unlock();
  }
}

/** The run as an experiment that only judges: its test cases, no ladder. */
function experimentOf(run: StoredRun, file: string, text: string, judging: Judging, options: RunOptions): Experiment {
  const { manifest, summary, cases, program } = run;
  return {
    ...judging,
    file: resolve(file),
    text,
    name: manifest.name,
    splits: { train: [], select: [], confirm: [], test: cases },
    exploratory: summary.exploratory,
    documents: [],
    program,
    variants: {},
    ladder: [],
    walk: "all",
    target: undefined,
    budget: { usd: options.maxUsd, calls: options.maxCalls },
    repeat: manifest.repeat,
    seed: manifest.seed,
    margin: 0,
    maxErrors: judging.maxErrors ?? manifest.max_errors,
    warnings: [],
    leaks: { cases: [], quotes: [] },
  };
}

function manifestOf(run: StoredRun, experiment: Experiment, plugins: string, host: Host): RunManifest {
  const { manifest, path } = run;
  const hashes = { ...manifest.hashes, plugins };
  return {
    ...manifest,
    version,
    node: process.version,
    created: new Date(host.now()).toISOString(),
    models: { ...experiment.models, program: run.program.model },
    comparability: comparabilityOf({ experiment, hashes }),
    gates: experiment.gates,
    max_errors: experiment.maxErrors,
    hashes,
    rescored: path,
  };
}

function summaryOf(
  folder: string,
  run: StoredRun,
  experiment: Experiment,
  answers: ReadonlyMap<string, readonly Answered[]>,
  journal: Journal,
  seconds: number,
): Summary {
  const { summary, cases, path } = run;
  const board = createBoard(experiment, journal);
  const bottom = answers.get(summary.baseline) ?? [];
  const rungs = summary.rungs.map((rung): Rung => {
    const rows = answers.get(rung.name) ?? [];
    const { decision: _, unjudged: __, ...kept } = rung;
    const tested = rows.length > 0;
    const unjudged = unjudgedReason(rows, "test", experiment);
    return {
      ...kept,
      reason: unjudged ?? (rung.name === summary.baseline ? rung.reason : `${rung.reason} (decided by ${summary.primary})`),
      ...(unjudged === undefined ? {} : { unjudged: true }),
      scores: tested ? { test: means(rows, cases, experiment) } : {},
      versus: tested && rung.name !== summary.baseline ? { baseline: versus("test", bottom, rows, cases, experiment) } : {},
      // Rungs that share a program share its answers, which are paid once.
      ...board.cost(rung.name),
    };
  });
  const rows = answers.get(summary.winner) ?? [];
  const winner = rungs.find(({ name }) => name === summary.winner);
  const before = summary.winner === summary.baseline ? undefined : bottom;
  const gates = winner === undefined ? [] : gatesOnRung(experiment, rows, before);
  return {
    run: folder,
    name: summary.name,
    status: "complete",
    baseline: summary.baseline,
    winner: summary.winner,
    primary: experiment.primary,
    exploratory: summary.exploratory,
    rungs,
    diagnosis: null,
    gates,
    ...(gates.length === 0 ? {} : { gate: worst(gates) }),
    confusion: confusionsOf(rows, experiment.scorers),
    agreement: agreementsOf(rows, experiment.scorers),
    totals: { ...sum(rungs), judging: sum(rungs.map(({ judging }) => judging)), seconds },
    warnings: [`graded anew: these are the answers of ${path}; its rungs were decided by ${summary.primary}`, ...summary.warnings],
  };
}

/** A scorer that applies to nothing leaves nothing to judge by; errors are counted, and end with 4. */
function refuseUnscored(summary: Summary, answers: ReadonlyMap<string, readonly Answered[]>, primary: string): void {
  const rows = [...answers.values()].flat();
  if (rows.some((row) => row.error !== undefined || !("skipped" in (row.scores[primary] ?? { skipped: "" })))) return;
  const first = rows.map((row) => row.error ?? whyNone(row, primary)).find((why) => why !== "") ?? "there are no answers";
  throw new UserError(`${summary.run}: "${primary}" gives no value for any of ${rows.length} answers; first: ${first}`, 3);
}

function whyNone(row: Answered, primary: string): string {
  const score = row.scores[primary];
  return score === undefined ? "" : "error" in score ? score.error : "skipped" in score ? score.skipped : "";
}

function passagesOf(row: Answered, texts: ReadonlyMap<string, Pick<Passage, "title" | "text">>): readonly Passage[] {
  return row.passages.flatMap(({ text: key, ...passage }) => {
    const known = texts.get(key);
    return known === undefined ? [] : [{ ...passage, ...known }];
  });
}

function gradedOf(row: Answered, { id, fields }: Case, passages: readonly Passage[]): Graded {
  const { answer, retrieved, notes = {}, usage, list_usd, ms } = row;
  return { question: { id, fields }, answer, passages, retrieved, notes, usage, list_usd, ms };
}
