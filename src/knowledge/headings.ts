/** Finds the headings of Markdown text, which readers use for titles and the chunker for context. */

export interface Heading {
  /** Offsets of the heading's line or lines in the text, the line break not included. */
  readonly start: number;
  readonly end: number;
  /** 1..6 */
  readonly level: number;
  /** The words of the heading, without marks. */
  readonly title: string;
}

export interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Inside a fenced code block, its fences included. */
  readonly code: boolean;
}

/** A longer line is no heading, whatever its marks: each chunk below it would repeat it. */
const LONGEST = 300;

/** ATX (`## Title`) and underlined headings outside fenced code, in order. */
export function headingsOf(lines: readonly Line[]): readonly Heading[] {
  const headings: Heading[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.code || line.end - line.start > LONGEST) continue;
    const atx = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/.exec(line.text);
    const marks = atx?.[1];
    const words = atx?.[2];
    if (marks !== undefined && words !== undefined) {
      headings.push({ start: line.start, end: line.end, level: marks.length, title: plain(words.replace(/[ \t]+#+[ \t]*$/, "")) });
      continue;
    }
    const below = lines[i + 1];
    const underline = below === undefined || below.code ? null : /^ {0,3}(=+|-{3,})[ \t]*$/.exec(below.text);
    // Only a line of its own can be underlined: a rule under a longer paragraph must not swallow the paragraph's last line.
    if (below === undefined || underline === null || !/^[^\s#>|*+-]/.test(line.text) || (lines[i - 1]?.text ?? "").trim() !== "") continue;
    headings.push({ start: line.start, end: below.end, level: underline[1]?.startsWith("=") === true ? 1 : 2, title: plain(line.text) });
  }
  return headings;
}

/** The lines of a text with their offsets; only `\n` breaks a line. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end);
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    const inside = fence !== undefined;
    if (fence === undefined) fence = mark;
    else if (mark !== undefined && mark.startsWith(fence) && line.trim() === mark) fence = undefined;
    lines.push({ start, end, text: line, code: inside || fence !== undefined });
    start = end + 1;
  }
  return lines;
}

function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|`)/g, "")
    .trim();
}
