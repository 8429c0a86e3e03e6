/** Tool calls as a JSON value holds them, and how many of them two lists share. */
import { z } from "zod";
import { canonical } from "../program/hash.ts";
import type { Json } from "../types.ts";

export interface Call {
  readonly name: string;
  readonly arguments: Json;
}

export type SameArguments = "exact" | "subset" | "ignore";

const call = z.union([
  z.object({ name: z.string().min(1), arguments: z.json().optional() }),
  z.object({ function: z.object({ name: z.string().min(1), arguments: z.json().optional() }) }).transform((given) => given.function),
]);
const shapes = z.union([
  z.array(call),
  z.object({ tool_calls: z.array(call) }).transform((given) => given.tool_calls),
  call.transform((one) => [one]),
]);

/**
 * The calls of a value, or undefined where it is something else: a list of `{ name, arguments }`, one alone, `{ tool_calls: […] }`, and
 * each call also as OpenAI writes it, `{ type: "function", function: { name, arguments: "…" } }`. No arguments are {}.
 */
export function callsIn(value: unknown): readonly Call[] | undefined {
  const read = shapes.safeParse(value);
  return read.data?.map((given) => ({ name: given.name, arguments: argumentsOf(given.arguments) }));
}

/** Whether the same tool is called: with equal arguments, or with all that are wanted, or with any. */
export function same(given: Call, wanted: Call, args: SameArguments): boolean {
  if (given.name !== wanted.name) return false;
  if (args === "ignore") return true;
  if (args === "exact" || !isMap(wanted.arguments) || !isMap(given.arguments)) return equal(given.arguments, wanted.arguments);
  const there = given.arguments;
  return Object.entries(wanted.arguments).every(([name, value]) => Object.hasOwn(there, name) && equal(there[name], value));
}

/** The most pairs of a given and a wanted call that are the same, each call in one pair; where `ordered`, pairs must not cross. */
export function pairs(given: readonly Call[], wanted: readonly Call[], args: SameArguments, ordered: boolean): number {
  const table = wanted.map((want) => given.map((give) => same(give, want, args)));
  return ordered ? longest(table) : matching(table);
}

/** Length of the longest common subsequence. */
function longest(table: readonly (readonly boolean[])[]): number {
  let before: readonly number[] = [];
  for (const row of table) {
    const now: number[] = [];
    for (const [j, equal] of row.entries()) now.push(Math.max(now[j - 1] ?? 0, before[j] ?? 0, equal ? (before[j - 1] ?? 0) + 1 : 0));
    before = now;
  }
  return before.at(-1) ?? 0;
}

/** Size of a maximum matching, by augmenting paths (Kuhn): a call that fits several must not take the only one that fits another. */
function matching(table: readonly (readonly boolean[])[]): number {
  const taken = new Map<number, number>();
  const place = (row: number, tried: Set<number>): boolean => {
    for (const [j, fits] of (table[row] ?? []).entries()) {
      if (!fits || tried.has(j)) continue;
      tried.add(j);
      const other = taken.get(j);
      if (other !== undefined && !place(other, tried)) continue;
      taken.set(j, row);
      return true;
    }
    return false;
  };
  return table.filter((_, row) => place(row, new Set())).length;
}

/** Arguments that are a text are JSON on the wire; a text that is none stays as it is. */
function argumentsOf(given: Json | undefined): Json {
  if (typeof given !== "string") return given ?? {};
  if (given.trim() === "") return {};
  try {
    return JSON.parse(given) as Json;
  } catch {
    return given;
  }
}

function equal(a: Json | undefined, b: Json): boolean {
  return canonical(a) === canonical(b);
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
