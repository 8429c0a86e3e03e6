/** What counts as the same text, and as the same run of words: the ground of groups, duplicates and leaks. Pure. */
import type { Question } from "../types.ts";

const UNSPACED = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]";
/** Blanks beside a character of a script that is written without them. */
const NEEDLESS = new RegExp(`(?<=${UNSPACED}) | (?=${UNSPACED})`, "gu");
const CHARACTER = new RegExp(UNSPACED, "gu");
const UNSPACED_WORD = new RegExp(`^${UNSPACED}$`, "u");
/** Zero-width characters, soft hyphens, variation selectors: nobody sees whether they are there. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
/** What stands between numbers or before one as a sign, currencies beside a number, other symbols. */
const MARK =
  /(?<=\p{N})[ \t]*(?<operator>[-*/^\p{Sm}])[ \t]*(?=[\p{N}\p{Sc}])|(?<![\p{L}\p{M}\p{N}])(?<sign>[-+])(?=\p{N})|(?<before>\p{Sc})[ \t]*(?=\p{N})|(?<=\p{N})[ \t]*(?<after>\p{Sc})|(?<symbol>\p{S})/gu;
const BLANK = /[\p{P}\s]/gu;
/** Symbols that belong to no number. */
const SYMBOL = /(?<!\p{N})\p{S}(?!\p{N})/gu;

/**
 * NFKC, case folded, without characters that nobody sees, punctuation as blanks, blanks run together. Symbols stay, each a word;
 * operators, signs and currencies stay with their number, so that "3 + 4", "3 - 4" and "3 $" differ. Where nothing but punctuation
 * is there, that is kept.
 */
export function normalised(text: string): string {
  const folded = text
    .replace(UNSEEN, "")
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .replace(/[\p{Pd}−]/gu, "-");
  const bare = marked(folded).replace(/ +/g, " ").replace(NEEDLESS, "").trim();
  return bare === "" ? folded.trim() : bare;
}

/** What `MARK` finds kept, with a blank where it parts words; all other punctuation a blank. */
function marked(text: string): string {
  const parts: string[] = [];
  let end = 0;
  // Blanks and punctuation are thousands of times as many as marks: a function called for each takes ten times as long as all the rest.
  for (const { 0: match, index, groups = {} } of text.matchAll(MARK)) {
    const { operator = "", sign = "", before = "", after = "", symbol = "" } = groups;
    const kept = symbol === "" ? `${after === "" ? " " : `${after} `}${operator}${sign}${before}` : ` ${symbol} `;
    parts.push(text.slice(end, index).replace(BLANK, " "), kept);
    end = index + match.length;
  }
  return [...parts, text.slice(end).replace(BLANK, " ")].join("");
}

/** The normalised input of a question: all of its fields, by field name, a line each. */
export function inputOf(question: Pick<Question, "fields">): string {
  return Object.keys(question.fields)
    .toSorted()
    .map((name) => normalised(question.fields[name] ?? ""))
    .join("\n");
}

/** A normalised text without the symbols that belong to no number, such as emoji; itself where nothing else would be left. */
export function withoutSymbols(normal: string): string {
  if (normal.search(SYMBOL) < 0) return normal;
  const bare = normal.replace(SYMBOL, " ").replace(/ +/g, " ").replace(NEEDLESS, "").trim();
  return bare === "" ? normal : bare;
}

/** The words of a normalised text, symbols aside; of scripts that are written without blanks, each character is one. */
export function wordsOf(normal: string): readonly string[] {
  return withoutSymbols(normal)
    .replace(CHARACTER, " $& ")
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Words of a normalised text that hold a digit, with their signs, in order: numbers, dates, identifiers. */
export function numbersOf(normal: string): string {
  return /\p{N}/u.test(normal)
    ? wordsOf(normal)
        .filter((word) => /\p{N}/u.test(word))
        .join(" ")
    : "";
}

/** How long a text is in words; so many characters of a script without blanks count as one, two if not told. */
export function lengthOf(words: readonly string[], characters = 2): number {
  return words.reduce((total, word) => total + (UNSPACED_WORD.test(word) ? 1 / characters : 1), 0);
}
