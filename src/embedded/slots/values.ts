/** From the words of a message to the value of a field, by the ways of writing that the examples use, and back. */
import type { Leaf } from "./format.ts";
import type { Laid } from "./sections.ts";
import type { Span } from "./crf.ts";
import { isoDate } from "../prompt/dates.ts";
import { wholeCharacters } from "../text/characters.ts";
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

/** A message in which the values of its answer are looked for, one after the other; what was found is not found again. */
export interface Searched {
  readonly laid: Laid;
  /** The text without case and the marks that writings change. */
  readonly folded: string;
  /** Tokens by where they begin, and by where they end. */
  readonly beginning: ReadonlyMap<number, number>;
  readonly ending: ReadonlyMap<number, number>;
  /** Tokens of values that were found. */
  readonly taken: Uint8Array;
  /** For each value where the search goes on: what was passed over before is no place for it later. */
  readonly places: Map<string, number>;
  readonly others: Map<string, Place[]>;
  /** For each way, the stretches of a few words by what it writes of them; made when they are first needed. */
  readonly written: Map<string, ReadonlyMap<string, readonly Place[]>>;
}

type Place = Omit<Span, "kind">;

export function searched(laid: Laid): Searched {
  const { text, tokens } = laid;
  return {
    laid,
    folded: folded(text),
    beginning: new Map(tokens.map(({ begin }, i) => [begin, i] as const)),
    ending: new Map(tokens.map(({ end }, i) => [end, i] as const)),
    taken: new Uint8Array(tokens.length),
    places: new Map(),
    others: new Map(),
    written: new Map(),
  };
}

/** Where the value stands in the message, word for word where it does, else as one of the writings; it is taken from then on. */
export function findCopy(value: Leaf, message: Searched): Copied | undefined {
  if (value === null || typeof value === "boolean" || value === "") return undefined;
  const wanted = String(value);
  const place = wordForWord(wanted, message) ?? otherwise(wanted, message);
  if (place === undefined) return undefined;
  message.taken.fill(1, place.from, place.to + 1);
  return { ...place, ways: waysOf(wanted, wordsOf(message.laid, place.from, place.to)) };
}

function wordForWord(wanted: string, message: Searched): Place | undefined {
  const { laid, beginning, ending, places } = message;
  for (let at = laid.text.indexOf(wanted, places.get(wanted) ?? 0); at >= 0; at = laid.text.indexOf(wanted, at + 1)) {
    places.set(wanted, at + 1);
    const from = beginning.get(at) ?? -1;
    const to = ending.get(at + wanted.length) ?? -1;
    if (from >= 0 && to >= from && isFree(message, from, to)) return { from, to };
  }
  places.set(wanted, laid.text.length);
  return undefined;
}

function otherwise(wanted: string, message: Searched): Place | undefined {
  const ways = likelyWays(wanted, message.folded);
  const writes = (from: number, to: number): boolean =>
    from <= to && ways.some((way) => writeAs(way, wordsOf(message.laid, from, to)) === wanted);
  const left =
    message.others.get(wanted) ??
    ways.flatMap((way) => writtenBy(way, message).get(wanted) ?? []).sort((a, b) => b.from - a.from || a.to - b.to);
  message.others.set(wanted, left);
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { from, to } = place;
    // The fewest words that will do: of "for 5 people" only "5" is the number.
    if (isFree(message, from, to) && !writes(from + 1, to) && !writes(from, to - 1)) return place;
  }
  return undefined;
}

function isFree({ taken }: Searched, from: number, to: number): boolean {
  for (let i = from; i <= to; i++) if (taken[i] === 1) return false;
  return true;
}

function writtenBy(way: string, { laid, written }: Searched): ReadonlyMap<string, readonly Place[]> {
  const known = written.get(way);
  if (known !== undefined) return known;
  const found = new Map<string, Place[]>();
  for (let from = 0; from < laid.tokens.length; from++)
    for (let to = from; to < Math.min(laid.tokens.length, from + longest); to++) {
      const value = writeAs(way, wordsOf(laid, from, to));
      if (value === undefined) continue;
      const places = found.get(value);
      if (places === undefined) found.set(value, [{ from, to }]);
      else places.push({ from, to });
    }
  written.set(way, found);
  return found;
}

function folded(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, " ");
}

/** The ways that could have written the value from some part of the folded text, to try no others. */
function likelyWays(wanted: string, text: string): string[] {
  return [
    ...(text.includes(folded(wanted)) ? ["verbatim", "lower", "upper", "title", "capital", "snake"] : []),
    ...(text.includes(folded(wanted).slice(0, -1)) ? ["singular"] : []),
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
  const place = wholeCharacters(text, tokens[from]?.begin ?? 0, tokens[to]?.end ?? 0);
  return text.slice(place.from, place.to);
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
