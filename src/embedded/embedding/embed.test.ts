/** Laws of the lexical embedding. */
import { expect, test } from "vitest";
import { idfTable } from "../text/idf-table.ts";
import { unpack } from "../text/bytes.ts";
import { createIdf } from "../text/idf.ts";
import { createLexicon } from "../text/text.ts";
import { embed } from "./embed.ts";

const lexicon = createLexicon(createIdf(unpack(idfTable)));
const vector = (text: string, dimensions?: number): number[] => embed(lexicon.read(text), dimensions);
const likeness = (a: string, b: string): number => {
  const other = vector(b);
  return vector(a).reduce((sum, v, i) => sum + v * (other[i] ?? 0), 0);
};

test("unit vectors at every size", () => {
  for (const text of ["kite", "of the", "How do I return a kite?", "如何退货", "возврат товара", "word ".repeat(3000)])
    for (const dimensions of [256, 1000, 4096]) {
      const v = vector(text, dimensions);
      expect(v).toHaveLength(dimensions);
      expect(v.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 4);
    }
});

test("case, punctuation and inflection hardly matter", () => {
  expect(likeness("Returning the kites!", "return the kite")).toBeGreaterThan(0.6);
  expect(likeness("KITE", "kite")).toBeCloseTo(1, 5);
});

test("a rare word in common weighs more than a common one", () => {
  const question = "Which system does the platypus use?";
  expect(likeness(question, "The platypus digs burrows.")).toBeGreaterThan(likeness(question, "The system digs burrows."));
});

test("what a long text says once can be found among what it says often", () => {
  const filler = "The council met in the town hall and talked about the roads, the schools and the budget. ".repeat(6);
  const question = "Who repaired the lighthouse?";
  expect(likeness(question, `${filler}Ana Reis repaired the lighthouse.`)).toBeGreaterThan(likeness(question, filler) + 0.1);
});

test("in languages without a table of their own the short words of every text weigh little", () => {
  for (const [question, right, wrong] of [
    ["Wo ist der Leuchtturm an der Küste?", "Ein Leuchtturm steht bei Bremen.", "Wo ist der an der Ecke, und wo ist er an der Wand?"],
    ["Где находится библиотека и что это?", "Старая библиотека стоит у города.", "Где он и на том, и что он на это?"],
    ["灯塔在哪里", "海边的灯塔很高", "他在那里吗"],
  ] as const)
    expect(likeness(question, right)).toBeGreaterThan(likeness(question, wrong));
});

test("every text has a direction, marks and emptiness too", () => {
  for (const text of ["!!!", "???", "🎉", "٣", ".", "   ", ""]) {
    const square = embed(lexicon.read(text)).reduce((sum, v) => sum + v * v, 0);
    expect(square).toBeCloseTo(1, 4);
  }
});
