/**
 * Embeddings on the disk, text by text: append-only segments of blocks beside those of the answers. Whole numbers are little-endian,
 * vectors as the machine has them: no cache is moved between such that differ.
 *
 *     8 bytes "llmoptV1" · u32 texts · u32 dimensions · u32 CRC-32 of all that stands before the vectors, but for itself
 *     for each text: 16 bytes key · u32 tokens · u32 CRC-32 of its vector
 *     for each text: dimensions × float32
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import { crc32 } from "node:zlib";
import { openAppender, readAt, segmentsIn } from "./segments.ts";

export interface Kept {
  /** As the endpoint gave it, of any length but zero. */
  readonly vector: Float32Array;
  /** What the text took of its request's tokens. */
  readonly tokens: number;
}

/** Keys are 32 hexadecimal digits. */
export interface Vectors {
  /** What is kept of these keys, and is not damaged. */
  get(keys: readonly string[]): ReadonlyMap<string, Kept>;
  /** All of one length; they survive the end of the process once this has returned, and stand in for what was kept before. */
  put(entries: ReadonlyMap<string, Kept>): void;
  close(): void;
}

const EXTENSION = ".vectors";
const MAGIC = Buffer.from("llmoptV1");
const [HEAD, ENTRY, KEY] = [20, 24, 16];

interface Place {
  readonly file: string;
  readonly offset: number;
  readonly dimensions: number;
  readonly tokens: number;
  readonly check: number;
}

/**
 * Opens the folder of a cache, which is made with the first vector. Other processes may write to it at the same time; what they add is
 * seen at the next opening. Where the folder cannot be written, `warn` is told once and nothing more is kept.
 */
export function openVectors(folder: string, warn: (text: string) => void): Vectors {
  let index: Map<string, Place> | undefined;
  const appender = openAppender(folder, EXTENSION, "vectors", warn);
  const places = (): Map<string, Place> => (index ??= indexOf(folder));
  return {
    get(keys) {
      const known = places();
      const found = keys.flatMap((key) => {
        const place = known.get(key);
        return place === undefined ? [] : [{ key, place }];
      });
      const kept = new Map<string, Kept>();
      for (const [file, wanted] of Map.groupBy(found, ({ place }) => place.file)) {
        for (const [key, vector] of read(file, wanted)) kept.set(key, vector);
      }
      return kept;
    },
    put(entries) {
      if (entries.size === 0) return;
      const known = places();
      const block = blockOf(entries);
      const at = appender.append(block);
      if (at === undefined) return;
      for (const [key, place] of placesIn(block, at.file, at.offset)) known.set(key, place);
    },
    close: appender.close,
  };
}

/** Where each vector lies, without reading the vectors; what follows a block that is torn or damaged is left out. */
function indexOf(folder: string): Map<string, Place> {
  const index = new Map<string, Place>();
  for (const file of segmentsIn(folder, EXTENSION)) {
    try {
      const handle = openSync(file, "r");
      try {
        const { size } = fstatSync(handle);
        for (let offset = 0; ;) {
          const head = opening(handle, offset, size);
          if (head === undefined) break;
          for (const [key, place] of placesIn(head, file, offset)) index.set(key, place);
          offset += lengthOf(head);
        }
      } finally {
        closeSync(handle);
      }
    } catch {
      // A segment that cannot be read, or is being pruned, only costs its hits.
    }
  }
  return index;
}

/** All of a block that stands before its vectors; undefined where there is no whole block. */
function opening(handle: number, offset: number, size: number): Buffer | undefined {
  const head = Buffer.alloc(HEAD);
  if (offset + HEAD > size || !readAt(handle, head, offset) || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (offset + lengthOf(head) > size) return undefined;
  const all = Buffer.alloc(HEAD + head.readUInt32LE(8) * ENTRY);
  return readAt(handle, all, offset) && checkOf(all) === all.readUInt32LE(16) ? all : undefined;
}

/** Bytes of a block with this head. */
function lengthOf(head: Buffer): number {
  return HEAD + head.readUInt32LE(8) * (ENTRY + head.readUInt32LE(12) * 4);
}

function checkOf(head: Buffer): number {
  return crc32(head.subarray(HEAD), crc32(head.subarray(0, 16)));
}

/** Where the vectors lie of a block that begins there. */
function* placesIn(head: Buffer, file: string, start: number): Iterable<readonly [string, Place]> {
  const [texts, dimensions] = [head.readUInt32LE(8), head.readUInt32LE(12)];
  for (let i = 0; i < texts; i++) {
    const at = HEAD + i * ENTRY;
    const offset = start + HEAD + texts * ENTRY + i * dimensions * 4;
    const [tokens, check] = [head.readUInt32LE(at + KEY), head.readUInt32LE(at + KEY + 4)];
    yield [head.toString("hex", at, at + KEY), { file, offset, dimensions, tokens, check }];
  }
}

function blockOf(entries: ReadonlyMap<string, Kept>): Buffer {
  const all = [...entries];
  const dimensions = all[0]?.[1].vector.length ?? 0;
  const vectors = HEAD + all.length * ENTRY;
  const block = Buffer.alloc(vectors + all.length * dimensions * 4);
  MAGIC.copy(block);
  block.writeUInt32LE(all.length, 8);
  block.writeUInt32LE(dimensions, 12);
  for (const [i, [key, { vector, tokens }]] of all.entries()) {
    const bytes = bytesOf(vector);
    block.write(key, HEAD + i * ENTRY, "hex");
    block.writeUInt32LE(tokens, HEAD + i * ENTRY + KEY);
    block.writeUInt32LE(crc32(bytes), HEAD + i * ENTRY + KEY + 4);
    block.set(bytes, vectors + i * dimensions * 4);
  }
  block.writeUInt32LE(checkOf(block.subarray(0, vectors)), 16);
  return block;
}

/** The vectors of one file that are what they were. */
function read(file: string, wanted: readonly { readonly key: string; readonly place: Place }[]): readonly (readonly [string, Kept])[] {
  try {
    const handle = openSync(file, "r");
    try {
      return wanted.flatMap(({ key, place: { offset, dimensions, tokens, check } }) => {
        const vector = new Float32Array(dimensions);
        const bytes = bytesOf(vector);
        return readAt(handle, bytes, offset) && crc32(bytes) === check ? [[key, { vector, tokens }] as const] : [];
      });
    } finally {
      closeSync(handle);
    }
  } catch {
    return [];
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
