/** Prompt templates: read from Markdown files or from the experiment itself, and checked against the fields of the cases. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { shownPath } from "../data/files.ts";
import { decode, whyUnreadable } from "../data/rows.ts";
import { PASSAGES } from "../program/render.ts";
import { suggest } from "../errors.ts";
import { withoutDirectives } from "../lint/directives.ts";
import { faultsOfTemplate, placeholdersOf } from "../program/template.ts";
import type { Complaint, Place } from "./complaints.ts";
import type { Path, Source } from "./source.ts";

export interface Prompt {
  /** The template, without front matter and without blanks around it. */
  readonly text: string;
  /** Where the character at that offset of the template stands. */
  at(offset: number): Place;
}

/** A value with a line break or `{{`, or one that does not end in .md or .txt, is the template itself. */
export function isInline(value: string): boolean {
  return value.includes("\n") || value.includes("{{") || !/\.(md|txt)$/i.test(value);
}

/** The prompt that the experiment names or holds at the path; `dir` is the experiment's folder as the user typed it. */
export async function readPrompt(
  value: string,
  path: Path,
  source: Source,
  dir: string,
): Promise<{ readonly prompt?: Prompt; readonly complaints: readonly Complaint[] }> {
  if (isInline(value)) return { prompt: inlinePrompt(value, path, source), complaints: [] };
  const file = shownPath(dir, value);
  try {
    return parsePrompt(decode(await readFile(resolve(dir, value))), file);
  } catch (error) {
    return { complaints: [{ place: source.at(path), what: `prompt file ${file}: ${await whyUnreadable(resolve(dir, value), error)}` }] };
  }
}

/** A prompt file: YAML front matter between lines of three dashes, if it begins with one, and the template. */
function parsePrompt(content: string, file: string): { readonly prompt?: Prompt; readonly complaints: readonly Complaint[] } {
  const whole = content.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const place = (offset: number): Place => {
    const before = whole.slice(0, offset).split("\n");
    return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  if (/^---[ \t]*\n/.test(whole) && !/\n---[ \t]*(?:\n|$)/.test(whole.slice(3))) {
    return { complaints: [{ place: place(0), what: "front matter is never closed; write a line of three dashes after it" }] };
  }
  const front = /^---[ \t]*\n([^]*?)(?:^|\n)---[ \t]*(?:\n|$)/.exec(whole);
  const faults = front === null ? undefined : frontFaults(front[1] ?? "", front[0].indexOf("\n") + 1, place);
  if (faults !== undefined && faults.length > 0) return { complaints: faults };
  const start = front === null || faults === undefined ? 0 : front[0].length;
  // Comments for the linter are for nobody else.
  const { text: body, at } = withoutDirectives(whole.slice(start));
  const lead = body.length - body.trimStart().length;
  return { prompt: { text: body.trim(), at: (offset) => place(start + at(lead + offset)) }, complaints: [] };
}

/** Faults of the front matter; undefined when what stands between the dashes is no map, and so is part of the template. */
function frontFaults(text: string, offset: number, place: (offset: number) => Place): readonly Complaint[] | undefined {
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false });
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({
      place: place(offset + error.pos[0]),
      what: `front matter is not YAML (${error.message}); write key: value lines`,
    }));
  }
  const value: unknown = document.toJS();
  return value === null || (typeof value === "object" && !Array.isArray(value)) ? [] : undefined;
}

function inlinePrompt(value: string, path: Path, source: Source): Prompt {
  const { text, at } = withoutDirectives(value);
  const lead = text.length - text.trimStart().length;
  return {
    text: text.trim(),
    at: (offset) => {
      const from = at(lead + offset);
      // A YAML scalar is folded and escaped, so a tag is found again by its text and not by its offset.
      const tag = /^\{\{[^{}\n]*(\}\})?/.exec(value.slice(from))?.[0] ?? "";
      const nth = tag === "" ? 0 : value.slice(0, from).split(tag).length - 1;
      return tag === "" ? source.at(path) : source.atText(path, tag, nth);
    },
  };
}

/** What is wrong with a scorer's template, which may name these fields and must name one. */
export function checkTemplate(prompt: Prompt, fields: readonly string[]): readonly Complaint[] {
  const placeholders = placeholdersOf(prompt.text);
  const unknown = placeholders.filter(({ name }) => !fields.includes(name));
  const complaints = [
    ...faultsOfTemplate(prompt.text),
    ...unknown.map(({ name, offset }) => ({ offset, what: `unknown field "${name}"; ${suggest(name, fields)}` })),
    ...(placeholders.length > 0
      ? []
      : [{ offset: 0, what: `no placeholder, so every answer would be judged alike; name a field, such as {{${fields[0] ?? "answer"}}}` }]),
  ];
  return complaints.map(({ offset, what }) => ({ place: prompt.at(offset), what }));
}

/**
 * What is wrong with a template, given the names of the fields (undefined where the data could not be read). `columns` are
 * all columns of the data, for better words about those that cannot be fields. A user template must name a field, or every case would get the same prompt.
 */
export function checkPrompt(
  prompt: Prompt,
  fields: readonly string[] | undefined,
  columns: readonly string[],
  role: "system" | "user",
): readonly Complaint[] {
  const complaints: Complaint[] = faultsOfTemplate(prompt.text).map(({ offset, what }) => ({ place: prompt.at(offset), what }));
  const placeholders = placeholdersOf(prompt.text);
  for (const { name, offset } of placeholders) {
    if (name === PASSAGES || fields === undefined || fields.includes(name)) continue;
    const right = columns.includes(name)
      ? `the column "${name}" is no input field; list it under data.input if it holds text and is not the answer`
      : suggest(name, [...fields, PASSAGES]);
    complaints.push({ place: prompt.at(offset), what: `unknown field "${name}"; ${right}` });
  }
  if (role === "user" && placeholders.every(({ name }) => name === PASSAGES)) {
    const single = fields?.find((name) => prompt.text.includes(`{${name}}`));
    const right = single === undefined ? `name a field, such as {{${fields?.[0] ?? "question"}}}` : `write {{${single}}}, with two braces`;
    complaints.push({ place: prompt.at(0), what: `no placeholder, so every case would get the same prompt; ${right}` });
  }
  return complaints;
}
