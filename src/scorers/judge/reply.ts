/** Reads a judge's reply: finds the verdict wherever it stands, and takes it only if it is exactly what was asked for. Pure. */
import { z } from "zod";
import { jsonIn, names } from "./json-in.ts";

/** What a judge is to reply. */
export interface Form<S extends z.ZodObject = z.ZodObject> {
  /** Name of the reply's JSON Schema. */
  readonly name: string;
  /** The key without which an object is no reply; a list alone, or a line such as `Verdict: B`, may stand for it. */
  readonly key: string;
  readonly shape: S;
  /** The reply as it is asked for. */
  readonly example: string;
}

/** `reason` comes first in every form, because a verdict that is written before its reasons does not rest on them. */
export const reason = z.preprocess((given) => (typeof given === "string" ? given : ""), z.string());

/** 0 or 1; also as text or boolean. */
export const bit = z.preprocess((given) => (typeof given === "boolean" ? Number(given) : numeric(given)), z.literal([0, 1]));

/** One of some whole numbers; also as text, and of the scale's top: "4/5". */
export function oneOfNumbers(values: readonly number[]) {
  // "4/5" and "4 out of 5" are 4 where 5 is the top of the scale.
  const top = Math.max(...values);
  const whole = (given: unknown): unknown => {
    const [, grade, of] = (typeof given === "string" && /^\s*(-?\d+)\s*(?:\/|out of)\s*(\d+)\s*\.?\s*$/iu.exec(given)) || [];
    return Number(of) === top ? grade : given;
  };
  return z.preprocess((given) => numeric(whole(given)), z.literal([...values]));
}

/** One of some labels; case does not matter, nor do brackets around it, and true and false are yes and no. */
export function oneOfLabels<const L extends readonly [string, ...string[]]>(labels: L) {
  return z.preprocess((given) => {
    const text = typeof given === "boolean" ? (given ? "yes" : "no") : typeof given === "string" ? bare(given) : undefined;
    return labels.find((label) => label.toLowerCase() === text?.toLowerCase()) ?? given;
  }, z.enum(labels));
}

/** How the form is asked for. */
export function wordingOf(form: Form): string {
  return `Reply with one JSON object and nothing else, in this form:\n${form.example}`;
}

/**
 * The reply's content, or what is wrong with it. Thinking is set aside; the JSON may be fenced, stand in prose, or have trailing
 * commas, raw line breaks and typographic quotes; the last verdict counts. What stands in the material word for word is quoted from
 * there, and no verdict.
 */
export function readReply<S extends z.ZodObject>(
  form: Form<S>,
  reply: string,
  material: string,
): { readonly value: z.output<S> } | { readonly problem: string } {
  const given = contentOf(form, spoken(reply), material);
  if (given === undefined) return { problem: `it holds no JSON object with "${form.key}"` };
  const parsed = form.shape.safeParse(given);
  if (parsed.success) return { value: parsed.data };
  const issues = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { problem: issues.join("; ") };
}

function contentOf(form: Form, text: string, material: string): unknown {
  const { key } = form;
  const object = jsonIn(text, "{", key, (value) => Object.hasOwn(value, key), material);
  // A broken object is to be written again: a list or a line in it may be a quotation.
  if (object !== undefined || names(text, key)) return object;
  if (form.shape.shape[key] instanceof z.ZodArray) {
    const list = jsonIn(text, "[", key, (value) => Array.isArray(value) && value.length > 0, material);
    return list === undefined ? undefined : { [key]: list };
  }
  const verdict = lineIn(text, material) ?? (text.length <= 20 ? text : "");
  return verdict.trim() === "" ? undefined : { [key]: bare(verdict), reason: text };
}

/** The reply without what a model thought before it spoke; a thought without an end is all thought. */
function spoken(reply: string): string {
  if (/^\s*[[{`]/u.test(reply)) return reply;
  const said = reply.split(/<\/think(?:ing)?>/iu).at(-1) ?? "";
  return (said.split(/<think(?:ing)?>/iu)[0] ?? "").trim();
}

/** What stands after the label of the last line such as `**Grade:** C` that is no quotation. */
function lineIn(text: string, material: string): string | undefined {
  const known = folded(material);
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !known.includes(folded(line)))
    .map((line) => /^[-+• ]*(?:final )?(?:grade|verdict|rating|score) ?[:=](.+)$/iu.exec(folded(line))?.[1])
    .findLast((verdict) => verdict !== undefined);
}

/** In lower case, without Markdown's marks, blanks run together. */
function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[*_`#>]+/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}

/** A label without quotes, brackets, marks and full stops around it. */
function bare(text: string): string {
  return text.replace(/^[\s"'“”‘’`*_()[\]]+|[\s"'“”‘’`*_()[\].]+$/gu, "");
}

/** The number that a text is, all of it; anything else as it is. */
export function numeric(given: unknown): unknown {
  return typeof given === "string" && /^[-+]?\d+(?:\.\d+)?$/u.test(given.trim()) ? Number(given) : given;
}
