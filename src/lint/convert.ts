/**
 * Structured prompts in the manner of LangGPT (github.com/langgptai/LangGPT: templates/Role.md, miniRole.json, miniRole.yaml) between
 * Markdown and data. A section is a key: its list an array, `- Key: value` lines an object, subsections an object of them, anything else
 * its text as it stands, so that nothing is lost but empty lines beside headings. Pure.
 *
 *     # Role: Poet            { "Role": "Poet",
 *     ## Goals                  "Goals": ["Write a poem."],
 *     - Write a poem.           "OutputFormat": "Four lines." }
 *     ## OutputFormat
 *     Four lines.
 */
import { parse, stringify } from "yaml";
import { UserError } from "../errors.ts";
import type { Json } from "../types.ts";
import { frontMatterOf } from "./front-matter.ts";
import { type Section, sectionsIn } from "./text.ts";

type Sections = Readonly<Record<string, Json>>;

export const FORMATS = ["markdown", "json", "yaml"] as const;
export type Format = (typeof FORMATS)[number];

/** Keys of what has no heading: front matter, text before any heading, the title, text below it; of a section, its own text. */
const [META, INTRO, ROLE, TITLE, TEXT, OWN] = ["Meta", "Intro", "Role", "Title", "Text", ""];
const PLACES: Readonly<Record<string, string>> = {
  [META]: "in the front matter",
  [INTRO]: "before the title",
  [ROLE]: "in the title",
  [TITLE]: "in the title",
  [TEXT]: "below the title",
};
const RESERVED: readonly string[] = [META, INTRO, ROLE, TITLE, TEXT];

/** A prompt in any of the three formats as another. Throws a UserError that begins with `where` for what has no such form. */
export function converted(content: string, from: Format, to: Format, where: string): string {
  const data = from === "markdown" ? markdownToData(content, where) : dataOf(content, where);
  if (to === "markdown") return `${dataToMarkdown(data)}\n`;
  return to === "json" ? `${JSON.stringify(data, null, 2)}\n` : stringify(data, { lineWidth: 0 });
}

/** Throws a UserError where the text has no sections, several titles, or two sections of one name. */
export function markdownToData(content: string, where: string): Sections {
  const plain = content.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const front = frontMatterOf(plain);
  const body = plain.slice(front?.end ?? 0);
  const sections = sectionsIn(body);
  const [first] = sections;
  if (first === undefined) throw new UserError(`${where}: has no sections to convert; give it headings, such as # Role: … and ## Goals`);
  const title = first.level === 1 ? first : undefined;
  const level = title === undefined ? Math.min(...sections.map((one) => one.level)) : 2;
  const wrong = sections.find((one) => (one !== title && one.level < level) || (one === first && title === undefined && one.level > level));
  if (wrong !== undefined)
    throw new UserError(
      `${where}: "${wrong.name}" is ${wrong.level === 1 ? "a second title" : "out of level"}; write one # title and ## for its sections`,
    );
  const tops = sections.filter((one) => one !== title && one.level === level);
  const entries: (readonly [string, Json])[] = [];
  if (front !== undefined) entries.push([META, metaOf(plain.slice(0, front.end))]);
  const intro = trimmed(body.slice(0, first.start));
  if (intro !== "") entries.push([INTRO, intro]);
  if (title !== undefined) {
    entries.push(title.name.startsWith("Role: ") ? [ROLE, title.name.slice(6).trim()] : [TITLE, title.name]);
    const text = trimmed(body.slice(title.body.start, tops[0]?.start ?? body.length));
    if (text !== "") entries.push([TEXT, text]);
  }
  for (const section of tops) entries.push([section.name, valueOf(section, body, level)]);
  const keys = entries.map(([key]) => key);
  const twice = keys.find((key, at) => keys.indexOf(key) < at);
  if (twice !== undefined) {
    const count = tops.filter(({ name }) => name === twice).length;
    const why = count > 1 ? "two sections are named" : `what stands ${PLACES[twice] ?? "elsewhere"} and a section are both named`;
    throw new UserError(`${where}: ${why} "${twice}"; give each its own name`);
  }
  const data: Sections = Object.fromEntries(entries);
  if (Object.keys(data).join("\n") !== keys.join("\n"))
    throw new UserError(`${where}: a section is named by a number, and JSON would change the order; give it a name`);
  return data;
}

/** The prompt that such data describe; also of LangGPT files by other hands: numbers, nested lists and maps are written out. */
export function dataToMarkdown(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return typeof value === "string" ? value : stringify(value).trimEnd();
  const parts = Object.entries(unwrapped(value)).map(([key, part]: [string, unknown]) => {
    if (key === META && !isSection(part))
      return `---\n${typeof part === "string" ? part : stringify(part, { lineWidth: 0 }).trimEnd()}\n---`;
    if (typeof part === "string" && RESERVED.includes(key)) return key === ROLE ? `# Role: ${part}` : key === TITLE ? `# ${part}` : part;
    // LangGPT's own files write `role: Poet`.
    if (key.toLowerCase() === "role" && typeof part === "string" && !part.includes("\n")) return `# Role: ${part}`;
    return sectionText(key, part, 2);
  });
  return parts.filter((part) => part !== "").join("\n\n");
}

function isSection(value: unknown): boolean {
  return typeof value === "object" && value !== null && OWN in value;
}

/** LangGPT's own JSON and YAML have all under one key: `role: { name: Poet, rules: […] }`. */
function unwrapped(value: object): object {
  const [[key, inner] = ["", undefined], second] = Object.entries(value) as (readonly [string, unknown])[];
  if (second !== undefined || key.toLowerCase() !== "role" || typeof inner !== "object" || inner === null || !("name" in inner))
    return value;
  const { name, ...rest } = inner;
  return typeof name === "string" ? { [ROLE]: name, ...rest } : value;
}

function dataOf(content: string, where: string): unknown {
  let value: unknown;
  try {
    value = parse(content.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UserError(
      `${where}: not readable as YAML or JSON (${error instanceof Error ? error.message.split("\n")[0] : "fault of syntax"}); mend it`,
      2,
      { cause: error },
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    throw new UserError(`${where}: no map of sections; write keys such as Role, Goals, Rules`);
  return value;
}

/** Front matter as data where nothing is lost by that, such as a comment; else as it stands. */
function metaOf(front: string): Json {
  const text = front
    .trim()
    .replace(/^---[ \t]*\n?/, "")
    .replace(/\n?---$/, "");
  const value: unknown = parse(text);
  return typeof value === "object" && value !== null && stringify(value, { lineWidth: 0 }).trimEnd() === text ? (value as Json) : text;
}

function valueOf(section: Section, body: string, top: number): Json {
  const own = trimmed(body.slice(section.heading.end, section.end));
  const value = encoded(own, top + 1);
  // Names with a meaning of their own are told from it by being objects, or by an object's own text.
  if (section.name === META) return { [OWN]: own };
  const plain = typeof value === "string" && (RESERVED.includes(section.name) || section.name.toLowerCase() === "role");
  return plain ? { [OWN]: value } : value;
}

/** What stands below a heading as data: the first form that can be turned back without a loss. */
function encoded(text: string, level: number): Json {
  const forms = [() => listOf(text), () => pairsOf(text), () => subsectionsOf(text, level)];
  for (const form of forms) {
    const value = form();
    // Through JSON, as it will go: keys that are numbers would change their order.
    if (value !== undefined && bodyText(JSON.parse(JSON.stringify(value)), level) === text) return value;
  }
  return text;
}

function pairsOf(text: string): Sections | undefined {
  const pairs = text.split("\n").map((line) => /^- ([\p{L}][\p{L}\p{N} _-]{0,30}): (\S.*)$/u.exec(line));
  if (pairs.some((pair) => pair === null || (pair[1]?.split(" ").length ?? 0) > 3)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}

function listOf(text: string): Json | undefined {
  const items = text.split("\n").map((line) => /^(?:- (\S.*)|(\d{1,3}[.)] \S.*))$/.exec(line));
  if (items.some((item) => item === null) || pairsOf(text) !== undefined) return undefined;
  return items.map((item) => item?.[1] ?? item?.[2] ?? "");
}

function subsectionsOf(text: string, level: number): Json | undefined {
  const sections = sectionsIn(text);
  const [first] = sections;
  if (first === undefined || sections.some((one) => one.level < level) || first.level !== level) return undefined;
  const own = trimmed(text.slice(0, first.start));
  const entries = sections
    .filter((one) => one.level === level)
    .map(({ name, heading, end }) => {
      const value = encoded(trimmed(text.slice(heading.end, end)), level + 1);
      return [name, typeof value === "string" ? { [OWN]: value } : value] as const;
    });
  const pairs = own === "" ? {} : (pairsOf(own) ?? { [OWN]: own });
  return Object.fromEntries([...Object.entries(pairs), ...entries]);
}

function sectionText(name: string, value: unknown, level: number): string {
  const body = bodyText(value, level + 1);
  return `${"#".repeat(Math.min(level, 6))} ${name}${body === "" ? "" : `\n${body}`}`;
}

function bodyText(value: unknown, level: number): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((item: unknown) => itemText(item)).join("\n");
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).map(([key, part]: [string, unknown]) => [key, part] as const);
  const own = entries.filter(([key]) => key === OWN).map(([, part]) => bodyText(part, level));
  const pairs = entries.filter(([key, part]) => key !== OWN && (typeof part !== "object" || part === null));
  const deeper = entries.filter(([key, part]) => key !== OWN && typeof part === "object" && part !== null);
  const listed = pairs.map(([key, part]) => itemText(`${key}: ${String(part ?? "")}`.trimEnd())).join("\n");
  return [...own, listed, ...deeper.map(([key, part]) => sectionText(key, part, level))].filter((one) => one !== "").join("\n\n");
}

function itemText(item: unknown): string {
  const text = typeof item === "string" ? item : stringify(item, { lineWidth: 0 }).trimEnd();
  const indented = text.replaceAll("\n", "\n  ");
  return /^\d{1,3}[.)] \S/.test(text) ? indented : `- ${indented}`;
}

function trimmed(text: string): string {
  return text.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
}
