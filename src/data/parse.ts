/** The text of a data file -> rows with their places. JSONL, JSON, CSV, TSV and YAML; every fault with `file:line: what; what would be right`. */
import { extname } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { isSeq, LineCounter, parseDocument } from "yaml";
import type { Json } from "../types.ts";

/** One row as read: `{ place: "cases.jsonl:12", values: { id: "q7", question: "…", answer: "…" }, flat: false }`. */
export interface Row {
  readonly place: string;
  readonly values: Readonly<Record<string, Json>>;
  /** All values are text, as in CSV, so that lists are written with separators. */
  readonly flat: boolean;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** `file:line: what; what would be right`, each. */
  readonly faults: readonly string[];
}

export const FORMATS = ["jsonl", "json", "csv", "tsv", "yaml"] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, Format>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "json",
  ".csv": "csv",
  ".tsv": "tsv",
  ".yaml": "yaml",
  ".yml": "yaml",
};

/** The format that a file's extension tells; undefined for others. */
export function formatOf(path: string): Format | undefined {
  return EXTENSIONS[extname(path).toLowerCase()];
}

/** The rows of a text in the given format. */
export function parseRows(text: string, shown: string, format: Format): Rows {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (format === "jsonl") return fromJsonLines(plain, shown);
  if (format === "json") return fromJson(plain, shown);
  if (format === "yaml") return fromYaml(plain, shown);
  return fromCsv(plain, shown, format === "tsv" ? "\t" : undefined);
}

function fromJsonLines(text: string, shown: string): Rows {
  const rows: Row[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = `${shown}:${index + 1}`;
    try {
      take(JSON.parse(line), place, false, rows, faults);
    } catch {
      faults.push(`${place}: not JSON; JSONL holds one object a line${line.trim() === "[" ? ", a list goes into a .json file" : ""}`);
    }
  }
  return { rows, faults };
}

function fromJson(text: string, shown: string): Rows {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const line = /line (\d+)/.exec(String(error))?.[1] ?? (/Unexpected end/.test(String(error)) ? text.trimEnd().split("\n").length : 1);
    return fault(
      `${shown}:${line}: not JSON; ${/}\s*\n\s*{/.test(text) ? "one object a line goes into a .jsonl file" : "check the brackets, commas and quotes there"}`,
    );
  }
  if (!Array.isArray(value)) return fault(`${shown}:1: not a list; a JSON data file holds a list of objects, [{…}, {…}]`);
  const lines = linesOfItems(text);
  const rows: Row[] = [];
  const faults: string[] = [];
  for (const [index, item] of value.entries()) take(item, `${shown}:${lines[index] ?? 1}`, false, rows, faults);
  return { rows, faults };
}

/** The line on which each item of a JSON list begins; the text is known to be valid JSON. */
function linesOfItems(text: string): readonly number[] {
  const lines: number[] = [];
  let depth = 0;
  let line = 1;
  let awaited = false;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s[\]{},"]+/g)) {
    if (token === "\n") line++;
    else {
      const closes = token === "]" || token === "}";
      if (awaited && depth === 1 && !closes) lines.push(line);
      awaited = false;
      if (token === "[" || token === "{") {
        awaited = depth === 0;
        depth++;
      } else if (closes) depth--;
      else if (token === "," && depth === 1) awaited = true;
    }
  }
  return lines;
}

function fromYaml(text: string, shown: string): Rows {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const lineAt = (offset: number): number => counter.linePos(offset).line;
  if (document.errors.length > 0) {
    return {
      rows: [],
      faults: document.errors.map(
        (error) => `${shown}:${lineAt(error.pos[0])}: not YAML (${error.message}); a YAML data file holds a list of maps`,
      ),
    };
  }
  const list = document.contents;
  if (!isSeq(list))
    return text.trim() === "" ? { rows: [], faults: [] } : fault(`${shown}:1: not a list; a YAML data file holds a list of maps, - id: …`);
  const rows: Row[] = [];
  const faults: string[] = [];
  const values: unknown = document.toJS();
  for (const [index, item] of (Array.isArray(values) ? values : []).entries()) {
    const node = list.items[index];
    const offset = typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? Number(node.range[0]) : 0;
    take(item, `${shown}:${lineAt(offset)}`, false, rows, faults);
  }
  return { rows, faults };
}

function fromCsv(text: string, shown: string, separator: string | undefined): Rows {
  const header = text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n"));
  const delimiter = separator ?? [",", ";", "\t"].find((candidate) => header.includes(candidate)) ?? ",";
  const ends: number[] = [];
  let records: readonly (readonly string[])[];
  try {
    records = parseCsv(text.replaceAll("\r\n", "\n"), {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: string[], info) => {
        ends.push(info.lines);
        return record;
      },
    });
  } catch (error) {
    const line = error instanceof Error && "lines" in error ? Number(error.lines) : 1;
    return fault(`${shown}:${line}: not CSV; a value that holds a quote is written "like ""this""", and every quote is closed`);
  }
  const columns = (records[0] ?? []).map((name) => name.trim());
  const faults: string[] = [];
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) faults.push(`${shown}:1: two columns are named "${twice}"; give each column a name of its own`);
  const rows: Row[] = [];
  for (const [index, record] of records.entries()) {
    if (index === 0 || record.every((value) => value.trim() === "")) continue;
    const place = `${shown}:${(ends[index] ?? 1) - (record.join("").split("\n").length - 1)}`;
    if (record.length !== columns.length)
      faults.push(
        `${place}: ${record.length} values where the header has ${columns.length} columns; quote values that hold "${delimiter}"`,
      );
    else rows.push({ place, values: Object.fromEntries(columns.map((name, column) => [name, record[column] ?? ""])), flat: true });
  }
  return { rows, faults };
}

function take(value: unknown, place: string, flat: boolean, rows: Row[], faults: string[]): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    rows.push({ place, values: value as Readonly<Record<string, Json>>, flat });
  } else
    faults.push(
      `${place}: a row is ${value === null ? "null" : Array.isArray(value) ? "a list" : `the ${typeof value} ${JSON.stringify(value)}`}; it must be an object, {"id": …}`,
    );
}

function fault(line: string): Rows {
  return { rows: [], faults: [line] };
}
