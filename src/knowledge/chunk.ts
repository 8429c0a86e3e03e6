/** Cuts documents into chunks: the pieces that are embedded, searched and shown. */
import { UserError } from "../errors.ts";
import type { Document, Retriever } from "../types.ts";
import { boundariesOf, strengths } from "./boundaries.ts";
import { type Heading, headingsOf, linesOf } from "./headings.ts";
import { tokenize } from "./tokens.ts";

export interface Chunk {
  /** `document#n`, n from 1. */
  readonly id: string;
  /** Document id. */
  readonly source: string;
  /** `Document title › heading › …`, with the headings that all of the chunk stands under. */
  readonly title: string;
  /** `document.text.slice(start, end)` */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The chunks of a document, in order. None has more than `size` tokens (see `tokenize`), each begins with the last `overlap`
 * tokens of what comes before it, and every character that is not white space is in one at least.
 *
 * A chunk ends at the strongest boundary in its second half (before a heading, else a paragraph, a list item or table row,
 * a sentence), else at the last one in its first half; a sentence is divided only where it is longer than a chunk.
 *
 * Throws a UserError unless 0 <= overlap < size, both whole.
 */
export function chunk(document: Document, retriever: Retriever): readonly Chunk[] {
  const { size, overlap } = checked(retriever);
  const { text } = document;
  const { starts, ends } = tokenize(text);
  const headings = headingsOf(linesOf(text));
  const cuts = cutsOf(text, starts, headings);
  const contextOf = contextIn(headings);
  const chunks: Chunk[] = [];
  for (let from = 0; from < starts.length;) {
    const first = Math.max(0, from - overlap);
    const to = endOf(from, Math.min(first + size, starts.length), cuts);
    const start = starts[first] ?? 0;
    const end = ends[to - 1] ?? text.length;
    const context = contextOf(starts[from] ?? 0, end).filter((title) => title !== document.title);
    chunks.push({
      id: `${document.id}#${chunks.length + 1}`,
      source: document.id,
      title: [document.title, ...context].join(" › "),
      text: text.slice(start, end),
      start,
      end,
    });
    from = to;
  }
  return chunks;
}

function checked({ size, overlap }: Retriever): Retriever {
  if (!Number.isInteger(size) || size < 1) throw new UserError(`size: ${size} is no chunk size; give a whole number of tokens, 1 or more`);
  if (!Number.isInteger(overlap) || overlap < 0 || overlap >= size)
    throw new UserError(`overlap: ${overlap} does not go with size ${size}; give a whole number of tokens from 0 to ${size - 1}`);
  return { size, overlap };
}

/** How well the text may be cut before each of its tokens. */
function cutsOf(text: string, starts: readonly number[], headings: readonly Heading[]): Uint8Array {
  const cuts = new Uint8Array(starts.length);
  let token = 0;
  for (const { at, strength } of boundariesOf(text, headings)) {
    while (token < starts.length && (starts[token] ?? 0) < at) token++;
    if (token < cuts.length) cuts[token] = Math.max(cuts[token] ?? 0, strength);
  }
  return cuts;
}

/** The token, after `from` and at `limit` at the latest, before which a chunk ends. */
function endOf(from: number, limit: number, cuts: Uint8Array): number {
  if (limit === cuts.length) return limit;
  const half = from + Math.ceil((limit - from) / 2);
  let best = limit;
  let strength: number = strengths.none;
  for (let at = limit; at > from && (at >= half || strength === strengths.none); at--) {
    const cut = cuts[at] ?? strengths.none;
    if (cut > strength) [best, strength] = [at, cut];
  }
  return best;
}

/**
 * Tells the titles of the headings, outermost first, that everything from `start` to `end` stands under. To be asked in the
 * order of the text, so that a text of many headings takes no longer than one of few.
 */
function contextIn(headings: readonly Heading[]): (start: number, end: number) => readonly string[] {
  const within = (path: readonly Heading[], next: Heading) => path.filter(({ level }) => level < next.level);
  let path: readonly Heading[] = [];
  let passed = 0;
  return (start, end) => {
    for (let next = headings[passed]; next !== undefined && next.start <= start; next = headings[++passed])
      path = [...within(path, next), next];
    let common = path;
    for (let i = passed, next = headings[i]; next !== undefined && next.start < end; next = headings[++i]) common = within(common, next);
    return common.map(({ title }) => title);
  };
}
