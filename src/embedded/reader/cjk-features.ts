/** What the reader of scripts without spaces looks at: hashed features of borders, inner characters and spans, and dense ones of matches. */
import { type Alignment, grammar, slotOf } from "./cjk-alignment.ts";
import { denseFeatures, denseWidth, type Noun, type Tokens } from "./cjk-dense.ts";
import { mix } from "../text/hash.ts";
import { answerTypes, type Question } from "./question.ts";
import { shape } from "../text/shapes.ts";
import type { Word } from "../text/text.ts";

/** Rows of the table of hashed features. */
export const buckets = 2 ** 17;
export const startWidth = 28;
export const endWidth = 29;
export const insideWidth = 7;
export const spanWidth = 12;
/** The hashed table, then dense weights for each answer type, then those that all types share. */
export const characterWeightCount = buckets + (answerTypes.length + 1) * denseWidth;
/** Where the dense weights that all answer types share begin: start, end, sentence. */
export const sharedDense = buckets + answerTypes.length * denseWidth;

/** Classes of tokens: the shapes, and more of them for what stands in the place of words. */
export const token = { grammar: 25, numeral: 26, time: 27, katakana: 28, hiragana: 29, edge: 30, combining: 31 } as const;

/** Groups of hashed features that the prior sets by hand; all others have no names. */
export const group = {
  startClass: 1,
  beforeClass: 2,
  endClass: 3,
  afterClass: 4,
  insideClass: 5,
  insideMatch: 6,
  length: 7,
  overlap: 9,
  enclosed: 10,
  before: 11,
  after: 13,
  asked: 12,
  /** The token itself, and whether the pairs of tokens on both sides of it recur; 100 more for starts, 200 for ends. */
  word: 8,
  recurs: 23,
} as const;

/** Added to the groups that starts and ends have alike. */
export const forStart = 100;
export const forEnd = 200;

export function bucketOf(key: number, a: number, b = 0): number {
  return mix(mix(key, a), b) & (buckets - 1);
}

export interface CharacterFeatures {
  readonly classes: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly inside: Int32Array;
  /** Row-major, `denseStart`, `denseEnd` and `denseSentence` wide. */
  readonly ofStart: Float64Array;
  readonly ofEnd: Float64Array;
  readonly ofSentence: Float64Array;
  /** Running count of tokens that repeat the question. */
  readonly matched: Int32Array;
  /** Hash of what the question word is followed by. */
  readonly asked: number;
}

function classOf(word: Word | undefined): number {
  if (word === undefined) return token.edge;
  if (word.shape !== shape.cjk) return word.shape;
  if (grammar.has(word.text)) return token.grammar;
  if ("一二三四五六七八九十百千萬万億亿兩两".includes(word.text)) return token.numeral;
  if ("年月日時时".includes(word.text)) return token.time;
  if (/^\p{M}$/u.test(word.text)) return token.combining;
  if (word.text >= "ァ" && word.text <= "ヿ") return token.katakana;
  return word.text >= "ぁ" && word.text <= "ゟ" ? token.hiragana : shape.cjk;
}

/** What a start or an end is described by: itself, the tokens outward and inward of it, and how near the matches on both sides are. */
interface Border {
  readonly word: number;
  readonly out: number;
  readonly out2: number;
  readonly inner: number;
  readonly wordClass: number;
  readonly outClass: number;
  readonly innerClass: number;
  readonly matches: number;
  readonly nearOut: number;
  readonly nearIn: number;
  readonly placeOut: number;
  readonly placeIn: number;
  readonly recurs: number;
  readonly slot: number;
}

export function featuresOf({ words, sentence, sentences, passageOf }: Tokens, alignment: Alignment, question: Question): CharacterFeatures {
  const n = words.length;
  const type = question.type;
  const { place, run } = alignment;
  const asked = question.text.words;
  const slot = slotOf(question);
  const askedHash = (at: number, none: number): number => {
    const word = asked[at];
    return word === undefined || (word.stop && word.shape !== shape.cjk) ? none : word.hash;
  };
  const follows = mix(77, askedHash(slot.to, 1));
  const follows2 = mix(follows, askedHash(slot.to + 1, 2));
  const follows3 = askedHash(slot.to + 2, 3);
  const precedes = mix(mix(78, askedHash(slot.from - 1, 4)), askedHash(slot.from - 2, 5));
  const noun = askedNoun(question);
  const near = nearest(place, sentence, slot);
  const recurring = recurrences(words, sentence, asked);
  const classes = Uint8Array.from(words, classOf);
  const start = new Int32Array(n * startWidth);
  const end = new Int32Array(n * endWidth);
  const inside = new Int32Array(n * insideWidth);
  const matched = new Int32Array(n + 1);
  const left = slotRuns(words, sentence, asked, slot.from, -1);
  const right = slotRuns(words, sentence, asked, slot.to, 1);
  const within = (i: number, k: number): boolean => k >= 0 && k < n && sentence[k] === sentence[i];
  const hashAt = (i: number, k: number, none: number): number => (within(i, k) ? (words[k]?.hash ?? none) : none);
  const classAt = (i: number, k: number): number => (within(i, k) ? (classes[k] ?? 0) : token.edge);
  const isMatch = (k: number): number => ((place[k] ?? -1) >= 0 ? 1 : 0);
  for (let i = 0; i < n; i++) {
    const hash = words[i]?.hash ?? 0;
    const c = classes[i] ?? 0;
    const matches = isMatch(i) * 4 + isMatch(i - 1) * 2 + isMatch(i + 1);
    const recurs = (recurring[i] ?? 0) * 4 + (i > 0 ? (recurring[i - 1] ?? 0) : 0);
    const own = { word: hash, wordClass: c, matches, recurs };
    const beginning: Border = {
      ...own,
      out: hashAt(i, i - 1, 11),
      out2: hashAt(i, i - 2, 12),
      inner: hashAt(i, i + 1, 13),
      outClass: classAt(i, i - 1),
      innerClass: classAt(i, i + 1),
      nearOut: near.left[i] ?? 0,
      nearIn: near.right[i] ?? 0,
      placeOut: near.leftPlace[i] ?? 0,
      placeIn: near.rightPlace[i] ?? 0,
      slot: left[i] ?? 0,
    };
    const ending: Border = {
      ...own,
      out: hashAt(i, i + 1, 11),
      out2: hashAt(i, i + 2, 12),
      inner: hashAt(i, i - 1, 13),
      outClass: classAt(i, i + 1),
      innerClass: classAt(i, i - 1),
      nearOut: near.right[i] ?? 0,
      nearIn: near.left[i] ?? 0,
      placeOut: near.rightPlace[i] ?? 0,
      placeIn: near.leftPlace[i] ?? 0,
      slot: right[i] ?? 0,
    };
    const kinds = { type, follows, follows2, precedes };
    let o = fillBorder(start, i * startWidth, forStart, beginning, kinds);
    start[o++] = bucketOf(group.startClass, type, c);
    start[o++] = bucketOf(group.beforeClass, type, beginning.outClass);
    start[o++] = bucketOf(group.before, beginning.out);
    start[o++] = bucketOf(141, mix(precedes, 0), beginning.out);
    start[o++] = bucketOf(142, c, beginning.innerClass * 64 + classAt(i, i + 2));
    o = fillBorder(end, i * endWidth, forEnd, ending, kinds);
    const nounHere = noun.get(hash) ?? 5;
    const nounAfter = within(i, i + 1) ? (noun.get(ending.out) ?? 5) : 6;
    end[o++] = bucketOf(group.endClass, type, c);
    end[o++] = bucketOf(group.afterClass, type, ending.outClass);
    end[o++] = bucketOf(group.after, ending.out);
    end[o++] = bucketOf(group.asked, nounHere, nounAfter);
    end[o++] = bucketOf(241, type, nounHere * 8 + nounAfter);
    end[o++] = bucketOf(242, follows3, hash);
    o = i * insideWidth;
    inside[o++] = bucketOf(group.insideMatch, isMatch(i));
    inside[o++] = bucketOf(group.insideClass, type, c);
    inside[o++] = bucketOf(301, type, isMatch(i) * 64 + c);
    inside[o++] = bucketOf(302, hash);
    inside[o++] = bucketOf(303, c, ending.outClass);
    inside[o++] = bucketOf(304, isMatch(i) === 0 && (run[i] ?? 0) > 0 ? 64 : isMatch(i) * 32 + Math.min(8, run[i] ?? 0));
    inside[o++] = bucketOf(305, follows, hash);
    matched[i + 1] = (matched[i] ?? 0) + isMatch(i);
  }
  return {
    classes,
    start,
    end,
    inside,
    matched,
    asked: follows,
    ...denseFeatures({ words, sentence, sentences, passageOf }, alignment, left, right, noun),
  };
}

interface Kinds {
  readonly type: number;
  readonly follows: number;
  readonly follows2: number;
  readonly precedes: number;
}

/** The features that starts and ends have alike; returns the place after the last one. */
function fillBorder(out: Int32Array, o: number, first: number, b: Border, { type, follows, follows2, precedes }: Kinds): number {
  out[o++] = bucketOf(first + 1, type, b.word);
  out[o++] = bucketOf(first + 2, type, b.wordClass * 64 + b.outClass);
  out[o++] = bucketOf(first + 3, type, b.out);
  out[o++] = bucketOf(first + 4, b.wordClass, b.out);
  out[o++] = bucketOf(first + 5, b.out, b.out2);
  out[o++] = bucketOf(first + 6, b.word, b.inner);
  out[o++] = bucketOf(first + 7, type, mix(b.word, b.inner));
  out[o++] = bucketOf(first + group.word, b.word);
  out[o++] = bucketOf(first + 9, b.out, b.word);
  out[o++] = bucketOf(first + 10, follows, b.wordClass);
  out[o++] = bucketOf(first + 11, follows, b.word);
  out[o++] = bucketOf(first + 12, follows2, b.word);
  out[o++] = bucketOf(first + 13, follows, b.out);
  out[o++] = bucketOf(first + 14, precedes, b.word);
  out[o++] = bucketOf(first + 15, b.wordClass, b.outClass * 64 + b.innerClass);
  out[o++] = bucketOf(first + 16, type, b.matches);
  out[o++] = bucketOf(first + 17, type, b.nearOut);
  out[o++] = bucketOf(first + 18, type, b.nearIn);
  out[o++] = bucketOf(first + 19, b.placeOut, b.nearOut);
  out[o++] = bucketOf(first + 20, b.placeIn, b.nearIn);
  out[o++] = bucketOf(first + 21, b.placeOut, b.placeIn);
  out[o++] = bucketOf(first + 22, type, b.slot);
  out[o++] = bucketOf(first + group.recurs, b.recurs, b.outClass === shape.cjk ? 1 : 0);
  return o;
}

/** The hashed features of a span from token `i` to token `j`; `marks` are the quotes and brackets in it, `commas` its commas, `pattern` its classes. */
export function fillSpan(
  out: Int32Array,
  { classes, matched, asked }: CharacterFeatures,
  { words, sentence }: Pick<Tokens, "words" | "sentence">,
  type: number,
  i: number,
  j: number,
  marks: number,
  commas: number,
  pattern: number,
): void {
  const length = j - i + 1;
  const extent = length > 20 ? 12 : length > 12 ? 11 : length > 10 ? 10 : length > 8 ? 9 : length;
  const first = words[i]?.hash ?? 0;
  const last = words[j]?.hash ?? 0;
  const over = (matched[j + 1] ?? 0) - (matched[i] ?? 0);
  const overlap = over === 0 ? 0 : over === length ? 3 : over * 2 > length ? 2 : 1;
  const before = sentence[i - 1] === sentence[i] ? (words[i - 1]?.text ?? " ") : " ";
  const after = sentence[j + 1] === sentence[j] ? (words[j + 1]?.text ?? " ") : " ";
  const enclosed = "「『《“（(".includes(before) && "」』》”）)".includes(after) && marks === 0 ? 1 : 0;
  out[0] = bucketOf(group.length, type, extent);
  out[1] = bucketOf(401, asked, extent);
  out[2] = bucketOf(402, type, pattern);
  out[3] = bucketOf(403, pattern);
  out[4] = bucketOf(404, asked, pattern);
  out[5] = bucketOf(405, first, last);
  out[6] = bucketOf(group.enclosed, type, enclosed * 2 + Math.min(1, marks));
  out[7] = bucketOf(406, overlap, extent);
  out[8] = bucketOf(group.overlap, Math.min(2, commas), overlap);
  out[9] = bucketOf(407, extent, last);
  out[10] = bucketOf(408, extent, (classes[i] ?? 0) * 64 + (classes[j] ?? 0));
  out[11] = bucketOf(409, (matched[i + 1] ?? 0) - (matched[i] ?? 0), extent);
}

/** The characters that follow the question word, "哪種語言" → 種, 語, 言, by their distance from it: the answer may end with them. */
function askedNoun(question: Question): Noun {
  const { to } = slotOf(question);
  const noun = new Map<number, number>();
  question.text.words.slice(to, to + 4).forEach((word, distance) => {
    if (word.shape === shape.cjk && !grammar.has(word.text) && !noun.has(word.hash)) noun.set(word.hash, distance);
  });
  return noun;
}

/** Distance of each token to the nearest match on either side in its sentence, in buckets 0..7, and where in the question that match stands, 0..6. */
function nearest(place: Int32Array, sentence: Int32Array, slot: { readonly from: number; readonly to: number }) {
  const n = place.length;
  const side = (step: 1 | -1) => {
    const near = new Uint8Array(n).fill(7);
    const at = new Uint8Array(n).fill(6);
    for (let k = 0, i = step === 1 ? 0 : n - 1, last = -1; k < n; k++, i += step) {
      if (last >= 0 && sentence[last] !== sentence[i]) last = -1;
      if (last >= 0) {
        near[i] = distanceBucket(Math.abs(i - last));
        at[i] = placeBucket(place[last] ?? 0, slot);
      }
      if ((place[i] ?? -1) >= 0) last = i;
    }
    return { near, at };
  };
  const [left, right] = [side(1), side(-1)];
  return { left: left.near, leftPlace: left.at, right: right.near, rightPlace: right.at };
}

function distanceBucket(distance: number): number {
  return distance <= 3 ? distance : distance <= 5 ? 4 : distance <= 8 ? 5 : 6;
}

function placeBucket(at: number, { from, to }: { readonly from: number; readonly to: number }): number {
  if (at < from) return from - at <= 1 ? 0 : from - at <= 3 ? 1 : 2;
  return at < to + 1 ? 3 : at < to + 4 ? 4 : 5;
}

/** How many tokens outward of each one repeat, in order, what stands beside the question word; 0..4. */
function slotRuns(words: readonly Word[], sentence: Int32Array, asked: readonly Word[], from: number, step: 1 | -1): Uint8Array {
  return Uint8Array.from(words, (_, i) => {
    let length = 0;
    while (length < 4) {
      const k = i + step * (length + 1);
      const other = asked[step === 1 ? from + length : from - 1 - length];
      if (other === undefined || sentence[k] !== sentence[i] || words[k]?.hash !== other.hash) break;
      length++;
    }
    return length;
  });
}

/** How often each token and the next stand side by side in passages and question, at most 3: pairs that recur are mostly parts of words. */
function recurrences(words: readonly Word[], sentence: Int32Array, asked: readonly Word[]): Uint8Array {
  const pair = (i: number): number => mix(words[i]?.hash ?? 0, words[i + 1]?.hash ?? 0);
  const counts = new Map<number, number>();
  for (let at = 0; at + 1 < asked.length; at++) counts.set(mix(asked[at]?.hash ?? 0, asked[at + 1]?.hash ?? 0), 1);
  for (let i = 0; i + 1 < words.length; i++) if (sentence[i] === sentence[i + 1]) counts.set(pair(i), (counts.get(pair(i)) ?? 0) + 1);
  return Uint8Array.from(words, (_, i) => Math.min(3, i + 1 < words.length ? (counts.get(pair(i)) ?? 0) : 0));
}
