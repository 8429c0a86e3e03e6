/**
 * Rounds the weights that train.py wrote to a byte each and writes them as the engine reads them. Run from the repository root:
 *
 *     node tools/reader/pack.ts OUT src/embedded/network/reader.weights
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { WeightsHeader } from "../../src/embedded/network/weights.ts";
import { hash32 } from "../../src/embedded/text/hash.ts";

interface Trained {
  readonly options: {
    readonly e: number;
    readonly d: number;
    readonly bilinear: number;
    readonly dilations: string;
    readonly rows: number;
    readonly spare: number;
  };
  readonly words: readonly string[];
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly at: number }[];
}

const [from = "", to = ""] = process.argv.slice(2);
const trained = JSON.parse(readFileSync(`${from}.json`, "utf8")) as Trained;
const raw = readFileSync(`${from}.bin`);
const floats = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
const tensors: Record<string, WeightsHeader["tensors"][string]> = {};
const parts: Uint8Array[] = [];
let at = 0;

const add = (
  name: string,
  kind: "bytes" | "floats" | "hashes",
  shape: readonly number[],
  ...arrays: (Float32Array | Int8Array | Int32Array)[]
): void => {
  tensors[name] = { kind, shape, at };
  for (const array of arrays) {
    parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    at += array.byteLength;
  }
  const over = (4 - (at % 4)) % 4;
  parts.push(new Uint8Array(over));
  at += over;
};

add(
  "words",
  "hashes",
  [trained.words.length],
  Int32Array.from(trained.words, (word) => hash32(word)),
);
for (const { name, shape, at: place } of trained.tensors) {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = floats.subarray(place, place + size);
  const rows = shape[0] ?? 1;
  // These are few, and are not multiplied by the kernel.
  if (shape.length < 2 || /^o[se]\./.test(name)) {
    add(name, "floats", shape, Float32Array.from(values));
    continue;
  }
  const width = size / rows;
  const scale = new Float32Array(rows);
  const bytes = new Int8Array(size);
  for (let r = 0; r < rows; r++) {
    let top = 1e-12;
    for (let k = 0; k < width; k++) top = Math.max(top, Math.abs(values[r * width + k] ?? 0));
    scale[r] = top / 127;
    for (let k = 0; k < width; k++) bytes[r * width + k] = Math.round(((values[r * width + k] ?? 0) / top) * 127);
  }
  add(name, "bytes", shape, scale, bytes);
}
const { e, d, bilinear, dilations, rows, spare } = trained.options;
const header = new TextEncoder().encode(
  JSON.stringify({ e, d, bilinear, dilations: dilations.split(",").map(Number), rows, spare, tensors } satisfies WeightsHeader),
);
const start = new Uint8Array(Math.ceil((4 + header.length) / 4) * 4);
new DataView(start.buffer).setUint32(0, header.length, true);
start.set(header, 4);
writeFileSync(to, Buffer.concat([start, ...parts]));
console.log(`${to}: ${start.length + at} bytes`);
