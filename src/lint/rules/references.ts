/** Names that stand for something: what they stand for must be there. */
import { nearest } from "../../errors.ts";
import { PASSAGES } from "../../program/render.ts";
import { faultsOfTemplate } from "../../program/template.ts";
import { apart } from "../edits.ts";
import { isLangGpt, partOf } from "../parts.ts";
import { firstLine, lineAt, type Section, type Text } from "../text.ts";
import { before, withinSome } from "../spans.ts";
import type { Fault, Known, Rule, Span } from "../types.ts";

/** Keys under which front matter declares what a template is filled with. */
/** Characters of a tag that are shown at the most. */
const LONGEST = 80;

const DECLARED = ["fields", "variables", "inputs", "input_variables", "parameters"];

const unresolved: Rule = {
  id: "ref/unresolved",
  level: "error",
  about: "<Name> without its section, {{field}} that the data do not have, a declared variable that is not used, a tag that is not closed",
  knows: true,
  check(text, known) {
    return [...brokenTags(text), ...unknownSections(text), ...unknownFields(text, known), ...unusedVariables(text, known)].toSorted(
      (a, b) => a.start - b.start,
    );
  },
};

/** Braces and sections that no run could fill in; block helpers of Handlebars (`#if x`) and text in code are left to their own tools. */
function brokenTags({ text, lines }: Text): readonly Fault[] {
  if (/\{\{[ \t]*[#/~^>!]?[ \t]*(?:if|each|unless|with|else)\b|\{%/.test(text)) return [];
  return faultsOfTemplate(text).flatMap(({ offset, what }): readonly Fault[] => {
    if (lineAt(lines, offset)?.kind === "code") return [];
    const end = offset + (/^\{\{[^{}\n]*(?:\}\})?/.exec(text.slice(offset, offset + LONGEST))?.[0].trimEnd().length ?? 2);
    return [{ start: offset, end, message: what }];
  });
}

/** In a structured prompt `<Rules>` is the section of that name; a pair of tags is something else. */
function unknownSections({ text, sections, sentences }: Text): readonly Fault[] {
  const parts = sections.flatMap(({ name }) => partOf(name) ?? []);
  if (new Set(parts).size < 2 || !isLangGpt(sections)) return [];
  const names = new Set([...sections.flatMap(namesOf), ...keysIn(text)].map(folded));
  return sentences.flatMap(({ start, end }) =>
    [...text.slice(start, end).matchAll(/(?<![\p{L}\p{N}])<(\p{Lu}[\p{L}\p{N} _-]{1,40})>/gu)].flatMap((match): readonly Fault[] => {
      const name = match[1] ?? "";
      if (text.includes(`</${name}>`) || names.has(folded(name)) || /^your\b/i.test(name)) return [];
      const part = partOf(name);
      // <Constraints> may mean the section Rules.
      if (part !== undefined && parts.includes(part)) return [];
      const near = nearest(
        name,
        sections.map((section) => section.name.replace(/[:：].*$/u, "")),
        1,
      )[0];
      const right = near === undefined ? `add the section, or write the name without < >` : `did you mean <${near}>?`;
      return [{ start: start + match.index, end: start + match.index + match[0].length, message: `<${name}> names no section; ${right}` }];
    }),
  );
}

/** `Role: Poet` is named by either word. */
function namesOf({ name }: Section): readonly string[] {
  const [head = "", tail] = name.split(/[:：]/u);
  return tail === undefined ? [name] : [head, tail];
}

/** `- Language: English` makes <Language> known. */
function keysIn(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*[-*+][ \t]+\**([\p{L}][\p{L}\p{N} _-]{0,40}?)\**[:：]/gmu)].map(([, key = ""]) => key);
}

function folded(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, "")
    .replace(/s$/, "");
}

function unknownFields({ placeholders }: Text, { fields }: Known): readonly Fault[] {
  if (fields === undefined) return [];
  return placeholders
    .filter(({ name }) => name !== "" && name !== PASSAGES && !fields.includes(name))
    .map(({ name, offset }) => {
      const near = nearest(name, [...fields, PASSAGES], 1)[0];
      const right = near === undefined ? `the fields are ${fields.slice(0, 12).join(", ")}` : `did you mean {{${near}}}?`;
      return { start: offset, end: offset + name.length + 4, message: `{{${name}}} is no field of the data; ${right}` };
    });
}

function unusedVariables({ front, placeholders, text }: Text, { beside = "" }: Known): readonly Fault[] {
  const declared = DECLARED.flatMap((key) => declaredIn(front?.[key]));
  return declared
    .filter((name) => !placeholders.some((one) => one.name === name) && !beside.includes(`{{${name}}}`))
    .map((name) => ({
      ...firstLine(text),
      message: `the front matter declares "${name}", and no {{${name}}} uses it; use it or remove it`,
    }));
}

function declaredIn(value: unknown): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((one: unknown) =>
      typeof one === "string"
        ? [one]
        : typeof one === "object" && one !== null && "name" in one && typeof one.name === "string"
          ? [one.name]
          : [],
    );
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** `${a}`, `{a}`, `<a>` and `[a]`; a brace after a letter or a slash is a part of something else, such as \\frac{a} or /users/{id}. */
const OTHER_BRACKETS =
  /\$\{([\p{L}_][\p{L}\p{N}_.-]*)\}|(?<![{}$\\/_\p{L}\p{N}])\{([\p{L}_][\p{L}\p{N}_.-]*)\}(?!\})|(?<![<\p{L}])<([\p{L}_][\p{L}\p{N}_-]*)>|\[([\p{L}_][\p{L}\p{N}_-]*)\](?!\()/gu;

/** Between backticks on its line, or quotes of its own: it is spoken of. */
function isQuoted(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - NEAR), start);
  const ticks = before.slice(before.lastIndexOf("\n") + 1).split("`").length - 1;
  return ticks % 2 === 1 || (/['"“]/.test(text[start - 1] ?? "") && /['"”]/.test(text[end] ?? ""));
}

const mixed: Rule = {
  id: "ref/mixed-placeholders",
  level: "warning",
  about: "an input named in other brackets than {{ }}, so that it is never filled in",
  knows: true,
  check({ text, placeholders, lines }, { fields = [], beside = "" }) {
    const filled = new Set(placeholders.map(({ name }) => name));
    const names = new Set([...filled, ...fields]);
    const closed = new Set([...`${text}\n${beside}`.matchAll(/<\/([^<>\n]+)>/g)].map(([, name]) => name));
    return [...text.matchAll(OTHER_BRACKETS)].flatMap((match): readonly Fault[] => {
      const [whole, dollar, single, tag, bracket] = match;
      const name = dollar ?? single ?? tag ?? bracket ?? "";
      const [start, end] = [match.index, match.index + whole.length];
      // Beside placeholders, ${order} is one of another tool even where nothing tells its name.
      if (!names.has(name) && (dollar === undefined || filled.size === 0)) return [];
      if (lineAt(lines, start)?.kind === "code" || isQuoted(text, start, end)) return [];
      // <question> … </question> are tags; [text] and a <tag> that is spoken of are words.
      if ((tag ?? bracket) !== undefined && (filled.has(name) || closed.has(name))) return [];
      const message = `${whole} is sent as it stands; placeholders have two braces: {{${name}}}`;
      const mechanical = (dollar ?? single) !== undefined && names.has(name);
      return [{ start, end, message, ...(mechanical ? { fix: { start, end, text: `{{${name}}}` } } : {}) }];
    });
  },
};

const LEFT =
  /\blorem ipsum\b|\b[Yy]our[_ ](?:Role|Skill|Goal)[_ ]Name\b|\b(?:Role|Skill|Goal)_Name\b|\bYour[_ ]Name[_ ]Here\b|\[(?:INSERT|YOUR|ENTER|ADD|FILL IN|PLACEHOLDER)\b[^\]\n{]*\]|<(?:INSERT|YOUR|ENTER|FILL IN|Insert|Your)[ _][^<>\n{]*>|\{(?:insert|your|enter|fill in)[ _][^{}\n]*\}|\bTBD\b(?=[\s.]*$)|(?<=[:：][ \t]*)(?:TODO|FIXME)(?=[ \t.]*$)|(?<=[.!?][ \t]+)(?:TODO|FIXME):|(?<=^[ \t]*(?:[-*+][ \t]+|#+[ \t]+|<!--[ \t]*)?)(?:TODO|FIXME|XXX)\b[:(]?|(?<=^[ \t]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(?:[\p{L}][\p{L}\p{N} _-]{0,30}[:：][ \t]*)?)[xX]{3,}(?=[.。]?[ \t]*$)/gmu;

const leftover: Rule = {
  id: "ref/leftover",
  level: "error",
  about: "something to fill in that was not: xxx, TODO, Your_Role_Name, lorem ipsum",
  check({ text, lines, examples, sentences, sections }) {
    const isShown = withinSome(examples);
    const found = apart([
      ...[...text.matchAll(LEFT)].map(spanIn),
      ...blanksIn(text, sentences, sections),
      ...blankLines(text, lines, sections),
    ]);
    return found.flatMap(({ start, end }): readonly Fault[] => {
      const line = lineAt(lines, start);
      // What is quoted, shown as code or as an example may be the very thing that is spoken of.
      if (line === undefined || line.kind === "code" || isShown(start)) return [];
      const [before, after] = [text.slice(Math.max(line.start, start - NEAR), start), text.slice(end, Math.min(line.end, end + NEAR))];
      if (/[`"“][^`"“”]*$/.test(before) && /^[^`"“”]*[`"”]/.test(after)) return [];
      const what = text.slice(start, end);
      const lead = what.length - what.trimStart().length;
      return [{ start: start + lead, end, message: `"${what.trim()}" was left over from a template; fill it in or remove it` }];
    });
  },
};

/** Characters on either side in which quotes are looked for. */
const NEAR = 200;
/** Who speaks and for whom is said once and for all, so that a name in brackets there was never filled in. */
const INTRODUCTION =
  /^(?:you (?:are|work|represent|help|support|answer|assist|write|speak)\b(?! given| provided| going)|your name is\b|your role is\b|as (?:an?|the)\b|act as\b|we are\b|our (?:company|shop|product)\b)/i;
const BLANK =
  /[[<](?:\p{Lu}[\p{L}'’]*(?:[ _-]\p{L}[\p{L}'’]*){0,4}|(?:insert|enter|your|company|name|product)(?:[ _-]\p{L}[\p{L}'’]*){1,4})[\]>](?!\()/gu;

function blanksIn(text: string, sentences: Text["sentences"], sections: readonly Section[]): readonly Span[] {
  return sentences.flatMap((sentence) => {
    if (!INTRODUCTION.test(sentence.text)) return [];
    return [...text.slice(sentence.start, sentence.end).matchAll(BLANK)].flatMap((match) => {
      const name = match[0].slice(1, -1);
      // In a prompt of sections <Language> is a name, and <document> … </document> is a tag anywhere.
      const known = match[0].startsWith("<") && (sections.length > 0 || text.includes(`</${name}>`));
      const start = sentence.start + match.index;
      return known || text.split(match[0]).length > 2 ? [] : [{ start, end: start + match[0].length }];
    });
  });
}

/** A title or an item that is nothing but words in brackets, where a form for the answer has no place. */
function blankLines(text: string, lines: Text["lines"], sections: readonly Section[]): readonly Span[] {
  if (!isLangGpt(sections)) return [];
  return lines.flatMap(({ kind, start, content, end }) => {
    if (kind !== "item" && kind !== "heading") return [];
    const match = /^(?:role[ \t]*[:：][ \t]*)?(\[\p{L}[^[\]\n{}]*\])[ \t]*$/iu.exec(text.slice(content, end));
    const section = sections[before(sections.length, (at) => (sections[at]?.start ?? 0) <= start) - 1];
    const part = section === undefined ? undefined : partOf(section.name);
    if (match === null || part === undefined || part === "output" || part === "examples" || part === "tools") return [];
    const from = content + match[0].indexOf("[");
    return [{ start: from, end: from + (match[1]?.length ?? 0) }];
  });
}

function spanIn(match: RegExpExecArray): Span {
  return { start: match.index, end: match.index + match[0].length };
}

export const references: readonly Rule[] = [unresolved, mixed, leftover];
