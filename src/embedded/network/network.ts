/** The reading network: scores of all spans of a passage as the answer to a question. Trained by tools/reader/train.py. */
import { softmax } from "./arithmetic.ts";
import { factCount, matchGrades, mostQuestionTokens, networkInput, prefixRow, suffixRow } from "./input.ts";
import { createLayers, type Layers, type Rows } from "./layers.ts";
import type { Question } from "../reader/question.ts";
import type { Text, Word } from "../text/text.ts";
import { readWeights, type Tensor } from "./weights.ts";

/** Longest span in tokens. */
export const longestSpan = 16;

/** Log scores, against 0 for "not in this passage". */
interface SpanLogits {
  /** Tokens that were read. */
  readonly n: number;
  /** Row-major, [first token][length - 1]; -Infinity where there is no such span within one sentence. */
  readonly scores: Float32Array;
}

export interface Network {
  /** Deterministic: the same text gets the same scores on every platform. */
  read(passage: Text, question: Question): SpanLogits;
}

/** `file`: the bytes of the weights. */
export function createNetwork(file: Uint8Array): Network {
  const weights = readWeights(file);
  const { e, d, dilations, bilinear } = weights;
  const layers = createLayers(weights);
  const rowOf = new Map<number, number>();
  weights.words.forEach((hash, i) => rowOf.set(hash, i + 1));
  const tables = {
    word: weights.bytes("word.weight"),
    prefix: weights.bytes("prefix.weight"),
    suffix: weights.bytes("suffix.weight"),
    shape: weights.bytes("shape.weight"),
  };
  const lengths = weights.floats("length");

  function embed(words: readonly Word[], n: number): Rows {
    const out = new Float32Array(n * e);
    for (let i = 0; i < n; i++) {
      const word = words[i] as Word;
      addRow(out, i * e, tables.word, rowOf.get(word.hash) ?? weights.rows + ((word.hash >>> 0) % weights.spare), e);
      addRow(out, i * e, tables.prefix, prefixRow(word), e);
      addRow(out, i * e, tables.suffix, suffixRow(word), e);
      addRow(out, i * e, tables.shape, word.shape, e);
    }
    return out;
  }

  return {
    read(passage, question) {
      const input = networkInput(passage, question);
      const n = input.n;
      const asked = question.text.words;
      const u = Math.min(asked.length, mostQuestionTokens);
      if (n === 0 || u === 0) return { n: 0, scores: new Float32Array(0) };
      const own = embed(passage.words, n);
      const theirs = embed(asked, u);
      const hq = layers.linear(
        "qp",
        withFacts(theirs, e, u, (j) => [j === question.asks ? 1 : 0, Math.round((asked[j] as Word).idf * 255) / 255]),
        u,
      );
      layers.convolve("qc.0", hq, u, 1);
      layers.convolve("qc.1", hq, u, 1);
      const aligned = attend(layers, layers.linear("att", own, n), n, e, theirs, theirs, u, e, 1);
      const x = layers.linear("cp", joined(own, aligned, hq, input, n, e, d), n);
      for (let i = 0; i < x.length; i++) if ((x[i] as number) < 0) x[i] = 0;
      layers.convolve("c1.0", x, n, 1);
      layers.convolve("c1.1", x, n, 1);
      const answerTo = attend(layers, layers.linear("wk", x, n), n, d, layers.linear("wq", hq, u), hq, u, d, 1 / Math.sqrt(d));
      const whole = weighted(layers.linear("qs", hq, u), hq, u, d);
      merge(layers, x, answerTo, whole, n, d);
      dilations.forEach((dilation, k) => {
        if (k === 2) attendToItself(layers, x, n, d);
        layers.convolve(`c2.${k}`, x, n, dilation);
      });
      const last = layers.norm("ln", x, n);
      const starts = border(weights, "s", last, whole, n, d);
      const ends = border(weights, "e", last, whole, n, d);
      const us = layers.linear("us", last, n);
      const ue = layers.linear("ue", last, n);
      return { n, scores: spanScores({ n, starts, ends, us, ue, bilinear, lengths, sentence: passage.sentence }) };
    },
  };
}

function addRow(out: Rows, at: number, table: Tensor, row: number, width: number): void {
  const scale = table.scale[row] as number;
  const from = row * width;
  for (let k = 0; k < width; k++) out[at + k] = (out[at + k] as number) + (table.bytes[from + k] as number) * scale;
}

function withFacts(x: Rows, width: number, rows: number, facts: (row: number) => readonly [number, number]): Rows {
  const out = new Float32Array(rows * (width + 2));
  for (let r = 0; r < rows; r++) {
    out.set(x.subarray(r * width, r * width + width), r * (width + 2));
    out.set(facts(r), r * (width + 2) + width);
  }
  return out;
}

/** A token's vector, the question's as aligned with it, the state of the question's token that it matches, the match, the facts. */
function joined(own: Rows, aligned: Rows, hq: Rows, input: ReturnType<typeof networkInput>, n: number, e: number, d: number): Rows {
  const width = 2 * e + d + matchGrades + factCount;
  const out = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    const o = i * width;
    out.set(own.subarray(i * e, i * e + e), o);
    out.set(aligned.subarray(i * e, i * e + e), o + e);
    const place = input.place[i] ?? -1;
    if (place >= 0) out.set(hq.subarray(place * d, place * d + d), o + 2 * e);
    out[o + 2 * e + d + (input.grade[i] ?? 0)] = 1;
    for (let k = 0; k < factCount; k++)
      out[o + 2 * e + d + matchGrades + k] = Math.round((input.facts[i * factCount + k] as number) * 255) / 255;
  }
  return out;
}

/** softmax(queries · keysᵀ · factor) · values. */
function attend(
  layers: Layers,
  queries: Rows,
  n: number,
  width: number,
  keys: Rows,
  values: Rows,
  u: number,
  valueWidth: number,
  factor: number,
): Rows {
  const chances = layers.product(queries, n, width, (j, k) => keys[j * width + k] as number, u);
  for (let i = 0; i < chances.length; i++) chances[i] = (chances[i] as number) * factor;
  for (let i = 0; i < n; i++) softmax(chances, i * u, u);
  return layers.product(chances, n, u, (column, j) => values[j * valueWidth + column] as number, valueWidth);
}

/** The mean of rows, weighted by the softmax of their scores. */
function weighted(scores: Rows, rows: Rows, count: number, d: number): Rows {
  softmax(scores, 0, count);
  const out = new Float32Array(d);
  for (let j = 0; j < count; j++)
    for (let k = 0; k < d; k++) out[k] = (out[k] as number) + (scores[j] as number) * (rows[j * d + k] as number);
  return out;
}

function merge(layers: Layers, x: Rows, r: Rows, whole: Rows, n: number, d: number): void {
  const both = new Float32Array(n * 3 * d);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < d; k++) {
      const a = x[i * d + k] as number;
      const b = r[i * d + k] as number;
      both[i * 3 * d + k] = a;
      both[i * 3 * d + d + k] = b;
      both[i * 3 * d + 2 * d + k] = a * b;
    }
  }
  const merged = layers.linear("mg", both, n);
  for (let i = 0; i < n * d; i++) x[i] = (x[i] as number) + Math.max(0, merged[i] as number) + (whole[i % d] as number);
}

function attendToItself(layers: Layers, x: Rows, n: number, d: number): void {
  const h = layers.norm("sln", x, n);
  const keys = layers.linear("sk", h, n);
  const seen = attend(layers, layers.linear("sq", h, n), n, d / 2, keys, layers.linear("sv", h, n), n, d, 1 / Math.sqrt(d / 2));
  for (let i = 0; i < n * d; i++) x[i] = (x[i] as number) + (seen[i] as number);
}

/** Scores of each token as the start ("s") or end ("e") of the answer: two forms that are linear in the token's state, so one vector. */
function border(weights: ReturnType<typeof readWeights>, side: "s" | "e", x: Rows, whole: Rows, n: number, d: number): Rows {
  const { bytes, scale } = weights.bytes(`w${side}.weight`);
  const shift = weights.floats(`w${side}.bias`);
  const plain = weights.floats(`o${side}.weight`);
  const vector = new Float64Array(d);
  let constant = weights.floats(`o${side}.bias`)[0] as number;
  for (let r = 0; r < d; r++) {
    const q = (whole[r] as number) / 8;
    constant += (shift[r] as number) * q;
    for (let k = 0; k < d; k++) vector[k] = (vector[k] as number) + (bytes[r * d + k] as number) * (scale[r] as number) * q;
  }
  for (let k = 0; k < d; k++) vector[k] = (vector[k] as number) + (plain[k] as number) + (plain[d + k] as number) * (whole[k] as number);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let sum = constant;
    for (let k = 0; k < d; k++) sum += (x[i * d + k] as number) * (vector[k] as number);
    out[i] = sum;
  }
  return out;
}

interface Borders {
  readonly n: number;
  readonly starts: Rows;
  readonly ends: Rows;
  readonly us: Rows;
  readonly ue: Rows;
  readonly bilinear: number;
  readonly lengths: Float32Array;
  readonly sentence: Int32Array;
}

function spanScores({ n, starts, ends, us, ue, bilinear, lengths, sentence }: Borders): Float32Array {
  const scores = new Float32Array(n * longestSpan).fill(-Infinity);
  for (let i = 0; i < n; i++) {
    for (let length = 0; length < longestSpan && i + length < n; length++) {
      const j = i + length;
      if (sentence[j] !== sentence[i]) break;
      let both = 0;
      for (let k = 0; k < bilinear; k++) both += (us[i * bilinear + k] as number) * (ue[j * bilinear + k] as number);
      scores[i * longestSpan + length] = (starts[i] as number) + (ends[j] as number) + both + (lengths[length] as number);
    }
  }
  return scores;
}
