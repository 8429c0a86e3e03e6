/** Names that stand for something: what they stand for must be there. */
import { nearest } from "../../errors.ts";
import { PASSAGES } from "../../program/render.ts";
import { partOf } from "../parts.ts";
import { firstLine, lineAt, type Section, type Text } from "../text.ts";
import type { Fault, Known, Rule } from "../types.ts";

/** Keys under which front matter declares what a template is filled with. */
const DECLARED = ["fields", "variables", "inputs", "input_variables", "parameters"];

const unresolved: Rule = {
  id: "ref/unresolved",
  level: "error",
  about: "<Name> without its section, {{field}} that the data do not have, a declared variable that is not used",
  check(text, known) {
    return [...unknownSections(text), ...unknownFields(text, known), ...unusedVariables(text, known)].toSorted((a, b) => a.start - b.start);
  },
};

/** In a structured prompt `<Rules>` is the section of that name; a pair of tags is something else. */
function unknownSections({ text, sections, sentences }: Text): readonly Fault[] {
  const parts = sections.flatMap(({ name }) => partOf(name) ?? []);
  if (new Set(parts).size < 2) return [];
  const names = new Set([...sections.flatMap(namesOf), ...keysIn(text)].map(folded));
  return sentences.flatMap(({ start, end }) =>
    [...text.slice(start, end).matchAll(/<(\p{Lu}[\p{L}\p{N} _-]{1,40})>/gu)].flatMap((match): readonly Fault[] => {
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

const mixed: Rule = {
  id: "ref/mixed-placeholders",
  level: "warning",
  about: "an input named in other brackets than {{ }}, so that it is never filled in",
  check({ text, placeholders, lines }, { fields = [] }) {
    const names = new Set([...placeholders.map(({ name }) => name), ...fields]);
    return [
      ...text.matchAll(
        /(?<![{$\\])\{([\p{L}_][\p{L}\p{N}_.-]*)\}(?!\})|(?<![<\p{L}])<([\p{L}_][\p{L}\p{N}_-]*)>|\[([\p{L}_][\p{L}\p{N}_-]*)\](?!\()/gu,
      ),
    ].flatMap((match): readonly Fault[] => {
      const name = match[1] ?? match[2] ?? match[3] ?? "";
      const [start, end] = [match.index, match.index + match[0].length];
      if (!names.has(name) || lineAt(lines, start)?.kind === "code") return [];
      // <question> … </question> are tags; [text] and a <tag> that is spoken of are words.
      if (match[1] === undefined && (placeholders.some((one) => one.name === name) || text.includes(`</${name}>`))) return [];
      const message = `${match[0]} is sent as it stands; placeholders have two braces: {{${name}}}`;
      return [{ start, end, message, ...(match[1] === undefined ? {} : { fix: { start, end, text: `{{${name}}}` } }) }];
    });
  },
};

const LEFT =
  /\blorem ipsum\b|\b[Yy]our[_ ](?:Role|Skill|Goal)[_ ]Name\b|\bYour[_ ]Name[_ ]Here\b|\[(?:INSERT|YOUR|ENTER|ADD|FILL IN|PLACEHOLDER)\b[^\]\n{]*\]|<(?:INSERT|YOUR|ENTER|FILL IN|Insert|Your)[ _][^<>\n{]*>|\{(?:insert|your|enter|fill in)[ _][^{}\n]*\}|\bTBD\b(?=[\s.]*$)|(?<=^[ \t]*(?:[-*+][ \t]+|#+[ \t]+|<!--[ \t]*)?)(?:TODO|FIXME|XXX)\b[:(]?|(?<=^[ \t]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(?:[\p{L}][\p{L}\p{N} _-]{0,30}[:：][ \t]*)?)[xX]{3,}(?=[.。]?[ \t]*$)/gmu;

const leftover: Rule = {
  id: "ref/leftover",
  level: "error",
  about: "something to fill in that was not: xxx, TODO, Your_Role_Name, lorem ipsum",
  check({ text, lines, examples }) {
    return [...text.matchAll(LEFT)].flatMap((match): readonly Fault[] => {
      const [start, end] = [match.index, match.index + match[0].length];
      const line = lineAt(lines, start);
      // What is quoted, shown as code or as an example may be the very thing that is spoken of.
      if (line === undefined || line.kind === "code" || examples.some((one) => one.start <= start && start < one.end)) return [];
      if (/[`"“][^`"“”]*$/.test(text.slice(line.start, start)) && /^[^`"“”]*[`"”]/.test(text.slice(end, line.end))) return [];
      const lead = match[0].length - match[0].trimStart().length;
      return [{ start: start + lead, end, message: `"${match[0].trim()}" was left over from a template; fill it in or remove it` }];
    });
  },
};

export const references: readonly Rule[] = [unresolved, mixed, leftover];
