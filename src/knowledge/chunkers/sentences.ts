/** Where sentences begin: shared by the chunkers. */
import { type Boundary, strengths } from "./chunker.ts";

/**
 * The boundaries before the sentences after the first of `text.slice(start, end)`, as `Intl.Segmenter` finds them in any script, but for
 * none after initials and common abbreviations (`Dr. Smith`), and opening quotes and brackets belong to what follows. A line break counts
 * as a space.
 */
export function sentencesIn(text: string, start = 0, end = text.length): readonly Boundary[] {
  const piece = text.slice(start, end).replaceAll("\n", " ");
  const boundaries: Boundary[] = [];
  for (const { index } of segmenter.segment(piece)) {
    const before = piece.slice(Math.max(0, index - LOOK), index);
    if (index === 0 || abbreviation.test(before)) continue;
    const opening = openings.exec(before)?.[0].length ?? 0;
    boundaries.push({ at: start + index - opening, strength: strengths.sentence });
  }
  return boundaries;
}

// One language for all, so that the machine's own does not move chunks; its rules serve other scripts as well.
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
/** Characters before a boundary that are looked at. */
const LOOK = 12;
const abbreviation = /(?<![\p{L}\p{N}])(?:\p{L}|Dr|Mrs?|Ms|Prof|St|Fig|No|Nr|Eq|vs|al|cf|e\.g|i\.e|z\.B|U\.S)\.\s*$/u;
const openings = /(?:(?<=\s)["']|[\p{Ps}\p{Pi}])+$/u;
