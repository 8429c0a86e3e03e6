/** About how many chunks documents make, by cutting a sample of them. */
import type { Cut, Document } from "../types.ts";
import { chunk } from "./chunk.ts";

/** Pieces of the sample, and the characters of each: together what is cut whole where there is no more. */
const PIECES = 40;
const LENGTH = 5000;

export interface Estimate {
  readonly chunks: number;
  /** All documents were cut. */
  readonly exact: boolean;
}

/** Takes no longer for many documents than for a few, but for going through them once. Deterministic. */
export function estimateChunks(documents: readonly Document[], cut: Cut): Estimate {
  const all = documents.reduce((sum, { text }) => sum + text.length, 0);
  if (all <= PIECES * LENGTH) return { chunks: documents.reduce((sum, document) => sum + chunk(document, cut).length, 0), exact: true };
  // Evenly spaced over the characters, not the documents, so that neither one large document nor many small ones are passed over.
  const step = all / PIECES;
  let [begin, taken, density] = [0, 0, 0];
  for (const document of documents) {
    const end = begin + document.text.length;
    for (let at = (taken + 0.5) * step; taken < PIECES && at < end; at = (++taken + 0.5) * step)
      density += densityAt(document, at - begin, cut);
    begin = end;
  }
  return { chunks: Math.round((density / PIECES) * all), exact: false };
}

/** Chunks a character around the offset. */
function densityAt(document: Document, at: number, cut: Cut): number {
  const { length } = document.text;
  if (length <= LENGTH) return chunk(document, cut).length / length;
  const start = Math.max(0, Math.min(Math.floor(at), length - LENGTH));
  const pieces = chunk({ ...document, text: document.text.slice(start, start + LENGTH) }, cut);
  // The last one is cut short by the sample, not by the document.
  const whole = pieces.slice(0, -1);
  return whole.length === 0 ? 1 / LENGTH : whole.length / (whole.at(-1)?.end ?? LENGTH);
}
