/** Multinomial logistic regression over hashed n-grams, trained by AdaGrad; small enough to fit inside one request. */
import { createRandom, shuffled } from "../text/hash.ts";
import { ngramsOf } from "../text/ngrams.ts";
import type { Text } from "../text/text.ts";

export interface Classifier {
  readonly classes: readonly string[];
  /** n-gram hash (masked) -> row of `weights`. */
  readonly rows: ReadonlyMap<number, number>;
  /** Row-major, one column a class. */
  readonly weights: Float32Array;
  readonly idf: Float32Array;
  readonly bias: Float32Array;
  readonly mask: number;
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

interface Vector {
  readonly rows: Int32Array;
  readonly values: Float32Array;
}

const grams = { word: 1, pair: 0.7, characters: 0.35, longest: 5, contentOnly: false };

/** Fits at once; see `fitting`. */
export function fit(examples: readonly Example[], classes: readonly string[], options: FitOptions): Classifier {
  const steps = fitting(examples, [], classes, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export interface FitOptions {
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
  /** Bits of the n-gram hash that count. */
  readonly bits: number;
}

/** Trains epoch by epoch, reporting after each; `valid` is only measured. */
export function* fitting(
  examples: readonly Example[],
  valid: readonly Example[],
  classes: readonly string[],
  { epochs, rate, seed, bits }: FitOptions,
): Generator<Progress, Classifier> {
  const mask = 2 ** bits - 1;
  const raw = examples.map(({ text }) => masked(ngramsOf(text, grams), mask));
  const rows = new Map<number, number>();
  const counts: number[] = [];
  for (const features of raw) {
    for (const key of features.keys()) {
      const row = rows.get(key) ?? rows.size;
      if (row === rows.size) rows.set(key, row);
      counts[row] = (counts[row] ?? 0) + 1;
    }
  }
  const idf = Float32Array.from(counts, (count) => Math.log((examples.length + 1) / (count + 0.5)));
  const width = classes.length;
  const model: Classifier = { classes, rows, idf, mask, weights: new Float32Array(rows.size * width), bias: new Float32Array(width) };
  const squares = new Float32Array(rows.size * width).fill(1e-3);
  const vectors = raw.map((features) => toVector(features, model));
  const held = valid.map((example) => ({ vector: toVector(masked(ngramsOf(example.text, grams), mask), model), label: example.label }));
  const random = createRandom(seed);
  const order = [...examples.keys()];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let loss = 0;
    for (const i of shuffled(order, random)) {
      const vector = vectors[i];
      const label = examples[i]?.label;
      if (vector !== undefined && label !== undefined) loss += step(model, squares, vector, label, rate * (1 - epoch / epochs));
    }
    const validLoss =
      held.length === 0
        ? null
        : held.reduce((sum, h) => sum - Math.log(Math.max(1e-9, probabilities(model, h.vector)[h.label] ?? 0)), 0) / held.length;
    yield { step: epoch + 1, total: epochs, trainLoss: loss / Math.max(1, examples.length), validLoss };
  }
  return model;
}

/** Probability of each class, in the order of `classes`. */
export function classify(model: Classifier, text: Text): Float32Array {
  return probabilities(model, toVector(masked(ngramsOf(text, grams), model.mask), model));
}

/** Cosine of two texts over n-grams, each weighted by how few of the `others` have it; 0..1. */
export function similarities(text: Text, others: readonly Text[]): number[] {
  const vectors = others.map((other) => ngramsOf(other, grams));
  const counts = new Map<number, number>();
  for (const v of vectors) for (const key of v.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const idf = (key: number): number => Math.log((others.length + 1) / ((counts.get(key) ?? 0) + 0.5));
  const own = ngramsOf(text, grams);
  let ownSquare = 0;
  for (const [key, value] of own) if (counts.has(key)) ownSquare += (value * idf(key)) ** 2;
  return vectors.map((v) => {
    let dot = 0;
    let square = 0;
    for (const [key, value] of v) {
      const weight = value * idf(key);
      square += weight * weight;
      dot += weight * (own.get(key) ?? 0) * idf(key);
    }
    return dot === 0 ? 0 : dot / Math.sqrt(square * ownSquare);
  });
}

function masked(features: Map<number, number>, mask: number): Map<number, number> {
  const out = new Map<number, number>();
  for (const [key, value] of features) out.set(key & mask, (out.get(key & mask) ?? 0) + value);
  return out;
}

function toVector(features: ReadonlyMap<number, number>, model: Pick<Classifier, "rows" | "idf">): Vector {
  const rows: number[] = [];
  const values: number[] = [];
  let square = 0;
  for (const [key, count] of features) {
    const row = model.rows.get(key);
    if (row === undefined) continue;
    const value = (count > 1 ? 1 + Math.log(count) : count) * (model.idf[row] ?? 0);
    rows.push(row);
    values.push(value);
    square += value * value;
  }
  const length = Math.sqrt(square) || 1;
  return { rows: Int32Array.from(rows), values: Float32Array.from(values, (v) => v / length) };
}

function probabilities(model: Classifier, { rows, values }: Vector): Float32Array {
  const width = model.classes.length;
  const z = Float32Array.from(model.bias);
  const weights = model.weights;
  for (let a = 0; a < rows.length; a++) {
    const o = (rows[a] as number) * width;
    const x = values[a] as number;
    for (let c = 0; c < width; c++) z[c] = (z[c] as number) + (weights[o + c] as number) * x;
  }
  let top = -Infinity;
  for (const v of z) if (v > top) top = v;
  let sum = 0;
  for (let c = 0; c < width; c++) {
    const e = Math.exp((z[c] as number) - top);
    z[c] = e;
    sum += e;
  }
  for (let c = 0; c < width; c++) z[c] = (z[c] as number) / sum;
  return z;
}

/** One AdaGrad step on one example; returns its loss before the step. */
function step(model: Classifier, squares: Float32Array, vector: Vector, label: number, rate: number): number {
  const width = model.classes.length;
  const error = probabilities(model, vector);
  const loss = -Math.log(Math.max(1e-9, error[label] ?? 0));
  error[label] = (error[label] ?? 0) - 1;
  const { weights, bias } = model;
  for (let a = 0; a < vector.rows.length; a++) {
    const o = (vector.rows[a] as number) * width;
    const x = vector.values[a] as number;
    for (let c = 0; c < width; c++) {
      const g = (error[c] as number) * x;
      if (g < 1e-5 && g > -1e-5) continue;
      const at = o + c;
      const square = (squares[at] as number) + g * g;
      squares[at] = square;
      weights[at] = (weights[at] as number) - (rate * g) / Math.sqrt(square);
    }
  }
  for (let c = 0; c < width; c++) bias[c] = (bias[c] ?? 0) - 0.01 * rate * (error[c] ?? 0);
  return loss;
}
