/**
 * Log-linear scores of all spans of all passages together: the softmax runs over every span of every passage, so passages compete.
 * Start, end, inside, sentence and span features as in the logistic regression of Rajpurkar et al. 2016 (SQuAD), §5,
 * but over shapes and marker words instead of words, so that a few thousand weights are enough.
 */
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { answerTypes, type Question } from "./question.ts";
import { kindCount, shape, shapeCount } from "../text/shapes.ts";
import { isClosing, isOpening, kinds, spanKind, spanMark } from "./span-kind.ts";
import type { Text, Word } from "../text/text.ts";

const types = answerTypes.length;
const near = 8;
const groups = 8;
const group = Uint8Array.from([0, 1, 2, 2, 2, 3, 3, 3, 2, 2, 3, 3, 4, 5, 5, 4, 6, 7, 0, 2, 7, 1, 4, 4]);
const lengths = 13;
/** Buckets for word forms by the hash of their stem, and more of them for CJK characters. */
const wordBuckets = 2048;
const buckets = wordBuckets + 1024;

/** Where each table of weights begins; every typed table has a block for each answer type. */
const sizes = {
  startKind: types * kindCount,
  beforeKind: types * kindCount,
  startGroups: types * groups * groups,
  startLeft: types * near,
  startRight: types * near,
  startMatch: types * 8,
  startShapes: shapeCount * shapeCount,
  endKind: types * kindCount,
  afterKind: types * kindCount,
  endGroups: types * groups * groups,
  endLeft: types * near,
  endRight: types * near,
  endMatch: types * 8,
  endShapes: shapeCount * shapeCount,
  inside: types * kindCount,
  insideMatch: types * 2,
  length: types * lengths,
  kind: types * kinds,
  ends: shapeCount * shapeCount,
  dense: (types + 1) * 24,
  startWord: buckets,
  beforeWord: buckets,
  endWord: buckets,
  afterWord: buckets,
  insideWord: buckets,
};
/** Where each table begins, for whoever sets weights by hand. */
export const table = layOut(sizes);
export const weightCount = table.total;

const startFeatures = 9;
const endFeatures = 9;
const insideFeatures = 3;
const spanFeatures = 3;

/** All spans of one reading with their scores; spans are given by the place of their first and last token. */
export interface SpanScores {
  readonly evidence: Evidence;
  readonly question: Question;
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly score: readonly number[];
  readonly kind: readonly number[];
  /** Feature indices by token, and the dense features by sentence; kept for learning. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly inside: Int32Array;
}

/** Scores every span of at most `longest` tokens that lies within one sentence. */
export function scoreSpans(
  passages: readonly Text[],
  question: Question,
  weights: Float32Array,
  longest = longestFor(passages),
): SpanScores {
  const evidence = gatherEvidence(passages, question);
  const { words, sentence } = evidence;
  const n = words.length;
  const features = tokenFeatures(evidence, question.type);
  const startScore = new Float64Array(n);
  const endScore = new Float64Array(n);
  const insideSum = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    startScore[i] = sum(weights, features.start, i * startFeatures, startFeatures);
    endScore[i] = sum(weights, features.end, i * endFeatures, endFeatures);
    insideSum[i + 1] = (insideSum[i] ?? 0) + sum(weights, features.inside, i * insideFeatures, insideFeatures);
  }
  const sentenceScore = denseScores(evidence, question.type, weights);
  const first: number[] = [];
  const last: number[] = [];
  const score: number[] = [];
  const kind: number[] = [];
  const indices = new Int32Array(spanFeatures);
  for (let i = 0; i < n; i++) {
    const a = words[i];
    if (a === undefined || isClosing(a)) continue;
    const home = sentence[i];
    let marks = 0;
    for (let j = i; j < n && j - i < longest && sentence[j] === home; j++) {
      const b = words[j];
      if (b === undefined) break;
      marks |= spanMark(b);
      if (b.shape === shape.mark) break;
      if (isOpening(b)) continue;
      const k = spanKind(marks, j - i + 1);
      spanIndices(indices, question.type, a, b, j - i + 1, k);
      let s = (startScore[i] ?? 0) + (endScore[j] ?? 0) + (insideSum[j + 1] ?? 0) - (insideSum[i] ?? 0) + (sentenceScore[home ?? 0] ?? 0);
      for (let x = 0; x < spanFeatures; x++) s += weights[indices[x] ?? 0] ?? 0;
      first.push(i);
      last.push(j);
      score.push(s);
      kind.push(k);
    }
  }
  return { evidence, question, first, last, score, kind, ...features };
}

/**
 * One AdaGrad step on the log-likelihood of the gold spans together; `squares` holds the running sums of squared gradients.
 * Returns the loss in nats, or null when no gold span is among the candidates.
 */
export function learn(
  scores: SpanScores,
  gold: readonly number[],
  weights: Float32Array,
  squares: Float32Array,
  rate: number,
): number | null {
  if (gold.length === 0) return null;
  const { gradient, loss } = lossOf(scores.score, gold);
  const { evidence, question } = scores;
  const n = evidence.words.length;
  const onStart = new Float64Array(n);
  const onEnd = new Float64Array(n);
  const onInside = new Float64Array(n + 1);
  const onSentence = new Float64Array(evidence.sentences);
  const indices = new Int32Array(spanFeatures);
  const step = (index: number, g: number): void => {
    const square = (squares[index] ?? 0) + g * g;
    squares[index] = square;
    weights[index] = (weights[index] ?? 0) - (rate * g) / Math.sqrt(square);
  };
  for (let x = 0; x < gradient.length; x++) {
    const g = gradient[x] ?? 0;
    const i = scores.first[x] ?? 0;
    const j = scores.last[x] ?? 0;
    onStart[i] = (onStart[i] ?? 0) + g;
    onEnd[j] = (onEnd[j] ?? 0) + g;
    onInside[i] = (onInside[i] ?? 0) + g;
    onInside[j + 1] = (onInside[j + 1] ?? 0) - g;
    const s = evidence.sentence[i] ?? 0;
    onSentence[s] = (onSentence[s] ?? 0) + g;
    const a = evidence.words[i];
    const b = evidence.words[j];
    if (Math.abs(g) < 2e-4 || a === undefined || b === undefined) continue;
    spanIndices(indices, question.type, a, b, j - i + 1, scores.kind[x] ?? 0);
    for (const index of indices) step(index, g);
  }
  let inside = 0;
  for (let i = 0; i < n; i++) {
    inside += onInside[i] ?? 0;
    stepAll(scores.start, i * startFeatures, startFeatures, onStart[i] ?? 0, step);
    stepAll(scores.end, i * endFeatures, endFeatures, onEnd[i] ?? 0, step);
    stepAll(scores.inside, i * insideFeatures, insideFeatures, inside, step);
  }
  const own = table.at.dense + question.type * 24;
  const shared = table.at.dense + types * 24;
  for (let k = 0; k < evidence.denseWidth; k++) {
    let g = 0;
    for (let s = 0; s < evidence.sentences; s++) g += (onSentence[s] ?? 0) * (evidence.dense[s * evidence.denseWidth + k] ?? 0);
    if (g === 0) continue;
    step(own + k, g);
    step(shared + k, g);
  }
  return loss;
}

/** Softmax over all scores: the loss of the gold spans together in nats, and the its gradient. */
export function lossOf(score: readonly number[], gold: readonly number[]): { readonly gradient: Float64Array; readonly loss: number } {
  const top = score.reduce((a, b) => Math.max(a, b), -Infinity);
  const gradient = Float64Array.from(score, (s) => Math.exp(s - top));
  let all = 0;
  for (const p of gradient) all += p;
  for (let x = 0; x < gradient.length; x++) gradient[x] = (gradient[x] ?? 0) / all;
  let share = 0;
  for (const x of gold) share += gradient[x] ?? 0;
  share = Math.max(share, 1e-12);
  for (const x of gold) gradient[x] = (gradient[x] ?? 0) * (1 - 1 / share);
  return { gradient, loss: -Math.log(share) };
}

function stepAll(indices: Int32Array, from: number, count: number, g: number, step: (index: number, g: number) => void): void {
  if (Math.abs(g) < 2e-4) return;
  for (let k = 0; k < count; k++) step(indices[from + k] ?? 0, g);
}

function tokenFeatures(evidence: Evidence, type: number) {
  const { words, sentence, match, left, right } = evidence;
  const n = words.length;
  const start = new Int32Array(n * startFeatures);
  const end = new Int32Array(n * endFeatures);
  const inside = new Int32Array(n * insideFeatures);
  const at = table.at;
  for (let i = 0; i < n; i++) {
    const word = words[i];
    if (word === undefined) continue;
    const before = i > 0 && sentence[i - 1] === sentence[i] ? words[i - 1] : undefined;
    const after = sentence[i + 1] === sentence[i] ? words[i + 1] : undefined;
    const beforeShape = before?.shape ?? shape.sentenceEnd;
    const afterShape = after?.shape ?? shape.sentenceEnd;
    const matches =
      ((match[i] ?? -1) >= 0 ? 4 : 0) +
      (before !== undefined && (match[i - 1] ?? -1) >= 0 ? 2 : 0) +
      (after !== undefined && (match[i + 1] ?? -1) >= 0 ? 1 : 0);
    let o = i * startFeatures;
    start[o++] = at.startKind + type * kindCount + word.kind;
    start[o++] = at.beforeKind + type * kindCount + (before?.kind ?? shape.sentenceEnd);
    start[o++] = at.startGroups + (type * groups + (group[word.shape] ?? 0)) * groups + (group[beforeShape] ?? 0);
    start[o++] = at.startLeft + type * near + (left[i] ?? 7);
    start[o++] = at.startRight + type * near + (right[i] ?? 7);
    start[o++] = at.startMatch + type * 8 + matches;
    start[o++] = at.startShapes + word.shape * shapeCount + beforeShape;
    start[o++] = at.startWord + bucketOf(word);
    start[o++] = at.beforeWord + bucketOf(before);
    o = i * endFeatures;
    end[o++] = at.endKind + type * kindCount + word.kind;
    end[o++] = at.afterKind + type * kindCount + (after?.kind ?? shape.sentenceEnd);
    end[o++] = at.endGroups + (type * groups + (group[word.shape] ?? 0)) * groups + (group[afterShape] ?? 0);
    end[o++] = at.endLeft + type * near + (left[i] ?? 7);
    end[o++] = at.endRight + type * near + (right[i] ?? 7);
    end[o++] = at.endMatch + type * 8 + matches;
    end[o++] = at.endShapes + word.shape * shapeCount + afterShape;
    end[o++] = at.endWord + bucketOf(word);
    end[o++] = at.afterWord + bucketOf(after);
    o = i * insideFeatures;
    inside[o++] = at.inside + type * kindCount + word.kind;
    inside[o++] = at.insideMatch + type * 2 + ((match[i] ?? -1) >= 0 ? 1 : 0);
    inside[o++] = at.insideWord + bucketOf(word);
  }
  return { start, end, inside };
}

/** Bucket 0 is the edge of the sentence. */
function bucketOf(word: Word | undefined): number {
  if (word === undefined) return 0;
  const hash = word.stemHash >>> 3;
  return word.shape === shape.cjk ? wordBuckets + (hash % (buckets - wordBuckets)) : 1 + (hash % (wordBuckets - 1));
}

function spanIndices(out: Int32Array, type: number, a: Word, b: Word, length: number, kind: number): void {
  // Two CJK characters make about one word.
  if (a.shape === shape.cjk && b.shape === shape.cjk) length = (length + 1) >> 1;
  const bucket = length > 8 ? (length > 12 ? (length > 20 ? 12 : 11) : 10) : length;
  out[0] = table.at.length + type * lengths + bucket;
  out[1] = table.at.kind + type * kinds + kind;
  out[2] = table.at.ends + a.shape * shapeCount + b.shape;
}

function denseScores(evidence: Evidence, type: number, weights: Float32Array): Float64Array {
  const scores = new Float64Array(evidence.sentences);
  const own = table.at.dense + type * 24;
  const shared = table.at.dense + types * 24;
  for (let s = 0; s < evidence.sentences; s++) {
    let score = 0;
    for (let k = 0; k < evidence.denseWidth; k++) {
      score += ((weights[own + k] ?? 0) + (weights[shared + k] ?? 0)) * (evidence.dense[s * evidence.denseWidth + k] ?? 0);
    }
    scores[s] = score;
  }
  return scores;
}

/** Longest span in tokens: a CJK token is one character, so more of them make an answer. */
function longestFor(passages: readonly Text[]): number {
  const some = passages[0]?.words ?? [];
  const cjk = some.filter((word) => word.shape === shape.cjk).length;
  return cjk * 2 > some.length ? 24 : 14;
}

function sum(weights: Float32Array, indices: Int32Array, from: number, count: number): number {
  let s = 0;
  for (let k = from; k < from + count; k++) s += weights[indices[k] ?? 0] ?? 0;
  return s;
}

function layOut<K extends string>(
  sizes: Readonly<Record<K, number>>,
): { readonly at: Readonly<Record<K, number>>; readonly total: number } {
  const at: Record<K, number> = { ...sizes };
  let total = 0;
  for (const name of Object.keys(sizes) as K[]) {
    at[name] = total;
    total += sizes[name];
  }
  return { at, total };
}
