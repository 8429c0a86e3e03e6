/** Append-only files of a cache in one folder: each process writes one of its own, and reads all. */
import { randomUUID } from "node:crypto";
import { openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../folder.ts";

export interface Segment {
  readonly file: string;
  readonly handle: number;
  /** Bytes that were appended. */
  size: number;
}

/** A new file in the folder, which is made where it is not there. Throws what the disk throws. */
export function createSegment(folder: string, extension: string): Segment {
  makeFolder(folder);
  // In the order of time, so that of two entries of one key the later one counts.
  const file = join(folder, `t${new Date().toISOString().replaceAll(/[^0-9TZ]/g, "")}-${randomUUID()}${extension}`);
  return { file, handle: openSync(file, "wx"), size: 0 };
}

/** The files of that extension, oldest first; none where the folder cannot be read. */
export function segmentsIn(folder: string, extension: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Appends all of the bytes, which survive the end of the process once this has returned, and says where they begin. */
export function append(segment: Segment, bytes: Uint8Array): number {
  const offset = segment.size;
  for (let written = 0; written < bytes.length;) written += writeSync(segment.handle, bytes, written);
  segment.size += bytes.length;
  return offset;
}

/** Fills the bytes from a place in a file; false where it ends before. */
export function readAt(handle: number, bytes: Uint8Array, offset: number): boolean {
  for (let done = 0; done < bytes.length;) {
    const got = readSync(handle, bytes, done, bytes.length - done, offset + done);
    if (got === 0) return false;
    done += got;
  }
  return true;
}
