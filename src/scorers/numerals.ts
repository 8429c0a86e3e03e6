/** Numbers as people and models write them. */

/** Groups of three after spaces first, so that "in 2023 500 units" stays two numbers; then digits with any other separators. */
const DIGITS = /\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'_]\d+)*|\.\d+/u;
/** A sign that is not a hyphen between words, a currency, the digits, an exponent, and a scale word. */
const NUMERAL = new RegExp(
  `(?<![\\p{L}\\p{N}_.,])(?<sign>[-+]?)\\p{Sc}?(?<digits>${DIGITS.source})(?<exponent>[eE][-+]?\\d+)?(?:\\s?(?<scale>thousand|million|billion|trillion)\\b)?`,
  "gu",
);
const SCALES = new Map(Object.entries({ thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 }));
/** `[3]` or `[2, 5]`: a citation of a passage, not an answer. */
const CITATION = /\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]/gu;

/**
 * The numbers in a text, in order: 12, -3.5, 1,234.56, 1.234,56, 1'234, 12 500, 2e-3, 5.5 million, 20 % (which is 20). Citation
 * marks like [3] are left out unless there is nothing else. With both separators the last is the decimal one, and one that
 * occurs twice is not; alone, `1,234` is read as thousands and `1.234` as a decimal, unless `decimal` settles it.
 */
export function numbersIn(text: string, decimal: "auto" | "point" | "comma" = "auto"): readonly number[] {
  const plain = text
    .normalize("NFKC")
    .replace(/[\u2212\u2013\u2012]/gu, "-")
    .replace(/’/gu, "'")
    .toWellFormed();
  const found = readAll(plain.replace(CITATION, " "), decimal);
  return found.length > 0 ? found : readAll(plain, decimal);
}

function readAll(text: string, decimal: "auto" | "point" | "comma"): readonly number[] {
  return [...text.matchAll(NUMERAL)].flatMap(({ groups }) => {
    const digits = plainDigits(groups?.digits ?? "", decimal);
    const value = Number(`${groups?.sign ?? ""}${digits}${groups?.exponent ?? ""}`) * (SCALES.get(groups?.scale ?? "") ?? 1);
    return Number.isFinite(value) ? [value] : [];
  });
}

/** The digits as JavaScript reads them; "NaN" for what is no number, such as a version or a date. */
function plainDigits(digits: string, decimal: "auto" | "point" | "comma"): string {
  const mark = decimal === "point" ? "." : decimal === "comma" ? "," : decimalMark(digits);
  const place = mark === "" ? -1 : digits.lastIndexOf(mark);
  const whole = place === -1 ? digits : digits.slice(0, place);
  const fraction = place === -1 ? "" : digits.slice(place + 1);
  const grouped = /^\d*$|^\d{1,3}(?:([.,'_ ])\d{2,3}(?:\1\d{2,3})*)$/u.test(whole) && /\d{3}$|^\d*$/u.test(whole);
  return grouped && /^\d*$/u.test(fraction) ? `${whole.replace(/\D/gu, "")}.${fraction}0` : "NaN";
}

function decimalMark(digits: string): "." | "," | "" {
  const point = digits.lastIndexOf(".");
  const comma = digits.lastIndexOf(",");
  if (point !== -1 && comma !== -1) return point > comma ? "." : ",";
  if (point !== -1) return digits.indexOf(".") === point ? "." : "";
  if (comma === -1 || digits.indexOf(",") !== comma) return "";
  return /^[1-9]\d{0,2},\d{3}$/u.test(digits) ? "" : ",";
}
