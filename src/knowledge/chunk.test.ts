import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UserError } from "../errors.ts";
import { seeded } from "../stats/random.ts";
import type { Document } from "../types.ts";
import { chunk } from "./chunk.ts";
import { createPlaces } from "./places.ts";
import { chunkers } from "./chunkers/index.ts";
import { tokenize } from "./tokens.ts";

const own = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const texts: Readonly<Record<string, string>> = {
  prose: Array.from({ length: 40 }, (_, i) => `Sentence number ${i} is here, and it has a few words. Is it short? Yes!`).join(" "),
  markdown: `# Returns\n\nIntro text here.\n\n## Refunds\n\n${"A refund takes five days. ".repeat(20)}\n\n### By card\n\n- one item\n- another item\n\n## Shipping\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`sh\n# not a heading\nrun it\n\`\`\`\n\n${"It ships on Monday. ".repeat(15)}`,
  chinese: "退款需要五個工作天。如果您使用信用卡付款,則需要更長的時間!「請問您還有其他問題嗎?」".repeat(30),
  arabic: "هذه سياسة الإرجاع. هل تحتاج إلى مساعدة؟ نعم، بالتأكيد!\n\n".repeat(20),
  mixed: `Das Gerät wird geliefert.\n\n我们的 API 返回 404。\n한국어 문장입니다. สวัสดีครับ 😀 ${"x".repeat(400)} ${"=".repeat(200)}`,
  wrapped: "This line is wrapped\nin the middle of a sentence\nas people do. Then another one\nbegins.\n\nA new paragraph.\n".repeat(12),
  odd: "\n\n  \t lone \ud800 surrogate \u0301 and\u00a0spaces \u2028 line \n",
  readme: own("../../README.md"),
  code: own("chunk.ts"),
  ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`random ${i}`, randomText(i)])),
};
const cuts = [
  { size: 1, overlap: 0 },
  { size: 7, overlap: 3 },
  { size: 20, overlap: 0 },
  { size: 20, overlap: 19 },
  { size: 64, overlap: 8 },
  { size: 5000, overlap: 100 },
];

/** Pieces of everything that may stand in a document, in any order. */
function randomText(seed: number): string {
  const random = seeded(`text ${seed}`);
  const pieces = [
    ["word ", "Another sentence. ", "Is it? ", "Dr. No ", "3.14 ", "C++ "],
    ["\n", "\n\n", " ", "\t", "\u00a0", "\n\n\n"],
    ["# Heading\n", "\n## Other\n\n", "Title\n=====\n", "---\n", "> quoted\n"],
    ["- item\n", "  - nested\n", "1. first\n", "* star\n\n", "  goes on\n"],
    ["| a | b |\n|---|---|\n", "| 1 | 2 |\n", "a | b\n", "|", "||\n"],
    ["```\n", "~~~js\n", "  code();\n", "```", "}\n"],
    ["退款。", "「是」", "รับ", "نص؟ ", "한국어 ", "😀", "é", "\u0301", "x".repeat(60), "=".repeat(40)],
  ];
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  return Array.from({ length: 250 }, () => pick(pick(pieces) ?? []) ?? "").join("");
}

const spansOf = (text: string) => {
  const { starts, ends } = tokenize(text);
  return starts.map((start, i) => [start, ends[i] ?? 0] as const);
};

describe.each(chunkers.flatMap(({ name }) => cuts.map((cut) => ({ chunker: name, ...cut }))))(
  "$chunker in $size tokens with $overlap shared",
  (cut) => {
    const all = Object.entries(texts).map(([id, text]) => ({
      document: { id, title: "Title", text },
      spans: spansOf(text),
      chunks: chunk({ id, title: "Title", text }, cut),
    }));

    test("cuts spans of the text that have ids from 1", () => {
      for (const { document, chunks } of all) {
        for (const { start, end, text } of chunks) expect(document.text.slice(start, end)).toBe(text);
        expect(chunks.map(({ id }) => id)).toEqual(chunks.map((_, i) => `${document.id}#${i + 1}`));
      }
    });

    test("gives no chunk more tokens than the size, leaves no token out, and repeats as many as asked of those before a chunk, or all there are", () => {
      for (const { document, spans, chunks } of all) {
        const starts = new Map(spans.map(([start], i) => [start, i]));
        const ends = new Map(spans.map(([, end], i) => [end, i + 1]));
        let before = 0;
        for (const { start, end } of chunks) {
          const [from = NaN, to = NaN] = [starts.get(start), ends.get(end)];
          expect(from, document.id).toBe(Math.max(0, before - cut.overlap));
          expect(to - from).toBeLessThanOrEqual(cut.size);
          expect(to).toBeGreaterThan(before);
          before = to;
        }
        expect(before, document.id).toBe(spans.length);
      }
    });
  },
);

test("every character that is not white space is in a token, so no chunk can lose it", () => {
  for (const text of Object.values(texts)) {
    const covered = new Uint8Array(text.length);
    for (const [start, end] of spansOf(text)) covered.fill(1, start, end);
    expect([...text.matchAll(/\S/g)].filter(({ index }) => covered[index] === 0)).toEqual([]);
  }
});

test.each(["word. ", "x", "退款。", "- a\n", "|a|\n|-|\n", "# a\n", "```\n", " ", "\n", "「"])(
  "a long line, and many short ones, of %j are cut",
  (piece) => {
    const text = `a${piece.repeat(150_000)}b`;
    for (const { name } of chunkers) expect(chunksOf(name, text, 200, 20).at(-1)?.end).toBe(text.length);
  },
);

const chunksOf = (chunker: string, text: string, size: number, overlap = 0) =>
  chunk({ id: "a", title: "A", text }, { chunker, size, overlap });
const textsOf = (...given: Parameters<typeof chunksOf>) => chunksOf(...given).map(({ text }) => text);

test("a sentence is divided only where it is longer than a chunk", () => {
  for (const chunker of ["markdown", "sentence"])
    for (const name of ["prose", "wrapped"]) for (const text of textsOf(chunker, texts[name] ?? "", 40)) expect(text).toMatch(/[.?!]$/);
});

test("sentences of any script end where theirs do, abbreviations end none, and an opening quote goes with what it opens", () => {
  for (const text of textsOf("sentence", texts["chinese"] ?? "", 60)) expect(text).toMatch(/^[退如「].*[。!」]$/);
  for (const text of textsOf("sentence", texts["arabic"] ?? "", 12)) expect(text).toMatch(/[.؟!]$/);
  expect(textsOf("sentence", "We met Dr. Smith and J. Doe at St. Paul. They had left.", 16)).toEqual([
    "We met Dr. Smith and J. Doe at St. Paul.",
    "They had left.",
  ]);
});

test("fixed fills every chunk but the last", () => {
  const sizes = textsOf("fixed", texts["readme"] ?? "", 33, 5).map((text) => spansOf(text).length);
  expect(new Set(sizes.slice(0, -1))).toEqual(new Set([33]));
});

test("recursive cuts between paragraphs, else lines, else sentences", () => {
  const paragraph = "One two three. Four five six.";
  expect(textsOf("recursive", `${paragraph}\n\n${paragraph}\n\n${paragraph}`, 20)).toEqual([`${paragraph}\n\n${paragraph}`, paragraph]);
  expect(textsOf("recursive", `${paragraph}\n${paragraph}\n${paragraph}`, 20)).toEqual([`${paragraph}\n${paragraph}`, paragraph]);
  expect(textsOf("recursive", `${paragraph} ${paragraph} ${paragraph}`, 10)).toEqual(Array.from({ length: 3 }, () => paragraph));
});

const table = "| Plan | Price |\n|---|---|\n| Basic | 10 |\n| Pro | 20 |\n| Team | 30 |";
const list = "- first\n- second\n  goes on\n\n- third";
const code = "```js\nconst a = 1;\n\nconst b = 2;\n```";
const prose = "One two three four five six seven eight nine ten eleven twelve.";

test.each([table, list, code])("markdown keeps together what fits in a chunk: %j", (block) => {
  const fits = spansOf(block).length;
  for (let before = 0; before < 4; before++) {
    const text = [...Array.from({ length: before }, () => prose), block, prose].join("\n\n");
    for (const size of [fits, fits + 3, fits + 20])
      expect(
        textsOf("markdown", text, size).filter((one) => one.includes(block)),
        `${before} ${size}`,
      ).toHaveLength(1);
    const titled = `${prose}\n\n## Heading\n\n${block}\n\n${prose}`;
    expect(textsOf("markdown", titled, fits + 3).filter((one) => one.includes(`## Heading\n\n${block}`))).toHaveLength(1);
  }
});

test.each([table, list, code])("what does not fit is divided between its lines: %j", (block) => {
  const lines = block.split("\n").map((line) => line.trim());
  for (const text of textsOf("markdown", block, 12)) for (const line of text.split("\n")) expect(lines).toContain(line.trim());
});

test("the parts of a table that begin after its head row have that row in their title, and nothing else has", () => {
  const chunks = chunksOf("markdown", `# A\n\n## Prices\n\n${table}\n\n${prose}`, 24);
  const titles = chunks.map(({ title, text }) => [title, text.split("\n")[0]]);
  expect(titles).toEqual([
    ["A", "# A"],
    ["A › Prices › Plan | Price", "| Team | 30 |"],
  ]);
  expect(chunksOf("markdown", table, 12).map(({ title }) => title)).toContain("A › Plan | Price");
  const wide = table.replace("Price", "Price ".repeat(20));
  expect(new Set(chunksOf("markdown", wide, 30).map(({ title }) => title))).toEqual(new Set(["A"]));
});

const markdown: Document = { id: "returns", title: "Returns", text: texts["markdown"] ?? "" };

test("a chunk's title says under which headings all of it stands", () => {
  const chunks = chunk(markdown, { chunker: "markdown", size: 60, overlap: 0 });
  expect(chunks.find(({ text }) => text.includes("Intro text"))?.title).toBe("Returns");
  expect(chunks.find(({ text }) => text.startsWith("A refund takes"))?.title).toBe("Returns › Refunds");
  expect(chunks.at(-1)?.title).toBe("Returns › Shipping");
  expect(chunks.map(({ title }) => title)).not.toContain("Returns › not a heading");
});

test("small sections share a chunk, and then its title names none of them", () => {
  expect(chunksOf("markdown", "## One\n\nFirst text.\n\n## Two\n\nSecond text.", 100).map(({ title }) => title)).toEqual(["A"]);
});

test("a heading is not the end of a chunk", () => {
  for (let size = 12; size < 80; size++)
    for (const { text } of chunk(markdown, { chunker: "markdown", size, overlap: 0 }))
      expect(text).not.toMatch(/(^|\n)#+ (Returns|Refunds|By card|Shipping)$/);
});

test("an underlined line is a heading, and a rule under a paragraph is not", () => {
  const text = "Refunds\n=======\n\nSome words.\n\nA paragraph\nof two lines\n---\n\nMore words.";
  expect(chunksOf("markdown", text, 100)[0]?.title).toBe("A › Refunds");
});

test("a chunk is on the page that it begins on", () => {
  const text = "one two\nthree four\nfive six";
  const pages = [0, 8, 19];
  const chunks = chunk({ id: "a", title: "A", text, pages }, { chunker: "fixed", size: 1, overlap: 0 });
  const placeOf = createPlaces(new Map([["a", { id: "a", title: "A", text, pages }]]));
  expect(chunks.map((piece) => placeOf(piece).page)).toEqual([1, 1, 2, 2, 3, 3]);
});

test.each([
  { size: 0, overlap: 0 },
  { size: 2.5, overlap: 0 },
  { size: 10, overlap: 10 },
  { size: 10, overlap: -1 },
])("size $size with overlap $overlap is refused", (cut) => {
  expect(() => chunk(markdown, { chunker: "markdown", ...cut })).toThrow(UserError);
});

test("an unknown chunker is refused with the nearest name", () => {
  expect(() => chunk(markdown, { chunker: "sentences", size: 10, overlap: 0 })).toThrow(/sentence/);
});
