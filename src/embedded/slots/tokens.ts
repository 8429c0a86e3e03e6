/** Text -> tokens fine enough that a value may begin or end wherever letters, digits and signs meet: `6:45PM` is four of them. */
import { isCjk, shape, shapeOf } from "../text/shapes.ts";
import type { Text } from "../text/text.ts";

export interface Token {
  readonly text: string;
  readonly lower: string;
  /** Character offsets in the text. */
  readonly begin: number;
  readonly end: number;
  /** What sort of word it is: its shape, and for numbers their size. */
  readonly sort: string;
  /** The letters and digits that it runs together with, between two spaces, and what they look like. */
  readonly chunk: string;
  readonly chunkShape: string;
  /** No space stands between it and the token before. */
  readonly glued: boolean;
  /** How rare it is in general English, 0..3. */
  readonly rarity: number;
  /** Names the section that it stands in; empty outside any. */
  readonly head: string;
  /** First of a section, or of a line. */
  readonly opens: boolean;
}

const cjk = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}";
const pattern = new RegExp(`[${cjk}]|\\d+|(?:(?![${cjk}])[\\p{L}\\p{M}])+|[^\\s\\p{L}\\p{M}\\d]`, "gu");

/** The tokens of a text that the lexicon has read; `offset` is added to their places. */
export function tokensOf(read: Text, head: string, offset: number): Token[] {
  const tokens: Token[] = [];
  let word = 0;
  let chunk = { from: 0, to: 0, text: "", shape: "" };
  for (const match of read.text.matchAll(pattern)) {
    const begin = match.index;
    const text = match[0];
    const lower = text.toLowerCase();
    while (word + 1 < read.words.length && (read.end[word] ?? 0) <= begin) word++;
    if (begin >= chunk.to) chunk = chunkAt(read.text, begin);
    const before = tokens.at(-1);
    tokens.push({
      text,
      lower,
      begin: begin + offset,
      end: begin + text.length + offset,
      sort: sortOf(text, lower),
      chunk: chunk.text,
      chunkShape: chunk.shape,
      glued: before !== undefined && before.end === begin + offset,
      rarity: Math.floor((read.words[word]?.idf ?? 1) * 2.999),
      head,
      opens: before === undefined || read.text.slice(before.end - offset, begin).includes("\n"),
    });
  }
  return tokens;
}

/** Characters of a chunk that are looked at: each of its tokens bears them. */
const longestChunk = 60;

function chunkAt(text: string, begin: number) {
  let from = begin;
  let to = begin;
  while (from > 0 && !/\s/.test(text[from - 1] ?? " ")) from--;
  while (to < text.length && !/\s/.test(text[to] ?? " ")) to++;
  const chunk = text.slice(from, Math.min(to, from + longestChunk));
  return { from, to, text: chunk.toLowerCase(), shape: outline(chunk) };
}

/** `6:45PM` -> `d:dX`: runs of digits, capitals and small letters as one sign each. */
export function outline(text: string): string {
  return text
    .replace(/\p{Lu}+/gu, "X")
    .replace(/[\p{Ll}\p{Lo}\p{M}]+/gu, "x")
    .replace(/\d+/g, (run) => (run.length > 4 ? "D" : "d".repeat(run.length)));
}

function sortOf(text: string, lower: string): string {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    const size =
      text.length > 4 ? "long" : text.length === 4 ? (/^(19|20)/.test(text) ? "year" : "four") : text.length === 3 ? "three" : "";
    return `number ${size === "" ? (value <= 12 ? "hour" : value <= 31 ? "day" : value <= 59 ? "minute" : "two") : size}`;
  }
  if (isCjk(text)) return "cjk";
  const found = shapeOf(text, lower);
  // Months and days are the same kind of word in small letters.
  return found === shape.lower && shapeOf(lower.charAt(0).toUpperCase() + lower.slice(1), lower) === shape.month
    ? String(shape.month)
    : found >= shape.punctuation && found !== shape.cjk && found !== shape.mixedCase
      ? `sign ${text}`
      : String(found);
}
