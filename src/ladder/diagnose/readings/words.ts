import { plain } from "../../../program/text.ts";
import { acceptedOf, holds, isRefusal, isTelling, wordsOf } from "../answers.ts";
import type { Reading } from "./reading.ts";

/**
 * An accepted answer but for case, punctuation and the order of a date; or inside a sentence that neither takes it back, nor names
 * it beside others of its kind, nor only repeats the question.
 *
 *     "The code is E-77, as you can see in the attached document." for "E-77" -> "E-77"
 *     "It is not E-77.", "E-76, E-77 or E-78" -> nothing
 */
const words: Reading = {
  name: "as the accepted answer that it holds",
  read(answer, kase, { labels, accepted }) {
    const wanted = acceptedOf(kase);
    const alike = wanted.filter(
      (text) => (plain(text) === plain(answer) && isNegative(text) === isNegative(answer)) || isSameDate(text, answer),
    );
    const polar = wanted.filter((text) => POLAR.has(plain(text)) && wordsOf(answer)[0] === plain(text));
    if (polar.length > 0) return polar;
    if (alike.length > 0 || labels !== undefined || isRefusal(answer)) return alike;
    const asked = Object.values(kase.fields).filter((field) => wordsOf(field).length < LONG);
    const text = wordsOf(answer).length > LONG ? ends(answer) : answer;
    return wanted.filter(
      (one) =>
        isTelling(one) &&
        holds(text, one) &&
        !asked.some((field) => holds(field, one)) &&
        !isDenied(text, one) &&
        !isOneOfMany(text, one, accepted),
    );
  },
};
export default words;

/** An answer that begins so says so, whatever follows. */
const POLAR: ReadonlySet<string> = new Set(["yes", "no", "true", "false", "ja", "nein", "oui", "non"]);

/** Of a longer answer only the first and the last sentence count: somewhere in a page stands everything. */
const LONG = 60;

function ends(text: string): string {
  const sentences = text.split(/(?<=[.!?。！？])\s+|\n+/u).filter((sentence) => sentence.trim() !== "");
  return `${sentences[0] ?? ""} | ${sentences.at(-1) ?? ""}`;
}

/** "not", "instead of", "maybe" shortly before; "or" on either side. */
function isDenied(text: string, answer: string): boolean {
  const [before = "", after = ""] = plain(text).split(plain(answer));
  return DENIAL.test(before.trim().split(" ").slice(-5).join(" ")) || /^ (?:or|oder|ou)\b/u.test(after);
}

const DENIAL =
  /\b(?:not|never|no|isn t|wasn t|aren t|than|instead of|rather than|except|either|or|maybe|perhaps|possibly|nicht|kein|keine|nie|oder|pas|jamais|ou)\b/u;

/** Another answer right beside it, as in a list; or another number of the same thing. */
function isOneOfMany(text: string, answer: string, accepted: ReadonlySet<string>): boolean {
  const whole = ` ${plain(text)} `;
  const wanted = plain(answer);
  const unit = wanted.replace(/^\S*\d\S* ?/u, "");
  if (unit !== wanted) {
    const numbers = [...whole.matchAll(/ (\S*\d\S*)(?= (.*))/gu)].filter(([, , rest = ""]) => `${rest} `.startsWith(unit));
    const same = new Set(numbers.map(([, number = ""]) => number).filter((number) => unit !== "" || number.length === wanted.length));
    return same.size > 1;
  }
  return [...accepted].some((one) => {
    const other = plain(one);
    if (!isTelling(one) || wanted.includes(other) || other.includes(wanted)) return false;
    return [` ${wanted} ${other} `, ` ${other} ${wanted} `, ` ${wanted} and ${other} `, ` ${other} and ${wanted} `].some((list) =>
      whole.includes(list),
    );
  });
}

function isNegative(text: string): boolean {
  return /(?<!\S)[-\u2212]\s?\d/u.test(text);
}

/** "31 January" and "January 31st": the same few words in another order, a number among them. */
function isSameDate(a: string, b: string): boolean {
  const sorted = (text: string): readonly string[] =>
    wordsOf(text)
      .map((word) => word.replace(/^(\d+)(?:st|nd|rd|th)$/u, "$1"))
      .filter((word) => !["the", "of"].includes(word))
      .sort();
  const [left, right] = [sorted(a), sorted(b)];
  return left.length > 1 && left.length < 5 && left.some((word) => /^\d+$/u.test(word)) && left.join(" ") === right.join(" ");
}
