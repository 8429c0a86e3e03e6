/** A template taken apart: lines, sections, sentences, placeholders, examples. Offsets are kept everywhere. Pure. */
import { placeholdersOf, type Placeholder } from "../program/template.ts";
import { blanked, type Directive, directivesIn } from "./directives.ts";
import { type Example, examplesIn } from "./examples.ts";
import { isEnglish } from "./language.ts";
import { sentencesIn, type Sentence } from "./sentences.ts";
import { withinSome } from "./spans.ts";
import type { Span } from "./types.ts";

export interface Text {
  readonly text: string;
  /** Where it is known which of the two templates it is. */
  readonly role?: "system" | "user" | undefined;
  /** The front matter; null where the file has none, undefined where it cannot have any. */
  readonly front?: Readonly<Record<string, unknown>> | null | undefined;
  readonly lines: readonly Line[];
  readonly sections: readonly Section[];
  /** Of what is said to the model: no code, no examples, no headings. */
  readonly sentences: readonly Sentence[];
  /** Placeholders and openings of sections, in order. */
  readonly placeholders: readonly Placeholder[];
  readonly examples: readonly Example[];
  readonly english: boolean;
  /** Comments for the linter. */
  readonly directives: readonly Directive[];
}

export interface Line extends Span {
  readonly kind: "blank" | "heading" | "item" | "code" | "tag" | "table" | "text";
  /** Of a list item or a heading, where its text begins. */
  readonly content: number;
}

/** A Markdown heading and what stands below it. */
export interface Section extends Span {
  readonly name: string;
  readonly level: number;
  readonly heading: Span;
  /** Up to the next heading of any level. */
  readonly body: Span;
}

/** The sections alone, where nothing else is wanted. */
export function sectionsIn(text: string): readonly Section[] {
  return sectionsOf(text, linesOf(text));
}

/** `directives` are those of a file's front matter; those in comments are found, and blanks stand in their place. */
export function readText(given: string, about: Partial<Pick<Text, "role" | "front" | "directives">> = {}): Text {
  const directives = [...(about.directives ?? []), ...directivesIn(given)];
  const text = blanked(given, directivesIn(given));
  const lines = linesOf(text);
  const sections = sectionsOf(text, lines);
  const examples = examplesIn(text, lines, sections);
  const isShown = withinSome(examples);
  const sentences = sentencesIn(text, lines).filter(({ start }) => !isShown(start));
  return { text, ...about, lines, sections, sentences, placeholders: placeholdersOf(text), examples, english: isEnglish(text), directives };
}

/** The line that an offset stands in; lines are in order. */
export function lineAt(lines: readonly Line[], offset: number): Line | undefined {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.end ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return lines[low];
}

/** The first line that says something: where a finding stands that is about the whole. */
export function firstLine(text: string): Span {
  const start = text.length - text.trimStart().length;
  const end = text.indexOf("\n", start);
  return { start, end: start + text.slice(start, end < 0 ? text.length : end).trimEnd().length };
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(?=\S)/;
const ITEM = /^[ \t]*(?:[-*+•]|\d{1,3}[.)、])[ \t]+(?=\S)/;
const TAG = /^[ \t]*(?:<\/?[\p{L}_][^<>\n]*>|\{\{[ \t]*[#/][^{}\n]*\}\}|<!--.*-->|[-=*_]{3,})[ \t]*$/u;

function linesOf(text: string): readonly Line[] {
  let fence = "";
  let start = 0;
  return text.split("\n").map((line): Line => {
    const span = { start, end: start + line.length };
    start = span.end + 1;
    const mark = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    const inside = fence !== "";
    if (mark !== "" && !inside) fence = mark;
    else if (inside && mark.startsWith(fence) && line.trim() === mark) fence = "";
    const lead = HEADING.exec(line)?.[0].length ?? ITEM.exec(line)?.[0].length ?? line.length - line.trimStart().length;
    return { ...span, content: span.start + lead, kind: inside || mark !== "" ? "code" : kindOf(line) };
  });
}

function kindOf(line: string): Line["kind"] {
  if (line.trim() === "") return "blank";
  if (HEADING.test(line)) return "heading";
  if (TAG.test(line)) return "tag";
  if (ITEM.test(line)) return "item";
  return /^[ \t]*\|/.test(line) ? "table" : "text";
}

function sectionsOf(text: string, lines: readonly Line[]): readonly Section[] {
  const headings = lines.filter(({ kind }) => kind === "heading");
  const levels = headings.map(({ start, content }) => text.slice(start, content).trim().length);
  // Where the next heading of each level begins, from the last heading to the first.
  const begins: number[] = [];
  const ends = headings
    .map((line, at): number => {
      const [heading, level = 1] = [headings[headings.length - 1 - at] ?? line, levels[headings.length - 1 - at]];
      const end = begins.slice(0, level + 1).reduce((nearest, start) => Math.min(nearest, start), text.length);
      begins[level] = heading.start;
      return end;
    })
    .toReversed();
  return headings.map((line, at) => {
    const [level = 1, next, end = text.length] = [levels[at], headings[at + 1], ends[at]];
    const name = text
      .slice(line.content, line.end)
      .replace(/[ \t]+#+[ \t]*$/, "")
      .trim();
    return { name, level, heading: line, start: line.start, end, body: { start: line.end, end: next?.start ?? text.length } };
  });
}
