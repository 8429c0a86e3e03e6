import { describe, expect, test } from "vitest";
import { termsOf } from "./words.ts";

/** What both texts hold decides whether one finds the other. */
const shared = (a: string, b: string): readonly string[] => {
  const other = new Set(termsOf(b));
  return [...new Set(termsOf(a))].filter((term) => other.has(term));
};

test.each([
  ["ERR_TIMEOUT-42", "it failed with err_timeout-42."],
  ["C++", "written in C++, not in C"],
  ["c#", "C# code"],
  ["jane.doe@example.com", "Write to Jane.Doe@Example.com!"],
  ["e-mail", "email"],
  ["COVID-19", "COVID‑19"],
  ["covid19", "COVID-19"],
  ["O'Brien", "O’Brien"],
  ["don’t", "don't"],
  ["Alzheimer's", "Alzheimer"],
  ["node.js", "Node.js"],
  ["3.14", "pi is 3.14"],
  ["1000", "1,000 people"],
  ["v1.2.3", "since v1.2.3"],
  ["AT&T", "at&t"],
  ["refunds", "a refund"],
  ["ＡＢＣ１２３", "abc123"],
  ["ﬁne", "fine"],
  ["soft\u00adhyphen", "softhyphen"],
])("%j is found by all of it in %j", (query, text) => {
  const terms = [...new Set(termsOf(query))];
  expect(terms.length).toBeGreaterThan(0);
  const other = termsOf(text);
  expect(other).toContain(terms.at(-1));
});

test.each([
  ["cafe", "café", "cafés"],
  ["strasse", "Straße"],
  ["istanbul", "İstanbul"],
  ["lodz", "Łódź"],
  ["ΑΘΗΝΑ", "Αθήνα"],
  ["مدرسة", "مَدْرَسَة", "مـدرسة"],
  ["שלום", "שָׁלוֹם"],
  ["خواهم", "می‌خواهم"],
  ["茶", "喝茶"],
  ["退款", "退款需要五個工作天"],
  ["東京", "東京タワー"],
  ["서울", "서울에서"],
  ["ไทย", "ประเทศไทย"],
  ["ดี", "สวัสดีครับ"],
  ["2020", "2020年"],
])("%j is found in %j", (query, ...texts) => {
  for (const text of texts) expect(shared(query, text).length).toBeGreaterThan(0);
});

test("what has accents is nearer to itself than to what has none", () => {
  expect(shared("schön", "schön").length).toBeGreaterThan(shared("schön", "schon").length);
});

test.each([
  ["C++", "C"],
  ["3.14", "3.15"],
  ["ERR_TIMEOUT-42", "ERR_TIMEOUT-43"],
  ["мой", "мои"],
])("%j is told from %j by a term", (a, b) => {
  expect(shared(a, b).length).toBeLessThan(new Set(termsOf(a)).size);
});

describe("a text without words has no terms", () => {
  test.each(["", " \n", "?! … 😀 — ***", "the and of", "\u200b\u00ad"])("%j", (text) => expect(termsOf(text)).toEqual([]));
});

test("terms stand in the order of the text, with repeats, and stems are those of the words alone", () => {
  const text = "Refunds are paid. A refund is paid to cards: 退款, cards";
  expect(termsOf(text)).toEqual(["refund", "paid", "refund", "paid", "card", "退", "退款", "款", "card"]);
  expect(termsOf(text)).toEqual(text.split(" ").flatMap((word) => termsOf(word)));
});

test("remembered stems change nothing", () => {
  const stems = new Map<string, string>();
  for (const text of ["Refunds are paid daily", "paid refunds", "relational conditioning"])
    expect(termsOf(text, stems)).toEqual(termsOf(text));
  expect(stems.get("refunds")).toBe("refund");
});

test("megabytes without a space are many terms, none long", () => {
  for (const piece of ["x", "退", "ไ", "a-", "1,", "000,", "a'", "é", "+", "\u0301"]) {
    const terms = termsOf(piece.repeat(1_000_000));
    expect(
      terms.every((term) => term.length <= 130),
      piece,
    ).toBe(true);
  }
});
