/** Files that are whole or not there: written to a temporary name in the same folder, flushed, renamed. */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf, StorageError } from "../errors.ts";
import { makeFolder } from "../folder.ts";

/** Throws a StorageError that names the file; the old file, if any, is then as it was. */
export async function writeAtomic(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(file));
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new StorageError(`${file}: cannot be written (${messageOf(error)}); make room or choose another folder`, 2, { cause: error });
  }
}

/** The value as JSON that people can read, with a line break at its end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeAtomic(file, jsonText(value));
}
