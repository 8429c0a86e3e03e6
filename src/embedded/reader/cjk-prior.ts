/**
 * Weights for scripts without spaces, set by hand: there is no text in them whose licence would let trained ones be shipped. They say
 * what any reader of the script knows: which characters are grammar, what dates and counts look like, that answers stand beside what
 * the question repeats. Fine-tuning on rows in the language goes far beyond them.
 */
import { denseEnd, denseStart } from "./cjk-dense.ts";
import { bucketOf, characterWeightCount, forEnd, forStart, group, sharedDense, token } from "./cjk-features.ts";
import { hash32 } from "../text/hash.ts";
import { type AnswerType, answerTypes } from "./question.ts";
import { shape } from "../text/shapes.ts";

const timed: ReadonlySet<AnswerType> = new Set(["when", "year", "date"]);
const counted: ReadonlySet<AnswerType> = new Set(["count", "money", "measure", "percent"]);

/** Dense features by their place among those of starts, ends and sentences. */
const starts = { leftWide: 0, leftNear: 1, clause: 3, clauseRare: 4, clauseBefore: 5, clauseAfter: 6, matches: 8, slot: 9 };
const ends = { rightWide: 0, rightNear: 1, slot: 4, matches: 5, asked: 6, askedNext: 7 };
const sentences = { own: 0, best: 2, share: 4, rare: 5, rareShare: 7, before: 9, run: 13, passage: 16, passageShare: 17 };

/** Characters that mostly stand between names, numbers and terms. */
const between = "後后时時中上下前內内又很更最可能會会不沒没所將将把對对向自如因此但則则曾已當当再各每即還还";

/** Worth of a border between two tokens by how often they stand side by side. */
const recurring = [0, 0, -0.5, -0.8];

/** Cost of a span by its length in tokens, as in `fillSpan`. */
const lengths = [0, -2.2, 0, 0.3, 0.3, 0, -0.2, -0.5, -0.8, -1.2, -1.6, -2.4, -4];

/** A table of `characterWeightCount` numbers. */
export function cjkPrior(): Float32Array {
  const out = new Float32Array(characterWeightCount);
  const add = (at: number, value: number): void => {
    out[at] = (out[at] ?? 0) + value;
  };
  answerTypes.forEach((name, type) => {
    const time = timed.has(name);
    const number = counted.has(name);
    const byClass = (key: number, values: Readonly<Record<number, number>>): void => {
      for (const [c, value] of Object.entries(values)) add(bucketOf(key, type, Number(c)), value);
    };
    const digits = time || number ? 2 : -1;
    byClass(group.startClass, {
      [token.grammar]: -2,
      [token.hiragana]: -1.5,
      [token.time]: -2,
      [token.numeral]: time || number ? 1 : 0,
      [shape.number]: digits,
      [shape.year]: time ? 3 : number ? 0.5 : -1,
      [shape.bigNumber]: digits,
      [shape.cjk]: time || number ? -1 : 0.3,
      [shape.quote]: -0.3,
    });
    byClass(group.beforeClass, {
      [token.grammar]: 0.9,
      [token.edge]: 0.5,
      [shape.comma]: 0.6,
      [shape.quote]: 0.5,
      [token.numeral]: -1,
      [shape.number]: -2,
    });
    byClass(group.endClass, {
      [token.grammar]: -2,
      [token.hiragana]: -1.5,
      [token.time]: time ? 2.5 : -0.8,
      [token.numeral]: -0.5,
      [shape.number]: number ? 1 : -1,
      [shape.year]: time ? 1.5 : -1,
      [shape.cjk]: time ? -0.5 : 0.3,
    });
    byClass(group.afterClass, {
      [token.grammar]: 0.8,
      [token.hiragana]: 0.5,
      [token.edge]: 0.6,
      [shape.comma]: 0.7,
      [shape.sentenceEnd]: 0.7,
      [shape.quote]: 0.5,
      [token.time]: time ? -2 : -0.5,
      [token.numeral]: -0.6,
    });
    byClass(group.insideClass, {
      [token.grammar]: -0.6,
      [shape.comma]: -2,
      [shape.quote]: -0.4,
      [shape.bracket]: -1.5,
      [shape.cjk]: time || number ? -0.1 : 0,
    });
    lengths.forEach((value, extent) => add(bucketOf(group.length, type, extent), extent === 1 && number ? 0 : value));
    // What stands alone in quotes is a title or a term.
    add(bucketOf(group.enclosed, type, 2), time || number ? 0 : 1);
    add(bucketOf(group.enclosed, type, 1), -0.3);
  });
  add(bucketOf(group.insideMatch, 1), -0.3);
  for (let commas = 0; commas < 3; commas++)
    [0, -0.5, -1.5, -2.5].forEach((value, overlap) => add(bucketOf(group.overlap, commas, overlap), value));
  for (const verb of "是為为叫名稱称於于在由被") add(bucketOf(group.before, hash32(verb)), 0.3);
  for (const character of between) {
    const hash = hash32(character);
    add(bucketOf(forStart + group.word, hash), -1.2);
    add(bucketOf(forEnd + group.word, hash), -1.2);
    add(bucketOf(group.before, hash), 0.5);
    add(bucketOf(group.after, hash), 0.5);
  }
  // Between two tokens that stand side by side elsewhere too there is hardly a border.
  for (let here = 0; here < 4; here++) {
    for (let before = 0; before < 4; before++) {
      add(bucketOf(forStart + group.recurs, here * 4 + before, 1), recurring[before] ?? 0);
      add(bucketOf(forEnd + group.recurs, here * 4 + before, 1), recurring[here] ?? 0);
    }
  }
  // "哪一種語言" is answered by what ends in 語 or 言; an asked unit often stands right after the number.
  for (let distance = 0; distance < 4; distance++) for (let after = 0; after < 7; after++) add(bucketOf(group.asked, distance, after), 0.6);

  const dense = (at: number, value: number): void => add(sharedDense + at, value);
  dense(starts.leftNear, 1.5);
  dense(starts.clause, 4);
  dense(starts.clauseRare, 1);
  dense(starts.clauseBefore, 0.6);
  dense(starts.clauseAfter, 0.6);
  dense(starts.slot, 1.5);
  dense(denseStart + ends.rightNear, 1.5);
  dense(denseStart + ends.slot, 1.5);
  dense(denseStart + ends.asked, 0.5);
  const sentence = denseStart + denseEnd;
  dense(sentence + sentences.best, 0.5);
  dense(sentence + sentences.own, 1);
  dense(sentence + sentences.share, 2);
  dense(sentence + sentences.rareShare, 2.5);
  dense(sentence + sentences.before, 0.5);
  dense(sentence + sentences.passage, 2);
  dense(sentence + sentences.passageShare, 1.5);
  return out;
}
