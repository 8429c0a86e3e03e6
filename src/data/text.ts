/** What counts as the same text: the ground of groups and of duplicates. Pure. */
import type { Question } from "../types.ts";

const UNSPACED = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]";
/** Blanks beside a character of a script that is written without them. */
const NEEDLESS = new RegExp(`(?<=${UNSPACED}) | (?=${UNSPACED})`, "gu");

/** NFKC, case folded, punctuation as blanks, blanks run together; where nothing but punctuation is there, that is kept. */
function normalised(text: string): string {
  const folded = text.normalize("NFKC").toUpperCase().toLowerCase();
  const bare = folded
    .replace(/[\p{P}\s]+/gu, " ")
    .replace(NEEDLESS, "")
    .trim();
  return bare === "" ? folded.trim() : bare;
}

/** The normalised input of a question: all of its fields, by field name. */
export function inputOf(question: Question): string {
  return Object.keys(question.fields)
    .toSorted()
    .map((name) => normalised(question.fields[name] ?? ""))
    .join("\n");
}
