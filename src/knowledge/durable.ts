/** Writing that outlives a power cut. */
import { open } from "node:fs/promises";

/** Writes a file and waits until it is on the disk. Not atomic: for folders that nobody reads before they are renamed. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
