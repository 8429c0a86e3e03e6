import { acceptedOf, isRefusal, wordsOf } from "../answers.ts";
import type { Reading } from "./reading.ts";

/**
 * The same quantity in another notation: 1188 for "1,188.00 EUR", "two" for 2, "90 minutes" for "1.5 h". The answer must hold one
 * number alone among few words, and its unit, where both have one that is known, must measure the same thing.
 */
const quantity: Reading = {
  name: "as the same quantity in another notation",
  read(answer, kase) {
    const given = quantitiesOf(answer);
    const [first] = given.found;
    if (first === undefined || given.found.some((other) => !same(other, first))) return [];
    if (given.rest.length > MOST_WORDS || isRefusal(answer) || DENIAL.test(answer)) return [];
    return acceptedOf(kase).filter((text) => {
      const { found, rest } = quantitiesOf(text);
      return found.length === 1 && rest.every((word) => given.rest.includes(word)) && found.every((wanted) => same(first, wanted));
    });
  },
};
export default quantity;

/** Words besides the quantity: in a longer text the one number may be anything. */
const MOST_WORDS = 15;
const DENIAL = /\b(?:not|never|than|nicht|kein|keine|pas)\b|n['’]t\b/iu;

interface Quantity {
  /** All that the digits may stand for: 1.234 is one and a bit, or a thousand and some. */
  readonly values: readonly number[];
  readonly unit: Unit | undefined;
}

/** What a unit measures, and how many of the smallest unit it is. */
type Unit = readonly [kind: string, size: number];

const UNITS: ReadonlyMap<string, Unit> = new Map(
  (
    [
      ["time", 1, "s sec secs second seconds sekunde sekunden"],
      ["time", 60, "min mins minute minutes minuten"],
      ["time", 3600, "h hr hrs hour hours stunde stunden"],
      ["time", 86_400, "d day days tag tage tagen"],
      ["time", 604_800, "week weeks woche wochen"],
      ["months", 1, "month months monat monate"],
      ["months", 12, "y yr yrs year years jahr jahre jahren"],
      ["length", 0.001, "mm millimetre millimetres millimeter millimeters"],
      ["length", 0.01, "cm centimetre centimetres centimeter centimeters"],
      ["length", 1, "m metre metres meter meters"],
      ["length", 1000, "km kilometre kilometres kilometer kilometers"],
      ["length", 1609.344, "mile miles"],
      ["mass", 0.001, "mg milligram milligrams"],
      ["mass", 1, "g gram grams gramm"],
      ["mass", 1000, "kg kilo kilos kilogram kilograms kilogramm"],
      ["mass", 1_000_000, "t tonne tonnes ton tons"],
      ["volume", 0.001, "ml millilitre millilitres milliliter milliliters"],
      ["volume", 1, "l litre litres liter liters"],
      ["euro", 1, "€ eur euro euros"],
      ["dollar", 1, "$ usd dollar dollars"],
      ["pound", 1, "£ gbp"],
      ["yen", 1, "¥ jpy yen"],
      ["franc", 1, "chf franc francs franken"],
      ["percent", 1, "% percent prozent"],
      ["data", 1, "kb kilobyte kilobytes"],
      ["data", 1000, "mb megabyte megabytes"],
      ["data", 1_000_000, "gb gigabyte gigabytes"],
    ] as const
  ).flatMap(([kind, size, names]) => names.split(" ").map((name) => [name, [kind, size]] as const)),
);

const WORDS: ReadonlyMap<string, number> = new Map([
  ..."zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
    .split(" ")
    .map((word, value) => [word, value] as const),
  ..."thirty forty fifty sixty seventy eighty ninety hundred".split(" ").map((word, tens) => [word, (tens + 3) * 10] as const),
]);

/** `[3]`: a citation of a passage. */
const CITATION = /\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]/gu;
const NUMERAL =
  /(?<before>[€$£¥]|\b(?:EUR|USD|GBP|JPY|CHF)(?=\s|\d))?\s*(?<![\p{L}\d.,])(?<digits>[-+]?\d+(?:[.,'’]\d+| \d{3}(?!\d))*)(?:\s|[-–](?=\p{L}))?(?<after>[%€$£¥]|\p{L}+(?![\p{L}\d]))?/gu;

/** The quantities in a text, and its other words. */
function quantitiesOf(text: string): { readonly found: readonly Quantity[]; readonly rest: readonly string[] } {
  const bare = text.replaceAll(CITATION, " ");
  const spelt = (/\d/u.test(bare) ? bare : text)
    .normalize("NFKC")
    .replace(/\p{L}+/gu, (word) => String(WORDS.get(word.toLowerCase()) ?? word));
  const found: Quantity[] = [];
  const rest = spelt.replace(NUMERAL, (...parts: unknown[]) => {
    const { before, digits = "", after = "" } = parts.at(-1) as Partial<Record<string, string>>;
    const unit = UNITS.get((before ?? after).toLowerCase());
    found.push({ values: valuesOf(digits), unit });
    return before !== undefined || unit === undefined ? ` ${after} ` : " ";
  });
  return { found, rest: wordsOf(rest) };
}

/** The number with its last separator as the decimal one, and without any where it may group thousands; none for a version or a date. */
function valuesOf(digits: string): readonly number[] {
  const [, whole = "", mark, fraction = ""] = /^([-+]?\d.*?)(?:([.,])(\d+))?$/u.exec(digits) ?? [];
  const grouped = /^[-+]?\d{1,3}(?:[.,'’ ]\d{2,3})*$/u.test(whole) || /^[-+]?\d+$/u.test(whole);
  if (!grouped) return [];
  const bare = whole.replaceAll(/[^\d+-]/gu, "");
  if (mark === undefined) return [Number(bare)];
  return fraction.length === 3 ? [Number(`${bare}.${fraction}`), Number(bare + fraction)] : [Number(`${bare}.${fraction}`)];
}

function same(a: Quantity, b: Quantity): boolean {
  if (a.unit !== undefined && b.unit !== undefined && a.unit[0] !== b.unit[0]) return false;
  const scale = a.unit === undefined || b.unit === undefined ? 1 : a.unit[1] / b.unit[1];
  return a.values.some((x) => b.values.some((y) => Math.abs(x * scale - y) <= 1e-9 * Math.max(1, Math.abs(y))));
}
