/** Layers of the network over rows of numbers; what is expensive runs in the kernel. */
import { sigmoid } from "./arithmetic.ts";
import { createKernel, inputLimit, packWeights, padded, rowTile } from "./kernel.ts";
import type { Weights } from "./weights.ts";

/** Rows of `width` numbers, row-major. */
export type Rows = Float32Array;

/** A product with fixed weights: where they lie, and their scales and biases by output column. */
interface Packed {
  readonly weights: number;
  readonly columns: number;
  readonly taps: number;
  readonly width: number;
  readonly scale: Float32Array;
  readonly bias: Float32Array;
}

export interface Layers {
  /** x · Wᵀ + b. */
  linear(name: string, x: Rows, rows: number): Rows;
  /** A · Bᵀ of two matrices that are not known before; `b` has `columns` rows of `width` numbers. */
  product(a: Rows, rows: number, width: number, b: (column: number, k: number) => number, columns: number): Rows;
  /** Adds a gated convolution of the layer norm of `x` to `x`. */
  convolve(name: string, x: Rows, rows: number, dilation: number): void;
  norm(name: string, x: Rows, rows: number): Rows;
}

/** Longest input in rows, and most numbers in a row of any layer. */
const mostRows = 544;
const mostWidth = 512;

export function createLayers(weights: Weights): Layers {
  // The tables of words are looked up, and what scores the borders becomes one vector a question.
  const names = Object.keys(weights.tensors).filter(
    (name) => name.endsWith(".weight") && weights.tensors[name]?.kind === "bytes" && !/^(?:word|prefix|suffix|shape|ws|we)\./.test(name),
  );
  const sizes = names.map((name) => sizeOf(weights.tensors[name]?.shape ?? []));
  const fixed = sizes.reduce((sum, size) => sum + size, 0);
  const room = {
    input: mostRows * mostWidth * 2,
    dynamic: mostRows * mostWidth * 2,
    columns: mostWidth * 4,
    output: mostRows * mostWidth * 4,
  };
  const kernel = createKernel(fixed + room.input + room.dynamic + 2 * room.columns + room.output);
  const inputAt = fixed;
  const dynamicAt = inputAt + room.input;
  const scaleAt = dynamicAt + room.dynamic;
  const biasAt = scaleAt + room.columns;
  const outputAt = biasAt + room.columns;
  const integers = new Int16Array(kernel.memory.buffer);
  const floats = new Float32Array(kernel.memory.buffer);
  const packed = new Map<string, Packed>();
  let place = 0;
  names.forEach((name, i) => {
    packed.set(name.slice(0, -".weight".length), pack(weights, name, integers, place));
    place += sizes[i] ?? 0;
  });
  const layer = (name: string): Packed => {
    const found = packed.get(name);
    if (found === undefined) throw new Error(`reader weights: there is no layer "${name}"`);
    return found;
  };

  /** Writes rows as integers with `before` empty rows above and below them; returns the scale. */
  function quantise(x: Rows, rows: number, width: number, before: number): number {
    let top = 1e-12;
    const size = rows * width;
    for (let i = 0; i < size; i++) {
      const v = x[i] as number;
      if (v > top) top = v;
      else if (-v > top) top = -v;
    }
    const factor = inputLimit / top;
    const even = width + (width & 1);
    const at = inputAt / 2;
    const first = at + before * even;
    integers.fill(0, at, first);
    if (even === width) for (let i = 0; i < size; i++) integers[first + i] = rounded((x[i] as number) * factor);
    else
      for (let r = 0; r < rows; r++) {
        for (let k = 0; k < width; k++) integers[first + r * even + k] = rounded((x[r * width + k] as number) * factor);
        integers[first + r * even + width] = 0;
      }
    integers.fill(0, first + rows * even, first + (rows + before + rowTile) * even);
    return top / inputLimit;
  }

  function run(p: Packed, scale: number, rows: number, dilation: number): Rows {
    const columns = padded(p.columns);
    for (let c = 0; c < columns; c++) {
      floats[scaleAt / 4 + c] = (p.scale[c] ?? 0) * scale;
      floats[biasAt / 4 + c] = p.bias[c] ?? 0;
    }
    const input = inputAt;
    kernel.run({
      input,
      width: p.width,
      taps: p.taps,
      dilation,
      weights: p.weights,
      scale: scaleAt,
      bias: biasAt,
      output: outputAt,
      rows,
      columns: p.columns,
    });
    return floats.subarray(outputAt / 4, outputAt / 4 + rows * columns);
  }

  function tight(rows: number, columns: number, out: Rows): Rows {
    const stride = padded(columns);
    if (stride === columns) return out.slice();
    const result = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++) result.set(out.subarray(r * stride, r * stride + columns), r * columns);
    return result;
  }

  const norm = (name: string, x: Rows, rows: number): Rows => {
    const gain = weights.floats(`${name}.weight`);
    const bias = weights.floats(`${name}.bias`);
    const d = gain.length;
    const out = new Float32Array(rows * d);
    for (let r = 0; r < rows; r++) {
      const o = r * d;
      let mean = 0;
      for (let k = 0; k < d; k++) mean += x[o + k] as number;
      mean /= d;
      let square = 0;
      for (let k = 0; k < d; k++) {
        const z = (x[o + k] as number) - mean;
        square += z * z;
      }
      const factor = 1 / Math.sqrt(square / d + 1e-5);
      for (let k = 0; k < d; k++) out[o + k] = ((x[o + k] as number) - mean) * factor * (gain[k] as number) + (bias[k] as number);
    }
    return out;
  };

  return {
    norm,
    linear(name, x, rows) {
      const p = layer(name);
      const width = weights.tensors[`${name}.weight`]?.shape[1] ?? 0;
      return tight(rows, p.columns, run(p, quantise(x, rows, width, 0), rows, 0));
    },
    product(a, rows, width, b, columns) {
      const even = width + (width & 1);
      let top = 1e-12;
      for (let c = 0; c < columns; c++) for (let k = 0; k < width; k++) top = Math.max(top, Math.abs(b(c, k)));
      // As fine as the sums allow without running over 32 bits.
      const limit = Math.min(2047, Math.floor(2 ** 31 / (even * inputLimit)) - 1);
      const factor = limit / top;
      packWeights(integers.subarray(dynamicAt / 2), columns, 1, even, (c, _, k) => (k < width ? Math.round(b(c, k) * factor) : 0));
      const scale = new Float32Array(padded(columns)).fill(top / limit);
      const p: Packed = { weights: dynamicAt, columns, taps: 1, width: even, scale, bias: new Float32Array(padded(columns)) };
      return tight(rows, columns, run(p, quantise(a, rows, width, 0), rows, 0));
    },
    convolve(name, x, rows, dilation) {
      const p = layer(`${name}.cv`);
      const d = p.width;
      const h = norm(`${name}.ln`, x, rows);
      const out = run(p, quantise(h, rows, d, ((p.taps - 1) / 2) * dilation), rows, dilation);
      for (let r = 0; r < rows; r++) {
        const o = r * d;
        const y = r * 2 * d;
        for (let k = 0; k < d; k++) x[o + k] = (x[o + k] as number) + (out[y + k] as number) * sigmoid(out[y + d + k] as number);
      }
    },
  };
}

/** To the nearest integer, for numbers within ±32767; much faster than Math.round. */
function rounded(value: number): number {
  return ((value + 32768.5) | 0) - 32768;
}

/** Bytes that a layer's packed weights take. */
function sizeOf([columns = 0, width = 0, taps = 1]: readonly number[]): number {
  return padded(columns) * taps * (width + (width & 1)) * 2;
}

/** Shapes are [columns, width] or, for a convolution, [columns, width, taps]. */
function pack(weights: Weights, name: string, integers: Int16Array, place: number): Packed {
  const { shape, bytes, scale } = weights.bytes(name);
  const [columns = 0, width = 0, taps = 1] = shape;
  const even = width + (width & 1);
  packWeights(integers.subarray(place / 2), columns, taps, even, (c, t, k) =>
    k < width ? (bytes[(c * width + k) * taps + t] as number) : 0,
  );
  const biasName = name.replace(/weight$/, "bias");
  const bias = new Float32Array(padded(columns));
  if (weights.tensors[biasName] !== undefined) bias.set(weights.floats(biasName));
  return { weights: place, columns, taps, width: even, scale, bias };
}
