/** What fine-tuning leaves behind, and its form on disk. */
import { z } from "zod";
import type { Classifier } from "../labels/classifier.ts";
import { restoreClassifier, storeClassifier, type StoredClassifier } from "../labels/store.ts";
import { createMemory, type Memory, type Pair } from "../memory/memory.ts";
import type { ReaderWeights } from "../reader/reader.ts";
import { rerankSize } from "../reader/rerank.ts";
import type { Extractor } from "../slots/extractor.ts";
import type { Frame } from "../slots/frame.ts";
import { restoreExtractor, storeExtractor, type StoredExtractor } from "../slots/store.ts";
import type { Lexicon } from "../text/text.ts";
import type { Serves } from "./parts.ts";
import type { YesNo } from "./tune-yes-no.ts";
import { pack, unpack } from "../text/bytes.ts";

export interface Tuned {
  /** One for each kind of rows, the most frequent kind first. */
  readonly parts: readonly Part[];
}

/** What was learnt from rows of one kind. */
export interface Part {
  readonly serves: Serves;
  /** Makes structured answers. */
  readonly extractor?: Extractor | undefined;
  /** What the training rows write around their answers. */
  readonly frame?: Frame | undefined;
  readonly classifier?: Classifier | undefined;
  readonly yesNo?: YesNo | undefined;
  readonly reader?: ReaderWeights | undefined;
  readonly memory?: Memory | undefined;
  /** The phrase that the training rows refuse with, and below which probability of an answer. */
  readonly refusal?: string | undefined;
  readonly refuseBelow?: number | undefined;
  /** The training rows answer in whole sentences. */
  readonly sentences?: boolean | undefined;
}

/** The model file: JSON with packed arrays. What is only read when the model is needed is not looked into here. */
const stored = z.object({
  parts: z.array(
    z.looseObject({
      serves: z.object({ orders: z.array(z.array(z.string())), passages: z.number(), labels: z.array(z.string()) }),
    }),
  ),
});

interface StoredPart {
  readonly serves: Serves;
  readonly extractor?: StoredExtractor;
  readonly frame?: Frame;
  readonly classifier?: StoredClassifier;
  readonly yesNo?: YesNo;
  readonly reader?: {
    /** Left out where nothing beats the network alone. */
    readonly ranking?: string;
    readonly confidence: readonly number[];
    /** Left out where the rows had no script without spaces. */
    readonly characters?: { readonly weights: string; readonly confidence: readonly number[] };
  };
  readonly memory?: { readonly pairs: readonly Pair[]; readonly threshold: number };
  readonly refusal?: string;
  readonly refuseBelow?: number;
  readonly sentences?: boolean;
}

/** `base` is what the reader was tuned from: what it shares with it is left out. */
export function store({ parts }: Tuned, base: ReaderWeights): string {
  return JSON.stringify({ parts: parts.map((part) => storePart(part, base)) });
}

function storePart(part: Part, base: ReaderWeights): unknown {
  const { serves, extractor, frame, classifier, yesNo, reader, memory, refusal, refuseBelow, sentences } = part;
  return {
    serves,
    ...(extractor === undefined ? {} : { extractor: storeExtractor(extractor) }),
    frame,
    ...(classifier === undefined ? {} : { classifier: storeClassifier(classifier) }),
    ...(reader === undefined ? {} : { reader: storeReader(reader, base) }),
    ...(memory === undefined ? {} : { memory: { pairs: memory.pairs, threshold: memory.threshold } }),
    yesNo,
    refusal,
    refuseBelow,
    sentences,
  };
}

/** The text is a model of this version, as far as can be told without restoring it. */
export function isStored(text: string): boolean {
  try {
    return stored.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** `base` is what the reader was tuned from. Throws where another version wrote the text. */
export function restore(text: string, lexicon: Lexicon, base: ReaderWeights): Tuned {
  const { parts } = stored.parse(JSON.parse(text));
  return { parts: parts.map((part) => restorePart(part as StoredPart, lexicon, base)) };
}

function restorePart(stored: StoredPart, lexicon: Lexicon, base: ReaderWeights): Part {
  const { extractor, classifier, reader, memory } = stored;
  return {
    serves: stored.serves,
    yesNo: stored.yesNo,
    extractor: extractor === undefined ? undefined : restoreExtractor(extractor),
    frame: stored.frame,
    classifier: classifier === undefined ? undefined : restoreClassifier(classifier),
    reader: reader === undefined ? undefined : restoreReader(reader, base),
    memory: memory === undefined ? undefined : createMemory(memory.pairs, memory.threshold, lexicon),
    refusal: stored.refusal,
    refuseBelow: stored.refuseBelow,
    sentences: stored.sentences,
  };
}

function storeReader({ words, characters }: ReaderWeights, base: ReaderWeights): NonNullable<StoredPart["reader"]> {
  const own = { weights: packFloats(characters.weights), confidence: characters.confidence };
  return {
    ...(words.ranking === undefined ? {} : { ranking: packFloats(words.ranking) }),
    confidence: words.confidence,
    ...(characters === base.characters ? {} : { characters: own }),
  };
}

function restoreReader({ ranking, confidence, characters }: NonNullable<StoredPart["reader"]>, base: ReaderWeights): ReaderWeights {
  const words = {
    ranking: ranking === undefined ? undefined : unpackFloats(ranking, rerankSize),
    confidence: counted(confidence, base.words.confidence.length),
  };
  if (characters === undefined) return { words, characters: base.characters };
  const weights = unpackFloats(characters.weights, base.characters.weights.length);
  return { words, characters: { weights, confidence: counted(characters.confidence, base.characters.confidence.length) } };
}

function packFloats(values: Float32Array): string {
  return pack(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function unpackFloats(text: string, count: number): Float32Array {
  return counted(new Float32Array(unpack(text).buffer), count);
}

/** Throws where there are not so many as this version's reader has. */
function counted<T extends ArrayLike<number>>(values: T, count: number): T {
  if (values.length !== count) throw new RangeError(`${values.length} weights where the reader has ${count}`);
  return values;
}
