/** What was read of files of slow formats, kept by content, so that a folder that did not change is quickly read again. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomic } from "../runs/atomic.ts";
import type { Reading } from "./formats/format.ts";

/** Raised when the files of the cache are written in another way. */
const VERSION = 1;

/**
 * The reading of these bytes by a format of this name and version, from the folder if it is kept there, else by `read`, and kept. A file
 * that is damaged is written anew; where the folder cannot be written, nothing is kept.
 */
export async function keptReading(folder: string, format: string, bytes: Uint8Array, read: () => Promise<Reading>): Promise<Reading> {
  const key = createHash("sha256").update(`${VERSION} ${format}\n`).update(bytes).digest("hex");
  const file = join(folder, key.slice(0, 2), `${key.slice(2)}.json`);
  const there = await readFile(file, "utf8")
    .then((content) => parsed(key, content))
    .catch(() => undefined);
  if (there !== undefined) return there;
  const reading = await read();
  const body = JSON.stringify(reading);
  await writeAtomic(file, `${digest(key, body)}\n${body}\n`).catch(() => undefined);
  return reading;
}

const draft = z.strictObject({
  id: z.string().optional(),
  title: z.string().optional(),
  text: z.string(),
  row: z.int().optional(),
  line: z.int().optional(),
  pages: z.array(z.int().nonnegative()).optional(),
});
const shape = z.strictObject({
  drafts: z.array(draft),
  faults: z.array(z.strictObject({ line: z.int(), what: z.string() })),
  notes: z.array(z.string()).optional(),
});

/** Undefined for what was not written by this version, for other bytes, or not to its end. */
function parsed(key: string, content: string): Reading | undefined {
  const end = content.indexOf("\n");
  const body = content.slice(end + 1, -1);
  if (digest(key, body) !== content.slice(0, end)) return undefined;
  return shape.safeParse(JSON.parse(body)).data;
}

function digest(key: string, body: string): string {
  return createHash("sha256").update(`${key}\n${body}`).digest("hex");
}
