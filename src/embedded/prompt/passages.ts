/** The passages of a text that is known to hold nothing else: numbered, tagged, as JSON, as records, under headings, between rules. */
import { isRule } from "./headings.ts";
import { attribute, tagsIn, type Tagged } from "./tags.ts";

export interface Passage {
  /** How the prompt names it: "2" for `[2]`, "a.md" for `Source: a.md`; its place, from 1, where it has no name. */
  readonly label: string;
  /** Title line and text. */
  readonly text: string;
}

/** Reads passages; `before` of the prompt's passages came earlier, so that places go on from there. Linear in the text. */
export function passagesIn(text: string, before = 0): Passage[] {
  const body = unfenced(text).trim();
  if (body === "" || /^(?:none|n\/a|null|\[\]|-)$/i.test(body)) return [];
  const found =
    fromJson(body) ??
    fromTags(body, before) ??
    fromNumbers(body) ??
    fromRecords(body) ??
    fromHeadings(body) ??
    fromBullets(body, before) ??
    fromRules(body, before);
  return found ?? [{ label: String(before + 1), text: body }];
}

/** The passages of a tag: those inside, or the tag's own text named by its attributes. */
export function passagesOfTag(tag: Tagged, before = 0): Passage[] {
  const inner = tagsIn(tag.content).filter(({ kind }) => kind === "passages");
  const beside = outside(tag.content, inner).replace(/<[^<>]*>/g, "");
  // A document's own <source> tag is no passage of its own: a text stands beside it.
  if (inner.length > 0 && beside.trim().length < 20 && !/^(?:document|doc|passage|chunk)$/.test(tag.name)) {
    return passagesOfTags(inner, before);
  }
  const own =
    attribute(tag.attributes, ["id", "index", "n", "number", "label", "name", "source", "url"]) ?? innerText(tag.content, "source|id|url");
  const title = attribute(tag.attributes, ["title"]) ?? innerText(tag.content, "title");
  const content = innerText(tag.content, "document_contents?|content|text|body|page_content") ?? tag.content;
  if (own === undefined && title === undefined && content === tag.content) return passagesIn(tag.content, before);
  const text = content
    .replace(/<(source|id|url|title)>[^<]*<\/\1>/giu, "")
    .replace(/<[^<>]{1,60}>/g, "\n")
    .trim();
  return text === "" ? [] : [{ label: own ?? String(before + 1), text: titled(title, text) }];
}

function passagesOfTags(tags: readonly Tagged[], before: number): Passage[] {
  const found: Passage[] = [];
  for (const tag of tags) for (const passage of passagesOfTag(tag, before + found.length)) found.push(passage);
  return found;
}

/** What is left of a text without its tags. */
export function outside(text: string, tags: readonly Tagged[]): string {
  return [0, ...tags.map(({ to }) => to)].map((from, i) => text.slice(from, tags[i]?.from)).join("\n\n");
}

function innerText(content: string, names: string): string | undefined {
  const unclosed = new Set<string>();
  for (const { 0: opening, 1: written = "", index } of content.matchAll(new RegExp(`<(${names})>`, "giu"))) {
    const name = written.toLowerCase();
    const rest = unclosed.has(name) ? "" : content.slice(index + opening.length);
    const end = rest.search(new RegExp(`</${name}>`, "iu"));
    if (end >= 0) return rest.slice(0, end).trim() || undefined;
    unclosed.add(name);
  }
  return undefined;
}

function titled(title: string | undefined, text: string): string {
  return title === undefined || title === "" || text.startsWith(title) ? text : `${title}\n${text}`;
}

function unfenced(text: string): string {
  return text.replace(/^[ \t]*(?:```|"""|'''|~~~)[\w-]*[ \t]*$/gmu, "");
}

const textKeys = [
  "text",
  "content",
  "page_content",
  "pageContent",
  "body",
  "passage",
  "chunk",
  "snippet",
  "document",
  "excerpt",
  "文本",
  "内容",
];
const labelKeys = ["id", "doc_id", "docid", "index", "source", "source_id", "file", "filename", "path", "url", "name", "ref"];
const titleKeys = ["title", "heading", "section", "标题"];

/** An array of strings or of objects with a text, an object that holds one, or an object on each line. */
function fromJson(body: string): Passage[] | undefined {
  if (!/^[[{]/.test(body)) return undefined;
  const whole = parsed(body);
  const lines =
    whole === undefined
      ? body
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map(parsed)
      : [whole];
  if (lines.some((line) => line === undefined)) return undefined;
  const items = lines.flatMap((line) => (Array.isArray(line) ? line : isRecord(line) ? (arrayIn(line) ?? [line]) : []));
  const found = items.flatMap((item, i): Passage[] => {
    if (typeof item === "string") return [{ label: String(i + 1), text: item }];
    if (!isRecord(item)) return [];
    const metadata = isRecord(item["metadata"]) ? item["metadata"] : {};
    const value = (keys: readonly string[]): string | undefined =>
      keys
        .flatMap((key) => [item[key], metadata[key]])
        .flatMap((v) => (typeof v === "string" || typeof v === "number" ? [String(v)] : []))[0];
    const text = value(textKeys);
    return text === undefined ? [] : [{ label: value(labelKeys) ?? String(i + 1), text: titled(value(titleKeys), text) }];
  });
  return found.length === 0 ? undefined : found;
}

function arrayIn(record: Readonly<Record<string, unknown>>): unknown[] | undefined {
  return Object.values(record).find((value): value is unknown[] => Array.isArray(value) && value.some(isRecord));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromTags(body: string, before: number): Passage[] | undefined {
  const tags = tagsIn(body).filter(({ kind }) => kind === "passages");
  if (tags.length === 0 || body.slice(0, tags[0]?.from ?? 0).trim() !== "") return undefined;
  return passagesOfTags(tags, before);
}

const noun = "passage|document|doc|source|context|excerpt|snippet|result|chunk|article|text|段落|文档|文檔|资料|資料|文章|dokument|quelle";

/** The ways to number; `listed` ones are also the ways of lists, so that they must begin the text and count up from 1. */
const numberings: readonly { readonly mark: RegExp; readonly listed: boolean }[] = [
  { mark: new RegExp(`^[ \\t]*(?:\\*\\*)?[[【](?:(?:${noun})[ #]+)?(\\d{1,4})[\\]】](?:\\*\\*)?[:：.)]?[ \\t]*`, "iu"), listed: false },
  { mark: /^[ \t]*[[【]([a-z]{1,8}[-_]?\d{1,4})[\]】][:：.)]?[ \t]*/iu, listed: false },
  {
    mark: new RegExp(
      `^[ \\t]*(?:#{1,6}[ \\t]*)?(?:\\*\\*)?(?:${noun})[ \\t]*[#(\\[]?(\\d{1,4})[\\])]?(?:\\*\\*)?(?:[ \\t]*[:：.)–—-](?:\\*\\*)?[ \\t]*|[ \\t]*$|[ \\t]*(?=\\())`,
      "iu",
    ),
    listed: false,
  },
  { mark: /^[ \t]*\((\d{1,3})\)[ \t]*/u, listed: true },
  { mark: /^[ \t]*(\d{1,3})[.)、][ \t]+/u, listed: true },
];

/** Whether a line begins a passage that names itself by a number, with no heading needed. */
export function isNumbered(line: string): boolean {
  return numberings.some(({ mark, listed }) => !listed && mark.test(line)) && !/^\s*(?:#{1,6}\s*)?(?:text|result)\b/iu.test(line);
}

interface Mark {
  readonly line: number;
  readonly label: string;
  readonly rest: string;
  readonly afterBlank: boolean;
}

function fromNumbers(body: string): Passage[] | undefined {
  const lines = body.split("\n");
  for (const { mark, listed } of numberings) {
    const all: Mark[] = [];
    lines.forEach((line, i) => {
      const match = mark.exec(line);
      const text = match === null ? "" : line.slice(match[0].length).replace(/^\(title: (.*?)\)\s*/iu, "$1\n");
      const blank = (lines[i - 1] ?? "").trim() === "" || isRule(lines[i - 1] ?? "");
      if (match !== null) all.push({ line: i, label: match[1] ?? "", rest: text, afterBlank: blank });
    });
    if (all.length === 0) continue;
    const apart = all.filter(({ afterBlank }) => afterBlank);
    const marks = listed ? counting(apart.length > 1 ? apart : all) : isCounting(apart) && apart.length > 1 ? apart : all;
    if (listed && (marks.length < 2 || lines.slice(0, marks[0]?.line).some((line) => line.trim() !== ""))) continue;
    const found = marks
      .map(({ line, label, rest }, i) => ({ label, text: trimmed([rest, ...lines.slice(line + 1, marks[i + 1]?.line)]) }))
      .filter(({ text }) => text !== "");
    return found.length === 0 ? undefined : found;
  }
  return undefined;
}

function counting(marks: readonly Mark[]): Mark[] {
  const out: Mark[] = [];
  for (const mark of marks) if (Number(mark.label) === out.length + 1) out.push(mark);
  return out;
}

function isCounting(marks: readonly Mark[]): boolean {
  return marks.every(({ label }, i) => i === 0 || Number(label) === Number(marks[i - 1]?.label) + 1);
}

const recordKey =
  /^[ \t]*(?:-[ \t]+)?\**(source|file|filename|title|id|doc(?:ument)?[_ ]?id|document|url|name|page|标题|来源|文件)\**[ \t]*[:：=]\**[ \t]*(.*)$/isu;
const anyKey = /^[ \t]*(?:-[ \t]+)?\**([\p{L}_][\p{L}_ ]{0,20}?)\**[ \t]*[:：]\**[ \t]*(.*)$/su;

/** Records that each begin with the same key, `Source: a.md` or `- id: 7`; or texts that each end with `Source: a.md`. */
function fromRecords(body: string): Passage[] | undefined {
  const lines = body.split("\n");
  const first = recordKey.exec(lines[0] ?? "");
  const key = first?.[1]?.toLowerCase();
  if (key === undefined) return fromEndings(lines);
  const starts = lines.flatMap((line, i) => (recordKey.exec(line)?.[1]?.toLowerCase() === key ? [i] : []));
  const found = starts.map((start, i) => record(lines.slice(start, starts[i + 1] ?? lines.length), i));
  return found.some(({ text }) => text === "") ? undefined : found;
}

function record(lines: readonly string[], place: number): Passage {
  let label: string | undefined;
  let title: string | undefined;
  let rank = Infinity;
  const text: string[] = [];
  let head = true;
  for (const line of lines) {
    const [, name = "", value = ""] = (head ? anyKey.exec(line) : null) ?? [];
    const key = name.toLowerCase().replace(/[ _]/g, "_");
    const at = labelKeys.indexOf(key === "document" || key === "document_id" ? "doc_id" : key);
    if (key === "title" || key === "标题") title = value.trim();
    else if (at >= 0 || key === "来源" || key === "文件") {
      if (at < rank) label = value.trim();
      rank = Math.min(rank, Math.max(0, at));
    } else if (textKeys.includes(key)) {
      text.push(value.replace(/^[|>][-+]?$/u, ""));
      head = false;
    } else if (/^(?:score|rank|distance|similarity|relevance|chunk|page)$/.test(key)) continue;
    else if (!isRule(line)) {
      text.push(line);
      if (line.trim() !== "" && name === "") head = false;
    }
  }
  return { label: label?.replace(/^["'`]|["'`]$/g, "") ?? String(place + 1), text: titled(title, trimmed(text)) };
}

const ending = /^[ \t]*[([（【]?(?:source|quelle|来源|出处)[ \t]*[:：][ \t]*(?![ \t])(.+?)[)\]）】]?$/isu;

function fromEndings(lines: readonly string[]): Passage[] | undefined {
  const ends = lines.flatMap((line, i) => (ending.test(line.trimEnd()) ? [i] : []));
  if (ends.length === 0 || lines.slice((ends.at(-1) ?? 0) + 1).some((line) => line.trim() !== "" && !isRule(line))) return undefined;
  const found = ends.map((end, i) => ({
    label: ending.exec((lines[end] ?? "").trimEnd())?.[1] ?? "",
    text: trimmed(lines.slice(i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, end)),
  }));
  return found.some(({ text }) => text === "") ? undefined : found;
}

/** Two Markdown headings or more of the highest level, the first of which begins the text. */
function fromHeadings(body: string): Passage[] | undefined {
  const level = /^(#{1,6})\s+\S/.exec(body)?.[1];
  if (level === undefined) return undefined;
  const lines = body.split("\n");
  const starts = lines.flatMap((line, i) => (line.startsWith(`${level} `) ? [i] : []));
  if (starts.length < 2) return undefined;
  const found = starts.map((start, i) => {
    const title = (lines[start] ?? "")
      .slice(level.length)
      .replace(/^\s*(?:source|document|file|title)\s*[:：]\s*/iu, "")
      .trim();
    const text = trimmed(lines.slice(start + 1, starts[i + 1] ?? lines.length));
    return { label: title, text: text === "" ? "" : `${title}\n${text}` };
  });
  return found.filter(({ text }) => text !== "");
}

/** Two bullets or more and nothing else, but for lines that go on with one. */
function fromBullets(body: string, before: number): Passage[] | undefined {
  const lines = body.split("\n");
  const starts = lines.flatMap((line, i) => (/^[-*•][ \t]+\S/u.test(line) ? [i] : []));
  const others = lines.some((line) => line.trim() !== "" && !/^[\s*•-]/u.test(line));
  // A list of a few words each is one passage.
  if (starts.length < 2 || others || body.length / starts.length < 40) return undefined;
  return starts.map((start, i) => ({
    label: String(before + i + 1),
    text: trimmed(lines.slice(start, starts[i + 1])).replace(/^[-*•][ \t]+/u, ""),
  }));
}

function fromRules(body: string, before: number): Passage[] | undefined {
  const parts: string[][] = [[]];
  for (const line of body.split("\n")) {
    if (isRule(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  const found = parts.map(trimmed).filter((text) => text !== "");
  return parts.length < 2 ? undefined : found.map((text, i) => ({ label: String(before + i + 1), text }));
}

function trimmed(lines: readonly string[]): string {
  const kept = isRule(lines.at(-1) ?? "") ? lines.slice(0, -1) : lines;
  return kept
    .join("\n")
    .replace(/^\s*\n/, "")
    .trim();
}
