/** Laws of whole characters, and of tokens in rows of marks. */
import { expect, test } from "vitest";
import { openEngine } from "../engine.fixture.ts";
import { isInside, wholeCharacters } from "./characters.ts";
import { createLexicon } from "./text.ts";

const { client } = openEngine();
const texts = ["ab c", "น้ำท่วมกำแพง", "e\u0301te\u0301", "👨‍👩‍👧‍👦 und 👍🏽!", "🇩🇪🇫🇷🇮🇹", "1️⃣ 2️⃣", "𠮷野家", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 x", "กำ\nำ"];

test("a stretch grows to the ends of its characters and no further", () => {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const text of texts.slice(0, -1)) {
    const borders = new Set([text.length, ...Array.from(segmenter.segment(text), ({ index }) => index)]);
    for (let at = 0; at <= text.length; at++) expect([text, at, isInside(text, at)]).toEqual([text, at, !borders.has(at)]);
    for (let from = 0; from < text.length; from++) {
      const place = wholeCharacters(text, from, from + 1);
      expect(place.from <= from && place.to > from && borders.has(place.from) && borders.has(place.to)).toBe(true);
    }
  }
});

test("however short an answer must be, it cuts no character in two", async () => {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const text of texts)
    for (const max_tokens of [1, 2, 3]) {
      const passage = `The sign says ${text} on the door of the mill.`;
      for (const system of ["Answer with one word.", "Answer in at most two words.", "Answer in a full sentence."]) {
        const messages = [
          { role: "system" as const, content: system },
          { role: "user" as const, content: `Passage: ${passage}\n\nQuestion: What does the sign say?` },
        ];
        for (const limit of [{}, { max_tokens }]) {
          const answer = (await client.chat.completions.create({ model: "reader", messages, ...limit })).choices[0]?.message.content ?? "";
          const whole = passage.replace(/\s+/g, " ");
          const at = whole.indexOf(answer);
          const borders = new Set([whole.length, ...Array.from(segmenter.segment(whole), ({ index }) => index)]);
          expect([answer, at >= 0 && borders.has(at) && borders.has(at + answer.length)]).toEqual([answer, true]);
        }
      }
    }
});

test("rows of marks are read in time, and addresses stay whole", () => {
  const lexicon = createLexicon(() => 1);
  // Looking for an address from each mark, none of these would be read today.
  for (const mark of ["-", ".", "_", "+", "a."]) expect(lexicon.read(mark.repeat(200_000)).words.length).toBeGreaterThan(100_000);
  const words = (text: string): string[] => lexicon.read(text).words.map((word) => word.text);
  expect(words("Write to anna.b-c+d@mail.example.org.")).toEqual(["Write", "to", "anna.b-c+d@mail.example.org", "."]);
  expect(words(`-----${"a".repeat(50)}@b.de`)).toEqual([`-----${"a".repeat(50)}@b.de`]);
});
