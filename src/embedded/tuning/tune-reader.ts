/** Adapts the reader to rows with passages: where the answer is, and when to say that it is not there. */
import type { Mind } from "../mind.ts";
import { confidenceOf, fitLogistic } from "../reader/confidence.ts";
import { isSpaceless } from "../reader/cjk-spans.ts";
import type { ReaderWeights } from "../reader/reader.ts";
import type { Row } from "./rows.ts";
import { holdOut, type Hyperparameters, mostlySentences, type Tick } from "./training.ts";
import { evidenceInCharacters, tuneCharacters } from "./tune-characters.ts";
import { rankedEvidence, tuneRanking } from "./tune-ranking.ts";
import type { Part } from "./tuned.ts";

/** Each script has a reader of its own; the phrase of the refusals and the threshold below which it is said are common. */
export function* tuneReader(
  rows: readonly Row[],
  given: readonly Row[],
  options: Hyperparameters,
  mind: Mind,
): Generator<Tick, Omit<Part, "serves">> {
  const refusal = refusalOf(rows);
  const { train, held } = given.length > 0 ? { train: rows, held: given } : holdOut(rows, options.seed, 0.1, 200);
  const spaceless = (some: readonly Row[], wanted: boolean): Row[] =>
    some.filter(({ asked }) => isSpaceless(asked.passages.map((p) => mind.lexicon.read(p.text))) === wanted);
  const answered = (some: readonly Row[]): Row[] => some.filter((r) => r.answer !== refusal);
  let reader: ReaderWeights = mind.reader;
  const judged: Judged[] = [];
  const judge = function* (inTrain: readonly Row[], inHeld: readonly Row[], base: readonly number[], evidence: Evidence) {
    if (refusal === undefined) return base;
    const facts = yield* factsOf(inTrain, inHeld, refusal, evidence);
    const confidence = fitLogistic(facts, base, 1 / Math.max(1, facts.length));
    judged.push(...facts.map(({ x, y }) => ({ p: confidenceOf(x, confidence), y })));
    return confidence;
  };
  const [words, heldWords] = [spaceless(train, false), spaceless(held, false)];
  if (answered(words).length > 0) {
    const ranking = yield* tuneRanking(answered(words), answered(heldWords), options, mind);
    const confidence = yield* judge(words, heldWords, mind.reader.words.confidence, (row) => rankedEvidence(row, ranking, mind));
    reader = { ...reader, words: { ranking, confidence } };
  }
  const [characters, heldCharacters] = [spaceless(train, true), spaceless(held, true)];
  if (answered(characters).length > 0) {
    const weights = yield* tuneCharacters(answered(characters), answered(heldCharacters), options, mind);
    const base = mind.reader.characters.confidence;
    const confidence = yield* judge(characters, heldCharacters, base, (row) => evidenceInCharacters(row, weights, mind));
    reader = { ...reader, characters: { weights, confidence } };
  }
  const sentences = mostlySentences(answered(rows));
  return { reader, sentences, ...(refusal === undefined ? {} : { refusal, refuseBelow: bestThreshold(judged) }) };
}

type Evidence = (row: Row) => readonly number[] | undefined;

interface Judged {
  /** Probability of an answer. */
  readonly p: number;
  readonly y: boolean;
}

interface Fact {
  readonly x: readonly number[];
  readonly y: boolean;
}

/** What the tuned reader sees in rows, and whether they have an answer: held-out rows where there are enough, since it knows the others by heart. */
function* factsOf(train: readonly Row[], held: readonly Row[], refusal: string, evidence: Evidence): Generator<Tick, Fact[]> {
  const refusing = held.filter((r) => r.answer === refusal).length;
  const rows = refusing >= 5 && held.length - refusing >= 5 ? held : [...train, ...held].slice(0, 400);
  const facts: Fact[] = [];
  for (const row of rows) {
    yield;
    const x = evidence(row);
    if (x !== undefined) facts.push({ x, y: row.answer !== refusal });
  }
  return facts;
}

/** The phrase that rows answer with although it stands in none of their passages: the prompt's own, else one that is repeated. */
function refusalOf(rows: readonly Row[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { asked, answer } of rows) {
    if (asked.passages.some((p) => p.text.includes(answer))) continue;
    counts.set(answer, (counts.get(answer) ?? 0) + (asked.instructions.refusal === answer ? 2 : 1));
  }
  const [phrase, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return count >= Math.max(2, rows.length * 0.02) && !/^(?:yes|no|maybe)\W*$/i.test(phrase) ? phrase : undefined;
}

/** The threshold with the most rows on their right side, kept within 0.1..0.9. */
function bestThreshold(rows: readonly Judged[]): number {
  let best = 0.5;
  let most = -1;
  for (let t = 0.1; t <= 0.9; t += 0.02) {
    const right = rows.filter(({ p, y }) => p >= t === y).length;
    if (right > most) {
      most = right;
      best = t;
    }
  }
  return Math.round(best * 100) / 100;
}
