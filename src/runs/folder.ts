/** The run folder `runs/<name>/<stamp>-<hash8>/`: made, found again, locked. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { messageOf, StorageError, suggest, UserError } from "../errors.ts";
import { makeFolder } from "../folder.ts";
import { takeLock } from "../lock.ts";

export const SUMMARY = "summary.json";
export const MANIFEST = "run.json";
/** The test cases as they were when the run was made, a line each. */
export const TEST_CASES = "test-cases.jsonl";
/** Pairs of cases of different splits, and texts, that give each other away. */
export const LEAKS = "leaks.json";
/** Who looked at the test split, a line each. */
export const TEST_READS = "test-reads.jsonl";
const LOCK = "run.lock";

/** Folder of a rung inside a run: its place on the ladder and its name. */
export function rungFolder(index: number, name: string): string {
  return `${index}-${name}`;
}

/** The newest unfinished run of the same experiment (same hash), or undefined. */
export function findUnfinished(runs: string, name: string, hash: string): string | undefined {
  return runsIn(join(runs, name)).findLast(
    (folder) => folder.endsWith(`-${hash.slice(0, 8)}`) && existsSync(join(folder, MANIFEST)) && !existsSync(join(folder, SUMMARY)),
  );
}

/** A folder for a new run, named by the time and the experiment's hash; a second one in the same second gets a later stamp. */
export function createRunFolder(runs: string, name: string, hash: string, now: Date): string {
  for (let seconds = 0; ; seconds++) {
    const stamp = new Date(now.getTime() + seconds * 1000)
      .toISOString()
      .slice(0, 19)
      .replaceAll("-", "")
      .replaceAll(":", "")
      .replace("T", "-");
    const folder = join(runs, name, `${stamp}-${hash.slice(0, 8)}`);
    if (existsSync(folder)) continue;
    try {
      makeFolder(folder);
    } catch (error) {
      throw new StorageError(`${folder}: cannot be made (${messageOf(error)}); choose another folder with --runs`, 2, { cause: error });
    }
    return folder;
  }
}

/** Takes the run for this process and returns how to give it back. A lock whose owner is gone is taken over. */
export function lockRun(folder: string): () => void {
  const file = join(folder, LOCK);
  let taken: ReturnType<typeof takeLock>;
  try {
    taken = takeLock(file);
  } catch (error) {
    throw new StorageError(`${file}: cannot be written (${messageOf(error)}); make room and run again`, 2, { cause: error });
  }
  if ("release" in taken) return taken.release;
  throw new UserError(`${folder}: process ${taken.owner} is working on this run; wait for it, or use --fresh for another run`);
}

/**
 * RUN as the user names it: a folder, an id, `name/id`, a name or `latest`. A name means its newest complete run, `latest` the
 * newest complete one of all; where none is complete, the newest.
 */
export function findRun(reference: string, runs: string): string {
  const direct = resolve(reference);
  if (existsSync(join(direct, MANIFEST))) return direct;
  const all = allRuns(runs);
  const exact = all.findLast((folder) => basename(folder) === reference || folder.endsWith(`/${reference}`));
  const named = all.filter((folder) => reference === "latest" || basename(join(folder, "..")) === reference);
  const found = exact ?? named.findLast((folder) => existsSync(join(folder, SUMMARY))) ?? named.at(-1);
  if (found !== undefined) return found;
  if (all.length === 0) throw new UserError(`${reference}: there are no runs in ${runs}; llmopt run EXPERIMENT makes one`, 3);
  const ids = all.map((folder) => basename(folder));
  throw new UserError(`${reference}: no such run; ${suggest(reference, ids.toReversed())}`, 3);
}

/** All run folders, oldest first. */
export function allRuns(runs: string): readonly string[] {
  return folders(runs)
    .flatMap(runsIn)
    .filter((folder) => existsSync(join(folder, MANIFEST)))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

function runsIn(folder: string): readonly string[] {
  return folders(folder).sort();
}

function folders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) throw new UserError(`${folder}: is a file; name a folder`);
  return readdirSync(folder)
    .map((entry) => join(folder, entry))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
}
