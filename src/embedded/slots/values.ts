/** From the words of a message to the value of a field, by the ways of writing that the examples use, and back. */
import type { Leaf } from "./format.ts";
import type { Laid } from "./sections.ts";
import type { Span } from "./crf.ts";
import { isoDate } from "../prompt/dates.ts";
import { wholeNumber } from "../text/numerals.ts";

/** Ways of writing a copied value; each gives undefined for words that it cannot write. */
const writings: Readonly<Record<string, (words: string) => string | undefined>> = {
  verbatim: (words) => words.replace(/\s+/g, " "),
  lower: (words) => words.toLowerCase().replace(/\s+/g, " "),
  upper: (words) => words.toUpperCase().replace(/\s+/g, " "),
  title: (words) => words.toLowerCase().replace(/(?<![\p{L}\p{M}\d'’])\p{L}/gu, (c) => c.toUpperCase()),
  capital: (words) => words.charAt(0).toUpperCase() + words.slice(1),
  number: (words) => wholeNumber(words),
  digits: (words) => (/\d/.test(words) ? words.replace(/\D+/g, "") : undefined),
  date: (words) => isoDate(words),
  clock: (words) => clock(words),
  singular: (words) => singular(words.replace(/\s+/g, " ")),
  snake: (words) =>
    words
      .toLowerCase()
      .trim()
      .replace(/[\s-]+/g, "_"),
};
export const writingNames = Object.keys(writings);

export interface Copied extends Omit<Span, "kind"> {
  /** Every way that writes the words as the value. */
  readonly ways: readonly string[];
}

const longest = 8;

/** Where the value stands in the message, word for word where it does, else as one of the writings; spans in `taken` are left alone. */
export function findCopy(value: Leaf, laid: Laid, taken: readonly Omit<Span, "kind">[]): Copied | undefined {
  if (value === null || typeof value === "boolean" || value === "") return undefined;
  const wanted = String(value);
  const { text, tokens } = laid;
  const free = (from: number, to: number): boolean => !taken.some((s) => s.from <= to && from <= s.to);
  const writes = (from: number, to: number, ways: readonly string[]): boolean =>
    from <= to && ways.some((way) => writeAs(way, wordsOf(laid, from, to)) === wanted);
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const from = tokens.findIndex((t) => t.begin === at);
    const to = from < 0 ? -1 : tokens.findIndex((t) => t.end === at + wanted.length);
    if (from >= 0 && to >= from && free(from, to)) return { from, to, ways: waysOf(wanted, wordsOf(laid, from, to)) };
  }
  const ways = likelyWays(wanted, text);
  if (ways.length === 0) return undefined;
  for (let from = 0; from < tokens.length; from++)
    for (let to = Math.min(tokens.length - 1, from + longest - 1); to >= from; to--) {
      // The fewest words that will do: of "for 5 people" only "5" is the number.
      if (free(from, to) && writes(from, to, ways) && !writes(from + 1, to, ways) && !writes(from, to - 1, ways))
        return { from, to, ways: waysOf(wanted, wordsOf(laid, from, to)) };
    }
  return undefined;
}

/** The ways that could have written the value from some part of the text, to try no others. */
function likelyWays(wanted: string, text: string): string[] {
  const folded = (some: string): string => some.toLowerCase().replace(/[\s_-]+/g, " ");
  return [
    ...(folded(text).includes(folded(wanted)) ? ["verbatim", "lower", "upper", "title", "capital", "snake"] : []),
    ...(folded(text).includes(folded(wanted).slice(0, -1)) ? ["singular"] : []),
    ...(/^-?\d+(?:\.\d+)?$/.test(wanted) ? ["number"] : []),
    ...(/^\d{5,}$/.test(wanted) ? ["digits"] : []),
    ...(/^\d{4}-\d\d-\d\d$/.test(wanted) ? ["date"] : []),
    ...(/^\d\d:\d\d$/.test(wanted) ? ["clock"] : []),
  ];
}

function waysOf(wanted: string, words: string): string[] {
  return writingNames.filter((way) => writeAs(way, words) === wanted);
}

export function wordsOf({ text, tokens }: Laid, from: number, to: number): string {
  return text.slice(tokens[from]?.begin ?? 0, tokens[to]?.end ?? 0);
}

/** The words by the first way that can write them. */
export function writeBy(ways: readonly string[], words: string): string {
  for (const way of ways) {
    const written = writeAs(way, words);
    if (written !== undefined) return written;
  }
  return words;
}

/** Undefined where the words cannot be written so. */
export function writeAs(way: string, words: string): string | undefined {
  return writings[way]?.(words);
}

/** Without the ending of an English plural. */
function singular(words: string): string | undefined {
  const [whole, stem = "", ending = ""] = /^(.*\p{L})(ies|(?<=s|x|z|ch|sh)es|(?<![sui])s)$/u.exec(words) ?? [];
  return whole === undefined ? undefined : ending === "ies" ? `${stem}y` : stem;
}

/** `7pm`, `7:30 p.m.`, `19:30` -> `19:00`, `19:30`. */
function clock(words: string): string | undefined {
  const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*(?:([ap])\.?\s*m\.?)?$/i.exec(words.trim());
  if (found === null || (found[2] === undefined && found[3] === undefined)) return undefined;
  const hour = Number(found[1]);
  const half = found[3]?.toLowerCase();
  const whole = half === "p" && hour < 12 ? hour + 12 : half === "a" && hour === 12 ? 0 : hour;
  return whole > 23 ? undefined : `${String(whole).padStart(2, "0")}:${found[2] ?? "00"}`;
}
