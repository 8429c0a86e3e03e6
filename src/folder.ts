/** Folders made where they are not there yet. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it; throws what `mkdirSync` throws where there can be none. `mkdirSync` with `recursive` never comes back
 * from places where nothing can be made and nothing says so, such as /proc.
 */
export function makeFolder(folder: string): void {
  const error = tried(folder);
  if (error === undefined) return;
  const above = dirname(folder);
  if (error.code !== "ENOENT" || above === folder) throw error;
  makeFolder(above);
  const again = tried(folder);
  if (again !== undefined) throw again;
}

/** Undefined where the folder is there now. */
function tried(folder: string): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(folder);
    return undefined;
  } catch (error) {
    const fault = error as NodeJS.ErrnoException;
    return fault.code === "EEXIST" && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? undefined : fault;
  }
}
