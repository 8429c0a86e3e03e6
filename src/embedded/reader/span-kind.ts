/** What a span is made of, in one of a few kinds: a name, a year, a number with its unit, … */
import { shape } from "../text/shapes.ts";
import type { Word } from "../text/text.ts";

const mark = {
  lower: 1,
  function: 2,
  capital: 4,
  number: 8,
  year: 16,
  month: 32,
  numberWord: 64,
  unit: 128,
  currency: 256,
  percent: 512,
  cjk: 1024,
  other: 2048,
} as const;
export const kinds = 40;

const markOf: Readonly<Record<number, number>> = {
  [shape.lower]: mark.lower,
  [shape.function]: mark.function,
  [shape.capital]: mark.capital,
  [shape.allCapitals]: mark.capital,
  [shape.initial]: mark.capital,
  [shape.mixedCase]: mark.capital,
  [shape.number]: mark.number,
  [shape.bigNumber]: mark.number,
  [shape.year]: mark.year,
  [shape.month]: mark.month,
  [shape.day]: mark.month,
  [shape.numberWord]: mark.numberWord,
  [shape.unit]: mark.unit,
  [shape.currency]: mark.currency,
  [shape.percent]: mark.percent,
  [shape.cjk]: mark.cjk,
};

export function spanMark(word: Word): number {
  return markOf[word.shape] ?? mark.other;
}

/** The kind of a span from the marks of its words, 0 to `kinds` - 1: what decides it, and whether it is one word, pure, or mixed. */
export function spanKind(marks: number, length: number): number {
  const extent = length === 1 ? 0 : (marks & (mark.lower | mark.function | mark.other)) === 0 ? 1 : (marks & mark.other) === 0 ? 2 : 3;
  return family(marks) * 4 + extent;
}

/** What `family` says of spans of CJK characters without numbers. */
export const familyOfCjk = 6;

function family(marks: number): number {
  if (marks & mark.currency) return 0;
  if (marks & mark.percent) return 1;
  if (marks & mark.month) return 2;
  if (marks & mark.year) return 3;
  if (marks & (mark.number | mark.numberWord)) return marks & mark.unit ? 4 : 5;
  if (marks & mark.cjk) return familyOfCjk;
  if (marks & mark.capital) return marks & mark.lower ? 7 : 8;
  return 9;
}

/** Tokens that no answer begins with. */
export function isClosing(word: Word): boolean {
  const s = word.shape;
  return (
    s === shape.comma ||
    s === shape.sentenceEnd ||
    s === shape.possessive ||
    s === shape.mark ||
    s === shape.punctuation ||
    ")]）】:：".includes(word.text)
  );
}

/** Tokens that no answer ends with. */
export function isOpening(word: Word): boolean {
  const s = word.shape;
  return (
    s === shape.comma ||
    s === shape.sentenceEnd ||
    s === shape.currency ||
    s === shape.mark ||
    s === shape.punctuation ||
    s === shape.hyphen ||
    "([（【:：".includes(word.text)
  );
}
