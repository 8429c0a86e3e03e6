/** The best span for a question over all passages, and how sure the reader is of it: each script has a reader of its own. */
import type { Network } from "../network/network.ts";
import type { Text } from "../text/text.ts";
import { type CharacterReader, readCharacters } from "./cjk-reader.ts";
import { isSpaceless } from "./cjk-spans.ts";
import type { Question } from "./question.ts";
import { readWords, type WordReader } from "./words.ts";

export interface Answer {
  readonly text: string;
  /** Index of the passage. */
  readonly passage: number;
  /** The sentence that holds the span, verbatim. */
  readonly sentenceText: string;
  /** Character offsets in the passage. */
  readonly begin: number;
  readonly end: number;
  /** Probability that the passages hold the answer, 0..1. */
  readonly here: number;
  /** What share of its words is expected to be right (token F1), 0..1; at most `here`. */
  readonly confidence: number;
}

/** What the reader has learnt beside the network. */
export interface ReaderWeights {
  readonly words: WordReader;
  /** For scripts without spaces. */
  readonly characters: CharacterReader;
}

/** Undefined when the passages hold no words; `longest` is in words. */
export function readAnswer(
  passages: readonly Text[],
  question: Question,
  weights: ReaderWeights,
  network: () => Network,
  longest?: number,
): Answer | undefined {
  return isSpaceless(passages)
    ? readCharacters(passages, question, weights.characters, longest)
    : readWords(passages, question, weights.words, network(), longest);
}
