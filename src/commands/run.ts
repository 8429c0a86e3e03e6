import { UserError } from "../errors.ts";
import { planText } from "../report/plan.ts";
import { compareText, summaryTable } from "../report/terminal.ts";
import { planOf } from "../ladder/plan.ts";
import { forTerminal } from "../report/escape.ts";
import { unvaluedLines } from "../report/figures.ts";
import { exitCodeOfGate, refuseBaseline } from "../gate.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { openModels, refuseUnknownModels, refuseUnknownPrices } from "../models.ts";
import { type Prepared, prepare, type RunOptions } from "../prepare.ts";
import { type Against, run } from "../run.ts";
import type { Summary } from "../types.ts";
import { aaCommand, refuseFlags } from "./aa.ts";
import { untilSignalled } from "./signals.ts";
import { createView, type View } from "./view.ts";
import { checkOutputs, type CommonFlags, discardOutputs, failOutputs, hasColor, orFailed, readEnvironment, widthOf } from "./output.ts";
import { whileReading } from "./reading.ts";
import { REPORTS, writeReports } from "./report.ts";

export interface RunFlags extends CommonFlags, Omit<RunOptions, "runs" | "store" | "env"> {
  readonly dryRun?: boolean;
  readonly aa?: boolean;
  readonly against?: string;
  readonly gate?: boolean;
  readonly shard?: string;
  readonly envFile?: string;
}

export async function runCommand(file: string, flags: RunFlags): Promise<number> {
  const { output = [] } = flags;
  checkOutputs(output, REPORTS);
  // A run that is only planned writes no reports, so it takes none away.
  if (flags.dryRun === true || flags.aa === true) return await runOnce(file, flags);
  discardOutputs(output);
  return await orFailed(output, file, async () => await runOnce(file, flags));
}

async function runOnce(file: string, flags: RunFlags): Promise<number> {
  if (flags.shard !== undefined) throw new UserError("--shard: is not there yet; run the experiment whole");
  if (flags.gate === true && flags.against === undefined) throw new UserError("--gate: needs a run to compare with; add --against RUN");
  if (flags.offline === true && flags.cache === false)
    throw new UserError("--offline: answers from the cache alone, so --no-cache leaves nothing; give one of them");
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);
  const against = flags.against === undefined ? undefined : await readRun(findRun(flags.against, flags.runs));
  if (flags.aa === true) refuseFlags(flags);
  const prepared = await whileReading(flags, async (progress) => await prepare(file, { ...flags, progress }));
  if (flags.aa === true) return await aaCommand(prepared, flags);
  if (against !== undefined) refuseBaseline(prepared, against);
  if (flags.dryRun === true) {
    const models = openModels(prepared.experiment, flags, { signal: new AbortController().signal, warn() {} });
    refuseUnknownPrices(prepared.experiment, models);
    await refuseUnknownModels(prepared, flags.store);
    const plan = planOf(prepared.experiment, models.price);
    if (flags.json === true) flags.stdout.printJson(plan);
    else flags.stdout.print(planText(plan, widthOf(process.stdout)));
    return 0;
  }

  const compared = against === undefined ? undefined : { run: against, gate: flags.gate === true };
  const { summary, folder, code } = await walk(prepared, flags, compared);
  if (summary === undefined) {
    await failOutputs(flags.output ?? [], file, `the run was stopped before it ended (exit ${code})`);
    return code;
  }
  const table = { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) };
  if (flags.json === true) flags.stdout.printJson(summary);
  else flags.stdout.print(`${summaryTable(summary, table)}\n\n${measuredBesides(summary)}Run: ${folder}`);
  const { comparison } = summary;
  if (comparison !== undefined && flags.json !== true) flags.stdout.print(`\n${compareText(comparison, table)}`);
  await writeReports(await readRun(folder), flags.output ?? []);
  // A gate that passed says nothing where a rung could not be judged: the key may be gone.
  const unjudged = summary.rungs.filter((rung) => rung.unjudged === true);
  for (const line of unvaluedLines(summary.rungs)) process.stderr.write(`${forTerminal(`warning: ${line}`)}\n`);
  for (const { name, reason } of unjudged) process.stderr.write(`${forTerminal(`${name}: ${reason}`)}\n`);
  return unjudged.length > 0 ? 4 : exitCodeOfGate(summary.gate, flags.gate === true ? comparison : undefined);
}

/** Walks until done or interrupted; without a summary `code` is what to exit with. */
async function walk(
  prepared: Prepared,
  flags: RunFlags,
  against: Against | undefined,
): Promise<{ readonly summary: Summary | undefined; readonly folder: string; readonly code: number }> {
  const view: View = createView(flags, prepared.experiment);
  let folder = "";
  const { result, code } = await untilSignalled(
    async (signal) => {
      let summary: Summary | undefined;
      try {
        const host = { signal, notify: view.progress, warn: view.warn, now: Date.now };
        for await (const event of run(prepared, flags, host, against)) {
          if (event.type === "run") folder = event.folder;
          if (event.type === "summary") summary = event.summary;
          if (event.type === "stopped" && flags.json === true) flags.stdout.printJson(event.summary);
          view.event(event);
        }
        return summary;
      } catch (error) {
        throw withFolder(error, folder);
      } finally {
        view.close();
      }
    },
    () => `run the same command again to go on with ${folder}`,
  );
  return { summary: result, folder, code };
}

function withFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof UserError) || folder === "") return error;
  return new UserError(`${error.message}\nkept in ${folder}; the same command goes on from there once that is mended`, error.code, {
    cause: error,
  });
}

/** Where the tables of the rungs are; they are too many to end a run with. */
function measuredBesides({ rungs }: Summary): string {
  const names = rungs.filter(({ tables = [] }) => tables.length > 0).map(({ name }) => name);
  return names.length === 0 ? "" : `More of ${names.join(", ")}: llmopt report latest\n`;
}
