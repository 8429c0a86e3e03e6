/** Just enough of the WebAssembly binary format (Core Specification 2.0, section 5) to write one small function by hand. */

export type Code = readonly number[];

/** Unsigned LEB128. */
function unsigned(value: number): Code {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

/** Signed LEB128. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  return (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0) ? [low] : [low | 0x80, ...signed(rest)];
}

const vector = (opcode: number, ...rest: number[]): Code => [0xfd, ...unsigned(opcode), ...rest];

export const wasm = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: [0x6a] as Code,
  multiply: [0x6c] as Code,
  /** Runs the body `count` times; `counter` is a local of its own, and the count must not be 0. */
  repeat: (counter: number, count: Code, body: Code): Code => [
    ...count,
    ...wasm.set(counter),
    0x03,
    0x40,
    ...body,
    ...wasm.get(counter),
    ...wasm.constant(-1),
    ...wasm.add,
    ...wasm.tee(counter),
    0x0d,
    0x00,
    0x0b,
  ],
  /** Memory operands: the alignment as a power of two, then the offset in bytes. */
  load: (offset: number): Code => vector(0x00, 0x00, ...unsigned(offset)),
  loadSplat32: (offset: number): Code => vector(0x09, 0x00, ...unsigned(offset)),
  store: (offset: number): Code => vector(0x0b, 0x00, ...unsigned(offset)),
  zeros: vector(0x0c, ...new Array<number>(16).fill(0)),
  /** Eight products of 16-bit numbers, added in pairs to four 32-bit sums. */
  dot16: vector(0xba),
  add32: vector(0xae),
  toFloat: vector(0xfa),
  addFloat: vector(0xe4),
  multiplyFloat: vector(0xe6),
} as const;

/** A module that imports `env.memory` and exports `run`, a function of `parameters` 32-bit integers without a result. */
export function moduleOf(parameters: number, integers: number, vectors: number, code: Code): Uint8Array<ArrayBuffer> {
  const name = (text: string): Code => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const locals: Code = [2, ...unsigned(integers), 0x7f, ...unsigned(vectors), 0x7b];
  const body: Code = [...locals, ...code, 0x0b];
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...section(1, [1, 0x60, parameters, ...new Array<number>(parameters).fill(0x7f), 0]),
    ...section(2, [1, ...name("env"), ...name("memory"), 0x02, 0x00, 0x01]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("run"), 0x00, 0x00]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}
