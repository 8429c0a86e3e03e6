/** Writing that outlives a power cut. */
import { open } from "node:fs/promises";

/** Writes a file and waits until it is on the disk. Not atomic: for files that nobody reads before something else names them. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the names in the folder are on the disk, where the system can say so. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  // Windows opens no folders, and some file systems flush none.
  await handle?.sync().catch(() => {});
  await handle?.close();
}
