/** What counts as the same text, and as the same run of words: the ground of groups, duplicates and leaks. Pure. */
import type { Question } from "../types.ts";

const UNSPACED = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]";
/** Blanks beside a character of a script that is written without them. */
const NEEDLESS = new RegExp(`(?<=${UNSPACED}) | (?=${UNSPACED})`, "gu");
const CHARACTER = new RegExp(UNSPACED, "gu");
const UNSPACED_WORD = new RegExp(`^${UNSPACED}$`, "u");

/** NFKC, case folded, punctuation as blanks, blanks run together; where nothing but punctuation is there, that is kept. */
export function normalised(text: string): string {
  const folded = text.normalize("NFKC").toUpperCase().toLowerCase();
  const bare = folded
    .replace(/[\p{P}\s]+/gu, " ")
    .replace(NEEDLESS, "")
    .trim();
  return bare === "" ? folded.trim() : bare;
}

/** The normalised input of a question: all of its fields, by field name, a line each. */
export function inputOf(question: Pick<Question, "fields">): string {
  return Object.keys(question.fields)
    .toSorted()
    .map((name) => normalised(question.fields[name] ?? ""))
    .join("\n");
}

/** The words of a normalised text; of scripts that are written without blanks, each character is one. */
export function wordsOf(normal: string): readonly string[] {
  return normal
    .replace(CHARACTER, " $& ")
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** How long a text is in words; two characters of a script without blanks count as one. */
export function lengthOf(words: readonly string[]): number {
  return words.reduce((total, word) => total + (UNSPACED_WORD.test(word) ? 0.5 : 1), 0);
}
