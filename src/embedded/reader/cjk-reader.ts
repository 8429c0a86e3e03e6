/** Reads passages in scripts without spaces: the best span of characters for a question, and how sure the reader is that the answer is there. */
import type { CharacterSpans } from "./cjk-spans.ts";
import { scoreCharacterSpans } from "./cjk-spans.ts";
import { confidenceOf } from "./confidence.ts";
import type { Question } from "./question.ts";
import type { Answer } from "./reader.ts";
import { wholeCharacters } from "../text/characters.ts";
import type { Text } from "../text/text.ts";
import { exp, log } from "../text/arithmetic.ts";

/** What the reader has learnt of such scripts. */
export interface CharacterReader {
  /** `characterWeightCount` numbers. */
  readonly weights: Float32Array;
  /** Of the logistic model over `characterEvidence`. */
  readonly confidence: readonly number[];
}

/** Set by hand, like the prior: an answer is there where a sentence, and its passage, repeat most of the question. */
export const characterConfidence: readonly number[] = [-4.5, 5, 6, 1, 0, 1, 1];

/** Shapes and units as in reader.ts. */
export interface CharacterSpan {
  readonly text: string;
  readonly passage: number;
  readonly sentence: number;
  readonly sentenceText: string;
  readonly begin: number;
  readonly end: number;
  readonly share: number;
  readonly mass: number;
}

/** Spans this far below the best in log probability, and at most so many, take part in the choice. */
const reach = 6;
const most = 60;

/** Undefined where the passages hold no span; `longest` is in words, of about four characters each. */
export function readCharacters(
  passages: readonly Text[],
  question: Question,
  reader: CharacterReader,
  longest?: number,
): Answer | undefined {
  const scores = scoreCharacterSpans(passages, question, reader.weights, longest === undefined ? undefined : longest * 4);
  const span = bestCharacterSpan(scores);
  if (span === undefined) return undefined;
  const here = confidenceOf(characterEvidence(scores, span), reader.confidence);
  return { ...span, here, confidence: here * span.share };
}

/** The span with the greatest expected overlap in characters with the others, weighted by their probability (minimum Bayes risk). */
export function bestCharacterSpan({ score, first, last, evidence }: CharacterSpans): CharacterSpan | undefined {
  const top = score.reduce((a, b) => Math.max(a, b), -Infinity);
  let mass = 0;
  const near: number[] = [];
  score.forEach((s, x) => {
    mass += exp(s - top);
    if (s > top - reach) near.push(x);
  });
  near.sort((a, b) => (score[b] ?? 0) - (score[a] ?? 0) || a - b);
  const few = near.slice(0, most).map((x) => ({ i: first[x] ?? 0, j: last[x] ?? 0, p: exp((score[x] ?? 0) - top) }));
  let best = few[0];
  let bestGain = -1;
  for (const a of few) {
    let gain = 0;
    for (const b of few) gain += b.p * overlap(a.i, a.j, b.i, b.j);
    if (gain <= bestGain + 1e-12) continue;
    best = a;
    bestGain = gain;
  }
  if (best === undefined) return undefined;
  const sentence = evidence.sentence[best.i] ?? 0;
  const passage = evidence.passageOf[sentence] ?? 0;
  const text = evidence.passages[passage];
  const base = evidence.passageStart[passage] ?? 0;
  const cut = (first: number, last: number) => {
    const { from, to } = wholeCharacters(text?.text ?? "", text?.begin[first - base] ?? 0, text?.end[last - base] ?? 0);
    return { text: text?.text.slice(from, to) ?? "", begin: from, end: to };
  };
  return {
    ...cut(best.i, best.j),
    passage,
    sentence,
    sentenceText: cut(evidence.from[sentence] ?? 0, evidence.to[sentence] ?? 0).text,
    share: best.p / mass,
    mass: log(mass) + top,
  };
}

/**
 * What speaks for the span: bias, share of the question that its sentence repeats, that its passage repeats, the same with rare stretches
 * counting more, mass of all scores, its own share of it, and the longest repeated run.
 */
export function characterEvidence({ coverage }: CharacterSpans, span: CharacterSpan): number[] {
  const { inSentence, inPassage, longest } = coverage;
  return [
    1,
    inSentence.plain[span.sentence] ?? 0,
    inPassage[span.passage] ?? 0,
    inSentence.rare[span.sentence] ?? 0,
    span.mass / 10,
    span.share,
    Math.min(6, longest[span.sentence] ?? 0) / 6,
  ];
}

/** Indices of the spans that are the answer, but for case and marks at its end; where there are none, of the one that overlaps it most. */
export function goldCharacterSpans(scores: CharacterSpans, answer: string): readonly number[] {
  const wanted = comparable(answer);
  const { evidence, first, last } = scores;
  const exact: number[] = [];
  const spanText = (x: number): string => {
    const i = first[x] ?? 0;
    const passage = evidence.passageOf[evidence.sentence[i] ?? 0] ?? 0;
    const text = evidence.passages[passage];
    const base = evidence.passageStart[passage] ?? 0;
    return text?.text.slice(text.begin[i - base] ?? 0, text.end[(last[x] ?? 0) - base] ?? 0) ?? "";
  };
  for (let x = 0; x < first.length; x++) if (comparable(spanText(x)) === wanted) exact.push(x);
  return exact.length > 0 ? exact : nearest(scores, wanted);
}

/** The span whose characters are most like the answer's, in any order; none where fewer than half are. */
function nearest({ evidence, first, last }: CharacterSpans, wanted: string): readonly number[] {
  const characters = new Set(wanted);
  const hit = new Int32Array(evidence.words.length + 1);
  evidence.words.forEach(({ lower }, i) => {
    hit[i + 1] = (hit[i] ?? 0) + (characters.has(lower) || (lower.length > 1 && wanted.includes(lower)) ? 1 : 0);
  });
  let best = -1;
  let highest = 0.5;
  for (let x = 0; x < first.length; x++) {
    const from = first[x] ?? 0;
    const to = (last[x] ?? 0) + 1;
    const likeness = (2 * ((hit[to] ?? 0) - (hit[from] ?? 0))) / (to - from + characters.size);
    if (likeness <= highest + 1e-9) continue;
    highest = likeness;
    best = x;
  }
  return best < 0 ? [] : [best];
}

/** F1 of two spans of the same text by their common tokens, 0..1. */
function overlap(i: number, j: number, otherI: number, otherJ: number): number {
  const common = Math.min(j, otherJ) - Math.max(i, otherI) + 1;
  return common <= 0 ? 0 : (2 * common) / (j - i + otherJ - otherI + 2);
}

function comparable(answer: string): string {
  return answer
    .trim()
    .replace(/^[「『《“]+/u, "")
    .replace(/(?<![」』》”.,;:。，])[」』》”.,;:。，]+$/u, "")
    .toLowerCase();
}
