/** Pieces of a text replaced. Pure. */
import type { Edit, Span } from "./types.ts";

/** The text with all edits made; one that overlaps an earlier one is left out. */
export function edited(text: string, edits: readonly Edit[]): string {
  return apart(edits).reduceRight((whole, { start, end, text: piece }) => whole.slice(0, start) + piece + whole.slice(end), text);
}

/** Edits in the order of the text, without those that overlap an earlier one. */
export function apart<T extends Span>(edits: readonly T[]): readonly T[] {
  const kept: T[] = [];
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = kept.at(-1);
    if (last === undefined || edit.start >= last.end) kept.push(edit);
  }
  return kept;
}

/** A sentence or line with the blanks after it, or with its line break where nothing else stands on the line: what to cut out. */
export function withSpace(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = text.indexOf("\n", end) < 0 ? text.length : text.indexOf("\n", end);
  const lead = text.slice(lineStart, start);
  const alone = /^[ \t]*(?:[-*+•]|\d{1,3}[.)])?[ \t]*$/.test(lead) && text.slice(end, lineEnd).trim() === "";
  if (alone) return lineEnd < text.length ? { start: lineStart, end: lineEnd + 1 } : { start: Math.max(0, lineStart - 1), end: lineEnd };
  const after = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  if (text.slice(end + after, lineEnd) !== "") return { start, end: end + after };
  return { start: start - (lead.length - lead.trimEnd().length), end: end + after };
}

/** At most one empty line in a row, none at either end. */
export function tidy(text: string): string {
  return text.replace(/\n{3,}/g, "\n\n").trim();
}
