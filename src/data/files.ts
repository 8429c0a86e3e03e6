/** Looks for the files that a misspelt path may have meant. */
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { nearest } from "../errors.ts";

/** Names in the path's folder that are near to its own; empty where the folder is missing. */
export async function nearestFiles(path: string): Promise<readonly string[]> {
  try {
    return nearest(basename(path), await readdir(dirname(path)));
  } catch {
    return [];
  }
}
