/** Reads passages in scripts with spaces: the network's best spans, ranked anew where rows or demonstrations taught to, and how sure the reader is. */
import type { Network } from "../network/network.ts";
import type { Text } from "../text/text.ts";
import { wholeCharacters } from "../text/characters.ts";
import { type Candidates, findCandidates } from "./candidates.ts";
import { confidenceOf } from "./confidence.ts";
import { type Choice, leastRisk } from "./least-risk.ts";
import type { Question } from "./question.ts";
import type { Answer } from "./reader.ts";
import { featuresOf, rerank } from "./rerank.ts";
import { log } from "../text/arithmetic.ts";

/** What is learnt beside the network. */
export interface WordReader {
  /** A model as rerank.ts has it; undefined before any tuning. */
  readonly ranking?: Float32Array | undefined;
  /** Of the logistic model over `wordEvidence`, that the passages hold the answer. */
  readonly confidence: readonly number[];
}

/** What it is before any tuning: fitted by tools/reader/calibrate.ts. */
export const baseWords: WordReader = { confidence: [-4.168, 2.146, 0.851, 1.858, 5.086, 0.283, 2.031] };

/** Undefined where the passages hold no span; `longest` is in words. */
export function readWords(
  passages: readonly Text[],
  question: Question,
  reader: WordReader,
  network: Network,
  longest?: number,
): Answer | undefined {
  const candidates = findCandidates(passages, question, network, longest);
  if (candidates === undefined) return undefined;
  const scores = scoresOf(candidates, reader);
  const choice = leastRisk(candidates, scores);
  const span = candidates.spans[choice.index];
  const text = passages[span?.passage ?? 0];
  if (span === undefined || text === undefined) return undefined;
  const evidence = wordEvidence(candidates, scores, choice);
  const here = confidenceOf(evidence, reader.confidence);
  const { from, to } = wholeCharacters(text.text, text.begin[span.first] ?? 0, text.end[span.last] ?? 0);
  return {
    text: text.text.slice(from, to),
    passage: span.passage,
    sentenceText: sentenceOf(text, span.first),
    begin: from,
    end: to,
    here,
    confidence: here * choice.expected,
  };
}

export function scoresOf(candidates: Candidates, { ranking }: Pick<WordReader, "ranking">): number[] {
  return ranking === undefined ? candidates.spans.map((span) => span.score) : rerank(featuresOf(candidates), ranking);
}

/** What speaks for an answer being there: bias, the mass of the best passage, the question's share in the sentence, around it and in the passage, the share of the span, the number of passages. */
export function wordEvidence({ evidence, passages, spans, mass }: Candidates, scores: readonly number[], choice: Choice): number[] {
  const span = spans[choice.index];
  const passage = span?.passage ?? 0;
  const sentence = evidence.sentence[(evidence.passageStart[passage] ?? 0) + (span?.first ?? 0)] ?? 0;
  // What tuning added to the span moves the mass along with it.
  const moved = mass + (scores[choice.index] ?? 0) - (span?.score ?? 0);
  return [
    1,
    Math.max(-3, Math.min(3, moved / 4)),
    evidence.overlap[sentence] ?? 0,
    evidence.around[sentence] ?? 0,
    evidence.passageOverlap[passage] ?? 0,
    choice.share,
    log(passages.length),
  ];
}

function sentenceOf(text: Text, at: number): string {
  const sentence = text.sentence[at];
  let from = at;
  let to = at;
  while (from > 0 && text.sentence[from - 1] === sentence) from--;
  while (to + 1 < text.words.length && text.sentence[to + 1] === sentence) to++;
  return text.text.slice(text.begin[from] ?? 0, text.end[to] ?? 0).replace(/\s+/g, " ");
}
