/** `llmopt export RUN DIR`: a program of a run as files that need no llmopt. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, StorageError, UserError } from "../errors.ts";
import { exportRun, type ExportOptions } from "../export.ts";
import { exportFiles, NAMES } from "../export/files.ts";
import { exportText } from "../export/text.ts";
import { missingOf } from "../export/readme.ts";
import { programId } from "../program/hash.ts";
import { writeAtomic } from "../runs/atomic.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { type CommonFlags, plainNotices, readEnvironment, widthOf } from "./output.ts";
import { untilSignalled } from "./signals.ts";

interface ExportFlags extends CommonFlags, Omit<ExportOptions, "store" | "env"> {
  readonly force?: boolean;
  readonly envFile?: string;
}

export async function exportCommand(reference: string, dir: string, flags: ExportFlags): Promise<number> {
  if (flags.envFile !== undefined) readEnvironment(flags.envFile);
  await refuseFilled(dir, flags.force === true);
  const run = await readRun(findRun(reference, flags.runs));
  const warnings: string[] = [];
  const notices = plainNotices(flags.quiet === true, run.summary.primary);
  const warn = (text: string): void => {
    warnings.push(text);
    notices.warn(text);
  };
  const { result, code } = await untilSignalled(
    async (signal) => await exportRun(run, flags, { ...notices, warn, signal, now: Date.now }),
    () => "nothing was written; the same command starts anew",
  );
  if (result === undefined) return code;
  const files = exportFiles(result);
  for (const [name, content] of files) await writeAtomic(join(dir, name), content);
  // What an earlier export left must not pass for part of this one.
  await removeOthers(
    dir,
    NAMES.filter((name) => !files.has(name)),
  );
  const { summary, rung, program, place, cases, reach } = result;
  if (flags.json === true) {
    flags.stdout.printJson({
      dir,
      run: result.run,
      name: summary.name,
      rung: rung.name,
      status: rung.status,
      program: programId(program),
      model: program.model,
      base_url: place.endpoint.baseUrl,
      primary: summary.primary,
      scores: rung.scores,
      cases: cases.map((one) => one.case),
      checked: cases.filter((one) => one.checked).length,
      answers: reach,
      not_reproduced: missingOf(result),
      files: [...files.keys()],
      warnings,
    });
  } else flags.stdout.print(exportText(dir, result, [...files.keys()], widthOf(process.stdout)));
  return 0;
}

/** Throws for a folder that holds anything, unless forced, and for what is no folder. */
async function refuseFilled(dir: string, force: boolean): Promise<void> {
  // It would be the folder at work, whatever is in it.
  if (dir.trim() === "") throw new UserError("DIR: is empty; name a new or empty folder");
  let entries: readonly string[];
  try {
    entries = await readdir(dir);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return;
    const what = code === "ENOTDIR" ? "is no folder; name a new or empty one" : `cannot be read (${messageOf(error)}); name another folder`;
    throw new UserError(`${dir}: ${what}`, 2, { cause: error });
  }
  if (entries.length > 0 && !force)
    throw new UserError(`${dir}: is not empty; name a new folder, or --force to write over what an export writes there`);
}

async function removeOthers(dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = join(dir, name);
    try {
      await rm(file, { force: true });
    } catch (error) {
      throw new StorageError(`${file}: cannot be removed (${messageOf(error)}); name another folder`, 2, { cause: error });
    }
  }
}
