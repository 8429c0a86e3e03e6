/** A file with the fixes of its findings made. Pure. */
import { apart, edited } from "./edits.ts";
import { lint } from "./lint.ts";
import { textTemplate } from "./source.ts";
import type { Finding, Known, Rule, Span } from "./types.ts";
import type { Text } from "./text.ts";

/** One fix may bring another to light; more rounds than that would be a fault of a rule. */
const ROUNDS = 10;

/** The file, and the findings that were mended, until none with a fix is left. Line breaks, those at the end too, a BOM and front matter stay as they are. */
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
      found.map(({ start, end, text: piece }) => ({ ...withReturns(before, start, end), text: piece })),
    );
    mended.push(...found.map(({ finding }) => finding));
  }
  return { content: mended.length === 0 ? content : now.slice(0, lastBreaks(now)) + content.slice(lastBreaks(content)), mended };
}

/** The carriage return of a line break that stays is not cut off with the blanks before it; that of one that goes, goes with it. */
function withReturns(content: string, start: number, end: number): Span {
  const isBreak = (at: number): boolean => content[at] === "\r" && content[at + 1] === "\n";
  return { start: end > start && isBreak(start - 1) ? start - 1 : start, end: end > start && isBreak(end - 1) ? end - 1 : end };
}

/** Where the line breaks at the end begin. */
function lastBreaks(content: string): number {
  let at = content.length;
  while (content[at - 1] === "\n" || content[at - 1] === "\r") at--;
  return at;
}
