/** Text -> tokens with what the reader needs to know of each: hashes, shape, rarity, sentence. */
import { isAbbreviation, isCjk, shape, shapeOf, stopWords } from "./shapes.ts";
import { hash32 } from "./hash.ts";
import { stem } from "./stem.ts";
import { createMemo } from "./memo.ts";

/** What is known of a word form, wherever it stands. */
export interface Word {
  readonly text: string;
  readonly lower: string;
  readonly hash: number;
  readonly stemHash: number;
  /** Hash of the first five letters of the stem, 0 for shorter stems: "electrician" and "electricity" share it. */
  readonly prefixHash: number;
  readonly shape: number;
  /** Carries no content of its own: function words and punctuation. */
  readonly stop: boolean;
  /** Inverse document frequency in general English, 0..1; 1 for words that are rare or unknown. */
  readonly idf: number;
}

export interface Text {
  readonly text: string;
  readonly words: readonly Word[];
  /** Character offsets of each token in `text`. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
  /** Sentence number of each token, from 0. */
  readonly sentence: Int32Array;
  readonly sentences: number;
}

/** Reads text; keeps what it learnt of words and of texts that it saw before. */
export interface Lexicon {
  read(text: string): Text;
}

const cjk = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}";
const tokenPattern = new RegExp(
  [
    `[${cjk}]`,
    "(?:https?:\\/\\/|www\\.)[^\\s<>\"')\\]]*[^\\s<>\"')\\].,;:!?]",
    // Nothing before the @ is longer (RFC 5321, 4.5.3.1.1), and a row of dots or dashes is not read again from each of them.
    "[\\w.+\\-]{1,64}@[\\w\\-]+(?:\\.[\\w\\-]+)+",
    "\\d+(?:[.,:]\\d+)*(?![\\p{L}\\d])",
    "['’]s(?![\\p{L}\\d])",
    `(?:(?![${cjk}])[\\p{L}\\p{M}\\d])+`,
    "[^\\s\\p{L}\\p{M}\\d]",
  ].join("|"),
  "gu",
);

/** `idf`: rarity of a stem by its hash, 0..1. */
export function createLexicon(idf: (stemHash: number) => number): Lexicon {
  const words = createMemo<Word>(50_000);
  const texts = createMemo<Text>(2_000);
  const word = (text: string): Word => words.get(text, () => describe(text, idf));
  return { read: (text) => texts.get(text, () => read(text, word)) };
}

function describe(text: string, idf: (stemHash: number) => number): Word {
  const lower = text.toLowerCase().replaceAll("’", "'");
  const stemmed = stem(lower);
  const stemHash = hash32(stemmed);
  const wordShape = shapeOf(text, lower);
  const punctuation = (wordShape >= shape.punctuation && wordShape <= shape.currency) || wordShape >= shape.possessive;
  return {
    text,
    lower,
    hash: hash32(lower),
    stemHash,
    prefixHash: stemmed.length >= 5 ? hash32(stemmed.slice(0, 5)) : 0,
    shape: wordShape,
    stop: punctuation || stopWords.has(lower),
    idf: wordShape === shape.cjk ? (commonCjk.includes(text) ? 0.1 : 0.6) : idf(stemHash),
  };
}

const commonCjk = "的是在了和有為为与與於于之以及被由從从也而就都並并或其這这那個个";

function read(text: string, word: (token: string) => Word): Text {
  const words: Word[] = [];
  const begin: number[] = [];
  for (const match of text.matchAll(tokenPattern)) {
    words.push(word(match[0]));
    begin.push(match.index);
  }
  const end = begin.map((at, i) => at + (words[i]?.text.length ?? 0));
  const { sentence, sentences } = splitSentences(text, words, begin, end);
  return { text, words, begin: Int32Array.from(begin), end: Int32Array.from(end), sentence, sentences };
}

function splitSentences(text: string, words: readonly Word[], begin: readonly number[], end: readonly number[]) {
  const sentence = new Int32Array(words.length);
  let number = 0;
  for (let i = 0; i < words.length; i++) {
    sentence[i] = number;
    const word = words[i];
    const next = words[i + 1];
    if (word === undefined || next === undefined) break;
    const gap = text.slice(end[i], begin[i + 1]);
    if ("。！？；".includes(word.text)) {
      // A closing quote belongs to the sentence that it closes.
      if (!"」』”’".includes(next.text)) number++;
    } else if (gap.includes("\n") && breaksLine(text, word, next, gap, begin[i + 1] ?? 0)) number++;
    else if (".!?".includes(word.text) && endsSentence(word, words[i - 1], next, gap)) number++;
    else if (word.shape === shape.quote && gap !== "" && /[.!?]/.test(words[i - 1]?.text ?? "") && /^\p{Lu}/u.test(next.text)) number++;
  }
  return { sentence, sentences: words.length === 0 ? 0 : number + 1 };
}

function endsSentence(mark: Word, before: Word | undefined, next: Word, gap: string): boolean {
  if (gap === "") return false;
  if (mark.text === "." && before !== undefined && (isAbbreviation(before.lower) || before.shape === shape.initial)) return false;
  return /^[\p{Lu}\d"“'[(#*|-]/u.test(next.text) || isCjk(next.text);
}

/** A line break ends a sentence unless the text is merely wrapped there. */
function breaksLine(text: string, word: Word, next: Word, gap: string, at: number): boolean {
  if (/\n\s*\n/.test(gap) || word.shape === shape.sentenceEnd || word.text === ":" || word.text === "：") return true;
  if (/^[#*|>•\-–]/.test(next.text)) return true;
  if (/^\d{1,2}[.)]\s/.test(text.slice(at, at + 4))) return true;
  const lineStart = text.lastIndexOf("\n", at - gap.length) + 1;
  return at - lineStart < 60 && /^\p{Lu}/u.test(next.text);
}
