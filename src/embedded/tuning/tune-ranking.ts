/** Adapts the reader of words to rows with passages: the network stays, and what ranks its spans is learnt. */
import type { Mind } from "../mind.ts";
import { findCandidates } from "../reader/candidates.ts";
import { leastRisk } from "../reader/least-risk.ts";
import { lossOf } from "../reader/likelihood.ts";
import { analyse } from "../reader/question.ts";
import { type Features, featuresOf, goldOf, learn, rerank, rerankSize } from "../reader/rerank.ts";
import { scoresOf, wordEvidence } from "../reader/words.ts";
import { createRandom, shuffled } from "../text/hash.ts";
import type { Row } from "./rows.ts";
import { soFar, type Hyperparameters, type Tick } from "./training.ts";

/** Passages that are read for training at most; the network takes a few milliseconds for each. */
const mostReadings = 15_000;
/** Slow for rows like those that the network was trained on, quick for rows unlike them: held-out rows choose. */
const rates = [0.02, 0.08];
/** So many epochs in a row without a lower held-out loss end a rate's attempt. */
const patience = 2;
/** Characters of passages between two notes of how far reading is: some seconds. */
const betweenNotes = 50_000;

interface Example {
  readonly features: Features;
  readonly gold: readonly number[];
}

/**
 * AdaGrad from nothing at each rate; the epoch with the lowest loss on held-out rows wins, two epochs without gain end a rate's attempt, and
 * undefined where none beats the network alone.
 */
export function* tuneRanking(
  train: readonly Row[],
  held: readonly Row[],
  { epochs = 6, rate, seed }: Hyperparameters,
  mind: Mind,
): Generator<Tick, Float32Array | undefined> {
  const examples = yield* readAll(affordable(train, seed), "rows", mind);
  const judges = yield* readAll(held, "rows to validate with", mind);
  // A handful of held-out rows cannot choose.
  const choosing = judges.length >= 8;
  const tries = choosing ? rates : rates.slice(0, 1);
  let best: Float32Array | undefined;
  let lowest = (choosing ? yield* lossOn(judges, new Float32Array(rerankSize)) : null) ?? Infinity;
  for (const [attempt, tried] of tries.entries()) {
    const model = new Float32Array(rerankSize);
    const squares = new Float32Array(rerankSize).fill(0.5);
    const random = createRandom(seed);
    let lowestHere = Infinity;
    for (let epoch = 0, idle = 0; epoch < epochs; epoch++) {
      const pace = tried * rate * (1 - epoch / epochs);
      let sum = 0;
      for (const { features, gold } of shuffled(examples, random)) {
        sum += learn(features, gold, model, squares, pace) ?? 0;
        yield;
      }
      const validLoss = yield* lossOn(judges, model);
      yield { step: attempt * epochs + epoch + 1, total: tries.length * epochs, trainLoss: sum / (examples.length || 1), validLoss };
      if (!choosing || validLoss === null || validLoss < lowest) {
        lowest = validLoss ?? lowest;
        best = Float32Array.from(model);
      }
      idle = choosing && validLoss !== null && validLoss >= lowestHere ? idle + 1 : 0;
      lowestHere = Math.min(lowestHere, validLoss ?? Infinity);
      if (idle < patience || epoch + 1 === epochs) continue;
      yield `Stopped early after epoch ${epoch + 1}: the validation loss fell no more`;
      break;
    }
  }
  if (best === undefined) yield "No tuning had a lower validation loss than the network alone, which is kept as it is";
  return best;
}

/** Facts for the confidence, as `wordEvidence` gives them; undefined where the passages hold no span. */
export function rankedEvidence({ asked }: Row, ranking: Float32Array | undefined, mind: Mind): readonly number[] | undefined {
  const candidates = candidatesOf(asked, mind);
  if (candidates === undefined) return undefined;
  const scores = scoresOf(candidates, { ranking });
  return wordEvidence(candidates, scores, leastRisk(candidates, scores));
}

/** Examples of the rows whose answer is among the network's spans. */
function* readAll(rows: readonly Row[], what: string, mind: Mind): Generator<Tick, Example[]> {
  const examples: Example[] = [];
  let since = 0;
  for (const [done, { asked, answer }] of rows.entries()) {
    if (since >= betweenNotes) {
      since = 0;
      yield soFar("Read", done, rows.length, what);
    } else yield;
    since += asked.passages.reduce((sum, passage) => sum + passage.text.length, 0);
    const candidates = candidatesOf(asked, mind);
    if (candidates === undefined) continue;
    const gold = goldOf(candidates, answer);
    if (gold.length > 0) examples.push({ features: featuresOf(candidates), gold });
  }
  return examples;
}

function candidatesOf(asked: Row["asked"], mind: Mind) {
  const passages = asked.passages.map((p) => mind.lexicon.read(p.text));
  return findCandidates(passages, analyse(mind.lexicon.read(asked.question)), mind.network());
}

/** As many rows as may be read, by a seeded shuffle. */
function affordable(rows: readonly Row[], seed: number): readonly Row[] {
  let readings = 0;
  const order = shuffled(rows, createRandom(seed));
  const end = order.findIndex(({ asked }) => (readings += asked.passages.length) > mostReadings);
  return end < 0 ? order : order.slice(0, end);
}

function* lossOn(examples: readonly Example[], model: Float32Array): Generator<Tick, number | null> {
  if (examples.length === 0) return null;
  let sum = 0;
  for (const { features, gold } of examples) {
    sum += lossOf(rerank(features, model), gold).loss;
    yield;
  }
  return sum / examples.length;
}
