/** What is wrong with a value that a schema refuses: `what; what would be right`, never in the words of the library. */
import type { z } from "zod";

interface Complaint {
  /** Keys joined by dots, as `messages.0.role`; empty for the whole value. */
  readonly path: string;
  /** E.g. `is "wizard"; it must be "user" or "assistant"`. */
  readonly what: string;
}

export type Checked<S extends z.ZodType> = { readonly data: z.output<S> } | { readonly complaint: Complaint };

/**
 * The value as the schema has it, or what is wrong with the first field that is not. A schema's own messages are what would be right
 * (`must be 0 to 2`), or say both (`the embedded engine calls no tools; leave it out`).
 */
export function check<S extends z.ZodType>(schema: S, value: unknown): Checked<S> {
  const result = schema.safeParse(value, { error: wanted });
  if (result.success) return { data: result.data };
  const issue = result.error.issues[0];
  const { path, message } = issue === undefined ? { path: [], message: unnamed } : deepest(issue);
  const found = path.reduce<unknown>((within, key) => (within as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], value);
  const what = message.startsWith("must ") ? `${found === undefined ? "is missing" : `is ${shown(found)}`}; it ${message}` : message;
  return { complaint: { path: path.map(String).join("."), what } };
}

const unnamed = "must be as OpenAI's reference has it";
/** Stands for the kinds of a union until they are told apart. */
const anyKind = "";
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What a schema without a message of its own wants. */
function wanted(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${listed(issue.values.map((one) => JSON.stringify(one)))}`;
    case "too_big":
      return `must ${sized(issue.origin, issue.maximum)} at most`;
    case "too_small":
      return `must ${sized(issue.origin, issue.minimum)} at least`;
    case "unrecognized_keys":
      return `has ${listed(issue.keys.map((key) => JSON.stringify(key)))}, which is not known; leave it out`;
    case "invalid_union":
      return anyKind;
    default:
      return unnamed;
  }
}

function sized(origin: string, limit: number | bigint): string {
  return origin === "string" ? `have ${limit} characters` : origin === "array" ? `hold ${limit}` : `be ${limit}`;
}

type Found = Pick<z.core.$ZodIssue, "path" | "message">;

/** Of a value that is none of several kinds, what is wrong with it as the one it was meant to be; else what each would be. */
function deepest(issue: z.core.$ZodIssue): Found {
  if (issue.code !== "invalid_union" || issue.message !== anyKind) return issue;
  const firsts = issue.errors.flatMap((branch) => branch.slice(0, 1));
  const like = firsts.filter(({ code, path }) => path.length > 0 || code !== "invalid_type");
  const meant = like.filter(({ code }) => code !== "invalid_value");
  const [one] = meant.length === 1 ? meant : like.length === 1 ? like : [];
  if (one !== undefined) return deepest({ ...one, path: [...issue.path, ...one.path] });
  const each = firsts.map((first) => deepest(first).message.replace(/^must be /, ""));
  return { path: issue.path, message: each.length === 0 ? unnamed : `must be ${listed([...new Set(each)])}` };
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1) ?? ""}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
