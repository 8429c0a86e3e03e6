/**
 * The one expensive operation of the network, as a WebAssembly kernel: products of 16-bit integer matrices, exact, so that they are the
 * same on every platform; the results are scaled to floats. A convolution is the same product over several rows of the input.
 */
import { type Code, moduleOf, wasm } from "./assembler.ts";

/** Rows and columns that are worked on at a time; buffers are padded to multiples of them. */
export const rowTile = 4;
const columnTile = 8;
/** Largest magnitude of a number in the input, so that sums of a thousand products with weights of ±127 fit into 32 bits. */
export const inputLimit = 16383;

/** Places in memory are in bytes. */
interface Product {
  /** Input: 16-bit, rows of `width` numbers (even); the first row of tap `t` is `t * dilation` rows further. */
  readonly input: number;
  readonly width: number;
  readonly taps: number;
  readonly dilation: number;
  /** Weights as `packWeights` lays them out, and a float of scale and one of bias for each output column (padded). */
  readonly weights: number;
  readonly scale: number;
  readonly bias: number;
  /** Output: floats, rows of `columns` (padded) numbers. */
  readonly output: number;
  readonly rows: number;
  readonly columns: number;
}

/** The part of the platform's WebAssembly that is used here; the compiler's own types for it come only with those of a browser. */
interface Platform {
  readonly Memory: new (limits: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}
interface Memory {
  readonly buffer: ArrayBuffer;
}

export interface Kernel {
  readonly memory: Memory;
  run(product: Product): void;
}

/** A kernel with a memory of `bytes`. */
export function createKernel(bytes: number): Kernel {
  const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Platform }).WebAssembly;
  const memory = new Memory({ initial: Math.ceil(bytes / 65536) });
  const instance = new Instance(new Module(moduleOf(parameterCount, 11, 11, code())), { env: { memory } });
  const run = instance.exports["run"] as (...places: number[]) => void;
  return {
    memory,
    run(p) {
      const tiles = Math.ceil(p.rows / rowTile);
      const row = p.width * 2;
      const columns = padded(p.columns);
      run(
        p.input,
        row,
        p.taps,
        row * p.dilation,
        p.width / 2,
        p.weights,
        p.scale,
        p.bias,
        p.output,
        columns * 4,
        tiles,
        columns / columnTile,
      );
    },
  };
}

export function padded(columns: number): number {
  return Math.ceil(columns / columnTile) * columnTile;
}

/** Lays out weights, [column][tap][k], as the kernel reads them: tiles of 8 columns, and in them pairs of k side by side. */
export function packWeights(
  out: Int16Array,
  columns: number,
  taps: number,
  width: number,
  at: (column: number, tap: number, k: number) => number,
): void {
  let place = 0;
  for (let tile = 0; tile < padded(columns); tile += columnTile) {
    for (let tap = 0; tap < taps; tap++) {
      for (let k = 0; k < width; k += 2) {
        for (let column = tile; column < tile + columnTile; column++) {
          out[place++] = column < columns ? at(column, tap, k) : 0;
          out[place++] = column < columns ? at(column, tap, k + 1) : 0;
        }
      }
    }
  }
}

const parameterCount = 12;

function code(): Code {
  const { get, set, tee, constant, add, multiply, repeat } = wasm;
  const [input, row, taps, tapBytes, pairs, weights, scale, bias, output, outputRow, rowTiles, columnTiles] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ] as const;
  const [w, sums, shift, first, tapStart, rowsLeft, columnsLeft, tapsLeft, pairsLeft, x, out] = [
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
  ] as const;
  const accumulator = (r: number, half: number): number => 23 + r * 2 + half;
  const [left, right, splat] = [31, 32, 33] as const;
  const advance = (local: number, by: Code): Code => [...get(local), ...by, ...add, ...set(local)];
  const rows = [0, 1, 2, 3];
  const step = (pair: number): Code => [
    ...get(w),
    ...wasm.load(pair * 32),
    ...set(left),
    ...get(w),
    ...wasm.load(pair * 32 + 16),
    ...set(right),
    ...rows.flatMap((r) => [
      ...get(x),
      ...constant(0),
      ...(r === 0 ? [] : [...get(row), ...constant(r), ...multiply]),
      ...(r === 0 ? add : [...add, ...add]),
      ...wasm.loadSplat32(pair * 4),
      ...tee(splat),
      ...get(left),
      ...wasm.dot16,
      ...get(accumulator(r, 0)),
      ...wasm.add32,
      ...set(accumulator(r, 0)),
      ...get(splat),
      ...get(right),
      ...wasm.dot16,
      ...get(accumulator(r, 1)),
      ...wasm.add32,
      ...set(accumulator(r, 1)),
    ]),
  ];
  const inner = repeat(pairsLeft, get(pairs), [...step(0), ...advance(x, constant(4)), ...advance(w, constant(32))]);
  const tap = [...get(tapStart), ...set(x), ...inner, ...advance(tapStart, get(tapBytes))];
  const store = rows.flatMap((r) =>
    [0, 1].flatMap((half) => [
      ...get(out),
      ...get(outputRow),
      ...constant(r),
      ...multiply,
      ...add,
      ...get(accumulator(r, half)),
      ...wasm.toFloat,
      ...get(sums),
      ...wasm.load(half * 16),
      ...wasm.multiplyFloat,
      ...get(shift),
      ...wasm.load(half * 16),
      ...wasm.addFloat,
      ...wasm.store(half * 16),
    ]),
  );
  const column = [
    ...rows.flatMap((r) => [0, 1].flatMap((half) => [...wasm.zeros, ...set(accumulator(r, half))])),
    ...get(first),
    ...set(tapStart),
    ...repeat(tapsLeft, get(taps), tap),
    ...store,
    ...advance(out, constant(32)),
    ...advance(sums, constant(32)),
    ...advance(shift, constant(32)),
  ];
  const rowTileCode = [
    ...get(weights),
    ...set(w),
    ...get(scale),
    ...set(sums),
    ...get(bias),
    ...set(shift),
    ...get(output),
    ...set(out),
    ...repeat(columnsLeft, get(columnTiles), column),
    ...advance(first, [...get(row), ...constant(rowTile), ...multiply]),
    ...advance(output, [...get(outputRow), ...constant(rowTile), ...multiply]),
  ];
  return [...get(input), ...set(first), ...repeat(rowsLeft, get(rowTiles), rowTileCode)];
}
