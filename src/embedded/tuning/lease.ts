/** Which process works on a job: a file with its id, renewed while it works, so that a killed process leaves nothing behind for long. */
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { isAlive, makeFolder, removeIfThere, unwritable } from "./disk.ts";

export interface Lease {
  /** Says that the work goes on; cheap enough to be called at every step. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** A lease that was not renewed for so long has no owner, in milliseconds. */
const forgotten = 30_000;
const often = 1_000;

/** Undefined where a living process holds it; a 507 where the folder cannot be written. */
export async function takeLease(file: string): Promise<Lease | undefined> {
  const folder = path.dirname(file);
  await makeFolder(folder).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid)).finally(() => handle.close());
      return held(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(folder, error);
    }
    if (await isHeld(file)) return undefined;
    await removeIfThere(file);
  }
  return undefined;
}

function held(file: string): Lease {
  let last = Date.now();
  return {
    async renew() {
      const now = Date.now();
      if (now - last < often) return;
      last = now;
      await utimes(file, now / 1000, now / 1000).catch(() => undefined);
    },
    release: () => rm(file, { force: true }),
  };
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    // An empty file is one that is being written.
    return Date.now() - mtimeMs < forgotten && (!(Number(owner) > 0) || isAlive(Number(owner)));
  } catch {
    return false;
  }
}
