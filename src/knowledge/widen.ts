/** Passages shown with what stands around them. */
import type { Passage } from "../types.ts";
import type { Chunk } from "./chunk.ts";

/**
 * The passages, best first, each with up to `neighbours` chunks before and after it in its document, as one piece of the document's text.
 * No text is shown twice, not even what chunks share: it stands with the better passage. A passage that better ones show already is
 * left out, and its neighbours are shown with those.
 */
export async function widened(
  passages: readonly Passage[],
  neighbours: number,
  chunks: (ids: readonly string[]) => Promise<readonly Chunk[]>,
  textOf: (document: string) => string,
): Promise<readonly Passage[]> {
  const wanted = passages.flatMap(({ id }) => around(id, neighbours));
  const found = new Map((await chunks([...new Set(wanted)])).map((piece) => [piece.id, piece]));
  let shown: readonly Shown[] = [];
  for (const passage of passages) {
    const own = found.get(passage.id);
    if (own === undefined) {
      shown = [...shown, { passage, source: passage.source, start: 0, end: 0 }];
      continue;
    }
    const near = around(passage.id, neighbours).flatMap((id) => found.get(id) ?? []);
    const window = { start: near[0]?.start ?? own.start, end: near.at(-1)?.end ?? own.end };
    const others = shown.filter(({ source }) => source === own.source);
    const rest = left(own, others);
    if (textOf(own.source).slice(rest.start, rest.end).trim() !== "")
      shown = [...shown, { passage, source: own.source, ...grown(rest, window, others) }];
    // One after the other, since two that grew at once could both take what lies between them.
    else
      for (const host of others.filter((one) => touches(one, own)))
        shown = shown.map((one) => (one === host ? grownAmong(one, window, shown) : one));
  }
  return shown.map(({ passage, source, start, end }) => {
    if (start === end) return passage;
    const text = textOf(source).slice(start, end);
    return { ...passage, text: text.trim(), start: end - text.trimStart().length, end: start + text.trimEnd().length };
  });
}

/** Offsets in a document's text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A passage with what it shows of its document; nothing of one that is no chunk. */
interface Shown extends Span {
  readonly passage: Passage;
  readonly source: string;
}

/**
 * What the others leave of a chunk. They are chunks in a row, and chunks begin and end in the same order, so that no other lies in the midst
 * of it: what is left is in one piece, or nothing.
 */
function left(own: Span, others: readonly Span[]): Span {
  const sorted = others.toSorted((a, b) => a.start - b.start);
  const start = sorted.reduce((from, other) => (other.start <= from && other.end > from ? other.end : from), own.start);
  const end = sorted.reduceRight((to, other) => (other.end >= to && other.start < to ? other.start : to), own.end);
  return { start, end: Math.max(start, end) };
}

/** The span made as large as the window, as far as none of the others is in the way. */
function grown({ start, end }: Span, window: Span, others: readonly Span[]): Span {
  const before = others.reduce((most, other) => (other.end <= start ? Math.max(most, other.end) : most), window.start);
  const after = others.reduce((least, other) => (other.start >= end ? Math.min(least, other.start) : least), window.end);
  return { start: Math.min(start, before), end: Math.max(end, after) };
}

function grownAmong(one: Shown, window: Span, all: readonly Shown[]): Shown {
  return {
    ...one,
    ...grown(
      one,
      window,
      all.filter((other) => other !== one && other.source === one.source),
    ),
  };
}

function touches(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Ids of the chunk and its neighbours, in the order of the document. */
function around(id: string, neighbours: number): readonly string[] {
  const mark = id.lastIndexOf("#");
  const n = Number(id.slice(mark + 1));
  return Array.from({ length: 2 * neighbours + 1 }, (_, i) => n - neighbours + i)
    .filter((place) => place >= 1)
    .map((place) => `${id.slice(0, mark)}#${place}`);
}
