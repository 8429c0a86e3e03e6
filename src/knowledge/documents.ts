/** Reads the documents of the knowledge: files matched by globs -> texts with an id and a title. */
import { glob, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, relative, resolve, sep } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import type { Document } from "../types.ts";
import { formats } from "./formats/index.ts";

/**
 * The documents that the patterns match, sorted by id, whatever the order of files on disk.
 *
 * A pattern is a path relative to `dir` or a glob (`knowledge/**\/*.md`; names that begin with a dot are matched only when
 * spelt out). A document's id is the one its front matter or row gives, else the file's path below the fixed part of the
 * pattern, without extension and with `/`: `knowledge/**\/*.md` gives `returns/refunds`. A file that two patterns match is
 * read once, by the first.
 *
 * Throws one UserError that names every fault: patterns without a file, ids used twice, files that cannot be read, are
 * empty, are not UTF-8 or are of an unknown format.
 */
export async function readDocuments(patterns: readonly string[], dir: string): Promise<readonly Document[]> {
  const faults: string[] = [];
  const files = await findFiles(patterns, dir, faults);
  const found: Found[] = [];
  for (const file of files) found.push(...(await readOne(file, faults)));
  const documents = unique(found, faults);
  if (faults.length === 1) throw new UserError(`knowledge: ${faults[0]}`);
  if (faults.length > 0) throw new UserError(`knowledge: ${faults.length} faults\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  return documents.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

interface File {
  readonly path: string;
  /** As faults name it: relative to the experiment's folder. */
  readonly shown: string;
  readonly id: string;
}

interface Found {
  readonly document: Document;
  readonly where: string;
}

async function findFiles(patterns: readonly string[], dir: string, faults: string[]): Promise<readonly File[]> {
  const files = new Map<string, File>();
  for (const pattern of patterns) {
    const base = resolve(dir, fixedPart(pattern));
    const matches = isGlob(pattern) ? (await Array.fromAsync(glob(pattern, { cwd: dir }))).toSorted() : [pattern];
    let matched = 0;
    for (const match of matches) {
      const path = resolve(dir, match);
      const shown = slashes(relative(dir, path));
      const kind = await kindOf(path);
      if (kind === "folder" && isGlob(pattern)) continue;
      matched++;
      if (kind === "folder") faults.push(`${shown}: is a folder; name its files, as in ${pattern.replace(/\/+$/, "")}/**/*.md`);
      else if (kind === "missing") faults.push(`${shown}: there is no such file; paths are relative to the experiment file`);
      else if (!files.has(path)) files.set(path, { path, shown, id: withoutExtension(slashes(relative(base, path))).normalize("NFC") });
    }
    if (matched === 0) faults.push(`${pattern}: matches no file; paths are relative to the experiment file`);
  }
  return [...files.values()];
}

async function readOne(file: File, faults: string[]): Promise<readonly Found[]> {
  const extension = extname(file.path).toLowerCase();
  const format = formats.find(({ extensions }) => extensions.includes(extension));
  if (format === undefined) {
    const known = formats.flatMap(({ extensions }) => extensions).join(", ");
    const what = extension === "" ? "a file without extension has no known format" : `unknown format "${extension}"`;
    faults.push(`${file.shown}: ${what}; known are ${known}, or let the pattern match fewer files`);
    return [];
  }
  let text: string;
  try {
    text = decode(await readFile(file.path));
  } catch (error) {
    faults.push(`${file.shown}: ${error instanceof UserError ? error.message : `cannot be read; ${messageOf(error)}`}`);
    return [];
  }
  const { drafts, faults: own } = await format.read(text);
  faults.push(...own.map((fault) => (/^\d/.test(fault) ? `${file.shown}:${fault}` : `${file.shown}: ${fault}`)));
  if (drafts.length === 0 && own.length === 0) faults.push(`${file.shown}: is empty; remove it or let the pattern match fewer files`);
  return drafts.flatMap((draft) => {
    const where = draft.line === undefined ? file.shown : `${file.shown}:${draft.line}`;
    if (draft.text.trim() === "") {
      faults.push(`${where}: has no text; remove it or let the pattern match fewer files`);
      return [];
    }
    const id = draft.id ?? file.id;
    return [
      { document: { id, title: draft.title?.trim() || (draft.line === undefined ? basename(file.id) : id), text: draft.text }, where },
    ];
  });
}

/** UTF-8 with `\n` line breaks and no byte order mark, or what is wrong with the bytes. */
function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError("is not UTF-8; save it as UTF-8");
  }
  if (text.includes("\0")) throw new UserError("is not text but binary data; remove it or let the pattern match fewer files");
  return text.replace(/\r\n?/g, "\n");
}

function unique(found: readonly Found[], faults: string[]): readonly Document[] {
  const first = new Map<string, Found>();
  for (const one of found) {
    const other = first.get(one.document.id);
    if (other === undefined) first.set(one.document.id, one);
    else faults.push(`${one.where}: has the id "${one.document.id}" of ${other.where}; give one of them another id`);
  }
  return [...first.values()].map(({ document }) => document);
}

/** The folders of a pattern before the first one that a glob matches; for a plain path its folder. */
function fixedPart(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex(isGlob);
  return first === -1 ? dirname(pattern) : parts.slice(0, first).join("/") || (pattern.startsWith("/") ? "/" : ".");
}

function isGlob(part: string): boolean {
  return /[*?[{]|[!+@]\(/.test(part);
}

async function kindOf(path: string): Promise<"file" | "folder" | "missing"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return "missing";
  }
}

function withoutExtension(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}
