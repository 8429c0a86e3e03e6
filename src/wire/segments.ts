/** Append-only files of a cache in one folder: each process writes one of its own, and reads all. */
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { makeFolder } from "../folder.ts";

interface Segment {
  readonly file: string;
  readonly handle: number;
  /** Bytes that were appended. */
  size: number;
}

/** The one who appends for this process. */
export interface Appender {
  /**
   * Where the bytes, which survive the end of the process once this has returned, begin; undefined where they cannot be kept, from the first
   * fault on. The file, and its folder, are made with the first of them.
   */
  append(bytes: Uint8Array): { readonly file: string; readonly offset: number } | undefined;
  /** Nothing is kept from here on. */
  close(): void;
}

/** `warn` is told of the first fault, with what is not kept from then on. */
export function openAppender(folder: string, extension: string, what: string, warn: (text: string) => void): Appender {
  let segment: Segment | undefined;
  let writable = true;
  return {
    append(bytes) {
      if (!writable) return undefined;
      try {
        segment ??= createSegment(folder, extension);
        return { file: segment.file, offset: append(segment, bytes) };
      } catch (error) {
        // It may be half written, so that nothing can be appended any more.
        writable = false;
        warn(`cache ${folder}: ${messageOf(error)}; going on without keeping new ${what}`);
        return undefined;
      }
    },
    close() {
      if (segment) closeSync(segment.handle);
      segment = undefined;
      writable = false;
    },
  };
}

/** A new file in the folder, which is made where it is not there. Throws what the disk throws. */
function createSegment(folder: string, extension: string): Segment {
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

/** Appends all of the bytes and says where they begin. */
function append(segment: Segment, bytes: Uint8Array): number {
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
