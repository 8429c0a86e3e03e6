/** An extractor as plain data for the model file. */
import { restoreClassifier, storeClassifier, type StoredClassifier } from "../labels/store.ts";
import { pack, unpack } from "../text/bytes.ts";
import type { Tagger } from "./crf.ts";
import type { Extractor } from "./extractor.ts";
import type { Value } from "./format.ts";
import type { Plan } from "./plan.ts";

export interface StoredExtractor extends Omit<Extractor, "tagger" | "choosers" | "plans"> {
  readonly plans: readonly (Omit<Plan, "values"> & { readonly values: readonly { readonly is?: Value | undefined }[] })[];
  readonly tagger?: StoredTagger | undefined;
  readonly choosers: readonly (readonly [string, StoredClassifier])[];
}

interface StoredTagger {
  readonly kinds: number;
  readonly keys: string;
  readonly scale: number;
  readonly weights: string;
  readonly moves: string;
}

/** Weights are rounded to a byte each. */
export function storeExtractor(extractor: Extractor): StoredExtractor {
  const { tagger, choosers, plans } = extractor;
  return {
    ...extractor,
    // A list of JSON cannot hold the "left out" that undefined stands for, an object can.
    plans: plans.map((plan) => ({ ...plan, values: plan.values.map((is) => ({ is })) })),
    tagger: tagger === undefined ? undefined : storeTagger(tagger),
    choosers: [...choosers].map(([key, chooser]) => [key, storeClassifier(chooser)] as const),
  };
}

export function restoreExtractor(stored: StoredExtractor): Extractor {
  return {
    ...stored,
    plans: stored.plans.map((plan) => ({ ...plan, absent: plan.absent, values: plan.values.map(({ is }) => is) })),
    tagger: stored.tagger === undefined ? undefined : restoreTagger(stored.tagger),
    choosers: new Map(stored.choosers.map(([key, chooser]) => [key, restoreClassifier(chooser)])),
  };
}

function storeTagger({ kinds, rows, weights, moves }: Tagger): StoredTagger {
  let top = 0;
  for (const w of weights) top = Math.max(top, Math.abs(w));
  const scale = top / 127 || 1;
  const keys = new Int32Array(rows.size);
  for (const [key, row] of rows) keys[row] = key;
  return {
    kinds,
    keys: bytesOf(keys),
    scale,
    weights: bytesOf(Int8Array.from(weights, (w) => Math.round(w / scale))),
    moves: bytesOf(moves),
  };
}

function restoreTagger({ kinds, keys, scale, weights, moves }: StoredTagger): Tagger {
  const hashes = new Int32Array(unpack(keys).buffer);
  return {
    kinds,
    rows: new Map([...hashes].map((key, row) => [key, row])),
    weights: Float32Array.from(new Int8Array(unpack(weights).buffer), (q) => q * scale),
    moves: new Float32Array(unpack(moves).buffer),
  };
}

function bytesOf(values: Int32Array | Int8Array | Float32Array): string {
  return pack(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
