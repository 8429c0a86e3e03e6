/** What the reading network sees of a passage and a question: words by number, matches, and how well the words around each token fit. */
import { gatherEvidence } from "../reader/evidence.ts";
import { hash32 } from "../text/hash.ts";
import type { Question } from "../reader/question.ts";
import type { Text, Word } from "../text/text.ts";

/** Longest input; what is beyond is not read. */
const mostTokens = 480;
export const mostQuestionTokens = 40;
/** Rows of the tables for the first and last three letters of a word. */
const affixRows = 1024;
/** Facts a token of the passage, each 0..1. */
export const factCount = 18;
/** How a token matches the question: not at all, by the beginning of its stem, by its stem, by its form. */
export const matchGrades = 4;

export function prefixRow(word: Word): number {
  return hash32(`^${word.lower.slice(0, 3)}`) & (affixRows - 1);
}

export function suffixRow(word: Word): number {
  return hash32(`${word.lower.slice(-3)}$`) & (affixRows - 1);
}

/** For `n` tokens of the passage: the match's grade, its place in the question (-1: none), and `factCount` facts a token, row-major. */
export interface NetworkInput {
  readonly n: number;
  readonly grade: Uint8Array;
  readonly place: Int32Array;
  readonly facts: Float32Array;
}

export function networkInput(passage: Text, question: Question): NetworkInput {
  const evidence = gatherEvidence([passage], question);
  const n = Math.min(passage.words.length, mostTokens);
  const asked = question.text.words;
  const grade = new Uint8Array(n);
  const place = new Int32Array(n).fill(-1);
  const facts = new Float32Array(n * factCount);
  const near = nearOverlap(evidence.match, asked, n, question.total);
  let mostNear = 1e-6;
  let mostOverlap = 1e-6;
  let mostAround = 1e-6;
  for (const value of near) mostNear = Math.max(mostNear, value);
  for (let s = 0; s < evidence.sentences; s++) {
    mostOverlap = Math.max(mostOverlap, evidence.overlap[s] ?? 0);
    mostAround = Math.max(mostAround, evidence.around[s] ?? 0);
  }
  for (let i = 0; i < n; i++) {
    const word = passage.words[i];
    const at = evidence.match[i] ?? -1;
    const other = asked[at];
    if (word === undefined) continue;
    if (other !== undefined && at < mostQuestionTokens) {
      place[i] = at;
      grade[i] = word.hash === other.hash ? 3 : word.stemHash === other.stemHash ? 2 : 1;
    }
    const s = passage.sentence[i] ?? 0;
    const overlap = evidence.overlap[s] ?? 0;
    const around = evidence.around[s] ?? 0;
    facts.set(
      [
        other === undefined ? 0 : other.idf,
        word.idf,
        word.stop ? 1 : 0,
        Math.min(1, overlap),
        overlap / mostOverlap,
        overlap >= mostOverlap - 1e-6 ? 1 : 0,
        Math.min(1, evidence.adjacent[s] ?? 0),
        s > 0 ? Math.min(1, evidence.overlap[s - 1] ?? 0) : 0,
        s + 1 < evidence.sentences ? Math.min(1, evidence.overlap[s + 1] ?? 0) : 0,
        Math.min(1, around),
        around / mostAround,
        Math.min(1, near[i] ?? 0),
        (near[i] ?? 0) / mostNear,
        (evidence.left[i] ?? 7) / 7,
        (evidence.right[i] ?? 7) / 7,
        Math.min(1, evidence.passageOverlap[0] ?? 0),
        i / n,
        s === 0 ? 1 : 0,
      ],
      i * factCount,
    );
  }
  return { n, grade, place, facts };
}

const reach = 10;

/** Share of the question's idf among the distinct terms within `reach` tokens on either side, sentences apart or not. */
function nearOverlap(match: Int32Array, asked: readonly Word[], n: number, total: number): Float64Array {
  const out = new Float64Array(n);
  const count = new Int32Array(asked.length);
  let sum = 0;
  const add = (i: number, by: 1 | -1): void => {
    const at = match[i] ?? -1;
    if (at < 0) return;
    const before = count[at] ?? 0;
    count[at] = before + by;
    if (before + (by < 0 ? -1 : 0) === 0) sum += by * (asked[at]?.idf ?? 0);
  };
  for (let i = 0; i < Math.min(n, reach); i++) add(i, 1);
  for (let i = 0; i < n; i++) {
    if (i + reach < n) add(i + reach, 1);
    if (i - reach - 1 >= 0) add(i - reach - 1, -1);
    out[i] = sum / total;
  }
  return out;
}
