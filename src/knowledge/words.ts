/** The words that keyword search counts: of a chunk when it is indexed, of a query when it is asked. */
import { stem } from "../text/porter.ts";

/** Raised when the same text gives other terms, so that indexes with the old ones are built anew. */
export const wordsVersion = 2;

/** Characters of a term at the most; a longer word is several terms. */
const LONGEST = 64;
/** Stems that are remembered at the most. */
const REMEMBERED = 200_000;

/**
 * The terms of a text, in order, with repeats, in NFKC and lower case.
 *
 * - A word is a run of letters, marks and digits. English words are cut to their stems (Porter 1980) and lose a final 's; the stop words
 *   of Lucene's English analyser are left out. A Latin, Greek, Arabic or Hebrew word with accents, ligatures or vowel points is also a term
 *   without them: `cafés` is cafés and cafe.
 * - What `-`, `_`, `.`, `,`, `@`, `&` or an apostrophe joins is each of its parts, and all of it in one: `ERR_TIMEOUT-42` is err, timeout, 42
 *   and errtimeout42. Numbers keep their points: `3.14` is 3, 14 and 3.14; `1,000` is 1, 000 and 1000.
 * - `C++`, `C#` and the like are also terms of their own.
 * - Han, kana and Hangul are single characters and overlapping pairs (Nie, Gao, Zhang and Zhou 2000); Thai, Lao, Khmer and Burmese, which
 *   put no spaces between words of several letters, overlapping pairs and triples.
 *
 * `stems` remembers the stems of words from text to text, which is most of the work where there are many.
 */
export function termsOf(text: string, stems = new Map<string, string>()): readonly string[] {
  const stemOf = (word: string): string => {
    const known = stems.get(word);
    if (known !== undefined) return known;
    const found = stem(word);
    if (stems.size < REMEMBERED) stems.set(word, found);
    return found;
  };
  const terms: string[] = [];
  for (const match of text.normalize("NFKC").replaceAll(invisible, "").toLowerCase().matchAll(runs)) {
    const [, east = "", southEast = "", word = "", sign = ""] = match;
    if (word !== "") addWord(word, sign, terms, stemOf);
    else if (east !== "") addGrams(east, [1, 2], terms);
    else addGrams(southEast, [2, 3], terms);
  }
  return terms;
}

const EAST = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}`;
const SOUTH_EAST = String.raw`\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}`;
const LETTER = String.raw`[[\p{L}\p{M}\p{N}]--[${EAST}${SOUTH_EAST}]]`;
// A zero-width non-joiner parts the halves of Persian words.
const JOINT = String.raw`[\-‐_.,@&'’\u200c]`;
const WORD = `${LETTER}{1,${LONGEST}}`;
// Bounded, since a regular expression that takes megabytes at once overflows its stack; where a longer run is divided hardly matters.
const runs = new RegExp(
  `([${EAST}]{1,1024})|([${SOUTH_EAST}]{1,1024})|(${WORD}(?:${JOINT}${WORD}){0,16})((?:\\+{1,2}|#)(?![+#]|${LETTER}))?`,
  "gv",
);
const joints = new RegExp(JOINT, "v");
/** Soft hyphens and zero-width joiners. */
const invisible = /[\u00ad\u200d]/g;

type StemOf = (word: string) => string;

function addWord(word: string, sign: string, terms: string[], stemOf: StemOf): void {
  if (plain.test(word)) {
    addSimple(word, terms, stemOf);
    if (sign !== "") terms.push(`${word}${sign}`);
    return;
  }
  const bare = word.replace(/['’]s$/u, "");
  const parts = bare.split(joints);
  for (const part of parts) addSimple(part, terms, stemOf);
  if (parts.length > 1 && bare.length <= LONGEST)
    addSimple(number.test(bare) ? bare.replaceAll(thousands, "") : parts.join(""), terms, stemOf);
  if (sign !== "") terms.push(`${parts.at(-1) ?? ""}${sign}`);
}

/** A word without joints. */
function addSimple(word: string, terms: string[], stemOf: StemOf): void {
  if (stopWords.has(word)) return;
  if (plain.test(word)) terms.push(stemOf(word));
  else {
    terms.push(word);
    const bare = folds.test(word) ? withoutMarks(word) : word;
    if (bare !== word) terms.push(plain.test(bare) ? stemOf(bare) : bare);
  }
}

function withoutMarks(word: string): string {
  return word
    .normalize("NFD")
    .replaceAll(marks, "")
    .replaceAll(ligatures, (letter) => LIGATURES[letter] ?? letter);
}

const plain = /^[a-z]+$/;
const number = /^[0-9]+(?:[.,][0-9]+)+$/;
const thousands = /(?<=^[0-9]{1,3}(?:,[0-9]{3})*),(?=[0-9]{3}(?:[.,]|$))/g;
const folds = /^[\p{sc=Latin}\p{sc=Greek}\p{sc=Arabic}\p{sc=Hebrew}]/u;
const marks = /\p{Mn}/gu;
// Letters that have no accent to drop, though people leave theirs out.
const LIGATURES: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  "\u0640": "",
};
const ligatures = new RegExp(`[${Object.keys(LIGATURES).join("")}]`, "gu");

// The set that Lucene's EnglishAnalyzer leaves out.
const stopWords = new Set(
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split(
    " ",
  ),
);

function addGrams(run: string, lengths: readonly number[], terms: string[]): void {
  const characters = Array.from(run);
  for (let i = 0; i < characters.length; i++)
    for (const length of lengths) {
      if (i + length <= characters.length) terms.push(characters.slice(i, i + length).join(""));
    }
}
