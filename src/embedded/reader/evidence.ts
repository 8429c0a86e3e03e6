/** How well each token, sentence and passage matches a question: what the span scores are made from. */
import { mix } from "../text/hash.ts";
import type { Question, Term } from "./question.ts";
import { shape } from "../text/shapes.ts";
import type { Text, Word } from "../text/text.ts";

/** All passages laid end to end; sentence numbers run on from passage to passage. */
export interface Evidence {
  readonly passages: readonly Text[];
  readonly words: readonly Word[];
  readonly sentence: Int32Array;
  readonly sentences: number;
  /** Passage of each sentence, and the token where each passage begins. */
  readonly passageOf: Int32Array;
  readonly passageStart: readonly number[];
  /** First and last token of each sentence. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Place in the question of the term that each token matches, -1 where it matches none. */
  readonly match: Int32Array;
  /** Distance to the nearest matching token on either side, in buckets 0..7; 7 is none in the sentence. */
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  /** Share of the question's idf in each sentence, and with its neighbours, heading and title. */
  readonly overlap: Float64Array;
  readonly around: Float64Array;
  readonly passageOverlap: readonly number[];
  /** Share of the question's idf in each sentence whose terms follow each other as in the question. */
  readonly adjacent: Float64Array;
}

export function gatherEvidence(passages: readonly Text[], question: Question): Evidence {
  const { words, sentence, sentences, passageOf, passageStart } = layEndToEnd(passages);
  const n = words.length;
  const match = new Int32Array(n).fill(-1);
  const strength = new Float64Array(n);
  for (let i = 0; i < n; i++) matchToken(words, i, question, match, strength);
  const from = new Int32Array(sentences).fill(-1);
  const to = new Int32Array(sentences);
  const overlap = new Float64Array(sentences);
  const adjacent = new Float64Array(sentences);
  const best = new Float64Array(question.text.words.length + 1);
  const matched: number[][] = Array.from({ length: sentences }, () => []);
  for (let i = 0; i < n; i++) {
    const s = sentence[i] ?? 0;
    if (from[s] === -1) from[s] = i;
    to[s] = i;
    const at = match[i] ?? -1;
    if (at < 0) continue;
    const terms = matched[s] ?? [];
    const value = strength[i] ?? 0;
    best[at] = Math.max(value, best[at] ?? 0);
    if (!terms.includes(at)) {
      terms.push(at);
      overlap[s] = (overlap[s] ?? 0) + value;
    }
    if (i > 0 && sentence[i - 1] === s && (match[i - 1] ?? -1) === at - 1 && at > 0) adjacent[s] = (adjacent[s] ?? 0) + value;
  }
  const { left, right } = distances(match, sentence);
  const total = question.total;
  for (let s = 0; s < sentences; s++) {
    overlap[s] = (overlap[s] ?? 0) / total;
    adjacent[s] = (adjacent[s] ?? 0) / total;
  }
  const union = (groups: readonly (readonly number[] | undefined)[]): number => {
    const terms = new Set(groups.flatMap((g) => g ?? []));
    let sum = 0;
    for (const at of terms) sum += best[at] ?? 0;
    return sum / total;
  };
  const around = new Float64Array(sentences);
  const passageOverlap: number[] = [];
  for (let p = 0, s = 0; p < passages.length; p++) {
    const first = s;
    let heading: number[] | undefined;
    while (s < sentences && passageOf[s] === p) {
      if (isHeading(words, from[s] ?? 0, to[s] ?? 0)) heading = matched[s];
      around[s] = union([matched[s], s > first ? matched[s - 1] : undefined, heading, matched[first]]);
      s++;
    }
    passageOverlap.push(union(matched.slice(first, s)));
  }
  return {
    passages,
    words,
    sentence,
    sentences,
    passageOf,
    passageStart,
    from,
    to,
    match,
    left,
    right,
    overlap,
    around,
    passageOverlap,
    adjacent,
  };
}

function layEndToEnd(passages: readonly Text[]) {
  const words: Word[] = [];
  const sentence: number[] = [];
  const passageOf: number[] = [];
  const passageStart: number[] = [];
  passages.forEach((text, p) => {
    const base = passageOf.length;
    passageStart.push(words.length);
    for (let i = 0; i < text.words.length; i++) {
      const word = text.words[i];
      if (word === undefined) continue;
      words.push(word);
      sentence.push(base + (text.sentence[i] ?? 0));
    }
    for (let s = 0; s < text.sentences; s++) passageOf.push(p);
  });
  return { words, sentence: Int32Array.from(sentence), sentences: passageOf.length, passageOf: Int32Array.from(passageOf), passageStart };
}

/** Exact form, stem, or first five letters of the stem. A CJK character counts only beside a neighbour that matches too. */
function matchToken(words: readonly Word[], i: number, question: Question, match: Int32Array, strength: Float64Array): void {
  const word = words[i];
  if (word === undefined || word.stop) return;
  let term: Term | undefined = question.byHash.get(word.hash);
  let share = 1;
  if (term === undefined) {
    term = question.byStem.get(word.stemHash);
    share = 0.95;
  }
  if (term === undefined && word.prefixHash !== 0) {
    term = question.byPrefix.get(word.prefixHash);
    share = 0.6;
  }
  if (term === undefined) return;
  if (word.shape !== shape.cjk) {
    match[i] = term.at;
    strength[i] = share * term.idf;
    return;
  }
  const next = words[i + 1];
  const before = words[i - 1];
  const asFirst = next === undefined ? undefined : question.pairs.get(mix(word.hash, next.hash));
  const asSecond = before === undefined ? undefined : question.pairs.get(mix(before.hash, word.hash));
  const at = asFirst ?? (asSecond === undefined ? undefined : asSecond + 1);
  if (at === undefined) return;
  match[i] = at;
  strength[i] = term.idf;
}

function distances(match: Int32Array, sentence: Int32Array): { readonly left: Uint8Array; readonly right: Uint8Array } {
  const n = match.length;
  const left = new Uint8Array(n);
  const right = new Uint8Array(n);
  for (let i = 0, last = -1; i < n; i++) {
    if (last >= 0 && sentence[last] !== sentence[i]) last = -1;
    left[i] = last < 0 ? 7 : bucket(i - last);
    if ((match[i] ?? -1) >= 0) last = i;
  }
  for (let i = n - 1, last = -1; i >= 0; i--) {
    if (last >= 0 && sentence[last] !== sentence[i]) last = -1;
    right[i] = last < 0 ? 7 : bucket(last - i);
    if ((match[i] ?? -1) >= 0) last = i;
  }
  return { left, right };
}

function bucket(distance: number): number {
  return distance <= 3 ? distance - 1 : distance <= 5 ? 3 : distance <= 8 ? 4 : distance < 15 ? 5 : 6;
}

/** A Markdown heading, or a short line without an end. */
function isHeading(words: readonly Word[], from: number, to: number): boolean {
  if (words[from]?.text === "#") return true;
  const last = words[to];
  return to - from < 8 && last !== undefined && last.shape !== shape.sentenceEnd && last.shape !== shape.comma;
}
