/**
 * Log-linear scores of all spans of characters of all passages together, for scripts without spaces: score = start + end + inner tokens +
 * sentence + span, as in the logistic regression of Rajpurkar et al. 2016 (SQuAD), §5; the softmax runs over every span of every passage,
 * so passages compete.
 */
import { align, type Alignment } from "./cjk-alignment.ts";
import { denseEnd, denseSentence, denseStart, denseWidth } from "./cjk-dense.ts";
import {
  buckets,
  type CharacterFeatures,
  endWidth,
  featuresOf,
  fillSpan,
  insideWidth,
  sharedDense,
  spanWidth,
  startWidth,
  token,
} from "./cjk-features.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import type { Question } from "./question.ts";
import { mix } from "../text/hash.ts";
import { shape } from "../text/shapes.ts";
import type { Text, Word } from "../text/text.ts";

/** Longest span in tokens; a token is a character, a number or a word in another script. */
const longestSpan = 24;
/** Gradients below this do not move a weight. */
const least = 2e-4;

/** All spans of one reading with their scores; spans are given by the place of their first and last token. */
export interface CharacterSpans {
  readonly evidence: Evidence;
  readonly question: Question;
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly score: readonly number[];
  /** What of the question the passages repeat. */
  readonly coverage: Alignment;
  /** Kept for learning. */
  readonly features: CharacterFeatures;
  /** Three numbers a span: its marks, its commas and a hash of the classes of its tokens. */
  readonly makeup: readonly number[];
}

/** At least three tokens in ten are characters of a script without spaces. */
export function isSpaceless(passages: readonly Text[]): boolean {
  let characters = 0;
  let all = 0;
  for (const { words } of passages) {
    all += words.length;
    for (const word of words) if (word.shape === shape.cjk) characters++;
  }
  return characters * 10 >= all * 3 && characters > 0;
}

/** Scores every span of at most `longest` tokens, 24 where more are allowed, that lies within one sentence; `weights` has `characterWeightCount` numbers. */
export function scoreCharacterSpans(
  passages: readonly Text[],
  question: Question,
  weights: Float32Array,
  longest = longestSpan,
): CharacterSpans {
  const evidence = gatherEvidence(passages, question);
  const { words, sentence } = evidence;
  const n = words.length;
  const most = Math.min(longest, longestSpan);
  const coverage = align(evidence, question);
  const features = featuresOf(evidence, coverage, question);
  const { onStart, onEnd, onInside, onSentence } = tokenScores(evidence, features, question.type, weights);
  const first: number[] = [];
  const last: number[] = [];
  const score: number[] = [];
  const makeup: number[] = [];
  const indices = new Int32Array(spanWidth);
  for (let i = 0; i < n; i++) {
    const a = words[i];
    if (a === undefined || isClosing(a) || features.classes[i] === token.combining) continue;
    const home = sentence[i] ?? 0;
    let marks = 0;
    let commas = 0;
    let pattern = 7;
    let before = -1;
    for (let j = i; j < n && j - i < most && sentence[j] === home; j++) {
      const b = words[j];
      if (b === undefined || b.shape === shape.mark) break;
      const kind = features.classes[j] === token.grammar ? shape.cjk : (features.classes[j] ?? 0);
      if (kind !== before) pattern = mix(pattern, kind);
      before = kind;
      if (b.shape === shape.quote || b.shape === shape.bracket) marks++;
      if (b.shape === shape.comma) commas++;
      // A vowel sign or tone mark, as in Thai, belongs to the character before it.
      if (isOpening(b) || features.classes[j + 1] === token.combining) continue;
      fillSpan(indices, features, evidence, question.type, i, j, marks, commas, pattern);
      let s = (onStart[i] ?? 0) + (onEnd[j] ?? 0) + (onInside[j + 1] ?? 0) - (onInside[i] ?? 0) + (onSentence[home] ?? 0);
      for (let k = 0; k < spanWidth; k++) s += weights[indices[k] as number] as number;
      first.push(i);
      last.push(j);
      score.push(s);
      makeup.push(marks, commas, pattern);
    }
  }
  return { evidence, question, first, last, score, coverage, features, makeup };
}

/** One AdaGrad step along `gradient` of the loss by the scores; `squares` holds the running sums of squared gradients. */
export function learnCharacters(
  { evidence, question, features, first, last, makeup }: CharacterSpans,
  gradient: Float64Array,
  weights: Float32Array,
  squares: Float32Array,
  rate: number,
): void {
  const n = evidence.words.length;
  const onStart = new Float64Array(n);
  const onEnd = new Float64Array(n);
  const onInside = new Float64Array(n + 1);
  const onSentence = new Float64Array(evidence.sentences);
  const indices = new Int32Array(spanWidth);
  const step = (index: number, g: number): void => {
    const square = (squares[index] as number) + g * g;
    squares[index] = square;
    weights[index] = (weights[index] as number) - (rate * g) / Math.sqrt(square);
  };
  const stepAll = (table: Int32Array, from: number, width: number, g: number): void => {
    if (Math.abs(g) > least) for (let k = 0; k < width; k++) step(table[from + k] as number, g);
  };
  for (let x = 0; x < gradient.length; x++) {
    const g = gradient[x] ?? 0;
    const i = first[x] ?? 0;
    const j = last[x] ?? 0;
    onStart[i] = (onStart[i] ?? 0) + g;
    onEnd[j] = (onEnd[j] ?? 0) + g;
    onInside[i] = (onInside[i] ?? 0) + g;
    onInside[j + 1] = (onInside[j + 1] ?? 0) - g;
    const s = evidence.sentence[i] ?? 0;
    onSentence[s] = (onSentence[s] ?? 0) + g;
    if (Math.abs(g) <= least) continue;
    fillSpan(indices, features, evidence, question.type, i, j, makeup[3 * x] ?? 0, makeup[3 * x + 1] ?? 0, makeup[3 * x + 2] ?? 0);
    stepAll(indices, 0, spanWidth, g);
  }
  const dense = new Float64Array(denseWidth);
  const addDense = (at: number, width: number, values: Float64Array, row: number, g: number): void => {
    for (let k = 0; k < width; k++) dense[at + k] = (dense[at + k] ?? 0) + g * (values[row * width + k] ?? 0);
  };
  for (let i = 0, inside = 0; i < n; i++) {
    inside += onInside[i] ?? 0;
    stepAll(features.start, i * startWidth, startWidth, onStart[i] ?? 0);
    stepAll(features.end, i * endWidth, endWidth, onEnd[i] ?? 0);
    stepAll(features.inside, i * insideWidth, insideWidth, inside);
    addDense(0, denseStart, features.ofStart, i, onStart[i] ?? 0);
    addDense(denseStart, denseEnd, features.ofEnd, i, onEnd[i] ?? 0);
  }
  for (let s = 0; s < evidence.sentences; s++) addDense(denseStart + denseEnd, denseSentence, features.ofSentence, s, onSentence[s] ?? 0);
  for (const at of denseBlocks(question.type)) dense.forEach((g, k) => (g === 0 ? undefined : step(at + k, g)));
}

/** Where the dense weights of an answer type begin, and those that all share. */
function denseBlocks(type: number): readonly [own: number, shared: number] {
  return [buckets + type * denseWidth, sharedDense];
}

/** Scores of each start, end and sentence, and running sums of those of the inner tokens. */
function tokenScores({ words, sentences }: Evidence, features: CharacterFeatures, type: number, weights: Float32Array) {
  const n = words.length;
  const [own, shared] = denseBlocks(type);
  const dense = Float64Array.from({ length: denseWidth }, (_, k) => (weights[own + k] ?? 0) + (weights[shared + k] ?? 0));
  const hashed = (table: Int32Array, row: number, width: number): number => {
    let sum = 0;
    for (let k = row * width; k < (row + 1) * width; k++) sum += weights[table[k] as number] as number;
    return sum;
  };
  const product = (at: number, values: Float64Array, row: number, width: number): number => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (dense[at + k] as number) * (values[row * width + k] as number);
    return sum;
  };
  const onStart = new Float64Array(n);
  const onEnd = new Float64Array(n);
  const onInside = new Float64Array(n + 1);
  const onSentence = new Float64Array(sentences);
  for (let i = 0; i < n; i++) {
    onStart[i] = hashed(features.start, i, startWidth) + product(0, features.ofStart, i, denseStart);
    onEnd[i] = hashed(features.end, i, endWidth) + product(denseStart, features.ofEnd, i, denseEnd);
    onInside[i + 1] = (onInside[i] ?? 0) + hashed(features.inside, i, insideWidth);
  }
  for (let s = 0; s < sentences; s++) onSentence[s] = product(denseStart + denseEnd, features.ofSentence, s, denseSentence);
  return { onStart, onEnd, onInside, onSentence };
}

/** Tokens that no answer begins with. */
function isClosing(word: Word): boolean {
  return (isBorder(word) && !"·・+".includes(word.text)) || ")]）】:：」』》”".includes(word.text);
}

/** Tokens that no answer ends with. */
function isOpening(word: Word): boolean {
  const s = word.shape;
  return (
    (isBorder(word) && !"％°℃".includes(word.text)) || s === shape.currency || s === shape.hyphen || "([（【:：「『《“".includes(word.text)
  );
}

function isBorder({ shape: s }: Word): boolean {
  return s === shape.comma || s === shape.sentenceEnd || s === shape.mark || s === shape.punctuation || s === shape.possessive;
}
