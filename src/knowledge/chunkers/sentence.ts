import { type Boundary, type Chunker, type Source, strengths } from "./chunker.ts";
import { sentencesIn } from "./sentences.ts";

/** Whole sentences, as many as fit; a blank line ends one as well. */
export const sentence: Chunker = {
  name: "sentence",
  about: "after as many whole sentences as fit",
  outline: (source) => ({
    boundaries: paragraphsOf(source).flatMap(({ start, end }): readonly Boundary[] => [
      { at: start, strength: strengths.sentence },
      ...sentencesIn(source.text, start, end),
    ]),
  }),
};

/** Lines with no blank line between them. */
export function paragraphsOf({ lines }: Pick<Source, "lines">): readonly { readonly start: number; readonly end: number }[] {
  const paragraphs: { start: number; end: number }[] = [];
  let apart = true;
  for (const { start, end, text } of lines) {
    const last = paragraphs.at(-1);
    if (text.trim() === "") apart = true;
    else if (apart || last === undefined) {
      paragraphs.push({ start, end });
      apart = false;
    } else last.end = end;
  }
  return paragraphs;
}
