/** The best span for a question over all passages, and how sure the reader is that the answer is there. */
import { confidenceOf, evidenceFeatures } from "./confidence.ts";
import type { Question } from "./question.ts";
import { scoreSpans, type SpanScores } from "./spans.ts";
import type { Text } from "../text/text.ts";

export interface Span {
  readonly text: string;
  /** Index of the passage, and of the sentence counted over all passages. */
  readonly passage: number;
  readonly sentence: number;
  /** The sentence that holds the span, verbatim. */
  readonly sentenceText: string;
  /** Character offsets in the passage. */
  readonly begin: number;
  readonly end: number;
  /** Share of the span in the probability of all spans, 0..1, and log of the sum of all. */
  readonly share: number;
  readonly mass: number;
}

export interface Answer extends Span {
  /** Probability that the passages hold the answer, 0..1. */
  readonly confidence: number;
}

/** What the reader has learnt; `spans` is laid out as in spans.ts. */
export interface ReaderWeights {
  readonly spans: Float32Array;
  readonly confidence: readonly number[];
}

/** Undefined when the passages hold no words. */
export function readAnswer(passages: readonly Text[], question: Question, weights: ReaderWeights, longest?: number): Answer | undefined {
  const scores = scoreSpans(passages, question, weights.spans, longest);
  if (scores.score.length === 0) return undefined;
  const span = bestSpan(scores);
  return { ...span, confidence: confidenceOf(evidenceFeatures(scores, span), weights.confidence) };
}

/** The span with the greatest expected token overlap with the others, weighted by their probability (minimum Bayes risk). */
export function bestSpan(scores: SpanScores): Span {
  const { score, first, last, evidence } = scores;
  let top = -Infinity;
  for (const s of score) if (s > top) top = s;
  let mass = 0;
  const near: number[] = [];
  score.forEach((s, x) => {
    mass += Math.exp(s - top);
    if (s > top - 4) near.push(x);
  });
  near.sort((a, b) => (score[b] ?? 0) - (score[a] ?? 0) || a - b);
  const few = near.slice(0, 24).map((x) => ({ i: first[x] ?? 0, j: last[x] ?? 0, p: Math.exp((score[x] ?? 0) - top) }));
  let best = few[0] ?? { i: 0, j: 0, p: 0 };
  let bestGain = -1;
  for (const a of few) {
    let gain = 0;
    for (const b of few) {
      const common = Math.min(a.j, b.j) - Math.max(a.i, b.i) + 1;
      if (common > 0) gain += (b.p * 2 * common) / (a.j - a.i + b.j - b.i + 2);
    }
    if (gain > bestGain + 1e-12) {
      best = a;
      bestGain = gain;
    }
  }
  const sentence = evidence.sentence[best.i] ?? 0;
  const passage = evidence.passageOf[sentence] ?? 0;
  const text = evidence.passages[passage];
  const base = evidence.passageStart[passage] ?? 0;
  const begin = text?.begin[best.i - base] ?? 0;
  const end = text?.end[best.j - base] ?? 0;
  return {
    text: text?.text.slice(begin, end) ?? "",
    passage,
    sentence,
    sentenceText: sentenceText(text, (evidence.from[sentence] ?? 0) - base, (evidence.to[sentence] ?? 0) - base),
    begin,
    end,
    share: best.p / mass,
    mass: Math.log(mass) + top,
  };
}

/** Indices of the spans whose text is one of the answers. */
export function goldSpans(scores: SpanScores, answers: readonly string[]): number[] {
  const wanted = new Set(answers.map(comparable));
  const { evidence, first, last } = scores;
  const gold: number[] = [];
  const lengths = new Set([...wanted].map((a) => a.length));
  for (let x = 0; x < first.length; x++) {
    const i = first[x] ?? 0;
    const passage = evidence.passageOf[evidence.sentence[i] ?? 0] ?? 0;
    const text = evidence.passages[passage];
    const base = evidence.passageStart[passage] ?? 0;
    if (text === undefined) continue;
    const begin = text.begin[i - base] ?? 0;
    const end = text.end[(last[x] ?? 0) - base] ?? 0;
    if (lengths.has(end - begin) && wanted.has(comparable(text.text.slice(begin, end)))) gold.push(x);
  }
  return gold;
}

/** The span that shares most words with an answer that is not a span itself; none where it shares less than half of its own. */
export function nearestSpan(scores: SpanScores, answer: string): number[] {
  const wanted = new Set(answer.toLowerCase().match(/[\p{L}\d]+/gu) ?? []);
  const { evidence, first, last } = scores;
  const hit = new Int32Array(evidence.words.length + 1);
  evidence.words.forEach((word, i) => {
    hit[i + 1] = (hit[i] ?? 0) + (wanted.has(word.lower) && !word.stop ? 1 : 0);
  });
  let best = -1;
  let most = 0;
  for (let x = 0; x < first.length; x++) {
    const i = first[x] ?? 0;
    const j = last[x] ?? 0;
    const common = (hit[j + 1] ?? 0) - (hit[i] ?? 0);
    const f1 = (2 * common) / (j - i + 1 + wanted.size);
    if (f1 > most + 1e-9 && common * 2 >= j - i + 1) {
      most = f1;
      best = x;
    }
  }
  return best < 0 || most < 0.3 ? [] : [best];
}

function comparable(answer: string): string {
  return answer
    .trim()
    .replace(/[.,;:。，]+$/u, "")
    .toLowerCase();
}

function sentenceText(text: Text | undefined, from: number, to: number): string {
  return text?.text.slice(text.begin[from] ?? 0, text.end[to] ?? 0).replace(/\s+/g, " ") ?? "";
}
