/** zod's issues -> complaints with places, in words, with the nearest known names. */
import type { z } from "zod";
import { suggest } from "../errors.ts";
import type { Complaint } from "./complaints.ts";
import { type Path, type Source, valueAt } from "./source.ts";

type Issue = z.core.$ZodIssue;

/** Checks a value; `at` is its path in the source. Undefined data where there are complaints. */
export function check<T>(schema: z.ZodType<T>, source: Source, value: unknown, at: Path = []): { data?: T; complaints: Complaint[] } {
  const known = new Map<string, readonly string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      // Only here does an issue tell the schema that made it, and with it the keys that would be right.
      if (issue.code === "unrecognized_keys") known.set(keyOf(issue), keysOf(issue.inst));
      if (issue.input === undefined && issue.inst instanceof Object && "description" in issue.inst && issue.code === "invalid_type") {
        return typeof issue.inst.description === "string" ? `is missing; ${issue.inst.description}` : undefined;
      }
      return undefined;
    },
  });
  if (result.success) return { data: result.data, complaints: [] };
  return { complaints: result.error.issues.flatMap((issue) => complaintsOf(issue, at, source, known)) };
}

function complaintsOf(issue: Issue, at: Path, source: Source, known: ReadonlyMap<string, readonly string[]>): readonly Complaint[] {
  const path = [...at, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const right = suggest(key, known.get(keyOf(issue)) ?? []);
      return { place: source.atKey([...path, key]), what: `unknown ${nounOfKey(path)} "${key}"${inside(path)}; ${right}` };
    });
  }
  if (issue.code === "invalid_union" && !("discriminator" in issue && issue.discriminator !== undefined))
    return unionComplaints(issue, path, source, known);
  if (issue.code === "invalid_key") {
    const [name, where] = [String(path.at(-1)), label(path.slice(0, -1))];
    return issue.issues.map((inner) => ({
      place: source.atKey(path),
      what: `${where}: the name "${name}" is not usable; ${inner.message}`,
    }));
  }
  const value = valueAt(source.value, path);
  const place = value === undefined ? source.atKey(path) : source.at(path);
  const use = path.at(-1) === "use" && issue.code === "invalid_union";
  if (use && value === undefined && typeof valueAt(source.value, path.slice(0, -1)) !== "string") {
    return [
      { place: source.at(path.slice(0, -1)), what: `${label(path.slice(0, -1))}: names no ${nounOfUse(path)}; write { use: name, … }` },
    ];
  }
  if (use) {
    const name = String(value ?? valueAt(source.value, path.slice(0, -1)));
    const noun = nounOfUse(path);
    const right =
      noun === "scorer" && name.includes("/") ? `a file goes by its whole name, such as ${name}.ts` : suggest(name, optionsOf(issue));
    return [{ place: source.at(path), what: `unknown ${noun} "${name}"; ${right}` }];
  }
  if (issue.code === "invalid_type" && isUse(path)) {
    return [{ place, what: `${label(path)}: is ${shown(value)}; write a ${nounOfUse(path)}'s name, or { use: name, … }` }];
  }
  return [{ place, what: `${label(path)}: ${words(issue, value)}` }];
}

/** A union's complaint is that of the one alternative whose kind the value has; of several kinds, all are named. */
function unionComplaints(
  issue: Issue & { code: "invalid_union" },
  path: Path,
  source: Source,
  known: ReadonlyMap<string, readonly string[]>,
): readonly Complaint[] {
  const value = valueAt(source.value, path);
  const composed = typeof value === "object" && value !== null;
  // A list of texts is not what a map or a list was meant to be.
  const other = ({ code }: Issue) => code === "invalid_type" || (composed && code === "invalid_value");
  const alternatives = issue.errors.filter((errors) => !errors.some((error) => error.path.length === 0 && other(error)));
  const meant = alternatives.length === 0 ? undefined : alternatives.toSorted((a, b) => a.length - b.length)[0];
  if (meant !== undefined) return meant.flatMap((inner) => complaintsOf(inner, path, source, known));
  const kinds = issue.errors.flatMap((errors) => errors.flatMap((error) => (error.code === "invalid_type" ? [kind(error.expected)] : [])));
  return [{ place: source.at(path), what: `${label(path)}: is ${shown(value)}; it must be ${[...new Set(kinds)].join(" or ")}` }];
}

/** `what; what would be right` of an issue on one value. */
function words(issue: Issue, value: unknown): string {
  if (issue.code === "custom") return issue.message;
  if (issue.code !== "invalid_type" && !/^(Too (small|big)|Invalid)/.test(issue.message)) {
    return issue.message.startsWith("is ") ? issue.message : `is ${shown(value)}; ${issue.message}`;
  }
  if (issue.code === "invalid_type") {
    if (value === undefined)
      return issue.message.startsWith("is missing; ") ? issue.message : `is missing; it must be ${kind(issue.expected)}`;
    if (issue.expected === "string" && (typeof value === "number" || typeof value === "boolean"))
      return `is ${shown(value)}; write text, in quotes where YAML takes it for something else`;
    return `is ${shown(value)}; it must be ${kind(issue.expected)}`;
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    return value === undefined
      ? `is missing; it must be one of ${values.join(", ")}`
      : `is ${shown(value)}; ${suggest(String(value), values)}`;
  }
  const size = issue.code === "too_small" || issue.code === "too_big" ? issue.origin : undefined;
  if (issue.code === "too_small")
    return `is ${shown(value)}; it must ${bound(size, "at least", issue.minimum, issue.inclusive === false ? "above" : undefined)}`;
  if (issue.code === "too_big")
    return `is ${shown(value)}; it must ${bound(size, "at most", issue.maximum, issue.inclusive === false ? "below" : undefined)}`;
  return `is ${shown(value)}; ${issue.message}`;
}

function bound(origin: string | undefined, word: string, limit: number | bigint, strict: string | undefined): string {
  if (origin === "array" || origin === "set") return `hold ${word} ${limit} ${limit === 1 ? "item" : "items"}`;
  if (origin === "string") return `have ${word} ${limit} ${limit === 1 ? "character" : "characters"}`;
  return `be ${strict ?? word} ${limit}`;
}

function kind(expected: string): string {
  const kinds: Readonly<Record<string, string>> = {
    string: "text",
    int: "a whole number",
    object: "a map",
    record: "a map",
    array: "a list",
    boolean: "true or false",
    null: "null",
  };
  return kinds[expected] ?? `a ${expected}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 56)}…"` : text;
  return typeof value === "string"
    ? value === ""
      ? "empty"
      : `the text ${short}`
    : typeof value === "number"
      ? `the number ${value}`
      : short;
}

/** `evals.scorers[1].threshold` */
function label(path: Path): string {
  if (path.length === 0) return "the file";
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`)).join("");
}

function inside(path: Path): string {
  return path.length === 0 ? "" : ` in ${label(path)}`;
}

function nounOfKey(path: Path): string {
  if (path[0] === "models") return "role";
  if (path[0] === "data" && (path[1] === "files" || path[1] === "split")) return "split";
  return (path[0] === "ladder" && path.length > 1) || (path[0] === "evals" && path.length > 2) ? "option" : "key";
}

/** An item of `ladder` or of `evals.scorers`. */
function isUse(path: Path): boolean {
  return (path.length === 2 && path[0] === "ladder") || (path.length === 3 && path[0] === "evals" && path[1] === "scorers");
}

function nounOfUse(path: Path): string {
  const item = path.at(-1) === "use" ? path.slice(0, -1) : path;
  if (isUse(item)) return item[0] === "ladder" ? "stage" : "scorer";
  // Of options of its own it is what they are called: a store, a rerank.
  return typeof item.at(-1) === "string" ? String(item.at(-1)) : "name";
}

/** Tells issues about unknown keys apart. */
function keyOf(issue: { readonly path?: Path | undefined; readonly keys: readonly string[] }): string {
  return JSON.stringify([(issue.path ?? []).map(String), issue.keys]);
}

function optionsOf(issue: Issue): readonly string[] {
  return "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function keysOf(schema: unknown): readonly string[] {
  const shape = schema instanceof Object && "shape" in schema ? schema.shape : undefined;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}
