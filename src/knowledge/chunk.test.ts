import { describe, expect, test } from "vitest";
import { UserError } from "../errors.ts";
import type { Document } from "../types.ts";
import { chunk } from "./chunk.ts";
import { tokenize } from "./tokens.ts";

const texts: Readonly<Record<string, string>> = {
  prose: Array.from({ length: 40 }, (_, i) => `Sentence number ${i} is here, and it has a few words. Is it short? Yes!`).join(" "),
  markdown: `# Returns\n\nIntro text here.\n\n## Refunds\n\n${"A refund takes five days. ".repeat(20)}\n\n### By card\n\n- one item\n- another item\n\n## Shipping\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`sh\n# not a heading\nrun it\n\`\`\`\n\n${"It ships on Monday. ".repeat(15)}`,
  chinese: "退款需要五個工作天。如果您使用信用卡付款,則需要更長的時間!請問您還有其他問題嗎?".repeat(30),
  mixed: `Das Gerät wird geliefert.\r\n\r\n我们的 API 返回 404。\n한국어 문장입니다. สวัสดีครับ 😀 ${"x".repeat(400)} ${"=".repeat(200)}`,
  wrapped: "This line is wrapped\nin the middle of a sentence\nas people do. Then another one\nbegins.\n\nA new paragraph.\n".repeat(12),
  odd: "\n\n  \t lone \ud800 surrogate \u0301 and\u00a0spaces \u2028 line \n",
};
const retrievers = [
  { size: 1, overlap: 0 },
  { size: 7, overlap: 3 },
  { size: 20, overlap: 0 },
  { size: 20, overlap: 19 },
  { size: 64, overlap: 8 },
  { size: 5000, overlap: 100 },
];
const cases = Object.entries(texts).flatMap(([name, text]) =>
  retrievers.map((retriever) => ({ name, ...retriever, document: { id: name, title: "Title", text } })),
);
const tokensOf = (text: string) => {
  const { starts, ends } = tokenize(text);
  return starts.map((start, i) => text.slice(start, ends[i]));
};

describe.each(cases)("chunks of $name in $size tokens with $overlap shared", ({ document, size, overlap }) => {
  const chunks = chunk(document, { size, overlap });

  test("are never longer than the size", () => {
    expect(Math.max(...chunks.map(({ text }) => tokensOf(text).length))).toBeLessThanOrEqual(size);
  });

  test("are spans of the text", () => {
    for (const { start, end, text } of chunks) expect(document.text.slice(start, end)).toBe(text);
  });

  test("cover every character that is not white space", () => {
    const covered = new Uint8Array(document.text.length);
    for (const { start, end } of chunks) covered.fill(1, start, end);
    const missing = [...document.text.matchAll(/\S/g)].filter(({ index }) => covered[index] === 0);
    expect(missing).toEqual([]);
  });

  test("each repeat the last tokens of what comes before, as many as asked", () => {
    let before = 0;
    const { starts } = tokenize(document.text);
    for (const { start, text } of chunks) {
      expect(starts.indexOf(start)).toBe(Math.max(0, before - overlap));
      before = starts.indexOf(start) + tokensOf(text).length;
    }
    expect(before).toBe(starts.length);
  });

  test("have ids that count from 1", () => {
    expect(chunks.map(({ id }) => id)).toEqual(chunks.map((_, i) => `${document.id}#${i + 1}`));
  });
});

const markdown: Document = { id: "returns", title: "Returns", text: texts["markdown"] ?? "" };

test("a sentence is divided only where it is longer than a chunk", () => {
  for (const name of ["prose", "wrapped"])
    for (const { text } of chunk({ id: name, title: name, text: texts[name] ?? "" }, { size: 40, overlap: 0 }))
      expect(text).toMatch(/[.?!]$/);
});

test("Chinese sentences are kept whole without a space between them", () => {
  for (const { text } of chunk({ id: "zh", title: "退款", text: texts["chinese"] ?? "" }, { size: 60, overlap: 0 }))
    expect(text).toMatch(/[。!?]$/);
});

test("a chunk's title says under which headings all of it stands", () => {
  const chunks = chunk(markdown, { size: 60, overlap: 0 });
  expect(chunks.find(({ text }) => text.includes("Intro text"))?.title).toBe("Returns");
  expect(chunks.find(({ text }) => text.startsWith("A refund takes"))?.title).toBe("Returns › Refunds");
  expect(chunks.at(-1)?.title).toBe("Returns › Shipping");
  expect(chunks.map(({ title }) => title)).not.toContain("Returns › not a heading");
});

test("small sections share a chunk, and then its title names none of them", () => {
  const text = "## One\n\nFirst text.\n\n## Two\n\nSecond text.";
  expect(chunk({ id: "d", title: "Doc", text }, { size: 100, overlap: 0 }).map(({ title }) => title)).toEqual(["Doc"]);
});

test("a heading is not the end of a chunk", () => {
  for (let size = 12; size < 80; size++)
    for (const { text } of chunk(markdown, { size, overlap: 0 })) expect(text).not.toMatch(/(^|\n)#+ (Returns|Refunds|By card|Shipping)$/);
});

test("an underlined line is a heading, and a rule under a paragraph is not", () => {
  const text = "Refunds\n=======\n\nSome words.\n\nA paragraph\nof two lines\n---\n\nMore words.";
  expect(chunk({ id: "d", title: "Doc", text }, { size: 100, overlap: 0 })[0]?.title).toBe("Doc › Refunds");
});

test.each([
  { size: 0, overlap: 0 },
  { size: 2.5, overlap: 0 },
  { size: 10, overlap: 10 },
  { size: 10, overlap: -1 },
])("size $size with overlap $overlap is refused", (retriever) => {
  expect(() => chunk(markdown, retriever)).toThrow(UserError);
});
