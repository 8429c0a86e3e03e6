/** Prompt files as the linter reads them: templates whose offsets lead back into the file. Pure. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Scalar } from "yaml";
import { UserError } from "../errors.ts";
import { dataToMarkdown } from "./convert.ts";
import { blanked, type Directive } from "./directives.ts";
import { frontMatterOf } from "./front-matter.ts";
import { before } from "./spans.ts";
import { readText, type Text } from "./text.ts";
import type { Known } from "./types.ts";

/** One template of a file. */
export interface Template {
  readonly text: Text;
  /** The other template that is sent with it, where the file says so. */
  readonly beside?: Known["beside"];
  /** Offset in the file of an offset in the template. */
  at(offset: number): number;
  /** Offsets are the file's own, so that a fix may be written into it. */
  readonly editable: boolean;
}

/** Markdown or plain text: the whole file, with blanks in the place of front matter, BOM and carriage returns, so that offsets stay. */
export function textTemplate(content: string, role?: Text["role"]): Template {
  const plain = content.replace(/^\uFEFF/, " ").replaceAll("\r\n", " \n");
  const front = frontMatterOf(plain);
  const text = readText(blanked(plain, front === undefined ? [] : [{ start: 0, end: front.end }]), {
    role,
    front: front?.value ?? null,
    directives: front === undefined ? [] : disabledByFront(plain.slice(0, front.end), front.value),
  });
  return { text, at: (offset) => offset, editable: true };
}

/** `lint: { disable: [rule, …] }` in the front matter. */
function disabledByFront(front: string, value: Readonly<Record<string, unknown>>): readonly Directive[] {
  const section = value["lint"];
  const listed: unknown = typeof section === "object" && section !== null && "disable" in section ? section.disable : undefined;
  const named = (Array.isArray(listed) ? listed : [listed]).filter((one): one is string => typeof one === "string");
  const ids = named.map((id) => ({ id, start: Math.max(0, front.indexOf(id)), end: Math.max(0, front.indexOf(id)) + id.length }));
  return ids.length === 0 ? [] : [{ start: 0, end: front.length, word: "disable", kind: "disable", ids }];
}

/**
 * JSON or YAML: `{ system, user }`, a list of messages, the inline prompts of a promptfoo file, a single text, or a prompt of sections,
 * which is looked at as Markdown. Throws a UserError with the place of what cannot be read; `file` is how it names the file.
 */
export function dataTemplates(content: string, file: string): readonly Template[] {
  const document = parsed(content, file);
  const root = document.contents;
  const value: unknown = document.toJS();
  const under = (key: string): unknown => (isMap(root) ? root.get(key, true) : undefined);
  const named = Object.entries(KEYS).flatMap(([key, role]) => {
    const node = under(key);
    return isText(node) ? [{ role, node }] : [];
  });
  const separate = promptsIn(under("prompts"));
  if (separate !== undefined) return separate.map((node) => scalarTemplate(content, node, undefined));
  const listed = messagesIn(isMap(root) ? under("messages") : root);
  const found = listed.length > 0 ? listed : isText(root) ? [{ role: undefined, node: root }] : named;
  if (found.length === 0) return [structuredTemplate(content, root, value)];
  return found.map(({ role, node }) => {
    const others = found.filter((one) => one.node !== node).map((one) => one.node.value);
    return { ...scalarTemplate(content, node, role), beside: others.length === 0 ? undefined : others.join("\n\n") };
  });
}

/** The text at a path of a YAML file, which must be one. */
export function templateAt(content: string, file: string, path: readonly string[], role: "system" | "user"): Template | undefined {
  const node: unknown = parsed(content, file).getIn(path, true);
  return isText(node) ? scalarTemplate(content, node, role) : undefined;
}

function parsed(content: string, file: string): Document {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, merge: true });
  const error = document.errors[0];
  if (error === undefined) return document;
  const { line, col } = lines.linePos(error.pos[0]);
  throw new UserError(`${file}:${line}:${col}: not readable as YAML or JSON (${error.message}); mend it`);
}

/** Keys whose text is a template, and which of the two it is. */
const KEYS: Readonly<Record<string, Text["role"]>> = {
  system: "system",
  instructions: "system",
  user: "user",
  prompt: undefined,
  template: undefined,
  content: undefined,
};

/** Messages that are sent; what an assistant said is no template. */
function messagesIn(list: unknown): readonly { readonly role: Text["role"]; readonly node: Scalar<string> }[] {
  if (!isSeq(list)) return [];
  return list.items.flatMap((item) => {
    const content: unknown = isMap(item) ? item.get("content", true) : undefined;
    const said: unknown = isMap(item) ? item.get("role") : undefined;
    if (said === "assistant" || said === "tool") return [];
    const role = said === "system" || said === "developer" ? "system" : said === "user" ? said : undefined;
    const parts = isSeq(content) ? content.items.flatMap((part) => (isMap(part) ? [part.get("text", true)] : [])) : [content];
    return parts.filter(isText).map((node) => ({ role, node }));
  });
}

/** Prompts of a promptfoo file that stand in it, each of its own; undefined where the key holds no list of prompts. */
function promptsIn(list: unknown): readonly Scalar<string>[] | undefined {
  if (!isSeq(list)) return undefined;
  const texts = list.items.map((item: unknown) => (isMap(item) ? item.get("raw", true) : item)).filter(isText);
  return texts.length === 0 ? undefined : texts.filter(({ value }) => !isReference(value));
}

/** The name of a file that holds a prompt. */
function isReference(text: string): boolean {
  return /^(?:file:\/\/\S+|\S+\.(?:txt|md|json|jsonl|ya?ml|csv|j2|prompty|[cm]?[jt]s|py))$/i.test(text.trim());
}

function isText(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === "string";
}

function scalarTemplate(content: string, node: Scalar<string>, role: Text["role"]): Template {
  const places = placesOf(content, node);
  return { text: readText(node.value, { role }), at: (offset) => places[Math.min(offset, places.length - 1)] ?? 0, editable: false };
}

/** Sections as Markdown; each key and value is found again there, in order, and so leads back. */
function structuredTemplate(content: string, root: Node | null, value: unknown): Template {
  const markdown = dataToMarkdown(value);
  const { text } = textTemplate(markdown).text.front === null ? { text: readText(markdown) } : textTemplate(markdown);
  const pairs: { readonly from: number; readonly length: number; readonly places: readonly number[]; readonly first: number }[] = [];
  let cursor = 0;
  visit(root, {
    Scalar(_, node) {
      if (!isText(node)) return;
      const places = placesOf(content, node);
      let inside = 0;
      for (const line of node.value.split("\n")) {
        const from = line.trim() === "" ? -1 : markdown.indexOf(line.trim(), cursor);
        const first = inside + line.length - line.trimStart().length;
        inside += line.length + 1;
        if (from < 0) continue;
        pairs.push({ from, length: line.trim().length, places, first });
        cursor = from + line.trim().length;
      }
    },
  });
  return {
    text,
    editable: false,
    at(offset) {
      const pair = pairs[Math.max(0, before(pairs.length, (at) => (pairs[at]?.from ?? 0) <= offset) - 1)];
      return pair === undefined ? 0 : (pair.places[pair.first + Math.max(0, Math.min(offset - pair.from, pair.length))] ?? 0);
    },
  };
}

/** Where each character of a scalar stands in the file, its end too, whatever its style: indented, folded, quoted, escaped. */
function placesOf(content: string, { range, value }: Scalar<string>): readonly number[] {
  const [start, end] = range ?? [0, content.length];
  const escaped = content[start] === '"';
  const quoted = content[start] === "'";
  const block = content[start] === "|" || content[start] === ">";
  let at = block ? content.indexOf("\n", start) + 1 : escaped || quoted ? start + 1 : start;
  const places: number[] = [];
  const isBlank = (character: string | undefined): boolean =>
    character === " " || character === "\n" || character === "\t" || character === "\r";
  for (const character of value.split("")) {
    const code = escaped
      ? /^\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^\n])/.exec(content.slice(at, at + 6))?.[0]
      : quoted && content.startsWith("''", at)
        ? "''"
        : undefined;
    if (code === undefined && content[at] !== character) while (at < end && content[at] !== character && isBlank(content[at])) at++;
    places.push(Math.min(at, end));
    at += code?.length ?? 1;
  }
  return [...places, Math.min(at, end)];
}
