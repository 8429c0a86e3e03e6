/** Prompt templates: `{{field}}` placeholders and `{{#field}}…{{/field}}` sections that are kept only when the field is not empty. Pure. */
import { suggest, UserError } from "../errors.ts";

/** A place where a template names a field: a placeholder or the opening of a section. `offset` is in UTF-16 units. */
export interface Placeholder {
  readonly name: string;
  readonly offset: number;
}

/** The fields that a template names, in order, as often as it names them. */
export function placeholdersOf(template: string): readonly Placeholder[] {
  return tagsOf(template)
    .filter(({ kind, name }) => kind !== "close" && name !== "")
    .map(({ name, offset }) => ({ name, offset }));
}

/**
 * The template with its fields filled in. Values are inserted as they are and never read as templates themselves. A section
 * tag that stands alone on its line takes the line with it. Throws a UserError for a field that is not given.
 */
export function renderTemplate(template: string, fields: Readonly<Record<string, string>>): string {
  const open: boolean[] = [];
  let out = "";
  let end = 0;
  for (const tag of tagsOf(template)) {
    const hidden = open.includes(false);
    if (!hidden) out += template.slice(end, tag.start);
    end = tag.end;
    if (tag.kind === "close") {
      open.pop();
      continue;
    }
    const value = Object.hasOwn(fields, tag.name) ? fields[tag.name] : undefined;
    if (value === undefined) throw new UserError(`{{${tag.name}}}: no such field; ${suggest(tag.name, Object.keys(fields))}`);
    if (tag.kind === "open") open.push(value !== "");
    else if (!hidden) out += value;
  }
  return open.includes(false) ? out : out + template.slice(end);
}

/** What is wrong with a template's braces and sections, as `what; what would be right` with its offset, in order. */
export function faultsOfTemplate(template: string): readonly { readonly offset: number; readonly what: string }[] {
  const faults: { offset: number; what: string }[] = [];
  const open: Tag[] = [];
  let end = 0;
  const looseBraces = (to: number): void => {
    const at = template.slice(end, to).indexOf("{{");
    if (at >= 0) faults.push({ offset: end + at, what: "{{ is never closed; write {{field}}" });
  };
  for (const tag of tagsOf(template)) {
    looseBraces(tag.offset);
    end = tag.offset + tag.length;
    if (tag.name === "") faults.push({ offset: tag.offset, what: "a placeholder names no field; write {{field}}" });
    else if (tag.kind === "open") open.push(tag);
    else if (tag.kind === "close") {
      const last = open.at(-1);
      if (last?.name === tag.name) open.pop();
      else {
        const right = last === undefined ? `open it with {{#${tag.name}}}, or remove it` : `{{/${last.name}}} comes first`;
        faults.push({ offset: tag.offset, what: `{{/${tag.name}}} closes no open section; ${right}` });
      }
    }
  }
  looseBraces(template.length);
  for (const tag of open) faults.push({ offset: tag.offset, what: `section {{#${tag.name}}} is never closed; add {{/${tag.name}}}` });
  return faults.toSorted((a, b) => a.offset - b.offset);
}

interface Tag {
  readonly kind: "value" | "open" | "close";
  readonly name: string;
  /** Where the braces are. */
  readonly offset: number;
  readonly length: number;
  /** What is cut out of the template: the braces, or the whole line of a section tag that stands alone. */
  readonly start: number;
  readonly end: number;
}

function tagsOf(template: string): readonly Tag[] {
  return [...template.matchAll(/\{\{[ \t]*([#/]?)([^{}\n]*)\}\}/g)].map((match) => {
    const kind = match[1] === "#" ? "open" : match[1] === "/" ? "close" : "value";
    const [offset, length] = [match.index, match[0].length];
    const whole = kind === "value" ? undefined : lineOf(template, offset, offset + length);
    return { kind, name: (match[2] ?? "").trim(), offset, length, start: whole?.start ?? offset, end: whole?.end ?? offset + length };
  });
}

/** The line around a tag, its break included, when nothing else stands on it. */
function lineOf(template: string, from: number, to: number): { readonly start: number; readonly end: number } | undefined {
  let start = from;
  while (start > 0 && isBlank(template[start - 1])) start--;
  let end = to;
  while (end < template.length && isBlank(template[end])) end++;
  if (start > 0 && template[start - 1] !== "\n") return undefined;
  if (end === template.length) return { start, end };
  return template[end] === "\n" ? { start, end: end + 1 } : undefined;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r";
}
