import { describe, expect, test } from "vitest";
import { partOf, quoteFinder, quotesIn, quoteWarnings, searchFor } from "./quotes.ts";
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

test("a question of fewer than 8 words alone, or a long passage beside a question, is none", () => {
  const passage = Array.from({ length: 80 }, (_, n) => `word${n}`).join(" ");
  const splits = splitsOf({ test: [kase("short", { q: "May a parcel be kept?" }), kase("about", { passage, q: "What is word 5?" })] });
  expect(quotesIn([{ id: "d", text: `May a parcel be kept? ${passage}` }], splits)).toEqual([]);
});

describe("a question of 3 to 7 words counts", () => {
  const asked = (id: string, q: string, expected: Case["expected"]): Case => ({ ...kase(id, { q }), expected });
  const cases = [
    asked("a", "Who founded Hanuba Foods?", ["Mimi Soriko", "M. Soriko"]),
    asked("b", "Who founded Koluka Labs?", "Zora Duzoka"),
    asked("c", "Where is Xozoxo made?", 7),
    asked("d", "Why now?", "why not"),
    asked("e", "誰創立了哈努巴食品", "索里科"),
  ];
  const found = (text: string): readonly string[] => quotesIn([{ id: "d", text }], splitsOf({ test: cases })).map((quote) => quote.case);
  const filler = (characters: number): string => "and so on ".repeat(characters / 10);

  test("where an accepted answer follows within 200 characters", () => {
    expect(found(`Q: who founded HANUBA foods A: ${filler(150)} it was m. soriko.`)).toEqual(["a"]);
    expect(found(`Q: who founded Hanuba Foods? ${filler(250)} Mimi Soriko did.`)).toEqual([]);
    expect(found("Who founded Hanuba Foods? Zora Duzoka? Mimi Sorikova?")).toEqual([]);
    expect(found("Where is Xozoxo made? In 7 towns.")).toEqual(["c"]);
    expect(found("有人問：誰創立了哈努巴食品？是索里科。")).toEqual(["e"]);
    expect(found("Why now? Why not!")).toEqual([]);
  });

  test("where three stand near each other, though not when they are parts of one another", () => {
    const [a, b, c] = cases.map(({ fields }) => fields["q"] ?? "");
    expect(found([c, a, b].join("\n"))).toEqual(["a", "b", "c"]);
    expect(found([c, filler(500), a, filler(500), b].join("\n"))).toEqual([]);
    expect(found([a, b, a].join("\n"))).toEqual([]);
    const nested = [asked("x", "May I ask you", "?"), asked("y", "ask you where", "?"), asked("z", "May I ask you where", "?")];
    expect(quotesIn([{ id: "d", text: "May I ask you where it is?" }], splitsOf({ test: nested }))).toEqual([]);
  });
});

test("what stands in a text as part of a train case is quoted from that", () => {
  const [train, held] = [kase("a", { q: `${QUESTION} Or at home?` }), kase("c", { q: QUESTION })];
  const search = quoteFinder(splitsOf({ confirm: [held] }));
  expect(search([{ id: "p", text: `Example: ${train.fields["q"]}` }], partOf([train]))).toEqual([]);
  expect(search([{ id: "p", text: `Example: ${QUESTION} Or elsewhere?` }], partOf([train]))).toHaveLength(1);
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
