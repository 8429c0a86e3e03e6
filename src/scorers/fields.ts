/** A JSON value as a flat list of fields, and how many of them two values share. */
import type { Json } from "../types.ts";

/** A scalar (or an empty list or map) with where it stands: `{ path: "address.city", value: "Rome" }`; the path of the whole is "". */
export interface Field {
  readonly path: string;
  readonly value: Json;
}

export interface Likeness {
  readonly compare: "exact" | "ignore-case";
  /** Absolute difference that two numbers may have. */
  readonly tolerance: number;
}

/** The fields of a value, in its order. Items of a list have the path `list[]`, or where `ordered` `list[0]`, `list[1]`. */
export function fieldsOf(value: Json, ordered: boolean): readonly Field[] {
  const fields: Field[] = [];
  // A stack of its own, because an answer may be nested deeper than calls can be.
  const open: Field[] = [{ path: "", value }];
  for (let field = open.pop(); field !== undefined; field = open.pop()) {
    const inner = partsOf(field, ordered);
    if (inner.length === 0) fields.push(field);
    else open.push(...inner.toReversed());
  }
  return fields;
}

/** A path that `a` or `b` has, with its values, and how many of them have a like one on the other side; each value counts once. */
export interface Match {
  readonly path: string;
  readonly a: readonly Json[];
  readonly b: readonly Json[];
  readonly shared: number;
}

export function matched(a: readonly Field[], b: readonly Field[], likeness: Likeness): readonly Match[] {
  const sides = [a, b].map((fields) => Map.groupBy(fields, ({ path }) => path));
  return [...new Set([...a, ...b].map(({ path }) => path))].map((path) => {
    const [left = [], right = []] = sides.map((side) => (side.get(path) ?? []).map(({ value }) => value));
    return { path, a: left, b: right, shared: sharedIn(left, right, likeness) };
  });
}

/** Whether a field holds nothing: null, "", [] or {}. */
export function isEmpty({ value }: Field): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function partsOf({ path, value }: Field, ordered: boolean): readonly Field[] {
  if (typeof value !== "object" || value === null) return [];
  if (isList(value)) return value.map((item, i) => ({ path: `${path}[${ordered ? i : ""}]`, value: item }));
  return Object.entries(value).map(([key, item]) => ({ path: path === "" ? nameOf(key) : `${path}.${nameOf(key)}`, value: item }));
}

/** A key as a part of a path, in quotes where it would look like another path. */
function nameOf(key: string): string {
  return key === "" || /[.[\]"]/u.test(key) ? JSON.stringify(key) : key;
}

function sharedIn(a: readonly Json[], b: readonly Json[], { compare, tolerance }: Likeness): number {
  const [left = [], right = []] = [a, b].map((side) => side.map((value) => (compare === "exact" ? value : textOf(value, tolerance > 0))));
  return (
    sharedTexts(textsIn(left), textsIn(right)) +
    sharedNumbers(
      left.filter((value) => typeof value === "number"),
      right.filter((value) => typeof value === "number"),
      tolerance,
    )
  );
}

/** What a value says without case and spacing; where `numeric`, a text that is a number is one. */
function textOf(value: Json, numeric: boolean): Json {
  if (typeof value === "object") return value;
  const text = String(value).normalize("NFKC").replace(/\s+/gu, " ").trim().toLowerCase();
  return numeric && /^[-+]?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : text;
}

function sharedTexts(given: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const text of given) left.set(text, (left.get(text) ?? 0) + 1);
  return wanted.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0;
  }).length;
}

/** The most pairs that lie within the tolerance: in order of size the first that fit are never worse than others. */
function sharedNumbers(given: readonly number[], wanted: readonly number[], tolerance: number): number {
  const [a, b] = [given.toSorted((x, y) => x - y), wanted.toSorted((x, y) => x - y)];
  let total = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    // A billionth on top, because 0.3 - 0.2 is not 0.1 in binary.
    if (x === y || (tolerance > 0 && Math.abs(x - y) <= tolerance + 1e-9 * Math.abs(y))) {
      total++;
      i++;
      j++;
    } else if (x < y) i++;
    else j++;
  }
  return total;
}

/** All but numbers, by their JSON. */
function textsIn(values: readonly Json[]): readonly string[] {
  return values.filter((value) => typeof value !== "number").map((value) => JSON.stringify(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
