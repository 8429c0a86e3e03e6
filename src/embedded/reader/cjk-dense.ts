/** Dense features of starts, ends and sentences: how much of the question is repeated, how near, and how rare it is. */
import type { Alignment, Laid } from "./cjk-alignment.ts";
import { log } from "../text/arithmetic.ts";

/** Dense features of a start, an end and a sentence. */
export const denseStart = 12;
export const denseEnd = 9;
export const denseSentence = 19;
export const denseWidth = denseStart + denseEnd + denseSentence;

export type Tokens = Pick<Laid, "words" | "sentence" | "sentences" | "passageOf">;
/** Hashes of the characters that follow the question word, and how far behind it each stands. */
export type Noun = ReadonlyMap<number, number>;

/** What the matches around them say of each token as a start or an end, and of each sentence; `left` and `right` as `slotRuns` gives them. */
export function denseFeatures(
  { words, sentence, sentences, passageOf }: Tokens,
  alignment: Alignment,
  left: Uint8Array,
  right: Uint8Array,
  noun: Noun,
) {
  const n = words.length;
  const { clause, clauses, inClause, inSentence, inPassage, strength, place, total, longest } = alignment;
  const far = [0.92, 0.7].map((keep) => ({
    left: decayed(strength, place, sentence, keep, 1),
    right: decayed(strength, place, sentence, keep, -1),
  }));
  const leftOf = (k: number, i: number): number => (far[k]?.left[i] ?? 0) / total;
  const rightOf = (k: number, i: number): number => (far[k]?.right[i] ?? 0) / total;
  const ofStart = new Float64Array(n * denseStart);
  const ofEnd = new Float64Array(n * denseEnd);
  for (let i = 0; i < n; i++) {
    const c = clause[i] ?? 0;
    const match = (place[i] ?? -1) >= 0 ? 1 : 0;
    ofStart.set(
      [
        leftOf(0, i),
        leftOf(1, i),
        Math.sqrt(leftOf(0, i)),
        inClause.plain[c] ?? 0,
        inClause.rare[c] ?? 0,
        c > 0 ? (inClause.plain[c - 1] ?? 0) : 0,
        c + 1 < clauses ? (inClause.plain[c + 1] ?? 0) : 0,
        i / n,
        match,
        (left[i] ?? 0) / 4,
        rightOf(0, i),
        1,
      ],
      i * denseStart,
    );
    const next = sentence[i + 1] === sentence[i] ? words[i + 1]?.hash : undefined;
    ofEnd.set(
      [
        rightOf(0, i),
        rightOf(1, i),
        Math.sqrt(rightOf(0, i)),
        leftOf(0, i),
        (right[i] ?? 0) / 4,
        match,
        noun.has(words[i]?.hash ?? 0) ? 1 : 0,
        next !== undefined && noun.has(next) ? 1 : 0,
        1,
      ],
      i * denseEnd,
    );
  }
  const { plain, rare } = inSentence;
  const most = plain.reduce((a, b) => Math.max(a, b), 1e-6);
  const mostRare = rare.reduce((a, b) => Math.max(a, b), 1e-6);
  const mostPassage = inPassage.reduce((a, b) => Math.max(a, b), 1e-6);
  const size = new Float64Array(sentences);
  for (let i = 0; i < n; i++) size[sentence[i] ?? 0] = (size[sentence[i] ?? 0] ?? 0) + 1;
  const ofSentence = new Float64Array(sentences * denseSentence);
  for (let s = 0; s < sentences; s++) {
    const own = plain[s] ?? 0;
    const share = own / most;
    const rareShare = (rare[s] ?? 0) / mostRare;
    const p = passageOf[s] ?? 0;
    const passageShare = (inPassage[p] ?? 0) / mostPassage;
    const before = s > 0 && passageOf[s - 1] === p;
    ofSentence.set(
      [
        own,
        own * own,
        own >= most - 1e-9 ? 1 : 0,
        share,
        share * share * share,
        rare[s] ?? 0,
        rareShare,
        rareShare * rareShare * rareShare,
        rareShare >= 1 - 1e-9 ? 1 : 0,
        before ? (plain[s - 1] ?? 0) : 0,
        passageOf[s + 1] === p ? (plain[s + 1] ?? 0) : 0,
        before ? 0 : 1,
        log(size[s] || 1) / 4,
        Math.min(6, longest[s] ?? 0) / 6,
        before ? (rare[s - 1] ?? 0) : 0,
        share * rareShare,
        inPassage[p] ?? 0,
        passageShare * passageShare,
        log(1 + p),
      ],
      s * denseSentence,
    );
  }
  return { ofStart, ofEnd, ofSentence };
}

/** Strength of the matches before each token (after it, for a step of -1), less by `keep` with every token between. */
function decayed(strength: Float64Array, place: Int32Array, sentence: Int32Array, keep: number, step: 1 | -1): Float64Array {
  const n = strength.length;
  const out = new Float64Array(n);
  for (let k = 0, i = step === 1 ? 0 : n - 1, sum = 0; k < n; k++, i += step) {
    if (k > 0 && sentence[i] !== sentence[i - step]) sum = 0;
    out[i] = sum;
    sum = sum * keep + ((place[i] ?? -1) >= 0 ? (strength[i] ?? 0) : 0);
  }
  return out;
}
