/** Paths of an experiment as messages show them, and the files that a misspelt one may have meant. */
import { readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { nearest } from "../errors.ts";

/** A path as the user may type it from where the folder is seen; an absolute one as it is. */
export function shownPath(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** Names in the path's folder that are near to its own; empty where the folder is missing. */
export async function nearestFiles(path: string): Promise<readonly string[]> {
  try {
    return nearest(basename(path), await readdir(dirname(path)));
  } catch {
    return [];
  }
}
