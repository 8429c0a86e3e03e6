/**
 * Which process works on a job: a file with its number, its machine and a nonce, renewed while it works, so that a killed process leaves
 * nothing behind for long. Whoever changes a lease that it read, to take it over or to give it back, first makes a file named after its
 * nonce: only one can, and a lease that was changed meanwhile is left as it is.
 */
import { createHash, randomUUID } from "node:crypto";
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { makeFolder, removeIfThere, unwritable, writeWhole } from "./disk.ts";

export interface Lease {
  /** Says that the work goes on, and whether it may: false once another process has taken the lease. Cheap enough for every step. */
  renew(): Promise<boolean>;
  /** Whether this process still has it. */
  isOwn(): Promise<boolean>;
  /** Gives it back; one that another process has taken stays. */
  release(): Promise<void>;
}

/** A lease that was not renewed for so long has no owner, in milliseconds. */
const forgotten = 30_000;
const often = 1_000;

/** Undefined where a living process holds it or takes it over just now; a 507 where the folder cannot be written. */
export async function takeLease(file: string): Promise<Lease | undefined> {
  const folder = path.dirname(file);
  await makeFolder(folder).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
  const own = `${process.pid} ${hostname()} ${randomUUID()}`;
  if (await create(file, own)) return held(file, own);
  const stale = await read(file);
  if (stale === undefined || stale.isHeld) return undefined;
  const taken = await change(file, stale.text, own, () => writeWhole(file, own));
  return taken ? held(file, own) : undefined;
}

function held(file: string, own: string): Lease {
  let last = Date.now();
  const isOwn = async (): Promise<boolean> => (await read(file))?.text === own;
  return {
    isOwn,
    async renew() {
      const now = Date.now();
      if (now - last < often) return true;
      last = now;
      if (!(await isOwn())) return false;
      await utimes(file, now / 1000, now / 1000).catch(() => undefined);
      return true;
    },
    async release() {
      await change(file, own, own, () => removeIfThere(file));
    },
  };
}

/** Changes the lease if it still holds `text` and nobody else is changing it; says whether. */
async function change(file: string, text: string, own: string, act: () => Promise<void>): Promise<boolean> {
  const claim = `${file}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  if (!(await create(claim, own))) {
    // What a process that was killed just here left behind goes, so that the next one can.
    if ((await read(claim))?.isHeld === false) await removeIfThere(claim);
    return false;
  }
  try {
    if ((await read(file))?.text !== text) return false;
    await act();
    return true;
  } finally {
    await rm(claim, { force: true }).catch(() => undefined);
  }
}

/** False where there is such a file already; a 507 where there can be none. */
async function create(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(text);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw unwritable(path.dirname(file), error);
  }
}

/** Undefined where there is no such file. */
async function read(file: string): Promise<{ readonly text: string; readonly isHeld: boolean } | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    const [pid, host = hostname()] = text.split(" ");
    // An empty file is one that is being written; of processes elsewhere only their files are known.
    const lives = !(Number(pid) > 0) || host !== hostname() || isAlive(Number(pid));
    return { text, isHeld: lives && Date.now() - mtimeMs < forgotten };
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine has that number. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
