/** The network's best spans over all passages: what the answer is chosen from, and what fine-tuning ranks anew. */
import { exponential } from "../network/arithmetic.ts";
import { longestSpan, type Network } from "../network/network.ts";
import type { Text } from "../text/text.ts";
import { windowsOf } from "../text/windows.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import type { Question } from "./question.ts";
import { log } from "../text/arithmetic.ts";

/** A span by its passage and the places of its first and last token there. */
export interface Candidate {
  readonly passage: number;
  readonly first: number;
  readonly last: number;
  /** Log score against 0 for "no passage holds the answer". */
  readonly score: number;
}

export interface Candidates {
  readonly passages: readonly Text[];
  readonly question: Question;
  readonly evidence: Evidence;
  /** Best first, at most `mostCandidates`. */
  readonly spans: readonly Candidate[];
  /** Log of the sum of the scores of all spans of the passage where it is greatest. */
  readonly mass: number;
}

const mostCandidates = 40;
/** Spans this far below the best of their passage in log score are as good as impossible. */
const reach = 12;
/** Longest text in tokens that the network reads at once; it was trained on paragraphs. */
const windowTokens = 360;
/** What speaks for a passage among several, beside its spans: its share of the best passage's overlap with the question, and an early place. */
const passageWeights = { overlap: 3, place: 0.3 };

/** `longest`: most tokens of a span; undefined when the passages hold no span. */
export function findCandidates(
  passages: readonly Text[],
  question: Question,
  network: Network,
  longest = longestSpan,
): Candidates | undefined {
  const evidence = gatherEvidence(passages, question);
  const mostOverlap = evidence.passageOverlap.reduce((a, b) => Math.max(a, b), 1e-6);
  const spans: Candidate[] = [];
  let mass = -Infinity;
  passages.forEach((text, passage) => {
    const prior =
      passageWeights.overlap * ((evidence.passageOverlap[passage] ?? 0) / mostOverlap - 1) - passageWeights.place * log(1 + passage);
    for (const { start, part } of windowsOf(text, windowTokens)) {
      const { scores } = network.read(part, question);
      let top = -Infinity;
      for (const score of scores) if (score > top) top = score;
      if (top === -Infinity) continue;
      let sum = 0;
      scores.forEach((score, x) => {
        const first = start + Math.floor(x / longestSpan);
        const last = first + (x % longestSpan);
        if (score < top - reach || last - first >= longest) return;
        sum += exponential(score - top);
        spans.push({ passage, first, last, score: score + prior });
      });
      if (sum > 0) mass = Math.max(mass, top + log(sum));
    }
  });
  if (spans.length === 0) return undefined;
  spans.sort((a, b) => b.score - a.score || a.passage - b.passage || a.first - b.first || a.last - b.last);
  return { passages, question, evidence, spans: spans.slice(0, mostCandidates), mass };
}

/** The span's text, verbatim. */
export function textOf({ passages }: Candidates, { passage, first, last }: Candidate): string {
  const text = passages[passage];
  return text?.text.slice(text.begin[first] ?? 0, text.end[last] ?? 0) ?? "";
}
