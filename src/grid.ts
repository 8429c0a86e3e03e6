/** List-valued options: every option that takes a list opens one arm for each of its values. */
import { z } from "zod";

/** A value or a list of values; read as a list. */
export function oneOrMore<T extends z.ZodType>(value: T) {
  return z.union([value, z.array(value).min(1)]).transform((given) => (Array.isArray(given) ? given : [given]) as z.output<T>[]);
}

/** All combinations of the lists' values, the first list varying slowest. */
export function combinations<T extends Record<string, readonly unknown[]>>(lists: T): readonly { readonly [K in keyof T]: T[K][number] }[] {
  let rows: Record<string, unknown>[] = [{}];
  for (const [key, values] of Object.entries(lists)) rows = rows.flatMap((row) => values.map((value) => ({ ...row, [key]: value })));
  return rows as { readonly [K in keyof T]: T[K][number] }[];
}

/** The first value of each list. */
export function first<T extends Record<string, readonly unknown[]>>(lists: T): { readonly [K in keyof T]: T[K][number] } {
  return Object.fromEntries(Object.entries(lists).map(([key, values]) => [key, values[0]])) as { readonly [K in keyof T]: T[K][number] };
}
