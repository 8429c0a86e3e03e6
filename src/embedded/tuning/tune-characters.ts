/** Adapts the reader of scripts without spaces to rows with passages. */
import type { Mind } from "../mind.ts";
import { bestCharacterSpan, characterEvidence, goldCharacterSpans } from "../reader/cjk-reader.ts";
import { type CharacterSpans, learnCharacters, scoreCharacterSpans } from "../reader/cjk-spans.ts";
import { analyse } from "../reader/question.ts";
import { lossOf } from "../reader/likelihood.ts";
import { createRandom, shuffled } from "../text/hash.ts";
import type { Row } from "./rows.ts";
import type { Hyperparameters, Tick } from "./training.ts";

const firstRate = 0.12;
/** Sum of squared gradients that each weight starts from. */
const firstSquares = 0.1;
/** Passes over the rows where nobody says how many, and about so many steps at most. */
const mostEpochs = 4;
const mostSteps = 12_000;
/** Losses are reported so many times an epoch, and after so many rows. */
const fewestReports = 10;
const rowsOfReport = 500;

/**
 * AdaGrad from the hand-set weights, with a falling rate; the epoch whose best spans are nearest to the answers of the held-out rows wins,
 * and two epochs without gain are the end. The loss is no guide there: it grows with the model's certainty while its choices get better.
 */
export function* tuneCharacters(
  train: readonly Row[],
  held: readonly Row[],
  { epochs = Math.max(1, Math.min(mostEpochs, Math.floor(mostSteps / train.length))), rate, seed }: Hyperparameters,
  mind: Mind,
): Generator<Tick, Float32Array> {
  // A handful of held-out rows cannot choose.
  const choosing = held.length >= 8;
  const weights = Float32Array.from(mind.reader.characters.weights);
  const squares = new Float32Array(weights.length).fill(firstSquares);
  const random = createRandom(seed);
  let best = mind.reader.characters.weights;
  let highest = choosing ? (yield* measure(held, best, mind)).nearness : -1;
  const reports = Math.max(fewestReports, Math.ceil(train.length / rowsOfReport));
  const total = epochs * reports;
  for (let epoch = 0, idle = 0; epoch < epochs && idle < 2; epoch++) {
    let sum = 0;
    let count = 0;
    let reported = 0;
    for (const [done, row] of shuffled(train, random).entries()) {
      const scores = scored(row, weights, mind);
      const gold = goldCharacterSpans(scores, row.answer);
      if (gold.length > 0) {
        const { gradient, loss } = lossOf(scores.score, gold);
        learnCharacters(scores, gradient, weights, squares, firstRate * rate * (1 - epoch / (epochs + 1)));
        sum += loss;
        count++;
      }
      const share = Math.floor(((done + 1) * reports) / train.length);
      if (share === reported || share === reports) {
        yield;
        continue;
      }
      reported = share;
      yield { step: epoch * reports + share, total, trainLoss: sum / Math.max(1, count), validLoss: null };
    }
    const { nearness, loss } = yield* measure(held, weights, mind);
    yield { step: (epoch + 1) * reports, total, trainLoss: sum / Math.max(1, count), validLoss: held.length === 0 ? null : loss };
    idle = choosing && nearness <= highest ? idle + 1 : 0;
    if (idle > 0) continue;
    highest = nearness;
    best = Float32Array.from(weights);
  }
  return best;
}

/** Facts for the confidence, as `characterEvidence` gives them; undefined where the passages hold no span. */
export function evidenceInCharacters(row: Row, weights: Float32Array, mind: Mind): readonly number[] | undefined {
  const scores = scored(row, weights, mind);
  const span = bestCharacterSpan(scores);
  return span === undefined ? undefined : characterEvidence(scores, span);
}

/** Mean loss in nats on rows whose passages hold their answer, and mean F1 of the best span by characters, 0..1. */
function* measure(
  rows: readonly Row[],
  weights: Float32Array,
  mind: Mind,
): Generator<Tick, { readonly loss: number; readonly nearness: number }> {
  let loss = 0;
  let near = 0;
  let count = 0;
  for (const row of rows) {
    yield;
    const scores = scored(row, weights, mind);
    const gold = goldCharacterSpans(scores, row.answer);
    if (gold.length === 0) continue;
    loss += lossOf(scores.score, gold).loss;
    near += likeness(bestCharacterSpan(scores)?.text ?? "", row.answer);
    count++;
  }
  return { loss: loss / Math.max(1, count), nearness: near / Math.max(1, count) };
}

function scored({ asked }: Row, weights: Float32Array, mind: Mind): CharacterSpans {
  return scoreCharacterSpans(
    asked.passages.map((p) => mind.lexicon.read(p.text)),
    analyse(mind.lexicon.read(asked.question)),
    weights,
  );
}

/** Twice the longest text that is part of both, as a share of their lengths; 0 where neither holds the other. */
function likeness(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short !== "" && long.includes(short) ? (2 * short.length) / (short.length + long.length) : 0;
}
