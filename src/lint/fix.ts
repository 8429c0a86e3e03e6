/** A file with the fixes of its findings made. Pure. */
import { apart, edited } from "./edits.ts";
import { lint } from "./lint.ts";
import { textTemplate } from "./source.ts";
import type { Finding, Known, Rule } from "./types.ts";
import type { Text } from "./text.ts";

/** One fix may bring another to light; more rounds than that would be a fault of a rule. */
const ROUNDS = 10;

/** The file, and the findings that were mended, until none with a fix is left. Line ends, a BOM and front matter stay as they are. */
export function fixed(
  content: string,
  known: Known,
  chosen: readonly Rule[],
  role?: Text["role"],
): { readonly content: string; readonly mended: readonly Finding[] } {
  let now = content;
  const mended: Finding[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { text } = textTemplate(now, role);
    const found = apart(lint(text, known, chosen).flatMap((finding) => (finding.fix === undefined ? [] : [{ ...finding.fix, finding }])));
    if (found.length === 0) break;
    const before = now;
    now = edited(
      before,
      found.map(({ start, end, text: piece }) => ({ start, end: withoutReturn(before, start, end), text: piece })),
    );
    mended.push(...found.map(({ finding }) => finding));
  }
  return { content: now, mended };
}

/** The carriage return of a line that stays is not cut off with the blanks before it. */
function withoutReturn(content: string, start: number, end: number): number {
  return end > start && content[end - 1] === "\r" && content[end] === "\n" ? end - 1 : end;
}
