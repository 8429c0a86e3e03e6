import { constants } from "node:os";
import { loadEnvFile } from "node:process";
import { messageOf, UserError } from "../errors.ts";
import { planText } from "../report/plan.ts";
import { summaryTable } from "../report/terminal.ts";
import { planOf } from "../ladder/plan.ts";
import { compareRuns, exitCodeOf } from "../runs/compare.ts";
import { compareText } from "../report/terminal.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { openModels, refuseUnknownPrices } from "../models.ts";
import { type Prepared, prepare, type RunOptions } from "../prepare.ts";
import { run } from "../run.ts";
import type { Summary } from "../types.ts";
import { createView, type View } from "./view.ts";
import { checkOutputs, type CommonFlags, hasColor, print, printJson, widthOf } from "./output.ts";
import { REPORTS, writeReports } from "./report.ts";

export interface RunFlags extends CommonFlags, Omit<RunOptions, "runs" | "store" | "env"> {
  readonly dryRun?: boolean;
  readonly against?: string;
  readonly gate?: boolean;
  readonly shard?: string;
  readonly envFile?: string;
}

export async function runCommand(file: string, flags: RunFlags): Promise<number> {
  if (flags.shard !== undefined) throw new UserError("--shard: is not there yet; run the experiment whole");
  if (flags.gate === true && flags.against === undefined) throw new UserError("--gate: needs a run to compare with; add --against RUN");
  if (flags.offline === true && flags.cache === false)
    throw new UserError("--offline: answers from the cache alone, so --no-cache leaves nothing; give one of them");
  checkOutputs(flags.output ?? [], REPORTS);
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);
  const against = flags.against === undefined ? undefined : await readRun(findRun(flags.against, flags.runs));
  const prepared = await prepare(file, flags);
  if (flags.dryRun === true) {
    const models = openModels(prepared.experiment, flags, { signal: new AbortController().signal, warn() {} });
    refuseUnknownPrices(prepared.experiment, models);
    const plan = planOf(prepared.experiment, models.price);
    if (flags.json === true) printJson(plan);
    else print(planText(plan));
    return 0;
  }

  const { summary, folder, signal } = await walk(prepared, flags);
  if (summary === undefined) return 128 + constants.signals[signal ?? "SIGINT"];
  const table = { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) };
  if (flags.json === true) printJson(summary);
  else print(`${summaryTable(summary, table)}\n\nRun: ${folder}`);
  const stored = await readRun(folder);
  await writeReports(stored, flags.output ?? []);
  const gate = summary.gates.every(({ passed }) => passed) ? 0 : 1;
  if (against === undefined) return gate;
  const result = compareRuns(against, stored, stored.manifest.seed);
  if (flags.json !== true) print(`\n${compareText(result, table)}`);
  return flags.gate === true ? Math.max(gate, exitCodeOf(result)) : gate;
}

/** Walks until done or interrupted; the first signal stops cleanly, a second one at once. */
async function walk(
  prepared: Prepared,
  flags: RunFlags,
): Promise<{ readonly summary: Summary | undefined; readonly folder: string; readonly signal: "SIGINT" | "SIGTERM" | undefined }> {
  const abort = new AbortController();
  let signal: "SIGINT" | "SIGTERM" | undefined;
  const stop = (name: "SIGINT" | "SIGTERM") => {
    if (signal !== undefined) process.exit(128 + constants.signals[name]);
    signal = name;
    abort.abort(new Error(name));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const view: View = createView(flags, prepared.experiment);
  let folder = "";
  let summary: Summary | undefined;
  try {
    const host = { signal: abort.signal, notify: view.progress, warn: view.warn, now: Date.now };
    for await (const event of run(prepared, flags, host)) {
      if (event.type === "run") folder = event.folder;
      if (event.type === "summary") summary = event.summary;
      if (event.type === "stopped" && flags.json === true) printJson(event.summary);
      view.event(event);
    }
    view.close();
  } catch (error) {
    view.close();
    if (signal === undefined) throw withFolder(error, folder);
    process.stderr.write(`\nstopped by ${signal}; run the same command again to go on with ${folder}\n`);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
  return { summary, folder, signal };
}

function withFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof UserError) || folder === "") return error;
  return new UserError(`${error.message}\nkept in ${folder}; the same command goes on from there once that is mended`, error.code, {
    cause: error,
  });
}

function readEnvironment(file: string): void {
  try {
    loadEnvFile(file);
  } catch (error) {
    throw new UserError(`--env-file ${file}: cannot be read (${messageOf(error)})`, 2, { cause: error });
  }
}
