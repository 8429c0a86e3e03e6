/** A question with a short answer after it, as a claim: does a sentence give that answer to that question? */
import type { Text } from "../text/text.ts";
import { partOf, type Part } from "./alignment.ts";
import { type Evidence, inPassageOf, rankedFor, type Ranked } from "./candidates.ts";
import { compareQuantities } from "./quantities.ts";

export interface Answered {
  readonly question: Part;
  readonly answer: Part;
}

/** The claim divided at its last question mark, where an answer of at most a dozen words follows it. */
export function answeredOf(claim: Text): Answered | undefined {
  const mark = claim.words.findLastIndex((word) => word.text === "?" || word.text === "？");
  const answer = claim.words.slice(mark + 1).filter((word) => /[\p{L}\d]/u.test(word.text));
  if (mark < 1 || answer.length === 0 || answer.length > 12) return undefined;
  return { question: partOf(claim, 0, mark), answer: partOf(claim, mark + 1) };
}

export const answerFeatureNames = [
  "bias",
  "answer stands there",
  "most of the question",
  "question beside the answer",
  "answer is in the best sentence",
  "how far below the best",
  "question beside the answer, above 0.5",
  "most of the question, above 0.5",
  "answer words there",
  "answer in question",
  "another quantity",
  "another name",
  "numeric",
  "is a name",
  "parity of negation",
  "passage",
] as const;

/** The features of `answerFeatureNames`, and the sentences that speak for and against. */
export function answerFeatures(
  { question, answer }: Answered,
  evidence: readonly Evidence[],
): { readonly features: readonly number[]; readonly holding?: Ranked | undefined; readonly best?: Ranked | undefined } {
  const asked = withoutQuestionWords(question);
  const candidates = rankedFor(asked, evidence);
  const wanted = plain(answer);
  const holds = (part: Part): boolean => plain(part).includes(wanted) || sameQuantity(answer, part);
  const inContext = (c: Ranked): number => c.coverage + 0.6 * (c.inContext - c.coverage);
  const best = candidates[0];
  const holding = candidates
    .filter((c) => holds(c.part))
    .reduce<Ranked | undefined>((top, c) => (top === undefined || inContext(c) > inContext(top) ? c : top), undefined);
  const stands = evidence.some(({ sentences }) => sentences.some(holds));
  const most = best === undefined ? 0 : inContext(best);
  const beside = holding === undefined ? 0 : inContext(holding);
  const words =
    answer.units.length === 0 ? 0 : answer.units.filter((u) => best?.part.byKey.has(u.key) === true).length / answer.units.length;
  const numeric = answer.quantities.length > 0;
  const isName = answer.units.length > 0 && answer.units.every((u) => u.name);
  const inBest = best !== undefined && holds(best.part);
  const inQuestion = plain(question).includes(wanted);
  const otherQuantity =
    numeric &&
    !inBest &&
    best?.part.quantities.some((q) =>
      answer.quantities.some((a) => compareQuantities(a, q) !== "same" && kindOf(a.dimension) === kindOf(q.dimension)),
    ) === true;
  const known = new Set([...asked.units, ...answer.units].map((u) => u.key));
  const otherName = isName && !inBest && best?.part.units.some((u) => u.name && !known.has(u.key)) === true;
  const denials = (holding ?? best)?.part.denials.length ?? 0;
  return {
    features: [
      1,
      stands ? 1 : 0,
      most,
      beside,
      inBest ? 1 : 0,
      holding === undefined ? 0 : most - beside,
      Math.max(0, beside - 0.5),
      Math.max(0, most - 0.5),
      words,
      inQuestion ? 1 : 0,
      otherQuantity ? most : 0,
      otherName ? most : 0,
      numeric ? 1 : 0,
      isName ? 1 : 0,
      (question.denials.length + answer.denials.length + denials) % 2 === 1 ? 1 : 0,
      best === undefined ? 0 : inPassageOf(best),
    ],
    holding,
    best,
  };
}

const questionWords = new Set("who whom whose what which when where why how many much does did is are was were".split(" "));

function withoutQuestionWords(question: Part): Part {
  const units = question.units.filter((unit) => !questionWords.has(unit.lower));
  return units.length === 0 ? question : { ...question, units };
}

function plain({ text, from, to }: Part): string {
  const words = text.words.slice(from, to).filter((word) => /[\p{L}\d]/u.test(word.text));
  return ` ${words
    .map((word) => word.lower)
    .filter((word) => word !== "the" && word !== "a" && word !== "an")
    .join(" ")} `;
}

/** A number said otherwise ("forty" and "40") with nothing else in the answer. */
function sameQuantity(answer: Part, sentence: Part): boolean {
  return (
    answer.quantities.length > 0 &&
    answer.quantities.every((a) => sentence.quantities.some((q) => compareQuantities(a, q) === "same")) &&
    answer.units.every((u) => sentence.byKey.has(u.key))
  );
}

function kindOf(dimension: string): string {
  return dimension.startsWith("count") ? "count" : dimension.startsWith("money") ? "money" : dimension;
}
