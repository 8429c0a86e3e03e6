/** A classifier as a part of the model file: weights rounded to a byte each, arrays deflated. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { pack, unpack } from "../text/bytes.ts";
import type { Classifier } from "./classifier.ts";

export interface StoredClassifier {
  readonly classes: readonly string[];
  readonly mask: number;
  readonly temperature: number;
  readonly fitFrom?: number | undefined;
  readonly unseen: number;
  readonly scale: number;
  /** 32-bit integers, 32-bit floats, bytes. */
  readonly keys: string;
  readonly rarity: string;
  readonly bias: string;
  readonly weights: string;
}

export function storeClassifier({ classes, space, bias, weights, temperature, fitFrom }: Classifier): StoredClassifier {
  let top = 0;
  for (const w of weights) top = Math.max(top, Math.abs(w));
  const scale = top / 127 || 1;
  const keys = new Int32Array(space.rows.size);
  for (const [key, row] of space.rows) keys[row] = key;
  return {
    classes,
    mask: space.mask,
    temperature,
    fitFrom,
    unseen: space.unseen,
    scale,
    keys: deflated(keys),
    rarity: deflated(space.rarity),
    bias: deflated(bias),
    weights: deflated(Int8Array.from(weights, (w) => Math.round(w / scale))),
  };
}

export function restoreClassifier(stored: StoredClassifier): Classifier {
  const keys = new Int32Array(inflated(stored.keys));
  const space = {
    rows: new Map([...keys].map((key, row) => [key, row])),
    rarity: new Float32Array(inflated(stored.rarity)),
    unseen: stored.unseen,
    mask: stored.mask,
  };
  return {
    classes: stored.classes,
    space,
    bias: new Float32Array(inflated(stored.bias)),
    weights: Float32Array.from(new Int8Array(inflated(stored.weights)), (q) => q * stored.scale),
    temperature: stored.temperature,
    fitFrom: stored.fitFrom,
  };
}

function deflated({ buffer, byteOffset, byteLength }: Int32Array | Float32Array | Int8Array): string {
  return pack(deflateRawSync(new Uint8Array(buffer, byteOffset, byteLength)));
}

function inflated(text: string): ArrayBuffer {
  return new Uint8Array(inflateRawSync(unpack(text))).buffer;
}
