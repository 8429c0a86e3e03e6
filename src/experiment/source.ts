/** The experiment file as YAML with places. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { decode, whyUnreadable } from "../data/rows.ts";
import { messageOf, suggest, UserError } from "../errors.ts";
import { refuse, type Complaint, type Place } from "./complaints.ts";

export type Path = readonly PropertyKey[];

export interface Source {
  /** As the user typed it. */
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the value at the path stands; for a value that is not there, the nearest thing around it that is. */
  at(path: Path): Place;
  /** Where the last key of the path stands. */
  atKey(path: Path): Place;
  /** Where the nth (from 0) occurrence of a piece of text stands in the value at the path. */
  atText(path: Path, piece: string, nth: number): Place;
}

/** Reads a YAML 1.2 file; throws one UserError with every fault of syntax. */
export async function readSource(file: string): Promise<Source> {
  let text: string;
  try {
    text = decode(await readFile(resolve(file)));
  } catch (error) {
    const why = isMissing(error) ? `no such file; ${await othersThan(file)}` : await whyUnreadable(resolve(file), error);
    throw new UserError(`${file}: ${why}`, 2, { cause: error });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2", merge: true });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  refuse(document.errors.map((error): Complaint => ({ place: placeOf(error.pos[0]), what: syntaxFault(error.code, error.message) })));
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    throw new UserError(`${file}: not readable YAML (${messageOf(error)}); use fewer or simpler anchors`, 2, { cause: error });
  }
  return {
    file,
    text,
    value,
    at: (path) => placeOf(find(document, path).value),
    atKey: (path) => placeOf(find(document, path).key),
    atText: (path, piece, nth) => {
      const { value: start, end } = find(document, path);
      let at = start - 1;
      for (let count = 0; count <= nth && (count === 0 || at >= 0); count++) at = text.indexOf(piece, at + 1);
      return placeOf(at >= start && at < end ? at : start);
    },
  };
}

/** The plugins that the file names, and all scorers; empty where it cannot be read, since reading it whole will say why. */
export async function peekPlugins(file: string): Promise<{ readonly plugins: readonly string[]; readonly scorers: readonly string[] }> {
  try {
    const value: unknown = parseDocument(await readFile(resolve(file), "utf8"), { merge: true }).toJS();
    const scorers = listAt(value, ["evals", "scorers"]).map((item) => valueAt(item, ["use"]) ?? item);
    return { plugins: listAt(value, ["plugins"]).filter(isText), scorers: [...new Set(scorers.filter(isText))] };
  } catch {
    return { plugins: [], scorers: [] };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** The experiments that stand where the file was looked for. */
async function othersThan(file: string): Promise<string> {
  const names = await readdir(dirname(resolve(file))).catch(() => undefined);
  if (names === undefined) return `there is no folder ${dirname(file)}`;
  const near = names.filter((name) => /\.ya?ml$/i.test(name));
  return near.length === 0 ? `there is no YAML file in ${dirname(resolve(file))}` : suggest(basename(file), near);
}

/** The value at the path inside plain data; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) at = typeof at === "object" && at !== null ? (at as Readonly<Record<PropertyKey, unknown>>)[part] : undefined;
  return at;
}

function listAt(value: unknown, path: Path): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Offsets of the value at a path, of its last key, and of the value's end. */
interface Offsets {
  readonly value: number;
  readonly key: number;
  readonly end: number;
}

function find(document: Document, path: Path): Offsets {
  let node: Node | null = document.contents;
  let offsets: Offsets = offsetsOf(node, { value: 0, key: 0, end: 0 });
  // The file begins where its first key does, not at a comment above it.
  if (isMap(node) && isNode(node.items[0]?.key)) offsets = { ...offsets, key: offsets.value };
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(part));
      if (pair === undefined) return { ...offsets, value: offsets.key };
      const key = isNode(pair.key) ? (pair.key.range?.[0] ?? offsets.key) : offsets.key;
      node = isNode(pair.value) ? pair.value : null;
      offsets = offsetsOf(node, { value: key, key, end: key });
    } else if (isSeq(node)) {
      const item: unknown = typeof part === "number" ? node.items[part] : undefined;
      if (!isNode(item)) return offsets;
      node = item;
      const start = node.range?.[0] ?? offsets.key;
      offsets = offsetsOf(node, { value: start, key: start, end: start });
    } else return offsets;
  }
  return offsets;
}

/** An empty value has no place of its own worth pointing at: its key is pointed at instead. */
function offsetsOf(node: Node | null, around: Offsets): Offsets {
  const [start, end] = node?.range ?? [around.value, around.end];
  const empty = isScalar(node) && node.value === null && (node.source ?? "") === "";
  return { value: empty ? around.key : start, key: around.key, end };
}

function syntaxFault(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "this key stands here twice; keep one of them";
  if (code === "TAB_AS_INDENT") return "tab used as indentation; indent with blanks";
  if (code === "MULTIPLE_DOCS") return "a second YAML document begins; an experiment file holds one";
  return `${message.replace(/\.$/, "")}; see that indentation, quotes and brackets are right`;
}
