/** Reads the documents of the knowledge: files, folders and globs -> texts with an id and a title. */
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { UserError } from "../errors.ts";
import type { Document } from "../types.ts";
import { type File, findFiles, type Selection, unreadable } from "./files.ts";
import { type Columns, type Format, OtherColumns, type Reading } from "./formats/format.ts";
import { formats } from "./formats/index.ts";
import { keptReading } from "./kept.ts";

export interface Sources extends Selection {
  readonly columns?: Columns | undefined;
  /** How many documents, and how many files, may be broken: a share, 0..1, or a count, 2 or more. */
  readonly maxErrors: number;
}

export interface Collected {
  /** Sorted by id, whatever the order of files on disk. */
  readonly documents: readonly Document[];
  /** What was not read, each as `where: what; what would be right`. */
  readonly skipped: readonly string[];
  /** The same by the ids that the documents would have, as far as they are known. */
  readonly missing: ReadonlyMap<string, string>;
  /** What else is worth telling: files of unknown formats, pages without text, exclusions that exclude nothing. */
  readonly notes: readonly string[];
}

export interface ReadingOptions {
  /** Folder in which what was read of slow formats is kept; nothing is without one. */
  readonly kept?: string | undefined;
  /** Told before each file is read. */
  readonly progress?: ((reading: ReadingProgress) => void) | undefined;
}

export interface ReadingProgress {
  /** Files that are read, and all of them. */
  readonly done: number;
  readonly total: number;
  /** The file at work, as messages name it. */
  readonly file: string;
}

/** Names that a message holds at the most. */
const NAMED = 10;
const LONGEST_TITLE = 300;

/**
 * The documents of all files. Names that begin with a dot are left out unless they are spelt out; files of unknown formats that a folder or a
 * glob takes in are left out and noted.
 *
 * A document's id is the one its front matter or row gives, else the file's path below the folder, or below the fixed part of the glob,
 * without extension and with `/`: `knowledge/**\/*.md` gives `returns/refunds`. A row without id gets the file's with its number,
 * `prices/12`; files that differ in their extension alone keep it. A table without any of the columns that are named is read as if none
 * were, as long as another table has them.
 *
 * What is broken is skipped as long as neither more documents nor more files are than `maxErrors` allows. Beyond that, and for patterns without
 * a file and named files of unknown formats, throws one UserError that names every fault.
 */
export async function readDocuments(sources: Sources, dir: string, options: ReadingOptions = {}): Promise<Collected> {
  const { maxErrors } = sources;
  const known = new Set(formats.flatMap(({ extensions }) => extensions));
  const { files, unknown, wrong, faults: unopened, idle, foreign } = await findFiles(sources, dir, known);
  const notes = idle.map((pattern) => `knowledge.exclude: "${pattern}" leaves nothing out; patterns are relative to the experiment file`);
  notes.push(
    ...foreign.map((file) => `knowledge: ${file} holds the cases and is left out; name it itself under files if it is a document too`),
  );
  if (unknown.length > 0) notes.push(unknownNote(unknown, known));
  const faults: Fault[] = unopened.map((fault) => ({ ...fault, file: true }));
  const reads: ReadFile[] = [];
  for (const [done, file] of files.entries()) {
    // Files are read in one go, which takes a tenth of the time for small ones; now and then signals and timers have their turn.
    if (done % 64 === 0) await setImmediate();
    options.progress?.({ done, total: files.length, file: file.shown });
    reads.push(await readOne(file, sources.columns ?? {}, options.kept));
  }
  options.progress?.({ done: files.length, total: files.length, file: "" });
  const found: Found[] = [];
  const tabled = reads.some(({ columns }) => columns === "named");
  const others = files.filter((_, i) => tabled && reads[i]?.columns === "other");
  if (others.length > 0) notes.push(othersNote(others));
  for (const [i, file] of files.entries()) {
    const read = tabled && reads[i]?.columns === "other" ? await readOne(file, {}, options.kept) : reads[i];
    for (const each of read?.found ?? []) found.push(each);
    for (const fault of read?.faults ?? []) faults.push(fault);
    for (const note of read?.notes ?? []) notes.push(note);
  }
  const documents = unique(found, faults);
  const lost = faults.filter(({ file }) => file).length;
  const counts: readonly Count[] = [
    { broken: faults.length, of: documents.length + faults.length, noun: "documents" },
    { broken: lost, of: files.length + unopened.length, noun: "files" },
  ];
  const tooMany = counts.find(({ broken, of }) => broken > (maxErrors <= 1 ? maxErrors * of : maxErrors));
  const none = documents.length === 0 && faults.length > 0;
  if (wrong.length > 0 || tooMany !== undefined || none) refuse(wrong, faults, none ? undefined : tooMany, maxErrors);
  return {
    documents: documents.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    skipped: faults.map(({ what }) => what),
    missing: new Map(faults.flatMap(({ id, what }) => (id === undefined ? [] : [[id, what]]))),
    notes,
  };
}

interface Fault {
  /** Of the document that is missing by it. */
  readonly id?: string | undefined;
  readonly what: string;
  /** Nothing of its file was read. */
  readonly file: boolean;
}

interface Found {
  readonly document: Document;
  readonly where: string;
}

interface ReadFile {
  /** Of a table: whether it has the columns that are named. */
  readonly columns?: "named" | "other" | undefined;
  readonly found: readonly Found[];
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

async function readOne({ path, shown, id }: File, columns: Columns, kept: string | undefined): Promise<ReadFile> {
  const extension = extname(path).toLowerCase();
  const format = formats.find(({ extensions }) => extensions.includes(extension));
  let reading: Reading;
  try {
    reading = format === undefined ? nothing : await readingOf(format, readFileSync(path), columns, kept);
  } catch (error) {
    const what = error instanceof UserError ? error.message : unreadable(error);
    const columns = error instanceof OtherColumns ? "other" : undefined;
    return { columns, found: [], faults: [{ id, what: `${shown}: ${what}`, file: true }], notes: [] };
  }
  const { drafts, faults, notes = [] } = reading;
  const read: Found[] = [];
  const broken: Fault[] = faults.map(({ line, what }) => ({ what: `${shown}:${line}: ${what}`, file: false }));
  for (const draft of drafts) {
    const where = draft.line === undefined ? shown : `${shown}:${draft.line}`;
    const own = draft.id?.trim() || (draft.row === undefined ? id : `${id}/${draft.row}`);
    const title = titleOf(draft.title) ?? (draft.row === undefined ? basename(id) : own);
    const { text, pages, layout } = draft;
    if (text.trim() === "")
      broken.push({ id: own, what: `${where}: has no text; give it some, or remove it`, file: draft.row === undefined });
    else read.push({ document: { id: own, title, text, file: shown, ...(pages && { pages }), ...(layout && { layout }) }, where });
  }
  if (drafts.length === 0 && faults.length === 0) broken.push({ id, what: `${shown}: is empty; remove it or exclude it`, file: true });
  const named = drafts.some(({ row }) => row !== undefined) ? "named" : undefined;
  return { columns: named, found: read, faults: broken, notes: notes.map((note) => `knowledge: ${shown}: ${note}`) };
}

const nothing: Reading = { drafts: [], faults: [] };

async function readingOf(format: Format, bytes: Uint8Array, columns: Columns, kept: string | undefined): Promise<Reading> {
  if (bytes.length === 0) return nothing;
  const read = async () => await format.read(bytes, columns);
  if (format.kept === undefined || kept === undefined) return await read();
  return await keptReading(kept, `${format.extensions[0]} ${format.kept}`, bytes, read);
}

function titleOf(given: string | undefined): string | undefined {
  const title = given?.replace(/\s+/g, " ").trim() ?? "";
  if (title === "") return undefined;
  return title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE).toWellFormed()}…` : title;
}

function unique(found: readonly Found[], faults: Fault[]): readonly Document[] {
  const first = new Map<string, Found>();
  for (const one of found) {
    const other = first.get(one.document.id);
    if (other === undefined) first.set(one.document.id, one);
    else faults.push({ what: `${one.where}: has the id "${one.document.id}" of ${other.where}; give one of them another id`, file: false });
  }
  return [...first.values()].map(({ document }) => document);
}

/** How many of what are broken. */
interface Count {
  readonly broken: number;
  readonly of: number;
  readonly noun: string;
}

function refuse(wrong: readonly string[], faults: readonly Fault[], tooMany: Count | undefined, most: number): never {
  const heading = wrong.length > 0 || tooMany === undefined ? [] : [headingOf(tooMany, most)];
  const lines = [...heading, ...wrong, ...faults.map(({ what }) => what)];
  throw new UserError(lines.map((line) => `knowledge: ${line}`).join("\n"));
}

function headingOf({ broken, of, noun }: Count, most: number): string {
  const [verb, them] = broken === 1 ? ["is", "it"] : ["are", "them"];
  return `${broken} of ${of} ${noun} ${verb} broken, more than knowledge.max_errors (${most}) allows; mend, remove or exclude ${them}, or allow more`;
}

function unknownNote(files: readonly string[], known: ReadonlySet<string>): string {
  const kinds = new Map<string, number>();
  for (const kind of files.map((file) => extname(file).toLowerCase() || "without extension")) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counts = [...kinds].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, NAMED);
  const counted = counts.map(([kind, count]) => `${count} ${kind}`).join(", ");
  return `knowledge: ${files.length} ${files.length === 1 ? "file is" : "files are"} of unknown formats and not read (${counted}): ${listed(files)}; known are ${[...known].join(", ")}`;
}

function othersNote(files: readonly File[]): string {
  const has = files.length === 1 ? "1 table has" : `${files.length} tables have`;
  return `knowledge: ${has} none of knowledge.columns, and the usual columns are taken: ${listed(files.map(({ shown }) => shown))}`;
}

function listed(files: readonly string[]): string {
  return files.slice(0, NAMED).join(", ") + (files.length > NAMED ? `, … and ${files.length - NAMED} more` : "");
}
