/** The run folder `runs/<name>/<stamp>-<hash8>/`: made, found again, locked. */
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, utimes, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { messageOf, StorageError, suggest, UserError } from "../errors.ts";
import { makeFolder } from "../folder.ts";

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

/** A lock whose owner has not touched it for so long is nobody's: process ids mean nothing on another host or in a container. */
const STALE = 60_000;
const TOUCH = 5_000;

/** Takes the run for this process and returns how to give it back. A lock whose owner is gone is taken over. */
export function lockRun(folder: string): () => void {
  const file = join(folder, LOCK);
  for (;;) {
    const own = `${file}.${process.pid}.tmp`;
    try {
      // Linked, not written in place: nobody ever sees a lock that does not say whose it is.
      writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }));
      linkSync(own, file);
      break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
        throw new StorageError(`${file}: cannot be written (${messageOf(error)}); make room and run again`, 2, { cause: error });
      }
      const owner = ownerOf(file);
      if (owner !== undefined) {
        throw new UserError(`${folder}: process ${owner} is working on this run; wait for it, or use --fresh for another run`);
      }
      rmSync(file, { force: true });
    } finally {
      rmSync(own, { force: true });
    }
  }
  const touching = setInterval(() => utimes(file, new Date(), new Date(), () => {}), TOUCH);
  touching.unref();
  return () => {
    clearInterval(touching);
    rmSync(file, { force: true });
  };
}

/** The process that holds the lock; undefined where it is gone or has long been silent. */
function ownerOf(file: string): number | undefined {
  try {
    const { pid, host } = owner.parse(JSON.parse(readFileSync(file, "utf8")));
    const silent = Date.now() - statSync(file).mtimeMs > STALE;
    const gone = pid === process.pid || (host === hostname() && !isAlive(pid));
    return silent || gone ? undefined : pid;
  } catch {
    return undefined;
  }
}

const owner = z.object({ pid: z.int().positive(), host: z.string() });

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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
