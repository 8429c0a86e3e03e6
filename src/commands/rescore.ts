import { UserError } from "../errors.ts";
import { exitCodeOfGate } from "../gate.ts";
import { summaryTable } from "../report/terminal.ts";
import { rescore } from "../rescore.ts";
import type { RunOptions } from "../prepare.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { noteTestRead } from "../runs/test-reads.ts";
import { untilSignalled } from "./signals.ts";
import { checkOutputs, type CommonFlags, hasColor, orFailed, plainNotices, readEnvironment, widthOf } from "./output.ts";
import { REPORTS, writeReports } from "./report.ts";

export interface RescoreFlags
  extends CommonFlags, Pick<RunOptions, "concurrency" | "maxUsd" | "maxCalls" | "fresh" | "offline" | "cache" | "plugins"> {
  readonly evals?: string;
  readonly envFile?: string;
}

export async function rescoreCommand(reference: string, flags: RescoreFlags): Promise<number> {
  const { evals } = flags;
  if (evals === undefined) throw new UserError("rescore: says not by what; add --evals FILE, a YAML file with evals: { scorers: […] }");
  const output = flags.output ?? [];
  checkOutputs(output, REPORTS);
  return await orFailed(output, reference, async () => await rescoreOnce(reference, evals, flags));
}

async function rescoreOnce(reference: string, evals: string, flags: RescoreFlags): Promise<number> {
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);
  const run = await readRun(findRun(reference, flags.runs));
  const { result: folder, code } = await untilSignalled(
    async (signal) => {
      const quiet = flags.quiet === true;
      return await rescore(run, evals, flags, { signal, ...plainNotices(quiet, run.summary.primary), now: Date.now });
    },
    () => "the same command again goes on from there",
  );
  if (folder === undefined) return code;
  noteTestRead(run, { time: new Date().toISOString(), by: "rescore", answered: 0, with: folder });
  const stored = await readRun(folder);
  await writeReports(stored, flags.output ?? []);
  if (flags.json === true) flags.stdout.printJson(stored.summary);
  else {
    const table = summaryTable(stored.summary, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) });
    flags.stdout.print(`${table}\n\nRun: ${folder}`);
  }
  return stored.summary.rungs.some((rung) => rung.unjudged === true) ? 4 : exitCodeOfGate(stored.summary.gate);
}
