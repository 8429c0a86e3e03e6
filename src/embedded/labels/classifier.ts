/** Multinomial logistic regression over hashed n-grams, trained by AdaGrad (Duchi et al. 2011); small enough to fit inside one request. */
import { createRandom, shuffled } from "../text/hash.ts";
import type { Text } from "../text/text.ts";
import { lossAt, type Outcome, temperatureOf } from "./calibration.ts";
import { bagOf, createSpace, toVector, type Space, type Vector } from "./space.ts";
import { exp, log } from "../text/arithmetic.ts";

export interface Classifier {
  readonly classes: readonly string[];
  readonly space: Space;
  /** Row-major, one column a class. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** Scores are divided by it, so that probabilities are as often right as they say (Guo et al. 2017, arXiv 1706.04599). */
  readonly temperature: number;
  /** Nearly all held-out examples have this fitness or more; left out where they were too few. */
  readonly fitFrom?: number | undefined;
}

export interface Example {
  readonly text: Text;
  /** Index into the classes. */
  readonly label: number;
}

export interface Progress {
  readonly step: number;
  readonly total: number;
  readonly trainLoss: number;
  readonly validLoss: number | null;
}

export interface FitOptions {
  /** Passes over the examples, at most. */
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
  /** Bits of the n-gram hash that count. */
  readonly bits: number;
  /** The temperature where there are too few held-out examples to find it; 1 unless given. */
  readonly temperature?: number | undefined;
}

/** Fewer held-out examples than this decide nothing. */
const enough = 30;
const patience = 3;
/** A pass that lowers the held-out loss by less than this share of it fits the examples and nothing else. */
const worthwhile = 0.005;

/** Fits at once; see `fitting`. */
export function fit(examples: readonly Example[], classes: readonly string[], options: FitOptions): Classifier {
  const steps = fitting(examples, [], classes, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Trains pass by pass, reporting after each. Where there are enough held-out examples, their loss at the best temperature decides how
 * many passes there are, and training starts again with that number, on the held-out examples too unless `apart` keeps them out.
 */
export function* fitting(
  examples: readonly Example[],
  held: readonly Example[],
  classes: readonly string[],
  options: FitOptions,
  apart = false,
): Generator<Progress, Classifier> {
  const { temperature = 1 } = options;
  if (held.length < enough) return { ...(yield* passing(examples, held, classes, options, 0, options.epochs)), temperature };
  let best = { epochs: 1, loss: Infinity, temperature, fitFrom: 0 };
  const passes = passing(examples, held, classes, options, 0, options.epochs);
  for (let pass = passes.next(); pass.done !== true; pass = passes.next()) {
    yield pass.value;
    const { step, validLoss, temperature: found, fitFrom } = pass.value;
    if (validLoss !== null && validLoss < best.loss * (1 - worthwhile))
      best = { epochs: step, loss: validLoss, temperature: found, fitFrom };
    else if (step - best.epochs >= patience) break;
  }
  const all = apart ? examples : [...examples, ...held];
  const model = yield* passing(all, apart ? held : [], classes, options, options.epochs, best.epochs);
  return { ...model, temperature: best.temperature, fitFrom: best.fitFrom };
}

interface Pass extends Progress {
  readonly temperature: number;
  readonly fitFrom: number;
}

/** `count` passes over the examples, after `before` that were made already. */
function* passing(
  examples: readonly Example[],
  held: readonly Example[],
  classes: readonly string[],
  { epochs, rate, seed, bits }: FitOptions,
  before: number,
  count: number,
): Generator<Pass, Classifier> {
  const mask = 2 ** bits - 1;
  const bags = examples.map(({ text }) => bagOf(text, mask));
  const space = createSpace(bags, mask);
  const size = space.rows.size * classes.length;
  const model: Classifier = { classes, space, weights: new Float32Array(size), bias: new Float32Array(classes.length), temperature: 1 };
  const squares = new Float32Array(size).fill(1e-3);
  const vectors = bags.map((bag) => toVector(bag, space));
  const measured = held.map(({ text, label }) => ({ vector: toVector(bagOf(text, mask), space), label }));
  const random = createRandom(seed);
  const order = [...examples.keys()];
  for (let epoch = 0; epoch < count; epoch++) {
    let loss = 0;
    for (const i of shuffled(order, random)) {
      const vector = vectors[i];
      const label = examples[i]?.label;
      if (vector !== undefined && label !== undefined) loss += step(model, squares, vector, label, rate * (1 - epoch / epochs));
    }
    const outcomes = measured.map(({ vector, label }) => ({ scores: scoresOf(model, vector), label }));
    const temperature = outcomes.length < enough ? 1 : temperatureOf(outcomes);
    yield {
      step: before + epoch + 1,
      total: before + count,
      trainLoss: loss / Math.max(1, examples.length),
      validLoss: outcomes.length === 0 ? null : lossAt(outcomes, temperature),
      temperature,
      fitFrom: lowestFitness(outcomes),
    };
  }
  return model;
}

/** Probability of each class, in the order of `classes`. */
export function classify(model: Classifier, text: Text): Float32Array {
  return softmax(scoresOf(model, toVector(bagOf(text, model.space.mask), model.space)), model.temperature);
}

/** How far the best class's score is above the mean of all: what the examples have speaks for it. Near 0 for a text about something else. */
export function fitnessOf(model: Classifier, text: Text): number {
  return standOut(scoresOf(model, toVector(bagOf(text, model.space.mask), model.space)));
}

function standOut(scores: Float32Array): number {
  return scores.reduce((a, b) => Math.max(a, b), -Infinity) - scores.reduce((a, b) => a + b, 0) / Math.max(1, scores.length);
}

/** Share of held-out examples that may be taken for texts about something else. */
const mayBeLost = 0.015;

function lowestFitness(outcomes: readonly Outcome[]): number {
  const sorted = Float64Array.from(outcomes, ({ scores }) => standOut(scores)).sort();
  return sorted[Math.floor(sorted.length * mayBeLost)] ?? 0;
}

function scoresOf({ classes, weights, bias }: Classifier, { rows, values }: Vector): Float32Array {
  const width = classes.length;
  const scores = Float32Array.from(bias);
  for (let a = 0; a < rows.length; a++) {
    const o = (rows[a] as number) * width;
    const x = values[a] as number;
    for (let c = 0; c < width; c++) scores[c] = (scores[c] as number) + (weights[o + c] as number) * x;
  }
  return scores;
}

function softmax(scores: Float32Array, temperature: number): Float32Array {
  let top = -Infinity;
  for (const v of scores) if (v > top) top = v;
  let sum = 0;
  const chances = scores.map((v) => {
    const e = exp((v - top) / temperature);
    sum += e;
    return e;
  });
  return chances.map((e) => e / sum);
}

/** One AdaGrad step on one example; returns its loss before the step. */
function step(model: Classifier, squares: Float32Array, { rows, values }: Vector, label: number, rate: number): number {
  const { weights, bias } = model;
  const width = model.classes.length;
  const error = softmax(scoresOf(model, { rows, values }), 1);
  const loss = -log(Math.max(1e-9, error[label] ?? 0));
  error[label] = (error[label] ?? 0) - 1;
  // Most classes are out of the question for an example soon, and their weights need no step.
  const open: number[] = [];
  for (let c = 0; c < width; c++) if (Math.abs(error[c] as number) > 2e-4) open.push(c);
  for (let a = 0; a < rows.length; a++) {
    const o = (rows[a] as number) * width;
    const x = values[a] as number;
    for (let i = 0; i < open.length; i++) {
      const c = open[i] as number;
      const g = (error[c] as number) * x;
      const square = (squares[o + c] as number) + g * g;
      squares[o + c] = square;
      weights[o + c] = (weights[o + c] as number) - (rate * g) / Math.sqrt(square);
    }
  }
  for (const c of open) bias[c] = (bias[c] as number) - 0.01 * rate * (error[c] as number);
  return loss;
}
