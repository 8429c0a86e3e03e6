/** How each field of an answer comes about: copied from the message, chosen among values that were seen, or always the same. */
import type { Fields, Leaf, Value } from "./format.ts";
import type { Laid } from "./sections.ts";
import { type Copied, findCopy, searched, writingNames } from "./values.ts";

export interface Plan {
  readonly key: string;
  readonly how: "copied" | "chosen" | "constant";
  readonly list: boolean;
  /** The values are numbers, not text that looks like them. */
  readonly number: boolean;
  /** Ways of writing a copied value, the most frequent first. */
  readonly ways: readonly string[];
  /** What stands for no value: undefined leaves the field out. */
  readonly absent: Value | undefined;
  /** Every example has a value. */
  readonly always: boolean;
  /** Many values that are chosen from were seen once only: what is new may be any other. */
  readonly open: boolean;
  /** What is chosen from, or the one constant; undefined leaves the field out. */
  readonly values: readonly (Value | undefined)[];
}

/** A value of an example and where it stands in the message; several for a list. */
export type Copies = ReadonlyMap<string, readonly Copied[]>;

/**
 * Spans of the values in the message; the longest values have the first choice, and no two spans overlap. `but`: values that are never copied.
 */
export function copiesOf(fields: Fields, laid: Laid, but: ReadonlySet<string>): Copies {
  const message = searched(laid);
  const copies = new Map<string, Copied[]>();
  const leaves = [...fields].flatMap(([key, value]) => leavesOf(value).map((leaf) => ({ key, leaf })));
  for (const { key, leaf } of leaves.sort((a, b) => String(b.leaf).length - String(a.leaf).length)) {
    const copy = but.has(String(leaf)) ? undefined : findCopy(leaf, message);
    const known = copies.get(key);
    if (copy === undefined) continue;
    if (known === undefined) copies.set(key, [copy]);
    else known.push(copy);
  }
  return copies;
}

/** Fewest rows for each of the values that are chosen from. */
const rowsForValue = 2;
const mostValues = 100;

/** `otherwise` stands for no value where no example shows one without. */
export function planOf(
  key: string,
  rows: readonly { readonly fields: Fields; readonly copies: Copies }[],
  otherwise: Value | undefined,
): Plan {
  const all = rows.map(({ fields, copies }) => ({ value: fields.get(key), copies: copies.get(key) ?? [] }));
  const full = all.filter(({ value }) => !isEmpty(value));
  const copied = full.filter(({ value, copies }) => copies.length > 0 && copies.length === leavesOf(value ?? null).length);
  const absent = ranked(all.filter(({ copies }) => copies.length === 0).map(({ value }) => value))[0];
  const list = full.length > 0 ? full.some(({ value }) => Array.isArray(value)) : all.some(({ value }) => Array.isArray(value));
  const counts = ranked(all.map(({ value }) => value));
  const plan = {
    key,
    list,
    number: full.length > 0 && full.every(({ value }) => leavesOf(value ?? null).every((leaf) => typeof leaf === "number")),
    ways: waysOf(copied.flatMap(({ copies }) => copies)),
    absent: absent === undefined ? (list ? [] : otherwise) : absent.value,
    always: absent === undefined,
    open: counts.filter(({ value, count }) => count === 1 && !isEmpty(value)).length > 0.2 * full.length,
    values: counts.map(({ value }) => value),
  };
  // What two or three examples copied alike is no constant yet.
  if (counts.length <= 1 && (rows.length > 3 || copied.length < rows.length)) return { ...plan, how: "constant", values: plan.values };
  // A repeated word for "nothing" is no value that should have been copied.
  const nothing = absent !== undefined && !isEmpty(absent.value) && absent.count >= Math.max(2, 0.05 * all.length) ? absent.count : 0;
  const share = copied.length / Math.max(1, full.length - nothing);
  const few = counts.length <= 12 && rows.length >= 5 * counts.length;
  if (copied.length > 0 && share >= (few ? 0.9 : 0.5)) {
    // A lone value that is not in the message is an odd row, not a word for nothing.
    const odd = absent !== undefined && !isEmpty(absent.value) && nothing === 0;
    return { ...plan, how: "copied", absent: odd ? otherwise : plan.absent, values: [] };
  }
  const seen = counts.filter(({ value, count }) => count >= rowsForValue || isEmpty(value)).slice(0, mostValues);
  return {
    ...plan,
    how: seen.length < 2 ? "constant" : "chosen",
    values: (seen.length === 0 ? counts.slice(0, 1) : seen).map(({ value }) => value),
  };
}

/** Nothing was found: left out, null, an empty text or an empty list. */
export function isEmpty(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

export function leavesOf(value: Value): readonly Leaf[] {
  return Array.isArray(value) ? value : [value as Leaf];
}

function waysOf(copies: readonly Copied[]): string[] {
  const count = (way: string): number => copies.filter(({ ways }) => ways.includes(way)).length;
  return writingNames.filter((way) => count(way) > 0).sort((a, b) => count(b) - count(a));
}

/** Different values, the most frequent first. */
function ranked(values: readonly (Value | undefined)[]): { readonly value: Value | undefined; readonly count: number }[] {
  const found = new Map<string, { value: Value | undefined; count: number }>();
  for (const value of values) {
    const name = JSON.stringify(value) ?? "";
    const known = found.get(name) ?? { value, count: 0 };
    known.count++;
    found.set(name, known);
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
