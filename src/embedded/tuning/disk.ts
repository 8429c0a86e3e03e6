/** Files that are whole or absent: written under a temporary name, flushed, renamed. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Fault } from "../wire.ts";

/** A temporary file of this age has lost its writer, in milliseconds; a process number would say less where several machines share a folder. */
const forgotten = 3_600_000;

/**
 * Throws a 507 that says why, and leaves nothing behind, where the folder cannot be written: a full disk, a missing permission. What
 * writers that were killed left in the folder is removed after an hour.
 */
export async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await makeFolder(folder);
    await sweep(folder);
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(folder, error);
  }
}

/**
 * Makes a folder and those above it, where they are not there. `mkdir` with `recursive` never comes back from places where none can be
 * made, such as /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder).catch((error: NodeJS.ErrnoException) => error);
  if (made === undefined || made.code === "EEXIST") return;
  const above = path.dirname(folder);
  if (made.code !== "ENOENT" || above === folder) throw made;
  await makeFolder(above);
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** Throws a 507 that says why a folder cannot be made or written, before anything is entrusted to it. */
export async function checkFolder(folder: string): Promise<void> {
  const probe = path.join(folder, `${randomUUID()}.tmp`);
  await writeWhole(probe, "");
  await removeIfThere(probe);
}

export function unwritable(folder: string, error: unknown): Fault {
  return new Fault(507, `${folder}: cannot be written (${reasonOf(error)}); it needs room and permission`, null, "folder_not_writable");
}

/** Undefined where there is no such file; a 500 where it cannot be read. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  return ifThere(file, readFile(file));
}

/** Changes whenever the file is replaced; undefined where there is no such file, a 500 where its folder cannot be read. */
export async function stampIfThere(file: string): Promise<string | undefined> {
  const found = await ifThere(file, stat(file));
  return found === undefined ? undefined : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/** A 507 where the folder cannot be written. */
export async function removeIfThere(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw unwritable(path.dirname(file), error);
  }
}

/** A file of the engine's own as JSON; undefined where there is none, and where it is damaged, so that it is made anew. */
export async function readJsonIfWhole(file: string): Promise<unknown> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Names in a folder that end so, sorted and without the ending; none where the folder is absent, a 500 where it cannot be read. */
export async function namesIn(folder: string, ending: string): Promise<string[]> {
  const names = (await ifThere(folder, readdir(folder))) ?? [];
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

async function ifThere<T>(file: string, reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Fault(500, `${file}: cannot be read (${reasonOf(error)}); it needs permission and a folder`, null, "folder_not_readable");
  }
}

/** Removes temporary files that lost their writers. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".tmp")) continue;
    const file = path.join(folder, name);
    const since = await stat(file).catch(() => undefined);
    if (since !== undefined && Date.now() - since.mtimeMs > forgotten) await rm(file, { force: true });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
