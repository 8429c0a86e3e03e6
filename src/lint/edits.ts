/** Pieces of a text replaced. Pure. */
import type { Edit, Span } from "./types.ts";

/** The text with all edits made; one that overlaps an earlier one is left out. */
export function edited(text: string, edits: readonly Edit[]): string {
  const made = apart(edits);
  const pieces = made.map(({ start, text: piece }, at) => text.slice(made[at - 1]?.end ?? 0, start) + piece);
  return pieces.join("") + text.slice(made.at(-1)?.end ?? 0);
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

/** Characters before a sentence that a bullet and its indentation take up at the most. */
const LEAD = 60;

/** A sentence or line with the blanks after it, or with its line break where nothing else stands on the line: what to cut out. */
export function withSpace(text: string, { start, end }: Span): Span {
  const lead = /(?:^|\n)([ \t]*(?:[-*+•]|\d{1,3}[.)])?[ \t]*)$/.exec(text.slice(Math.max(0, start - LEAD), start));
  let after = end;
  while (text[after] === " " || text[after] === "\t") after++;
  const last = after === text.length || text[after] === "\n";
  if (last && lead !== null) {
    const from = start - (lead[1]?.length ?? 0);
    return after < text.length ? { start: from, end: after + 1 } : { start: Math.max(0, from - 1), end: after };
  }
  if (!last) return { start, end: after };
  let from = start;
  while (text[from - 1] === " " || text[from - 1] === "\t") from--;
  return { start: from, end: after };
}

/** At most one empty line in a row, none at either end. */
export function tidy(text: string): string {
  return text.replace(/\n{3,}/g, "\n\n").trim();
}
