/** What fine-tuning leaves behind, and its form on disk. */
import type { Classifier } from "../labels/classifier.ts";
import { restoreClassifier, storeClassifier, type StoredClassifier } from "../labels/store.ts";
import { createMemory, type Memory, type Pair } from "../memory/memory.ts";
import type { ReaderWeights } from "../reader/reader.ts";
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

/** The model file: JSON with packed arrays. */
interface Stored {
  readonly parts: readonly StoredPart[];
}

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

/** `base` is what the reader was tuned from. */
export function restore(text: string, lexicon: Lexicon, base: ReaderWeights): Tuned {
  const { parts } = JSON.parse(text) as Stored;
  return { parts: parts.map((part) => restorePart(part, lexicon, base)) };
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
  return {
    words: { ranking: ranking === undefined ? undefined : unpackFloats(ranking), confidence },
    characters:
      characters === undefined ? base.characters : { weights: unpackFloats(characters.weights), confidence: characters.confidence },
  };
}

function packFloats(values: Float32Array): string {
  return pack(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function unpackFloats(text: string): Float32Array {
  return new Float32Array(unpack(text).buffer);
}
