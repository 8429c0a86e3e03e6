/** How commands print: data on stdout, progress on stderr, colour only on a terminal. */
import { existsSync, rmSync } from "node:fs";
import { extname } from "node:path";
import { loadEnvFile } from "node:process";
import { messageOf, UserError } from "../errors.ts";
import { forTerminal } from "../report/escape.ts";
import { failedJunit } from "../report/junit.ts";
import { progressText } from "../report/live.ts";
import type { Host } from "../run.ts";
import { writeAtomic } from "../runs/atomic.ts";
import type { Stdout } from "./stdout.ts";

export interface CommonFlags {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly runs: string;
  readonly store: string;
  readonly json?: boolean;
  readonly output?: readonly string[];
  readonly stdout: Stdout;
}

/** Width of the terminal, 100 columns where there is none or it does not know its size. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.columns || 100;
}

/** NO_COLOR and --no-color win, FORCE_COLOR forces, otherwise only a terminal is coloured (no-color.org). */
export function hasColor(stream: NodeJS.WriteStream, flags: Pick<CommonFlags, "color">): boolean {
  if (!flags.color || (process.env["NO_COLOR"] ?? "") !== "") return false;
  const force = process.env["FORCE_COLOR"];
  if (force !== undefined && force !== "0" && force !== "false") return true;
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

/** Writes one kind of document a file, chosen by extension; an unknown extension is refused before anything is written. */
export async function writeOutputs(files: readonly string[], documents: Readonly<Record<string, () => string>>): Promise<void> {
  checkOutputs(files, Object.keys(documents));
  for (const file of files) await writeAtomic(file, documents[extname(file)]?.() ?? "");
}

/** Throws where a file's extension names no kind of document. */
export function checkOutputs(files: readonly string[], extensions: readonly string[]): void {
  const wrong = files.find((file) => !extensions.includes(extname(file)));
  if (wrong !== undefined) throw new UserError(`--output ${wrong}: unknown kind of file; end it in ${extensions.join(", ")}`);
}

/** Takes away what earlier work left under the names of files that are to be written, so that it is never taken for the result of this. */
export function discardOutputs(files: readonly string[]): void {
  for (const file of files) {
    try {
      rmSync(file, { force: true });
    } catch (error) {
      // Where nothing stands nothing is mistaken; that it cannot be written is said when it is.
      if (!existsSync(file)) continue;
      throw new UserError(`--output ${file}: cannot be replaced (${messageOf(error)}); name another file`, 2, { cause: error });
    }
  }
}

/** Where work ended without a result: no older file stays, and one in JUnit says why. What cannot be written is not told beside that. */
export async function failOutputs(files: readonly string[], what: string, why: string): Promise<void> {
  try {
    discardOutputs(files);
    for (const file of files) if (extname(file) === ".xml") await writeAtomic(file, failedJunit(what, why));
  } catch {}
}

/** Does the work that `files` are to be the result of; where it fails, none of them keeps what stood there. */
export async function orFailed<T>(files: readonly string[], what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await failOutputs(files, what, messageOf(error));
    throw error;
  }
}

/** Progress and warnings as plain lines on stderr, for commands without a ladder to draw; nothing when quiet. */
export function plainNotices(quiet: boolean, primary: string): Pick<Host, "notify" | "warn"> {
  const say = (text: string): void => void (quiet || process.stderr.write(`${forTerminal(text)}\n`));
  return {
    notify(progress) {
      if (progress.type === "progress" && (progress.done === progress.total || progress.done % 50 === 1))
        say(`${progress.rung}: ${progressText(progress, primary)}`);
    },
    warn: (text) => say(`warning: ${text}`),
  };
}

/** Reads environment variables from the file of `--env-file`. */
export function readEnvironment(file: string): void {
  try {
    loadEnvFile(file);
  } catch (error) {
    throw new UserError(`--env-file ${file}: cannot be read (${messageOf(error)})`, 2, { cause: error });
  }
}
