import { type Boundary, type Chunker, strengths } from "./chunker.ts";
import { paragraphsOf } from "./sentence.ts";
import { sentencesIn } from "./sentences.ts";

/** Between paragraphs, else between lines, else between sentences, whatever the text is written in. */
export const recursive: Chunker = {
  name: "recursive",
  about: "between paragraphs, else lines, else sentences",
  outline: (source) => ({
    boundaries: [
      ...paragraphsOf(source).flatMap(({ start, end }): readonly Boundary[] => [
        { at: start, strength: strengths.paragraph },
        ...sentencesIn(source.text, start, end),
      ]),
      ...source.lines.map(({ start }): Boundary => ({ at: start, strength: strengths.line })),
    ],
  }),
};
