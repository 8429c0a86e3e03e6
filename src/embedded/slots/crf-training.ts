/** Trains the tagger by AdaGrad (Duchi et al. 2011) on the likelihood of whole sequences. */
import { createRandom, shuffled } from "../text/hash.ts";
import { forward, scoreOf, scoreRows, type Tagged, type Tagger } from "./crf.ts";

export interface CrfOptions {
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
  /** Features that fewer examples have are left out. */
  readonly fewest: number;
  /** Share of features that is hidden at each step of training, 0..1. */
  readonly dropout: number;
}

/** One pass over all examples. */
export interface Epoch {
  /** Mean negative log-likelihood of an example. */
  readonly loss: number;
  /** It goes on changing. */
  readonly tagger: Tagger;
}

/** Examples between two pauses. */
const stretch = 500;

/** Trains epoch by epoch; undefined is a pause within one, so that a server can do other things in between. */
export function* fitTagger(examples: Iterable<Tagged>, kinds: number, options: CrfOptions): Generator<Epoch | undefined, void> {
  const { epochs, rate, seed, fewest, dropout } = options;
  const width = 1 + 2 * kinds;
  const { rows, known } = collect(examples, fewest);
  const tagger = { kinds, rows, weights: new Float32Array(rows.size * width), moves: new Float32Array((width + 1) * width) };
  const squares = { weights: new Float32Array(tagger.weights.length).fill(0.1), moves: new Float32Array(tagger.moves.length).fill(0.1) };
  const random = createRandom(seed);
  const order = [...known.keys()];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let loss = 0;
    for (const [at, e] of shuffled(order, random).entries()) {
      if (at % stretch === stretch - 1) yield undefined;
      const example = known[e];
      if (example === undefined) continue;
      const active = example.rows.map((some) => thinned(some, dropout, random));
      loss += step(tagger, squares, active, example.tags, rate * (1.05 - epoch / epochs));
    }
    yield { loss: loss / Math.max(1, order.length), tagger };
  }
}

/** The rows but for a random share of them. */
function thinned(rows: Int32Array, dropout: number, random: () => number): Int32Array {
  const kept = new Int32Array(rows.length);
  let count = 0;
  for (let a = 0; a < rows.length; a++) {
    kept[count] = rows[a] as number;
    if (random() >= dropout) count++;
  }
  return kept.subarray(0, count);
}

interface Known {
  /** Rows of the features of each token. */
  readonly rows: readonly Int32Array[];
  readonly tags: Uint16Array;
}

/** A row for each feature that enough examples have; the hashes of the others are kept no longer than needed. */
function collect(examples: Iterable<Tagged>, fewest: number): { readonly rows: Map<number, number>; readonly known: Known[] } {
  const ids = new Map<number, number>();
  const counts: number[] = [];
  const last: number[] = [];
  const all: Known[] = [];
  for (const { features, tags } of examples) {
    const number = all.length;
    const own = features.map((some) =>
      some.map((hash) => {
        const id = ids.get(hash) ?? ids.size;
        if (id === ids.size) ids.set(hash, id);
        if (last[id] !== number) counts[id] = (counts[id] ?? 0) + 1;
        last[id] = number;
        return id;
      }),
    );
    all.push({ rows: own, tags });
  }
  const rows = new Map<number, number>();
  const rowOf = new Int32Array(ids.size).fill(-1);
  for (const [hash, id] of ids) {
    if ((counts[id] ?? 0) < fewest) continue;
    rowOf[id] = rows.size;
    rows.set(hash, rows.size);
  }
  const known = all.map(({ rows: own, tags }) => ({
    rows: own.map((some) => some.map((id) => rowOf[id] ?? -1).filter((row) => row >= 0)),
    tags,
  }));
  return { rows, known };
}

/** One AdaGrad step on one example; returns its loss before the step. */
function step(
  tagger: Tagger,
  squares: Pick<Tagger, "weights" | "moves">,
  active: readonly Int32Array[],
  tags: Uint16Array,
  rate: number,
): number {
  const count = active.length;
  if (count === 0) return 0;
  const width = 1 + 2 * tagger.kinds;
  const emissions = scoreRows(tagger, active);
  const { logZ, alpha, emitted, moved } = forward(tagger, emissions, count);
  const loss = logZ - scoreOf(tagger, emissions, tags);
  const gradient = new Float64Array(tagger.moves.length);
  let beta = new Float64Array(width).fill(1);
  for (let t = count - 1; t >= 0; t--) {
    const o = t * width;
    const marginal = new Float64Array(width);
    let sum = 0;
    for (let j = 0; j < width; j++) {
      marginal[j] = (alpha[o + j] as number) * (beta[j] as number);
      sum += marginal[j] as number;
    }
    for (let j = 0; j < width; j++) marginal[j] = (marginal[j] as number) / sum;
    const right = tags[t] as number;
    const before = t === 0 ? width : (tags[t - 1] as number);
    gradient[before * width + right] = (gradient[before * width + right] as number) - 1;
    const next = new Float64Array(width);
    if (t === 0)
      for (let j = 0; j < width; j++) gradient[width * width + j] = (gradient[width * width + j] as number) + (marginal[j] as number);
    else {
      let norm = 0;
      for (let j = 0; j < width; j++) {
        const ahead = (emitted[o + j] as number) * (beta[j] as number);
        if (ahead === 0) continue;
        for (let i = 0; i < width; i++) {
          const m = (moved[i * width + j] as number) * ahead;
          next[i] = (next[i] as number) + m;
          norm += (alpha[o - width + i] as number) * m;
        }
      }
      for (let j = 0; j < width; j++) {
        const ahead = ((emitted[o + j] as number) * (beta[j] as number)) / norm;
        if (ahead === 0) continue;
        for (let i = 0; i < width; i++) {
          const p = (alpha[o - width + i] as number) * (moved[i * width + j] as number) * ahead;
          gradient[i * width + j] = (gradient[i * width + j] as number) + p;
        }
      }
      let top = 0;
      for (const b of next) top = Math.max(top, b);
      for (let i = 0; i < width; i++) next[i] = (next[i] as number) / top;
    }
    marginal[right] = (marginal[right] as number) - 1;
    descend(tagger.weights, squares.weights, active[t] as Int32Array, marginal, rate);
    beta = next;
  }
  for (let k = 0; k < gradient.length; k++) adapt(tagger.moves, squares.moves, k, gradient[k] as number, rate);
  return loss;
}

function descend(weights: Float32Array, squares: Float32Array, rows: Int32Array, error: Float64Array, rate: number): void {
  for (let j = 0; j < error.length; j++) {
    const g = error[j] as number;
    if (g < 1e-4 && g > -1e-4) continue;
    for (let a = 0; a < rows.length; a++) adapt(weights, squares, (rows[a] as number) * error.length + j, g, rate);
  }
}

function adapt(weights: Float32Array, squares: Float32Array, at: number, g: number, rate: number): void {
  const square = (squares[at] as number) + g * g;
  squares[at] = square;
  weights[at] = (weights[at] as number) - (rate * g) / Math.sqrt(square);
}
