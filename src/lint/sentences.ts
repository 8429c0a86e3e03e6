/** Sentences of a template with their places, across the lines of a paragraph. Pure. */
import type { Line } from "./text.ts";
import type { Span } from "./types.ts";

export interface Sentence extends Span {
  /** As it stands, with its end mark; line breaks as blanks. */
  readonly text: string;
  /** It is, or begins, an item of a list. */
  readonly item: boolean;
}

const END = /[.!?…]+["'”’)\]]*(?=\s)|[。！？]+["”’」』）]*/gu;
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|no|nr|dr|mr|mrs|ms|st|approx|z\.B|bzw|ca|\d+|[A-Z])\.$/iu;
/** Characters of an abbreviation, and more; a look at the whole would take the square of its length. */
const LONGEST = 12;

export function sentencesIn(text: string, lines: readonly Line[]): readonly Sentence[] {
  return blocksOf(lines).flatMap(({ start, end, item }) => {
    const block = text.slice(start, end);
    const ends = [...block.matchAll(END)].flatMap((match) => {
      const to = match.index + match[0].length;
      // "e.g. this" and "1. that" end nothing; neither does "etc. and".
      if (
        ABBREVIATION.test(block.slice(Math.max(0, match.index - LONGEST), match.index + 1)) &&
        !/^\s+["'“(]?\p{Lu}/u.test(block.slice(to, to + LONGEST))
      )
        return [];
      return [to];
    });
    return [...ends, block.length].flatMap((to, at) => {
      const from = ends[at - 1] ?? 0;
      const piece = block.slice(from, to);
      const trimmed = piece.trim();
      if (trimmed === "") return [];
      const first = start + from + piece.length - piece.trimStart().length;
      return [{ start: first, end: first + trimmed.length, text: trimmed.replace(/\s+/g, " "), item }];
    });
  });
}

/** Paragraphs and list items, the lines that go on with them included. */
function blocksOf(lines: readonly Line[]): readonly (Span & { readonly item: boolean })[] {
  const blocks: (Span & { item: boolean })[] = [];
  let open = false;
  for (const { kind, start, end, content } of lines) {
    const last = blocks.at(-1);
    if (kind === "item") blocks.push({ start: content, end, item: true });
    else if (kind === "text" && open && last !== undefined) blocks[blocks.length - 1] = { ...last, end };
    else if (kind === "text") blocks.push({ start: Math.max(start, content), end, item: false });
    open = kind === "item" || kind === "text";
  }
  return blocks;
}
