/** The disk cache: append-only JSONL segments in a folder, one written by each process, read by all. */
import { closeSync, createReadStream, openSync } from "node:fs";
import { z } from "zod";
import { openAppender, readAt, segmentsIn } from "./segments.ts";

/** One line of a segment, beside its key: `{"key":"<64 hex digits>","status":200,"ms":812,"body":"{…}"}` */
interface Entry {
  readonly status: number;
  /** Milliseconds that the endpoint took when it was asked. */
  readonly ms: number;
  readonly body: string;
}

export interface Store {
  get(key: string): Promise<Entry | undefined>;
  /** The entry survives the end of the process once this has returned. What is kept stays, unless it is to be replaced. */
  put(key: string, entry: Entry, replace?: boolean): Promise<void>;
  close(): void;
}

interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

const line = z.object({ key: z.string(), status: z.number(), ms: z.number(), body: z.string() });
const PREFIX = '{"key":"';
const KEY = 64;
const EXTENSION = ".jsonl";

/**
 * Opens the folder of a cache, which is made with the first entry. Other processes may write to it at the same time; what
 * they add is seen at the next opening. Where the folder cannot be written, `warn` is told once and nothing more is kept.
 */
export function openStore(folder: string, warn: (text: string) => void): Store {
  let index: Promise<Map<string, Place>> | undefined;
  const appender = openAppender(folder, EXTENSION, "answers", warn);
  const places = (): Promise<Map<string, Place>> => (index ??= indexOf(folder));
  return {
    async get(key) {
      const known = await places();
      const place = known.get(key);
      const entry = place && read(place, key);
      // What is damaged may be kept anew.
      if (place !== undefined && entry === undefined) known.delete(key);
      return entry;
    },
    async put(key, entry, replace = false) {
      const known = await places();
      if (known.has(key) && !replace) return;
      const bytes = Buffer.from(`${JSON.stringify({ key, ...entry })}\n`);
      const at = appender.append(bytes);
      if (at !== undefined) known.set(key, { ...at, length: bytes.length - 1 });
    },
    close: appender.close,
  };
}

/** Where each key's line lies, without reading the bodies into memory at once; a last line without its end is left out. */
async function indexOf(folder: string): Promise<Map<string, Place>> {
  const index = new Map<string, Place>();
  for (const file of segmentsIn(folder, EXTENSION)) {
    let head = Buffer.alloc(0);
    let start = 0;
    let position = 0;
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        const bytes: Buffer = chunk;
        let from = 0;
        for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
          const opening = head.length < WIDTH ? Buffer.concat([head, bytes.subarray(from, Math.min(end, from + WIDTH))]) : head;
          const key = keyOf(opening);
          if (key !== undefined) index.set(key, { file, offset: start, length: position + end - start });
          from = end + 1;
          start = position + from;
          head = Buffer.alloc(0);
        }
        if (head.length < WIDTH) head = Buffer.concat([head, bytes.subarray(from, from + WIDTH)]);
        position += bytes.length;
      }
    } catch {
      // A segment that cannot be read, or is being pruned, only costs its hits.
    }
  }
  return index;
}

const WIDTH = PREFIX.length + KEY + 1;

function keyOf(opening: Buffer): string | undefined {
  const text = opening.toString("latin1", 0, WIDTH);
  const key = text.slice(PREFIX.length, -1);
  return text.startsWith(PREFIX) && /^[0-9a-f]{64}$/.test(key) ? key : undefined;
}

/** Undefined when the line is not what the index says: another process may have changed the file. */
function read(place: Place, key: string): Entry | undefined {
  try {
    const handle = openSync(place.file, "r");
    try {
      const bytes = Buffer.alloc(place.length);
      if (!readAt(handle, bytes, place.offset)) return undefined;
      const entry = line.parse(JSON.parse(bytes.toString("utf8")));
      return entry.key === key ? { status: entry.status, ms: entry.ms, body: entry.body } : undefined;
    } finally {
      closeSync(handle);
    }
  } catch {
    return undefined;
  }
}
