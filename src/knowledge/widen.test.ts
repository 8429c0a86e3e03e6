import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import type { Cut, Document, Passage } from "../types.ts";
import { chunk } from "./chunk.ts";
import { widened } from "./widen.ts";

const random = seeded("widen");
const words = (n: number, of: string) => Array.from({ length: n }, (_, i) => `${of}${i}`);
// A document whose id looks like a chunk of another, and one that is shorter than a chunk.
const documents: readonly Document[] = [
  { id: "a", title: "A", text: words(90, "a").join(" ") },
  { id: "a#2", title: "A2", text: words(60, "b").join("  ") },
  { id: "c", title: "C", text: `\n${words(70, "c").join("\n\n")}\n` },
  { id: "d", title: "D", text: "d0 d1" },
];
const byId = new Map(documents.map((document) => [document.id, document]));
const cuts: readonly Cut[] = [
  { chunker: "fixed", size: 10, overlap: 0 },
  { chunker: "fixed", size: 10, overlap: 4 },
  { chunker: "fixed", size: 10, overlap: 9 },
  { chunker: "sentence", size: 7, overlap: 2 },
];

/** Passages in an order of chance, widened; with the chunks that they were. */
async function widen(cut: Cut, count: number, neighbours: number) {
  const all = new Map(documents.flatMap((document) => chunk(document, cut)).map((piece) => [piece.id, piece]));
  const order = [...all.values()].map((piece) => ({ piece, at: random() })).toSorted((a, b) => a.at - b.at);
  const passages = order
    .slice(0, count)
    .map(({ piece: { id, source, title, text } }, i): Passage => ({ id, source, title, text, score: 1 - i / 100 }));
  const result = await widened(
    passages,
    neighbours,
    async (ids) => ids.flatMap((id) => all.get(id) ?? []),
    (id) => byId.get(id)?.text ?? "",
  );
  const window = (id: string) => {
    const [source, n] = [id.slice(0, id.lastIndexOf("#")), Number(id.slice(id.lastIndexOf("#") + 1))];
    return Array.from({ length: 2 * neighbours + 1 }, (_, i) => all.get(`${source}#${n - neighbours + i}`)).flatMap((piece) => piece ?? []);
  };
  return { passages, result, window };
}

test.each(cuts.flatMap((cut) => [1, 2, 5].flatMap((neighbours) => [1, 4, 12, 1000].map((count) => ({ cut, neighbours, count })))))(
  "$count passages with $neighbours neighbours: each word once, each passage a piece of its own document, all that was asked for shown ($cut.chunker $cut.size/$cut.overlap)",
  async ({ cut, neighbours, count }) => {
    const { passages, result, window } = await widen(cut, count, neighbours);
    for (const { source, start, end, text } of result) {
      expect(text).toBe(byId.get(source)?.text.slice(start, end));
      expect(text).toBe(text.trim());
      expect(text).not.toBe("");
    }
    const shown = result.flatMap(({ text }) => text.split(/\s+/));
    expect(new Set(shown).size).toBe(shown.length);
    const asked = new Set(passages.flatMap(({ id }) => window(id)).flatMap(({ text }) => text.split(/\s+/)));
    expect(new Set(shown)).toEqual(asked);
    // In the order given.
    const places = result.map(({ id }) => passages.findIndex((passage) => passage.id === id));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    // The best is whole.
    const [best] = result;
    expect(best).toMatchObject({ id: passages[0]?.id, score: passages[0]?.score });
    for (const { text } of window(best?.id ?? "")) expect(best?.text).toContain(text);
  },
);

test("a passage of no known chunk stays as it is", async () => {
  const passage: Passage = { id: "x#1", source: "x", title: "X", text: "words", score: 1 };
  expect(
    await widened(
      [passage],
      2,
      async () => [],
      () => "",
    ),
  ).toEqual([passage]);
});
