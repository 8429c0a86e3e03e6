/**
 * What fine-tuning adds to the network: a log-linear model over its best spans, learnt on the rows (their style of answer, their words,
 * which passages to trust), while the network itself stays as it is.
 */
import { mix } from "../text/hash.ts";
import { shape } from "../text/shapes.ts";
import type { Word } from "../text/text.ts";
import { type Candidate, type Candidates, textOf } from "./candidates.ts";
import { lossOf } from "./likelihood.ts";
import { log } from "../text/arithmetic.ts";

const buckets = 1 << 14;
const denseCount = 7;
/** Numbers of a model: hashed features, then dense ones. */
export const rerankSize = buckets + denseCount;

/** The features of all spans, `width` places each, and `denseCount` values each. */
export interface Features {
  readonly base: readonly number[];
  readonly places: Int32Array;
  readonly dense: Float32Array;
}

const width = 15;

export function featuresOf(candidates: Candidates): Features {
  const { spans } = candidates;
  const places = new Int32Array(spans.length * width);
  const dense = new Float32Array(spans.length * denseCount);
  spans.forEach((span, x) => {
    places.set(placesOf(candidates, span), x * width);
    dense.set(denseOf(candidates, span), x * denseCount);
  });
  return { base: spans.map((span) => span.score), places, dense };
}

/** The network's scores with the model's added. */
export function rerank({ base, places, dense }: Features, model: Float32Array): number[] {
  return base.map((score, x) => {
    let sum = score;
    for (let k = 0; k < width; k++) sum += model[places[x * width + k] as number] as number;
    for (let k = 0; k < denseCount; k++) sum += (model[buckets + k] as number) * (dense[x * denseCount + k] as number);
    return sum;
  });
}

/** One AdaGrad step on the loss of the gold spans together; returns the loss before it in nats, null where there are none. */
export function learn(
  features: Features,
  gold: readonly number[],
  model: Float32Array,
  squares: Float32Array,
  rate: number,
): number | null {
  if (gold.length === 0) return null;
  const { gradient, loss } = lossOf(rerank(features, model), gold);
  const step = (at: number, g: number): void => {
    const square = (squares[at] as number) + g * g;
    squares[at] = square;
    model[at] = (model[at] as number) - (rate * g) / Math.sqrt(square);
  };
  gradient.forEach((g, x) => {
    if (Math.abs(g) < 1e-3) return;
    for (let k = 0; k < width; k++) step(features.places[x * width + k] as number, g);
  });
  for (let k = 0; k < denseCount; k++) {
    let g = 0;
    for (let x = 0; x < gradient.length; x++) g += (gradient[x] as number) * (features.dense[x * denseCount + k] as number);
    if (g !== 0) step(buckets + k, g);
  }
  return loss;
}

/** Spans that read like the answer; where there is none, the one that shares most words with it, if that is a third of both. */
export function goldOf(candidates: Candidates, answer: string): number[] {
  const wanted = comparable(answer);
  const exact = candidates.spans.flatMap((span, x) => (comparable(textOf(candidates, span)) === wanted ? [x] : []));
  if (exact.length > 0) return exact;
  const words = new Set(wanted.match(/[\p{L}\d]+/gu) ?? []);
  let best = -1;
  let most = 1 / 3;
  candidates.spans.forEach((span, x) => {
    const own = comparable(textOf(candidates, span)).match(/[\p{L}\d]+/gu) ?? [];
    const common = own.filter((word) => words.has(word)).length;
    const f1 = (2 * common) / (own.length + words.size || 1);
    if (f1 > most + 1e-9) {
      most = f1;
      best = x;
    }
  });
  return best < 0 ? [] : [best];
}

function comparable(text: string): string {
  return text
    .trim()
    .replace(/(?<![.,;:])[.,;:]+$/, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}

function placesOf({ passages, question }: Candidates, { passage, first, last }: Candidate): number[] {
  const text = passages[passage];
  const at = (i: number): Word | undefined => (text !== undefined && text.sentence[i] === text.sentence[first] ? text.words[i] : undefined);
  const edge = { stemHash: 0, shape: shape.sentenceEnd };
  const a = at(first) ?? edge;
  const b = at(last) ?? edge;
  const before = at(first - 1) ?? edge;
  const after = at(last + 1) ?? edge;
  const length = Math.min(last - first, 9);
  const { type } = question;
  let shapes = 0;
  for (let i = first; i <= Math.min(last, first + 3); i++) shapes = mix(shapes, at(i)?.shape ?? 0);
  const facts: readonly (readonly number[])[] = [
    [length],
    [type, length],
    [type, a.shape, before.shape],
    [type, b.shape, after.shape],
    [a.stemHash],
    [b.stemHash],
    [before.stemHash],
    [after.stemHash],
    [type, a.stemHash],
    [type, before.stemHash],
    [shapes, length],
    [a.shape, b.shape],
    [Math.min(passage, 7)],
    [before === edge ? 1 : 0, after === edge || after.shape === shape.sentenceEnd ? 1 : 0],
    [a.shape, before.stemHash],
  ];
  return facts.map((fact, kind) => (fact.reduce((h, value) => mix(h, value), kind + 1) >>> 0) % buckets);
}

function denseOf({ evidence, passages }: Candidates, { passage, first, last, score }: Candidate): number[] {
  const base = evidence.passageStart[passage] ?? 0;
  const sentence = evidence.sentence[base + first] ?? 0;
  const most = evidence.passageOverlap.reduce((a, b) => Math.max(a, b), 1e-6);
  return [
    score / 4,
    evidence.overlap[sentence] ?? 0,
    evidence.around[sentence] ?? 0,
    (evidence.passageOverlap[passage] ?? 0) / most,
    passages.length > 1 ? log(1 + passage) : 0,
    (last - first) / 8,
    first / (passages[passage]?.words.length ?? 1),
  ];
}
