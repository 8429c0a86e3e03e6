/** What fine-tuning leaves behind, and its form on disk. */
import type { Classifier } from "../labels/classifier.ts";
import { createMemory, type Memory, type Pair } from "../memory/memory.ts";
import type { ReaderWeights } from "../reader/reader.ts";
import type { Lexicon } from "../text/text.ts";
import { pack, unpack } from "../reader/weights-format.ts";

export interface Tuned {
  readonly classifier?: Classifier | undefined;
  readonly reader?: ReaderWeights | undefined;
  readonly memory?: Memory | undefined;
  /** The phrase that the training rows refuse with, and below which probability of an answer. */
  readonly refusal?: string | undefined;
  readonly refuseBelow?: number | undefined;
  /** The training rows answer in whole sentences. */
  readonly sentences?: boolean | undefined;
}

/** The model file: JSON with packed arrays; weights of the classifier are rounded to a byte each. */
interface Stored {
  readonly classifier?: {
    readonly classes: readonly string[];
    readonly mask: number;
    readonly keys: string;
    readonly idf: string;
    readonly bias: string;
    readonly scale: number;
    readonly weights: string;
  };
  readonly reader?: { readonly spans: string; readonly confidence: readonly number[] };
  readonly memory?: { readonly pairs: readonly Pair[]; readonly threshold: number };
  readonly refusal?: string;
  readonly refuseBelow?: number;
  readonly sentences?: boolean;
}

export function store(tuned: Tuned): string {
  const { classifier, reader, memory, refusal, refuseBelow, sentences } = tuned;
  return JSON.stringify({
    ...(classifier === undefined ? {} : { classifier: storeClassifier(classifier) }),
    ...(reader === undefined ? {} : { reader: { spans: packFloats(reader.spans), confidence: reader.confidence } }),
    ...(memory === undefined ? {} : { memory: { pairs: memory.pairs, threshold: memory.threshold } }),
    refusal,
    refuseBelow,
    sentences,
  });
}

export function restore(text: string, lexicon: Lexicon): Tuned {
  const stored = JSON.parse(text) as Stored;
  const { classifier, reader, memory } = stored;
  return {
    classifier: classifier === undefined ? undefined : restoreClassifier(classifier),
    reader: reader === undefined ? undefined : { spans: unpackFloats(reader.spans), confidence: reader.confidence },
    memory: memory === undefined ? undefined : createMemory(memory.pairs, memory.threshold, lexicon),
    refusal: stored.refusal,
    refuseBelow: stored.refuseBelow,
    sentences: stored.sentences,
  };
}

function storeClassifier({ classes, mask, rows, idf, bias, weights }: Classifier): NonNullable<Stored["classifier"]> {
  let top = 0;
  for (const w of weights) top = Math.max(top, Math.abs(w));
  const scale = top / 127 || 1;
  const bytes = Int8Array.from(weights, (w) => Math.round(w / scale));
  const keys = new Int32Array(rows.size);
  for (const [key, row] of rows) keys[row] = key;
  return {
    classes,
    mask,
    keys: pack(new Uint8Array(keys.buffer)),
    idf: packFloats(idf),
    bias: packFloats(bias),
    scale,
    weights: pack(new Uint8Array(bytes.buffer)),
  };
}

function restoreClassifier(stored: NonNullable<Stored["classifier"]>): Classifier {
  const keys = new Int32Array(unpack(stored.keys).buffer);
  return {
    classes: stored.classes,
    mask: stored.mask,
    rows: new Map([...keys].map((key, row) => [key, row])),
    idf: unpackFloats(stored.idf),
    bias: unpackFloats(stored.bias),
    weights: Float32Array.from(new Int8Array(unpack(stored.weights).buffer), (q) => q * stored.scale),
  };
}

function packFloats(values: Float32Array): string {
  return pack(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function unpackFloats(text: string): Float32Array {
  return new Float32Array(unpack(text).buffer);
}
