/**
 * Which stretches of the passages repeat stretches of the question, for scripts without spaces: a character alone says little, a run of
 * two is about a word, a longer one a phrase.
 */
import type { Question } from "./question.ts";
import { shape } from "../text/shapes.ts";
import type { Word } from "../text/text.ts";
import { log } from "../text/arithmetic.ts";

export interface Alignment {
  /** Place in the question that each token repeats; -1 where it repeats none, or a lone character only. */
  readonly place: Int32Array;
  /** Length of the longest repeated run around each token, 0 where there is none. */
  readonly run: Int32Array;
  /** How much the token says for its surroundings, 0..1.5. */
  readonly strength: Float64Array;
  /** Clause of each token, from 0; commas and the ends of sentences end a clause. */
  readonly clause: Int32Array;
  readonly clauses: number;
  /** Shares of the question in each sentence and each clause; the rare ones weigh repeated stretches by how few sentences have them. */
  readonly inSentence: Coverage;
  readonly inClause: Coverage;
  /** Share of the question that each passage covers. */
  readonly inPassage: Float64Array;
  /** Longest run in each sentence. */
  readonly longest: Float64Array;
  /** Strength of all that the question holds; never 0. */
  readonly total: number;
}

interface Coverage {
  readonly plain: Float64Array;
  readonly rare: Float64Array;
}

export interface Laid {
  readonly words: readonly Word[];
  readonly sentence: Int32Array;
  readonly sentences: number;
  readonly passageOf: Int32Array;
  readonly passages: readonly unknown[];
}

/** Characters that carry grammar, not content. */
export const grammar: ReadonlySet<string> = new Set("的是在了和有為为與与於于之以及被由從从也而就都並并或其這这那個个一のはがをにでとも");

export function align({ words, sentence, sentences, passageOf, passages }: Laid, question: Question): Alignment {
  const n = words.length;
  const asked = question.text.words;
  const { place, run } = longestRuns(words, sentence, question);
  const holders = new Map<number, number>();
  for (let i = 0, seen = new Set<number>(), home = -1; i < n; i++) {
    if (sentence[i] !== home) seen = new Set();
    home = sentence[i] ?? 0;
    const at = place[i] ?? -1;
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    holders.set(at, (holders.get(at) ?? 0) + 1);
  }
  const strength = new Float64Array(n);
  const rare = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const word = words[i];
    const at = place[i] ?? -1;
    if (word === undefined || at < 0) continue;
    strength[i] = strengthOf(word, run[i] ?? 0);
    rare[i] = (strength[i] ?? 0) * log((sentences + 1) / ((holders.get(at) ?? 0) + 0.3));
    if (run[i] === 1 && word.shape === shape.cjk) place[i] = -1;
  }
  let total = 0;
  asked.forEach((word, at) => {
    if (isContent(question, word, at)) total += grammar.has(word.text) ? 0.3 : word.shape === shape.cjk ? 1 : 1.5;
  });
  total ||= 1;
  const clause = new Int32Array(n);
  for (let i = 1; i < n; i++) {
    const ends = sentence[i] !== sentence[i - 1] || "，,；;：:".includes(words[i - 1]?.text ?? "");
    clause[i] = (clause[i - 1] ?? 0) + (ends ? 1 : 0);
  }
  const clauses = n === 0 ? 0 : (clause[n - 1] ?? 0) + 1;
  const longest = new Float64Array(sentences);
  for (let i = 0; i < n; i++) longest[sentence[i] ?? 0] = Math.max(longest[sentence[i] ?? 0] ?? 0, run[i] ?? 0);
  const cover = (units: Int32Array, count: number, values: Float64Array, whole: number) => coverage(units, count, place, values, whole);
  const wholeRare = total * log(sentences + 1.2);
  return {
    place,
    run,
    strength,
    clause,
    clauses,
    inSentence: { plain: cover(sentence, sentences, strength, total), rare: cover(sentence, sentences, rare, wholeRare) },
    inClause: { plain: cover(clause, clauses, strength, total), rare: cover(clause, clauses, rare, wholeRare) },
    inPassage: cover(
      sentence.map((s) => passageOf[s] ?? 0),
      passages.length,
      strength,
      total,
    ),
    longest,
    total,
  };
}

/** Place where the answer would stand in the question, and the first place after the question word. */
export function slotOf({ text, asks, width }: Question): { readonly from: number; readonly to: number } {
  if (asks >= 0) return { from: asks, to: asks + width };
  let end = text.words.length;
  while (end > 0 && "?？。".includes(text.words[end - 1]?.text ?? "")) end--;
  return { from: end, to: end };
}

/** Neither the question word nor punctuation. */
function isContent(question: Question, word: Word, at: number): boolean {
  if (question.asks >= 0 && at >= question.asks && at < question.asks + question.width) return false;
  return word.shape === shape.cjk || !word.stop;
}

/** A question is no longer than so many tokens; what follows is not looked for. */
const mostAsked = 256;

/** For each token the place that the longest common run through it gives it. */
function longestRuns(words: readonly Word[], sentence: Int32Array, question: Question) {
  const n = words.length;
  const asked = question.text.words;
  const place = new Int32Array(n).fill(-1);
  const run = new Int32Array(n);
  const places = new Map<number, number[]>();
  const asks = (at: number): Word | undefined => {
    const word = at < mostAsked ? asked[at] : undefined;
    return word !== undefined && isContent(question, word, at) ? word : undefined;
  };
  asked.slice(0, mostAsked).forEach((word, at) => {
    if (asks(at) === undefined) return;
    const known = places.get(word.hash);
    if (known === undefined) places.set(word.hash, [at]);
    else known.push(at);
  });
  // Lengths of the runs that begin at the next token, by place in the question.
  let next = new Map<number, number>();
  const begins: { readonly i: number; readonly at: number; readonly length: number }[] = [];
  for (let i = n - 1; i >= 0; i--) {
    const here = new Map<number, number>();
    const goesOn = sentence[i] === sentence[i + 1];
    const before = sentence[i] === sentence[i - 1] ? words[i - 1]?.hash : undefined;
    for (const at of places.get(words[i]?.hash ?? 0) ?? []) {
      const length = 1 + (goesOn ? (next.get(at + 1) ?? 0) : 0);
      here.set(at, length);
      // A run that the token before begins holds this one.
      if (before === undefined || asks(at - 1)?.hash !== before) begins.push({ i, at, length });
    }
    next = here;
  }
  for (const { i, at, length } of begins.reverse()) {
    for (let k = 0; k < length; k++) {
      if (length <= (run[i + k] ?? 0)) continue;
      run[i + k] = length;
      place[i + k] = at + k;
    }
  }
  return { place, run };
}

function strengthOf(word: Word, run: number): number {
  if (word.shape !== shape.cjk) return 1.5;
  if (grammar.has(word.text)) return run === 1 ? 0 : 0.3;
  return run === 1 ? 0.12 : run === 2 ? 0.7 : 1;
}

/** Sum over the question's places of the strongest token of each unit, as a share of `whole`. */
function coverage(units: Int32Array, count: number, place: Int32Array, values: Float64Array, whole: number): Float64Array {
  const sums = new Float64Array(count);
  const best = new Map<number, number>();
  for (let i = 0; i < units.length; i++) {
    if (i > 0 && units[i] !== units[i - 1]) best.clear();
    const at = place[i] ?? -1;
    const value = values[i] ?? 0;
    const unit = units[i] ?? 0;
    if (at < 0) {
      // Lone characters count for a little wherever they stand in the question.
      sums[unit] = (sums[unit] ?? 0) + value / 2 / whole;
      continue;
    }
    const gain = value - (best.get(at) ?? 0);
    if (gain <= 0) continue;
    best.set(at, value);
    sums[unit] = (sums[unit] ?? 0) + gain / whole;
  }
  return sums;
}
