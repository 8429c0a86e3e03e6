/** Adapts the reader to rows with passages: where the answer is, and when to say that it is not there. */
import type { Mind } from "../mind.ts";
import { evidenceFeatures, confidenceOf, fitLogistic } from "../reader/confidence.ts";
import type { Progress } from "../labels/classifier.ts";
import { createRandom, shuffled } from "../text/hash.ts";
import { analyse } from "../reader/question.ts";
import { bestSpan, goldSpans, nearestSpan, type ReaderWeights } from "../reader/reader.ts";
import type { Row } from "./rows.ts";
import { learn, lossOf, scoreSpans, type SpanScores, weightCount } from "../reader/spans.ts";
import { holdOut, type Hyperparameters, mostlySentences } from "./training.ts";
import type { Tuned } from "./tuned.ts";

export function* tuneReader(rows: readonly Row[], given: readonly Row[], options: Hyperparameters, mind: Mind): Generator<Progress, Tuned> {
  const refusal = refusalOf(rows);
  const answered = rows.filter((r) => r.answer !== refusal);
  const { train, held } =
    given.length > 0 ? { train: answered, held: given.filter((r) => r.answer !== refusal) } : holdOut(answered, options.seed, 0.15, 200);
  const spans = yield* tuneSpans(train, held, options, mind);
  const reader: ReaderWeights = { spans, confidence: mind.reader.confidence };
  const sentences = mostlySentences(answered);
  if (refusal === undefined) return { reader, sentences };
  const facts = rows.flatMap((r) => {
    const scores = scored(r, spans, mind);
    return scores.score.length === 0 ? [] : [{ x: evidenceFeatures(scores, bestSpan(scores)), y: r.answer !== refusal }];
  });
  const confidence = fitLogistic(facts, mind.reader.confidence, 1 / rows.length);
  return {
    reader: { spans, confidence },
    sentences,
    refusal,
    refuseBelow: bestThreshold(facts.map(({ x, y }) => ({ p: confidenceOf(x, confidence), y }))),
  };
}

/** Slow for rows like those that the base was trained on, quick for rows unlike them: held-out rows choose. */
const rates = [0.03, 0.12];

/** AdaGrad from the base weights at each rate; the epoch with the lowest loss on held-out rows wins, the base among them. */
function* tuneSpans(
  train: readonly Row[],
  held: readonly Row[],
  { epochs = 5, rate, seed }: Hyperparameters,
  mind: Mind,
): Generator<Progress, Float32Array> {
  // A handful of held-out rows cannot choose.
  const choosing = held.length >= 8;
  const tries = choosing ? rates : rates.slice(0, 1);
  const baseLoss = lossOn(held, mind.reader.spans, mind);
  let best = mind.reader.spans;
  let lowest = choosing && baseLoss !== null ? baseLoss : Infinity;
  for (const [attempt, tried] of tries.entries()) {
    const spans = Float32Array.from(mind.reader.spans);
    const squares = new Float32Array(weightCount).fill(0.5);
    const random = createRandom(seed);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const trainLoss = pass(shuffled(train, random), spans, squares, tried * rate * (1 - epoch / epochs), mind);
      const validLoss = lossOn(held, spans, mind);
      yield { step: attempt * epochs + epoch + 1, total: tries.length * epochs, trainLoss, validLoss };
      if (choosing && validLoss !== null && validLoss >= lowest) continue;
      lowest = choosing && validLoss !== null ? validLoss : lowest;
      best = Float32Array.from(spans);
    }
  }
  return best;
}

/** One pass over the rows; returns their mean loss before each step. */
function pass(rows: readonly Row[], spans: Float32Array, squares: Float32Array, rate: number, mind: Mind): number {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const scores = scored(row, spans, mind);
    const loss = learn(scores, goldOf(scores, row.answer), spans, squares, rate);
    if (loss === null) continue;
    sum += loss;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

function scored({ asked }: Row, spans: Float32Array, mind: Mind): SpanScores {
  return scoreSpans(
    asked.passages.map((p) => mind.lexicon.read(p.text)),
    analyse(mind.lexicon.read(asked.question)),
    spans,
  );
}

/** Exact spans of the answer; where there is none, as for answers in sentences, the span that overlaps it most. */
function goldOf(scores: SpanScores, answer: string): readonly number[] {
  const exact = goldSpans(scores, [answer]);
  return exact.length > 0 ? exact : nearestSpan(scores, answer);
}

function lossOn(rows: readonly Row[], spans: Float32Array, mind: Mind): number | null {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const scores = scored(row, spans, mind);
    const gold = goldOf(scores, row.answer);
    if (gold.length === 0) continue;
    sum += lossOf(scores.score, gold).loss;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** The phrase that rows answer with although it stands in none of their passages: the prompt's own, else one that is repeated. */
function refusalOf(rows: readonly Row[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { asked, answer } of rows) {
    if (asked.passages.some((p) => p.text.includes(answer))) continue;
    counts.set(answer, (counts.get(answer) ?? 0) + (asked.instructions.refusal === answer ? 2 : 1));
  }
  const [phrase, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return count >= Math.max(2, rows.length * 0.02) && !/^(?:yes|no|maybe)\W*$/i.test(phrase) ? phrase : undefined;
}

/** The threshold with the most rows on their right side, kept within 0.1..0.9. */
function bestThreshold(rows: readonly { readonly p: number; readonly y: boolean }[]): number {
  let best = 0.5;
  let most = -1;
  for (let t = 0.1; t <= 0.9; t += 0.02) {
    const right = rows.filter(({ p, y }) => p >= t === y).length;
    if (right > most) {
      most = right;
      best = t;
    }
  }
  return Math.round(best * 100) / 100;
}
