/** Lock files: one owner at a time, taken over where the owner is gone. */
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimes, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** A lock whose owner has not touched it for so long is nobody's: process ids mean nothing on another host or in a container. */
const STALE = 60_000;
const TOUCH = 5_000;

export interface Lock {
  /** Whether it is still this one: a process that was stopped for long may find that another one took it over. */
  readonly held: () => boolean;
  readonly release: () => void;
}

/**
 * Takes the lock for this process, or says which process has it, this one included. Throws what the disk throws where it cannot be
 * written.
 */
export function takeLock(file: string): Lock | { readonly owner: number } {
  const id = randomUUID();
  const text = JSON.stringify({ ...ownerHere(), id });
  const own = `${file}.${id}.tmp`;
  try {
    // Linked, not written in place: nobody ever sees a lock that does not say whose it is.
    writeFileSync(own, text);
    while (!linked(own, file)) {
      const found = contentOf(file);
      const owner = found === undefined ? undefined : ownerOf(file, found);
      if (owner !== undefined) return { owner };
      if (found !== undefined) putAway(file, found, `${own}.gone`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  const held = () => contentOf(file) === text;
  const touching = setInterval(() => {
    try {
      // Another one's must not be kept alive by this one.
      if (held()) utimes(file, new Date(), new Date(), () => {});
    } catch {
      // What cannot be read now may be at the next time.
    }
  }, TOUCH);
  touching.unref();
  return {
    held,
    release() {
      clearInterval(touching);
      if (held()) rmSync(file, { force: true });
    },
  };
}

/** When this process began: another process may have had its id before. */
const began = Math.round(performance.timeOrigin);

/** Containers may share the name of their host, and count processes by themselves; unknown but on Linux. */
const space = numberingOfProcesses();

/** A process as it signs what it holds. */
export const ownerShape = z.object({
  pid: z.int().positive(),
  host: z.string(),
  space: z.string().optional(),
  began: z.number().optional(),
});

type Owner = z.output<typeof ownerShape>;

export function ownerHere(): Owner {
  return { pid: process.pid, host: hostname(), ...(space !== undefined && { space }), began };
}

/** Whether the process is known to have ended; of another host's or container's nothing is known. */
export function isGone(owner: Owner): boolean {
  if (owner.host !== hostname() || (owner.space ?? space) !== space) return false;
  return owner.pid === process.pid ? owner.began !== began : !isAlive(owner.pid);
}

function numberingOfProcesses(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/** The process that holds the lock; undefined where it is gone or has long been silent. */
function ownerOf(file: string, content: string): number | undefined {
  try {
    const found = ownerShape.parse(JSON.parse(content));
    const silent = Date.now() - statSync(file).mtimeMs > STALE;
    return silent || isGone(found) ? undefined : found.pid;
  } catch {
    return undefined;
  }
}

/** Removes a lock that nobody holds. Renamed first and looked at again, since another process may have put its own there meanwhile. */
function putAway(file: string, content: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (contentOf(aside) !== content) linked(aside, file);
  rmSync(aside, { force: true });
}

/** False where the name is taken. */
function linked(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
