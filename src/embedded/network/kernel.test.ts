import { expect, test } from "vitest";
import { createRandom } from "../text/hash.ts";
import { createKernel, inputLimit, packWeights, padded, rowTile } from "./kernel.ts";

/** Rows, width, taps, dilation, columns: tiles that fit and tiles that do not. */
const shapes = [
  [4, 8, 1, 0, 8],
  [1, 2, 1, 0, 1],
  [7, 10, 3, 1, 9],
  [13, 96, 5, 4, 192],
  [150, 246, 1, 0, 96],
] as const;

test.each(shapes)("a product of %i rows of %i with %i taps, dilation %i, %i columns is exact", (rows, width, taps, dilation, columns) => {
  const random = createRandom(rows * width + columns);
  const integer = (limit: number): number => Math.round((2 * random() - 1) * limit);
  const inputRows = Math.ceil(rows / rowTile) * rowTile + (taps - 1) * dilation;
  const input = Int16Array.from({ length: inputRows * width }, () => integer(inputLimit));
  const weights = Int8Array.from({ length: columns * taps * width }, () => integer(127));
  const at = (c: number, t: number, k: number): number => weights[(c * taps + t) * width + k] ?? 0;
  const place = { weights: 1 << 18, scale: 1 << 20, bias: (1 << 20) + 4096, output: (1 << 20) + 8192 };
  const kernel = createKernel(1 << 22);
  const integers = new Int16Array(kernel.memory.buffer);
  const floats = new Float32Array(kernel.memory.buffer);
  integers.set(input);
  packWeights(integers.subarray(place.weights / 2), columns, taps, width, at);
  floats.fill(1, place.scale / 4, place.scale / 4 + padded(columns));
  floats.fill(0.5, place.bias / 4, place.bias / 4 + padded(columns));
  kernel.run({ input: 0, width, taps, dilation, ...place, rows, columns });
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let t = 0; t < taps; t++) for (let k = 0; k < width; k++) sum += (input[(r + t * dilation) * width + k] ?? 0) * at(c, t, k);
      expect(floats[place.output / 4 + r * padded(columns) + c]).toBe(Math.fround(Math.fround(sum) + 0.5));
    }
  }
});

test("sums at their greatest do not run over", () => {
  const kernel = createKernel(1 << 20);
  const integers = new Int16Array(kernel.memory.buffer);
  const floats = new Float32Array(kernel.memory.buffer);
  const width = 480;
  integers.fill(inputLimit, 0, rowTile * width);
  packWeights(integers.subarray(1 << 15), 1, 1, width, () => 127);
  floats.fill(1, 1 << 16, (1 << 16) + 8);
  kernel.run({
    input: 0,
    width,
    taps: 1,
    dilation: 0,
    weights: 1 << 16,
    scale: 1 << 18,
    bias: 1 << 19,
    output: (1 << 19) + 64,
    rows: 1,
    columns: 1,
  });
  expect(floats[((1 << 19) + 64) / 4]).toBe(Math.fround(width * inputLimit * 127));
});
