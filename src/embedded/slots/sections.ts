/** What of a message is template, what may hold values, and what is context beside them. */
import { readJson } from "./json-style.ts";
import type { Sequence } from "./features.ts";
import { tokensOf } from "./tokens.ts";
import type { Lexicon } from "../text/text.ts";

/** The message that asks, and what the assistant said just before it. */
export interface Asking {
  readonly message: string;
  readonly before: string;
}

export interface Template {
  /** Lines that nearly every message has. */
  readonly lines: readonly string[];
  /** `Text:` or `<text>` at the beginning of a line, where several messages have it. */
  readonly heads: readonly string[];
  /** Heads of the sections that values are copied from; the empty one is text without a head. Empty: all. */
  readonly main: readonly string[];
}

interface Section {
  readonly head: string;
  readonly text: string;
}

/** What may hold values, with its tokens, and the words of the other sections. */
export interface Laid extends Sequence {
  readonly text: string;
}

const headed = /^\s*(?:[-*#>]+\s*)?(?:\*{0,3}([\p{L}][^\n:：=<>]{0,160}?)\*{0,3}\s{0,9}[:：=]\*{0,3}|<([\w-]{1,30})>)\s*/u;
const spoken = "(before)";

export function learnTemplate(asked: readonly Asking[]): Omit<Template, "main"> {
  const counts = { lines: new Map<string, number>(), heads: new Map<string, number>() };
  for (const { message } of asked) {
    const lines = linesOf(message);
    for (const line of new Set(lines.map((l) => l.trim()))) counts.lines.set(line, (counts.lines.get(line) ?? 0) + 1);
    for (const head of new Set(lines.map((l) => headOf(l)?.head ?? ""))) counts.heads.set(head, (counts.heads.get(head) ?? 0) + 1);
  }
  const often = (some: ReadonlyMap<string, number>, least: number): string[] =>
    [...some].filter(([key, count]) => key !== "" && count >= Math.max(2, least * asked.length)).map(([key]) => key);
  return { lines: often(counts.lines, 0.9), heads: often(counts.heads, 0.2) };
}

/**
 * The heads whose sections hold the values: the one that holds most of them, then each that holds one in fifty or more of what is left.
 * `values`: for each message, the texts that its answer is made of.
 */
export function learnMain(asked: readonly Asking[], values: readonly (readonly string[])[], template: Omit<Template, "main">): string[] {
  let open = asked.flatMap((asking, i) => {
    const sections = sectionsOf(asking, template).map(({ head, text }) => ({ head, text: text.toLowerCase() }));
    return (values[i] ?? []).map((value) => sections.filter(({ text }) => text.includes(value.toLowerCase())).map(({ head }) => head));
  });
  const least = open.length * 0.02;
  const main: string[] = [];
  for (;;) {
    const counts = new Map<string, number>();
    for (const heads of open) for (const head of new Set(heads)) counts.set(head, (counts.get(head) ?? 0) + 1);
    const [head, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
    if (count === 0 || (main.length > 0 && count < least)) return main;
    main.push(head);
    open = open.filter((heads) => !heads.includes(head));
  }
}

/** Words beside the values that are looked at: each token bears them. */
const mostContext = 120;

export function lay(asking: Asking, template: Template, lexicon: Lexicon): Laid {
  const sections = sectionsOf(asking, template);
  const chosen = sections.filter(({ head }) => template.main.includes(head));
  const main = chosen.length === 0 ? sections.filter(({ head }) => head !== spoken) : chosen;
  const values = new Set(main);
  const context = sections
    .filter((section) => !values.has(section))
    .flatMap(({ head, text }) => {
      const words = text.toLowerCase().match(/[\p{L}\p{M}\d_]+/gu) ?? ["-"];
      return [...new Set(words.slice(0, 30))].map((word) => `${head}=${word}`);
    })
    .slice(0, mostContext);
  let text = "";
  const tokens = main.flatMap((section) => {
    const found = tokensOf(lexicon.read(section.text), section.head, text.length);
    text += `${section.text}\n`;
    return found;
  });
  return { text, tokens, context };
}

/** The message without its template, cut where a line begins with a head. */
function sectionsOf({ message, before }: Asking, { lines: constant, heads }: Omit<Template, "main">): Section[] {
  const lines = linesOf(message);
  const [template, known] = [new Set(constant), new Set(heads)];
  const own = lines.filter((line) => !template.has(line.trim()) || known.has(headOf(line)?.head ?? ""));
  const kept = own.some((line) => (headOf(line)?.rest ?? line).trim() !== "") ? own : lines;
  const sections: { head: string; text: string }[] = before === "" ? [] : [{ head: spoken, text: before }];
  let now: { head: string; text: string } | undefined;
  for (const line of kept) {
    const opened = headOf(line);
    if (opened !== undefined && known.has(opened.head)) sections.push((now = { head: opened.head, text: opened.rest }));
    else if (now === undefined) sections.push((now = { head: "", text: line }));
    else now.text += `\n${line}`;
  }
  return sections.map(({ head, text }) => ({ head, text: text.trim() }));
}

function headOf(line: string): { readonly head: string; readonly rest: string } | undefined {
  const found = headed.exec(line);
  if (found === null) return undefined;
  const rest = line.slice(found[0].length);
  const name = (found[1] ?? found[2] ?? "").toLowerCase().trim();
  return { head: name, rest: found[2] === undefined ? rest : rest.replace(new RegExp(`</${found[2]}>\\s*$`, "i"), "") };
}

/** A message that is a JSON object is read as a line for each of its fields. */
function linesOf(message: string): string[] {
  const json = message.trim().startsWith("{") ? readJson(message.trim()) : undefined;
  if (json === undefined) return message.replaceAll("\r\n", "\n").split("\n");
  return Object.entries(json).flatMap(([key, value]: [string, unknown]) =>
    `${key}: ${Array.isArray(value) ? value.join(", ") : value === null ? "" : String(value)}`.split("\n"),
  );
}
