/** Where a text may be cut: before a heading, else a paragraph, else a line that has a meaning, else a sentence. */
import { type Heading, type Line, linesOf } from "./headings.ts";

/** How well a text may be cut at a place; 0 is in the middle of a sentence. */
export const strengths = { none: 0, sentence: 1, line: 2, paragraph: 3, heading: 4 } as const;
type Strength = (typeof strengths)[keyof typeof strengths];

export interface Boundary {
  /** Offset in the text; what follows begins there, perhaps after white space. */
  readonly at: number;
  readonly strength: Strength;
}

/**
 * The boundaries of a text, in order. A line break counts before the items of a list, the rows of a table and lines of code;
 * elsewhere it is taken for the wrapping of prose. Sentences are those of `Intl.Segmenter`. There is none inside a heading
 * or between a heading and what it is the heading of.
 */
export function boundariesOf(text: string, headings: readonly Heading[]): readonly Boundary[] {
  const boundaries: Boundary[] = [];
  const blocks = blocksOf(text, headings);
  for (const [i, block] of blocks.entries()) {
    if (block.strength > 0) boundaries.push({ at: block.start, strength: block.strength });
    if (block.heading) continue;
    for (const at of sentences(text.slice(block.start, blocks[i + 1]?.start)))
      boundaries.push({ at: block.start + at, strength: strengths.sentence });
  }
  return boundaries;
}

interface Block {
  readonly start: number;
  /** Of the cut before it. */
  readonly strength: Strength;
  readonly heading: boolean;
}

function blocksOf(text: string, headings: readonly Heading[]): readonly Block[] {
  const starts = new Set(headings.map(({ start }) => start));
  const blocks: Block[] = [];
  const rest = headings.values();
  let current = rest.next().value;
  let apart = true;
  for (const line of linesOf(text)) {
    while (current !== undefined && current.end < line.start) current = rest.next().value;
    // The line under an underlined heading belongs to it.
    if (current !== undefined && line.start > current.start) continue;
    if (line.text.trim() === "") {
      apart = true;
      continue;
    }
    const heading = starts.has(line.start);
    const strength = heading ? strengths.heading : apart ? strengths.paragraph : hasMeaning(line) ? strengths.line : undefined;
    const last = blocks.at(-1);
    if (last?.heading === true) blocks.push({ start: line.start, strength: strengths.none, heading });
    else if (strength !== undefined) blocks.push({ start: line.start, strength, heading });
    apart = false;
  }
  return blocks;
}

/** The line break before the line is more than the wrapping of prose. */
function hasMeaning(line: Line): boolean {
  return line.code || /^\s*([-*+•|>]|\d+[.)]\s)/.test(line.text);
}

/** Offsets of the sentences after the first. A line break counts as a space of the same width. */
function sentences(block: string): readonly number[] {
  return Array.from(segmenter.segment(block.replaceAll("\n", " ")), ({ index }) => index).slice(1);
}

// One language for all, so that the machine's own does not move chunks; its rules serve other scripts as well.
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
