/** The network's weights as they lie on disk: tools/reader/pack.ts writes them. */

/**
 * A file is the length of its header (32-bit, little-endian), the header as JSON, padding to a multiple of 4, then the tensors.
 * A tensor of kind "bytes" has a float scale for each row, then a signed byte for each number; one of kind "floats" has floats.
 */
export interface WeightsHeader {
  /** Width of word vectors, of the network, and of the span product. */
  readonly e: number;
  readonly d: number;
  readonly bilinear: number;
  /** Dilations of the convolutions after attention. */
  readonly dilations: readonly number[];
  /** Words with a vector of their own; the others share `spare` vectors. Row 0 is a forgotten word. */
  readonly rows: number;
  readonly spare: number;
  readonly tensors: Readonly<
    Record<string, { readonly kind: "bytes" | "floats" | "hashes"; readonly shape: readonly number[]; readonly at: number }>
  >;
}

export interface Tensor {
  readonly shape: readonly number[];
  /** One number for each row of bytes. */
  readonly scale: Float32Array;
  readonly bytes: Int8Array;
}

export interface Weights extends WeightsHeader {
  bytes(name: string): Tensor;
  floats(name: string): Float32Array;
  /** hash32 of each word with a vector of its own; the word at place `i` has row `i + 1`. */
  readonly words: Int32Array;
}

/** Throws where a tensor is missing. */
export function readWeights(file: Uint8Array): Weights {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(4, 4 + length))) as WeightsHeader;
  // A copy that begins on a multiple of 4, as typed arrays need it.
  const body = new Uint8Array(file.subarray(Math.ceil((4 + length) / 4) * 4)).buffer;
  const find = (name: string) => {
    const tensor = header.tensors[name];
    if (tensor === undefined) throw new Error(`reader weights: there is no tensor "${name}"`);
    return { ...tensor, size: tensor.shape.reduce((a, b) => a * b, 1) };
  };
  const { at, size } = find("words");
  return {
    ...header,
    words: new Int32Array(body, at, size),
    floats(name) {
      const tensor = find(name);
      return new Float32Array(body, tensor.at, tensor.size);
    },
    bytes(name) {
      const tensor = find(name);
      const rows = tensor.shape[0] ?? 0;
      return {
        shape: tensor.shape,
        scale: new Float32Array(body, tensor.at, rows),
        bytes: new Int8Array(body, tensor.at + rows * 4, tensor.size),
      };
    },
  };
}
