/** Data files -> rows with their places. */
import { messageOf } from "../errors.ts";
import { readFile } from "node:fs/promises";
import { nearestFiles } from "./files.ts";
import { type Format, formatOf, parseRows, type Rows } from "./parse.ts";

/** Reads a data file; `shown` is how faults name it. The format goes by the extension unless it is given. */
export async function readRows(path: string, shown: string, format?: Format): Promise<Rows> {
  const kind = format ?? formatOf(path);
  if (kind === undefined)
    return fault(`${shown}: unknown kind of data; name the file .jsonl, .json, .csv, .tsv or .yaml, or set data.format`);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return fault(`${shown}: ${await whyUnreadable(path, error)}`);
  }
  let text: string;
  try {
    text = decode(bytes);
  } catch (error) {
    return fault(`${shown}: ${messageOf(error)}`);
  }
  const found = parseRows(text, shown, kind);
  return found.rows.length === 0 && found.faults.length === 0 ? fault(`${shown}: holds no row; give it at least one case`) : found;
}

/** UTF-8 text; throws where it is anything else, which would put wrong characters into prompts and cases. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error("not UTF-8 text; save the file as UTF-8", { cause: error });
  }
}

/** Why a file cannot be read, with the names nearest to it where it is missing. */
export async function whyUnreadable(path: string, error: unknown): Promise<string> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") {
    const near = await nearestFiles(path);
    return `no such file; ${near.length > 0 ? `did you mean ${near.map((name) => `"${name}"`).join(" or ")}?` : "paths are relative to the file that names them"}`;
  }
  if (code === "EISDIR") return "is a folder; name a file";
  if (code === undefined) return messageOf(error);
  return `cannot be read${typeof code === "string" ? ` (${code})` : ""}; check its permissions`;
}

function fault(line: string): Rows {
  return { rows: [], faults: [line] };
}
