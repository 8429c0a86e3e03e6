/** How an answer is written: as JSON, as `key: value` pairs, as a list, or as a value between constant words. */
import { type JsonStyle, type Leaf, writeJson } from "./json-style.ts";

export type { Leaf } from "./json-style.ts";
export type Value = Leaf | readonly Leaf[];
/** The fields of an answer in its order; a nested field is named by its JSON pointer (RFC 6901) without the first slash. */
export type Fields = ReadonlyMap<string, Value>;

export interface Format {
  readonly kind: "json" | "pairs" | "list" | "plain";
  /** What stands around every answer. */
  readonly prefix: string;
  readonly suffix: string;
  readonly style: JsonStyle;
  /** Between two fields or values, and between a key and its value; for answers that are not JSON. */
  readonly join: string;
  readonly equals: string;
  /** The answer that has no field at all, where the examples hold one that the format does not explain. */
  readonly empty?: string | undefined;
  /** In the order in which they are written. */
  readonly keys: readonly string[];
  /** Objects that are written even when nothing is in them. */
  readonly parents: readonly string[];
}

/** The answer is one value or a list of values, without names. */
export function isPlain({ kind }: Format): boolean {
  return kind === "plain" || kind === "list";
}

/** The answer with these fields; keys that the format does not know come last. */
export function write(format: Format, fields: Fields, order: readonly string[] = format.keys): string {
  if (fields.size === 0 && format.empty !== undefined) return format.empty;
  const body = format.kind === "json" ? writeJson(nested(format, fields, order), format.style) : plainly(format, fields, order);
  return `${format.prefix}${body}${format.suffix}`;
}

function plainly({ kind, join, equals }: Format, fields: Fields, order: readonly string[]): string {
  if (kind === "pairs")
    return order.flatMap((key) => (fields.has(key) ? [`${key}${equals}${textOf(fields.get(key) ?? null)}`] : [])).join(join);
  const value = fields.get("") ?? "";
  return Array.isArray(value) ? value.map(textOf).join(join) : textOf(value as Leaf);
}

function textOf(value: Value): string {
  return value === null ? "" : String(value);
}

function nested({ keys, parents }: Format, fields: Fields, order: readonly string[]): unknown {
  if (fields.has("") || (keys.length === 1 && keys[0] === "")) return fields.get("") ?? [];
  // Without a prototype any name is a plain key, `__proto__` too.
  const root = Object.create(null) as Record<string, unknown>;
  const objectAt = (pointer: string): Record<string, unknown> =>
    pointer.split("/").reduce((at: Record<string, unknown>, step) => {
      const name = unescape(step);
      at[name] ??= Object.create(null);
      return at[name] as Record<string, unknown>;
    }, root);
  for (const key of [...order, ...keys]) {
    const cut = key.lastIndexOf("/");
    const parent = key.slice(0, Math.max(0, cut));
    if (fields.has(key)) (cut < 0 ? root : objectAt(parent))[unescape(key.slice(cut + 1))] = fields.get(key);
    else if (parents.includes(parent)) objectAt(parent);
  }
  return root;
}

function unescape(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
