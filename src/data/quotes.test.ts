import { expect, test } from "vitest";
import { quotesIn, quoteWarnings, searchFor } from "./quotes.ts";
import type { Case, Splits } from "../types.ts";

const kase = (id: string, fields: Readonly<Record<string, string>>): Case => ({ id, fields });
const splitsOf = (parts: Partial<Splits>): Splits => ({ train: [], select: [], confirm: [], test: [], ...parts });
const QUESTION = "How long may a parcel be kept at the counter?";

test("a held-out question in a document is found word for word, whatever its case, punctuation and spacing", () => {
  const splits = splitsOf({ train: [kase("a", { q: QUESTION })], confirm: [kase("c", { q: QUESTION })] });
  const texts = [
    { id: "faq", text: "# FAQ\nQ: how LONG may a\nparcel be kept at the counter\nA: Ten days." },
    { id: "near", text: "How long may a parcel be kept at the counters?" },
  ];
  expect(quotesIn(texts, splits)).toEqual([{ case: "c", split: "confirm", in: "faq" }]);
});

test("a question of fewer than 8 words, or a long passage beside a question, is none", () => {
  const passage = Array.from({ length: 80 }, (_, n) => `word${n}`).join(" ");
  const splits = splitsOf({ test: [kase("short", { q: "May a parcel be kept?" }), kase("about", { passage, q: "What is word 5?" })] });
  expect(quotesIn([{ id: "d", text: `May a parcel be kept? ${passage}` }], splits)).toEqual([]);
});

test("in scripts without blanks two characters count as a word", () => {
  const q = "包裹在櫃檯可以保管多久才會被退回去呢";
  const splits = splitsOf({ test: [kase("zh", { q }), kase("short", { q: "可以保管多久" })] });
  expect(quotesIn([{ id: "d", text: `常見問題：${q}？可以保管多久？十天。` }], splits)).toEqual([{ case: "zh", split: "test", in: "d" }]);
});

test("warnings count questions, not documents, and name an example", () => {
  const quotes = ["faq", "manual"].map((text) => ({ case: "c", split: "confirm" as const, in: text }));
  expect(quoteWarnings(quotes, [])).toEqual([
    'knowledge: 1 confirm or test question stands word for word in "c" (confirm) in faq; that they are retrieved and answered is no proof',
  ]);
  expect(quoteWarnings([], [])).toEqual([]);
});

test("the search finds what a plain search of whole words finds", () => {
  const words = ["a", "b", "c", "d", "e"];
  const text = (n: number, length: number): string =>
    Array.from({ length }, (_, at) => words[((n * 2654435761) >>> at) % 5] ?? "").join(" ");
  const needles = Array.from({ length: 300 }, (_, n) => [text(n + 1, 1 + (n % 11))]);
  const search = searchFor(needles);
  for (let n = 0; n < 40; n++) {
    const line = text(n * 31 + 7, 24);
    const want = needles.flatMap(([needle], at) => (` ${line} `.includes(` ${needle} `) ? [at] : []));
    expect(search(line)).toEqual(want);
  }
});
