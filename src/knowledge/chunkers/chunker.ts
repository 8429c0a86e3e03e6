/** What chunkers differ in: where a text may be cut, and what of it belongs together. */
import type { Heading, Line } from "../headings.ts";

export interface Chunker {
  readonly name: string;
  readonly about: string;
  outline(source: Source): Outline;
}

/** A document's text; `lines` and `headings` are those of Markdown. */
export interface Source {
  readonly text: string;
  readonly lines: readonly Line[];
  readonly headings: readonly Heading[];
}

export interface Outline {
  /** In any order; without one the text is cut after as many tokens as fit. */
  readonly boundaries: readonly Boundary[];
  /** What is kept in one chunk where it fits in one; one may stand in another. */
  readonly blocks?: readonly Block[] | undefined;
}

/** How well a text may be cut at a place. */
export const strengths = { sentence: 1, line: 2, paragraph: 3, heading: 4 } as const;

export interface Boundary {
  /** Offset in the text; what follows begins there, perhaps after white space. */
  readonly at: number;
  readonly strength: (typeof strengths)[keyof typeof strengths];
}

export interface Block {
  readonly start: number;
  readonly end: number;
  /** What its parts are told by that begin at `from` or later: the head row of a table. */
  readonly head?: { readonly from: number; readonly title: string } | undefined;
}
