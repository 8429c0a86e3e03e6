/** How demonstrations are chosen. Pure but for the embedder in the lab handed in. */
import type { Case, Demo, Question, StepLab } from "../types.ts";

/** The answer that a demonstration or a training row shows: the first accepted one; a JSON value as JSON text. */
export function wantedAnswer(kase: Case): string | undefined {
  const expected = kase.expected;
  if (expected === undefined || expected === null) return undefined;
  if (typeof expected === "string") return expected;
  if (isTexts(expected)) return expected[0];
  return JSON.stringify(expected);
}

/** A shuffled copy (Fisher–Yates); the order depends on `random` alone. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** The demonstrations in turn over their distinct answers, so that the first k cover as many answers as k can. */
export function balanced(demos: readonly Demo[]): Demo[] {
  const byAnswer = Map.groupBy(demos, (demo) => demo.answer);
  const ordered: Demo[] = [];
  for (let round = 0; ordered.length < demos.length; round++) {
    for (const group of byAnswer.values()) {
      const demo = group[round];
      if (demo !== undefined) ordered.push(demo);
    }
  }
  return ordered;
}

/** What of a question is compared, as `inputReader` makes it. */
type InputOf = (question: Pick<Question, "fields">) => string;

/** The k demonstrations whose inputs are most like the question's, most like first; never the question itself. */
export async function nearest(question: Question, pool: readonly Demo[], k: number, inputOf: InputOf, lab: StepLab): Promise<Demo[]> {
  const vectors = await lab.embed(pool.map(inputOf));
  const [vector] = await lab.embed([inputOf(question)]);
  return vector === undefined ? [] : mostLike(vector, question.id, pool, vectors).slice(0, k);
}

/** For each of the first `most` demonstrations the k others that are most like it, in the order of the pool. */
export async function nearestOfEach(
  pool: readonly Demo[],
  most: number,
  k: number,
  inputOf: InputOf,
  lab: StepLab,
): Promise<readonly (readonly Demo[])[]> {
  const vectors = await lab.embed(pool.map(inputOf));
  return pool.slice(0, most).map(({ id }, i) => mostLike(vectors[i] ?? [], id, pool, vectors).slice(0, k));
}

/** The dot product of a vector with each of the others: their cosine, where all are of length 1. */
export function likenesses(vector: readonly number[], others: readonly (readonly number[])[]): number[] {
  // Lexical vectors are mostly zeros, and only where the one is not zero do the others count.
  const at = vector.flatMap((x, i) => (x === 0 ? [] : [i]));
  return others.map((other) => {
    let sum = 0;
    for (const i of at) sum += (vector[i] ?? 0) * (other[i] ?? 0);
    return sum;
  });
}

function mostLike(vector: readonly number[], id: string, pool: readonly Demo[], vectors: readonly (readonly number[])[]): Demo[] {
  const scores = likenesses(vector, vectors);
  return pool
    .map((demo, index) => ({ demo, score: scores[index] ?? 0 }))
    .filter(({ demo }) => demo.id !== id)
    .sort((a, b) => b.score - a.score)
    .map(({ demo }) => demo);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
}
