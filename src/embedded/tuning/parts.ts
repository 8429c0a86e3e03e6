/** Which of the training rows belong together, and which requests are like them. */
import { fold } from "../labels/labelling.ts";
import type { Understood } from "../prompt/request.ts";
import { readJson } from "../slots/json-style.ts";
import type { Row } from "./rows.ts";

/** What the requests of some rows look like. */
export interface Serves {
  /** The sets of sentences that their prompts instruct with; sentences of one row alone are none of them. */
  readonly orders: readonly (readonly string[])[];
  /** Share of them that have passages, 0..1. */
  readonly passages: number;
  /** The labels that the rows answer with; empty for other answers. */
  readonly labels: readonly string[];
}

/** Rows of one kind of answer. */
export interface Group {
  readonly rows: readonly Row[];
  readonly serves: Serves;
}

type Kind = "json" | "labels" | "text";

interface Class {
  readonly kind: Kind;
  readonly rows: Row[];
  readonly orders: Map<string, readonly string[]>;
  readonly passages: boolean;
  /** Keys of the JSON, or labels. */
  readonly words: Set<string>;
}

/** Fewer rows than these are no kind of their own. */
const fewest = 5;
const leastShare = 0.02;

/**
 * The rows by what their requests look like (instructions, passages or none) and by how those are answered: as JSON, with labels or in
 * words. Requests that look alike stay together, and so do those whose answers share their fields or labels; the largest group comes first.
 */
export function partition(rows: readonly Row[], isLabelled: (rows: readonly Row[]) => boolean): readonly Group[] {
  const repeated = repeatedOrders(rows);
  const alike = new Map<string, Row[]>();
  const printOf = (row: Row): readonly string[] => ordersOf(row.asked).filter((order) => repeated.has(order));
  for (const row of rows) {
    const key = JSON.stringify([printOf(row), row.asked.passages.length > 0]);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [row]);
    else known.push(row);
  }
  const classes: Class[] = [];
  const strays: Row[] = [];
  const least = Math.max(fewest, rows.length * leastShare);
  for (const some of [...alike.values()].sort((a, b) => b.length - a.length)) {
    const first = some[0];
    if (first === undefined || some.length < least) {
      // As arguments, a hundred thousand rows would be too many.
      for (const row of some) strays.push(row);
      continue;
    }
    const json = some.flatMap((row) => readFields(row.answer));
    const kind = json.length * 2 >= some.length ? "json" : isLabelled(some) ? "labels" : "text";
    const words = new Set(kind === "json" ? json.flat() : kind === "labels" ? some.map((row) => fold(row.answer)) : []);
    const print = printOf(first);
    const passages = first.asked.passages.length > 0;
    const home = classes.find((known) => known.kind === kind && isSame(known, { words, passages, print, count: some.length }));
    if (home === undefined)
      classes.push({ kind, rows: [...some], orders: new Map([[JSON.stringify(print), print]]), passages, words: new Set(words) });
    else {
      for (const row of some) home.rows.push(row);
      home.orders.set(JSON.stringify(print), print);
      for (const word of words) home.words.add(word);
    }
  }
  if (classes.length === 0) return [{ rows, serves: servesOf(rows, [], []) }];
  for (const row of strays) {
    const like = classes.find(
      ({ kind, passages }) => passages === row.asked.passages.length > 0 && (kind === "json") === readFields(row.answer).length > 0,
    );
    (like ?? classes[0])?.rows.push(row);
  }
  return classes
    .sort((a, b) => b.rows.length - a.rows.length)
    .map(({ rows: some, orders, kind, words }) => ({
      rows: some.sort((a, b) => a.line - b.line),
      serves: servesOf(some, [...orders.values()], kind === "labels" ? [...words] : []),
    }));
}

/** The one whose rows this request is most like; the first of several. */
export function likest<T extends { readonly serves: Serves }>(parts: readonly T[], asked: Understood): T | undefined {
  let best: T | undefined;
  let most = -Infinity;
  for (const part of parts) {
    const likeness = likenessOf(part.serves, asked, parts);
    if (likeness <= most) continue;
    best = part;
    most = likeness;
  }
  return best;
}

/** The request instructs as the rows' prompts do. */
export function hasOrdersOf({ orders }: Serves, asked: Understood): boolean {
  const own = ordersOf(asked);
  const known = new Set(orders.flat());
  return own.length > 0 && own.filter((order) => known.has(order)).length * 2 > own.length;
}

/** What the prompt instructs, sentence by sentence. */
export function ordersOf({ instructions: { honoured, ignored } }: Understood): readonly string[] {
  return [...new Set([...honoured.map(({ text }) => text), ...ignored])].sort();
}

function likenessOf({ orders, passages, labels }: Serves, asked: Understood, all: readonly { readonly serves: Serves }[]): number {
  const known = new Set(all.flatMap(({ serves }) => serves.orders.flat()));
  const own = ordersOf(asked).filter((order) => known.has(order));
  const same = Math.max(0, ...orders.map((print) => jaccard(own, print)));
  const listed = asked.instructions.labels.filter((label) => labels.includes(fold(label.name))).length;
  return 2 * same + (asked.passages.length > 0 ? passages : 1 - passages) + (listed >= 2 ? 1 : 0);
}

/** Two empty sets are the same. */
function jaccard(a: readonly string[], b: readonly string[]): number {
  const common = a.filter((item) => b.includes(item)).length;
  const all = a.length + b.length - common;
  return all === 0 ? 1 : common / all;
}

function isSame(
  known: Class,
  { words, passages, print, count }: Pick<Class, "words" | "passages"> & { readonly print: readonly string[]; readonly count: number },
): boolean {
  if (known.kind !== "text") return [...words].filter((word) => known.words.has(word)).length * 2 >= Math.min(words.size, known.words.size);
  // Among messages of one kind, a few look as if they had passages, or had none.
  return known.passages === passages || (known.orders.has(JSON.stringify(print)) && count * 5 < known.rows.length);
}

function servesOf(rows: readonly Row[], orders: readonly (readonly string[])[], labels: readonly string[]): Serves {
  const passages = rows.filter((row) => row.asked.passages.length > 0).length / Math.max(1, rows.length);
  return { orders, passages: Math.round(passages * 100) / 100, labels };
}

function repeatedOrders(rows: readonly Row[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { asked } of rows) for (const order of ordersOf(asked)) counts.set(order, (counts.get(order) ?? 0) + 1);
  const least = Math.max(2, rows.length * leastShare);
  return new Set([...counts].filter(([, count]) => count >= least).map(([order]) => order));
}

/** The keys of an answer that is a JSON object; none for any other. */
function readFields(answer: string): string[][] {
  const json = readJson(/\{[\s\S]*\}/.exec(answer)?.[0] ?? "");
  return json === undefined || Array.isArray(json) ? [] : [Object.keys(json)];
}
