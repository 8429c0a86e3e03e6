/** The demonstrations that suit one question: its nearest neighbours in the bank by the embedder, and not all of them alike. */
import { likenesses } from "../../program/demos.ts";
import { inputReader } from "../../program/render.ts";
import { plainInput } from "../../program/text.ts";
import type { Demo, Program, Question, StepLab } from "../../types.ts";

/** A demonstration more like the question than this is a copy of it. Cosine similarity. */
const COPY = 0.95;
/** Neighbours that are weighed against each other, for each one that is shown, and at the least. */
const WEIGHED = 4;
const LEAST_WEIGHED = 50;

export interface Nearness {
  readonly k: number;
  /** Share of likeness to the question, 0..1; the rest is unlikeness to those that were chosen before. */
  readonly mmr: number;
  /** Cosine distance, 0..2, from which on a demonstration is not shown. */
  readonly max_distance: number;
  /** Demonstrations with the same answer at the most, as long as there are others. */
  readonly per_answer?: number | undefined;
}

/**
 * At most k demonstrations, most like the question first (KATE, arXiv 2101.06804), chosen by maximal marginal relevance (Carbonell and
 * Goldstein 1998). Inputs alone are compared, in the fields that the user template shows. The question itself and copies of it are left
 * out, so that a train case never sees its own answer. None where the question has no text.
 */
export async function nearestTo(
  question: Question,
  pool: readonly Demo[],
  program: Pick<Program, "user">,
  { k, mmr, max_distance, per_answer }: Nearness,
  lab: StepLab,
): Promise<readonly Demo[]> {
  const inputOf = inputReader(program);
  const asked = inputOf(question).trim();
  const inputs = pool.map((demo) => inputOf(demo).trim());
  const shown = pool.filter((_, at) => inputs[at] !== "");
  if (asked === "" || shown.length === 0 || k === 0) return [];
  const vectors = await lab.embed(inputs.filter((input) => input !== ""));
  const [vector = []] = await lab.embed([asked]);
  if (vector.length !== vectors[0]?.length) {
    throw new Error(`embed: a question has ${vector.length} numbers and a demonstration ${vectors[0]?.length}; use one embedder for both`);
  }
  const scores = likenesses(vector, vectors);
  const near = shown
    .map((demo, at): Neighbour => ({ demo, like: scores[at] ?? 0, vector: vectors[at] ?? [] }))
    .filter(({ like }) => like <= COPY && 1 - like < max_distance)
    .sort((a, b) => b.like - a.like)
    .slice(0, Math.max(LEAST_WEIGHED, WEIGHED * k))
    .filter(({ demo }) => plainInput(inputOf(demo)) !== plainInput(asked));
  return varied(near, k, mmr, per_answer ?? halfWhereRepeated(pool, k));
}

interface Neighbour {
  readonly demo: Demo;
  readonly like: number;
  readonly vector: readonly number[];
}

function varied(near: readonly Neighbour[], k: number, mmr: number, most: number): readonly Demo[] {
  const left = near.map((neighbour) => ({ neighbour, alike: 0 }));
  const counts = new Map<string, number>();
  const chosen: Neighbour[] = [];
  while (chosen.length < k && left.length > 0) {
    const open = left.filter(({ neighbour }) => (counts.get(neighbour.demo.answer) ?? 0) < most);
    const worth = ({ neighbour, alike }: (typeof left)[number]) => mmr * neighbour.like - (1 - mmr) * alike;
    const best = (open.length > 0 ? open : left).reduce((a, b) => (worth(b) > worth(a) ? b : a));
    left.splice(left.indexOf(best), 1);
    const { neighbour } = best;
    chosen.push(neighbour);
    counts.set(neighbour.demo.answer, (counts.get(neighbour.demo.answer) ?? 0) + 1);
    if (mmr === 1) continue;
    const alike = likenesses(
      neighbour.vector,
      left.map((other) => other.neighbour.vector),
    );
    left.forEach((other, at) => (other.alike = Math.max(other.alike, alike[at] ?? 0)));
  }
  return chosen.sort((a, b) => b.like - a.like).map(({ demo }) => demo);
}

/** Where answers are labels, so that no label takes more than half of the demonstrations. */
function halfWhereRepeated(pool: readonly Demo[], k: number): number {
  const answers = new Set(pool.map(({ answer }) => answer)).size;
  return 2 * answers <= pool.length ? Math.ceil(k / 2) : k;
}
