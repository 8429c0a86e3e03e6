/**
 * Comments for the linter: `<!-- llmopt-disable rule … -->` for a file, `-next-line` and `-line` for a line; no rule means all, and
 * what follows `--` is the reason. They are for the linter alone and never sent to a model. Pure.
 */
import { edited } from "./edits.ts";
import type { Span } from "./types.ts";

export const KINDS = ["disable", "disable-next-line", "disable-line"] as const;

export interface Directive extends Span {
  /** What stands after `llmopt-`. */
  readonly word: string;
  /** Undefined for a word that is none. */
  readonly kind: (typeof KINDS)[number] | undefined;
  /** Empty for all rules. */
  readonly ids: readonly (Span & { readonly id: string })[];
}

const COMMENT = /<!--[ \t]*llmopt-([a-z-]+)([^]*?)-->/g;

export function directivesIn(text: string): readonly Directive[] {
  return [...text.matchAll(COMMENT)].map((match): Directive => {
    const [whole, word = "", rest = ""] = match;
    const from = match.index + whole.indexOf(word) + word.length;
    const named = rest.split(/(?<=\s)--(?=\s)/)[0] ?? "";
    const ids = [...named.matchAll(/[^\s,]+/g)].map(({ index, 0: id }) => ({ id, start: from + index, end: from + index + id.length }));
    return { start: match.index, end: match.index + whole.length, word, kind: KINDS.find((kind) => kind === word), ids };
  });
}

/** The text with spaces in the place of these pieces, so that all offsets stay. */
export function blanked(text: string, pieces: readonly Span[]): string {
  return edited(
    text,
    pieces.map(({ start, end }) => ({ start, end, text: text.slice(start, end).replace(/[^\n]/g, " ") })),
  );
}

/** The text as it is sent, without such comments; one that stands alone takes its line with it. `at` gives an offset's place before that. */
export function withoutDirectives(text: string): { readonly text: string; at(offset: number): number } {
  const cuts = directivesIn(text).map(({ start, end }): Span => {
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const lineEnd = text.indexOf("\n", end);
    const alone = text.slice(lineStart, start).trim() === "" && text.slice(end, lineEnd < 0 ? text.length : lineEnd).trim() === "";
    if (alone) return { start: lineStart, end: lineEnd < 0 ? text.length : lineEnd + 1 };
    const lead = text.slice(lineStart, start).trimEnd().length;
    return { start: lead > 0 ? lineStart + lead : start, end };
  });
  return {
    text: edited(
      text,
      cuts.map((cut) => ({ ...cut, text: "" })),
    ),
    at: (offset) => cuts.reduce((place, { start, end }) => (start <= place ? place + end - start : place), offset),
  };
}
