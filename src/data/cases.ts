/** Rows -> cases: columns mapped, scalars made text, ids checked. */
import { createHash } from "node:crypto";
import { suggest } from "../errors.ts";
import { SPLITS } from "./splits.ts";
import type { Case, Json, SplitName } from "../types.ts";
import type { Row } from "./parse.ts";

/** Which column holds what. `{ id: "id", input: ["question"], expected: "answer", sources: "doc_ids", group: "topic" }` */
export interface Columns {
  readonly id?: string | undefined;
  readonly input: readonly string[];
  readonly expected: string;
  readonly sources?: string | undefined;
  readonly group?: string | undefined;
  readonly tags?: string | undefined;
  /** Holds the name of the case's split. */
  readonly split?: string | undefined;
}

/** A case with the place of its row, and the split that its row names. */
export interface Placed {
  readonly case: Case;
  readonly place: string;
  readonly split?: SplitName | undefined;
}

/** The names of all columns, in the order in which they first occur. */
export function columnsOf(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
}

/** Columns that may be input fields: not mapped otherwise, and holding text, numbers or booleans wherever they hold anything. */
export function inputColumns(rows: readonly Row[], mapped: ReadonlySet<string>): readonly string[] {
  return columnsOf(rows).filter(
    (name) => !mapped.has(name) && rows.every(({ values }) => isScalar(values[name])) && rows.some(({ values }) => !isEmpty(values[name])),
  );
}

/**
 * The cases of the rows. Without an id column a case is named by the hash of its content. Faults, as `file:line: what; what
 * would be right`: no input, no right answer, a list where text belongs, an unknown split, an id that is used twice.
 */
export function casesOf(rows: readonly Row[], columns: Columns): { readonly cases: readonly Placed[]; readonly faults: readonly string[] } {
  const cases: Placed[] = [];
  const faults: string[] = [];
  const places = new Map<string, string>();
  const copies = new Map<string, number>();
  for (const row of rows) {
    const complain = (what: string): void => void faults.push(`${row.place}: ${what}`);
    const fields = fieldsOf(row, columns, complain);
    const expected = expectedOf(row, columns.expected, complain);
    const id = columns.id === undefined ? contentId(fields, expected, copies) : idOf(row, columns.id, complain);
    if (id === undefined) continue;
    const before = places.get(id);
    if (before === undefined) places.set(id, row.place);
    else complain(`id "${id}" is also the id of ${before}; give each case an id of its own`);
    const group = columns.group === undefined ? undefined : row.values[columns.group];
    if (!isScalar(group)) complain(`group column "${columns.group}" holds ${kindOf(group)}; a group is a name`);
    cases.push({
      case: {
        id,
        fields,
        expected,
        ...(columns.sources === undefined ? {} : sourcesOf(row, columns.sources, complain)),
        ...(isEmpty(group) ? {} : { group: textOf(group) }),
        ...(columns.tags === undefined ? {} : { tags: listOf(row, columns.tags, complain) }),
      },
      place: row.place,
      ...(columns.split === undefined ? {} : { split: splitOf(row, columns.split, complain) }),
    });
  }
  return { cases, faults };
}

type Complain = (what: string) => void;

function fieldsOf(row: Row, columns: Columns, complain: Complain): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const name of columns.input) {
    const value = row.values[name];
    if (!isScalar(value)) complain(`input column "${name}" holds ${kindOf(value)}; an input field is text, a number or a boolean`);
    fields[name] = textOf(value);
  }
  if (columns.input.length > 0 && Object.values(fields).every((text) => text.trim() === "")) {
    complain(
      `no input: ${columns.input.map((name) => `"${name}"`).join(", ")} ${columns.input.length > 1 ? "are" : "is"} empty; fill it in, or remove the row`,
    );
  }
  return fields;
}

function expectedOf(row: Row, column: string, complain: Complain): Json | undefined {
  const value = row.values[column];
  if (isEmpty(value) || (Array.isArray(value) && value.length === 0)) {
    complain(`no right answer: "${column}" is ${value === undefined ? "missing" : "empty"}; fill it in, or remove the row`);
    return undefined;
  }
  return row.flat ? (jsonIn(value) ?? value) : value;
}

function idOf(row: Row, column: string, complain: Complain): string | undefined {
  const value = row.values[column];
  if (isEmpty(value)) complain(`no id: "${column}" is ${value === undefined ? "missing" : "empty"}; give each case an id of its own`);
  else if (!isScalar(value)) complain(`id column "${column}" holds ${kindOf(value)}; an id is text or a number`);
  else if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    complain(`id ${value} is too large for a number; write it in quotes`);
  } else return textOf(value);
  return undefined;
}

function contentId(fields: Readonly<Record<string, string>>, expected: Json | undefined, copies: Map<string, number>): string {
  const content = JSON.stringify([Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)), expected ?? null]);
  const id = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const copy = (copies.get(id) ?? 0) + 1;
  copies.set(id, copy);
  return copy === 1 ? id : `${id}-${copy}`;
}

function listOf(row: Row, column: string, complain: Complain): readonly string[] {
  const value = row.flat ? (jsonIn(row.values[column]) ?? row.values[column]) : row.values[column];
  if (isEmpty(value)) return [];
  if (Array.isArray(value)) {
    if (value.some((item) => !isScalar(item) || isEmpty(item)))
      complain(`column "${column}" holds a list of something else than names; write ["a", "b"]`);
    return value.filter(isScalar).map(textOf);
  }
  if (!isScalar(value)) complain(`column "${column}" holds ${kindOf(value)}; write a name or a list of names`);
  if (!row.flat) return [textOf(value)];
  const text = textOf(value);
  return text
    .split(text.includes(";") ? ";" : ",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** Documents that are all needed; a list among them is a group of which one is enough: `[["a", "b"], "c"]`. */
function sourcesOf(row: Row, column: string, complain: Complain): Pick<Case, "sources" | "sourceGroups"> {
  const value = row.flat ? jsonIn(row.values[column]) : row.values[column];
  if (!Array.isArray(value) || !value.some(Array.isArray)) return { sources: listOf(row, column, complain) };
  const groups = (value as readonly Json[]).map((item) => (Array.isArray(item) ? (item as readonly Json[]) : [item]));
  if (groups.some((group) => group.length === 0 || group.some((name) => !isScalar(name) || isEmpty(name))))
    complain(`column "${column}" holds something else than names and lists of names; write [["a", "b"], "c"] where a or b is enough`);
  const named = groups.map((group) => group.filter((name) => isScalar(name) && !isEmpty(name)).map(textOf));
  const sources = [...new Set(named.flat())];
  return named.some((group) => group.length > 1) ? { sources, sourceGroups: named } : { sources };
}

function splitOf(row: Row, column: string, complain: Complain): SplitName | undefined {
  const text = textOf(row.values[column]);
  const split = SPLITS.find((name) => name === text);
  if (split === undefined)
    complain(
      text === ""
        ? `no split: "${column}" is empty; write one of ${SPLITS.join(", ")}`
        : `unknown split "${text}"; ${suggest(text, SPLITS)}`,
    );
  return split;
}

/** A list or map written into a text cell; undefined when the cell holds something else. */
function jsonIn(value: Json | undefined): Json | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}

function isScalar(value: Json | undefined): boolean {
  return typeof value !== "object" || value === null;
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}

function kindOf(value: Json | undefined): string {
  return Array.isArray(value) ? "a list" : typeof value === "object" && value !== null ? "a map" : JSON.stringify(value ?? null);
}
