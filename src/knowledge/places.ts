/** Where a piece of a document stands: in its text, on its page, in the bytes of its file. */
import type { Document, Layout, Passage } from "../types.ts";
import { countBelow } from "./sorted.ts";

/** Every so many characters the place in the file is remembered. */
const STEP = 1 << 12;

type Place = Pick<Passage, "start" | "end" | "page" | "bytes" | "file">;

/**
 * Tells where pieces of these documents stand, as far as it is known. By the documents as they are now, not by what an index keeps of them:
 * other line breaks or a byte order mark move the bytes of a text that did not change.
 */
export function createPlaces(
  documents: ReadonlyMap<string, Document>,
): (piece: { readonly source: string; readonly start?: number | undefined; readonly end?: number | undefined }) => Place {
  const spans = new Map<string, ReturnType<typeof createByteSpans>>();
  return ({ source, start, end }) => {
    const document = documents.get(source);
    if (document === undefined || start === undefined || end === undefined) return {};
    const spanOf = spans.get(source) ?? createByteSpans(document);
    spans.set(source, spanOf);
    const { file, pages } = document;
    const bytes = spanOf(start, end);
    return {
      start,
      end,
      ...(file && { file }),
      ...(pages && { page: Math.max(1, countBelow(pages, start + 1)) }),
      ...(bytes && { bytes }),
    };
  };
}

/**
 * Tells for offsets in the document's text the span of bytes in its file, end excluded; undefined where the text is not the file's own (see
 * `Document.layout`). Takes time in the length of the text once, and none to speak of for each span.
 */
function createByteSpans({
  text,
  layout,
}: Pick<Document, "text" | "layout">): (start: number, end: number) => readonly [number, number] | undefined {
  if (layout === undefined) return () => undefined;
  const marks: number[] = [layout.begin];
  // A pair of surrogates is not divided: apart, its halves would count for more bytes.
  const stepAt = (step: number): number => step * STEP + (isLowSurrogate(text.charCodeAt(step * STEP)) ? 1 : 0);
  const at = (offset: number): number => {
    const step = Math.floor(offset / STEP);
    for (let next = marks.length; next <= step; next++)
      marks.push((marks[next - 1] ?? 0) + widthOf(text, layout, stepAt(next - 1), stepAt(next)));
    return (marks[step] ?? 0) + widthOf(text, layout, Math.min(stepAt(step), offset), offset);
  };
  return (start, end) => [at(start), at(end)];
}

function widthOf(text: string, { encoding, wide }: Layout, from: number, to: number): number {
  const more = wide === false ? 0 : wide === true ? breaksIn(text, from, to) : countBelow(wide, to) - countBelow(wide, from);
  return more + (encoding === "utf-8" ? Buffer.byteLength(text.slice(from, to)) : 2 * (to - from) + more);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function breaksIn(text: string, from: number, to: number): number {
  const part = text.slice(from, to);
  let count = 0;
  for (let at = part.indexOf("\n"); at !== -1; at = part.indexOf("\n", at + 1)) count++;
  return count;
}
