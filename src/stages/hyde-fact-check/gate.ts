/** Whether a changed sentence may stand: pure. */
import { distance } from "../../scorers/levenshtein.ts";
import { numbersIn } from "../../scorers/numerals.ts";

/** Of an edit, at the most: edited characters as a share of the longer text (RARR: Gao et al. 2023, arXiv 2210.08726, section 3.3). */
const MOST_EDITED = 0.5;

/** Why an edit is refused; undefined where it may stand. `evidence` is what it was made from. */
export function refusal(sentence: string, edit: string, evidence: string): string | undefined {
  if (edit.trim() === "" || /\n/u.test(edit.trim())) return "it is no sentence";
  if (edit.trim() === sentence.trim()) return "it changes nothing";
  const [a, b] = [points(sentence), points(edit)];
  const ratio = distance(a, b) / Math.max(1, a.length, b.length);
  if (ratio > MOST_EDITED) return `it changes ${Math.round(ratio * 100)} % of the sentence`;
  const foreign = strange(edit, `${sentence}\n${evidence}`);
  return foreign.length === 0 ? undefined : `it brings in ${foreign.slice(0, 3).join(", ")}`;
}

/** Numbers, names and Chinese characters of a text that a source has not. */
export function strange(text: string, source: string): readonly string[] {
  const known = new Set(wordsIn(source));
  const numbers = new Set([...numbersIn(source), ...wordsIn(source).flatMap((word) => valueOf(word) ?? [])]);
  const digits = numbersIn(text)
    .filter((number) => !numbers.has(number))
    .map(String);
  const words = [...text.normalize("NFKC").matchAll(/[\p{L}\p{M}\p{N}]+/gu)].flatMap(({ 0: word, index }) => {
    const value = valueOf(word.toLowerCase());
    if (value !== undefined) return numbers.has(value) || known.has(word.toLowerCase()) ? [] : [word];
    const begins = index === 0 && STARTERS.has(word.toLowerCase());
    const named = !begins && (/\p{Lu}/u.test(word) || (/\p{L}/u.test(word) && /\p{N}/u.test(word)));
    return named && !known.has(word.toLowerCase()) ? [word] : [];
  });
  const characters = new Set(source.normalize("NFKC").match(/\p{Script=Han}/gu) ?? []);
  const foreign = (text.normalize("NFKC").match(/\p{Script=Han}/gu) ?? []).filter((character) => !characters.has(character));
  return [...new Set([...digits, ...words, ...foreign])];
}

function wordsIn(text: string): readonly string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Words that a sentence may begin with and that are no names. */
const STARTERS = new Set(
  "a an the it its this that these those they there he she in on at for of by with from to no yes not and but if as is are all der die das es ein eine sie er le la les un une il elle el los".split(
    " ",
  ),
);
const NUMBER_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** The number that an English word names. */
function valueOf(word: string): number | undefined {
  const small = NUMBER_WORDS.indexOf(word);
  if (small >= 0) return small;
  const ten = TENS.indexOf(word);
  return ten < 0 ? undefined : 10 * (ten + 2);
}

function points(text: string): Uint32Array {
  return Uint32Array.from(text.normalize("NFC").trim(), (character) => character.codePointAt(0) ?? 0);
}
