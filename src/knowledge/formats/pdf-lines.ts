/** What pdf.js finds on pages -> text with paragraphs, and headings as Markdown. Pure. */

export interface Line {
  readonly text: string;
  /** Height of its letters and distance of its base from the lower edge of the page, in points. */
  readonly size: number;
  readonly y: number;
}

/** A piece of text as pdf.js tells it, or a mark, which says nothing. */
type Item = { readonly str: string; readonly transform: readonly unknown[]; readonly hasEOL: boolean } | { readonly type: string };

/** A heading is set larger than most of the text by this much, and no longer than that. */
const LARGER = 1.15;
const LONGEST = 160;
/** The dots of a table of contents, and such a line. */
const LEADERS = /(?:\s*\.){4,}\s*/g;
const LISTED = / … \S+$/;
/** Lines further apart than this many times their height do not belong together. */
const APART = 1.75;

/** The lines of a page that hold more than white space, in the order of the file. */
export function linesIn(items: readonly Item[]): readonly Line[] {
  const lines: Line[] = [];
  let pieces: string[] = [];
  let [size, y] = [0, 0];
  const end = () => {
    const text = pieces
      .join("")
      .replace(/[\s\p{Cc}]+/gu, " ")
      .replace(LEADERS, " … ")
      .toWellFormed()
      .trim();
    if (text !== "") lines.push({ text, size, y });
    pieces = [];
    size = 0;
  };
  for (const item of items) {
    if (!("str" in item)) continue;
    if (item.str.trim() !== "") {
      const [, , c, d, , f] = item.transform.map(Number);
      size = Math.max(size, Math.hypot(c ?? 0, d ?? 0));
      y = f ?? 0;
    }
    pieces.push(item.str);
    if (item.hasEOL) end();
  }
  end();
  return lines;
}

/** The text of each page. Words that are divided at the end of a line are put together. */
export function blocksOf(pages: readonly (readonly Line[])[]): readonly string[] {
  const levelOf = levelsIn(pages);
  const words = new Set(pages.flatMap(wordsOf));
  return pages.map((lines) => {
    const blocks: { text: string; readonly level: number }[] = [];
    let before: Line | undefined;
    for (const line of lines) {
      const level = levelOf(line);
      const last = blocks.at(-1);
      const near = before !== undefined && before.y - line.y <= APART * Math.max(before.size, line.size);
      if (last === undefined || !near || last.level !== level) blocks.push({ text: line.text, level });
      else last.text = level > 0 ? `${last.text} ${line.text}` : joined(last.text, line.text, words);
      before = line;
    }
    return blocks.map(({ text, level }) => (level > 0 ? `${"#".repeat(level)} ${text}` : text)).join("\n\n");
  });
}

/** The headings of the pages in order. */
export function headingsIn(pages: readonly (readonly Line[])[]): readonly string[] {
  const levelOf = levelsIn(pages);
  return pages.flatMap((lines) => lines.filter((line) => levelOf(line) > 0).map(({ text }) => text));
}

/** The level of the heading that a line is, from 1 for the largest; 0 for other text. */
function levelsIn(pages: readonly (readonly Line[])[]): (line: Line) => number {
  const characters = new Map<number, number>();
  for (const { size, text } of pages.flat()) characters.set(rounded(size), (characters.get(rounded(size)) ?? 0) + text.length);
  const [body] = [...characters].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0]);
  const isHeading = ({ size, text }: Line) =>
    rounded(size) >= LARGER * body && text.length <= LONGEST && !LISTED.test(text) && /\p{L}/u.test(text);
  const sizes = [...new Set(pages.flatMap((lines) => lines.filter(isHeading).map(({ size }) => rounded(size))))].sort((a, b) => b - a);
  return (line) => (isHeading(line) ? Math.min(6, sizes.indexOf(rounded(line.size)) + 1) : 0);
}

/** The words of lines in lower case, but for those that the end of a line may divide. */
function wordsOf(lines: readonly Line[]): readonly string[] {
  const divided = /[-\u00ad]$/u;
  return lines.flatMap(({ text }, i) => {
    const whole = text.replace(/\S+[-\u00ad]$/u, "");
    const own = divided.test(lines[i - 1]?.text ?? "") ? whole.replace(/^\S+/u, "") : whole;
    return own.toLowerCase().match(/[\p{L}\p{M}]+(-[\p{L}\p{M}]+)*/gu) ?? [];
  });
}

function rounded(size: number): number {
  return Math.round(size * 2) / 2;
}

/** A hyphen at the end of a line goes unless the word is written with it elsewhere, or both its parts are words of the document. */
function joined(above: string, below: string, words: ReadonlySet<string>): string {
  const [, first = ""] = /([\p{L}\p{M}]+)[-\u00ad]$/u.exec(above.slice(-40)) ?? [];
  const [second = ""] = /^[\p{Ll}\p{M}]+/u.exec(below) ?? [];
  if (first === "" || second === "") return `${above}\n${below}`;
  const [one, two] = [first.toLowerCase(), second];
  const kept = !above.endsWith("\u00ad") && !words.has(one + two) && (words.has(`${one}-${two}`) || (words.has(one) && words.has(two)));
  return (kept ? above : above.slice(0, -1)) + below;
}
