/** The sentences that may decide a claim: those that have most of it. */
import { shape } from "../text/shapes.ts";
import { align, type Abbreviations, type Alignment, type Part } from "./alignment.ts";

/** A sentence of the passages, with what it has of a claim. */
export interface Ranked {
  readonly part: Part;
  /** Share of the claim's weight that stands in the sentence, 0..1. */
  readonly coverage: number;
  /** The same of its words alone, without its quantities. */
  readonly words: number;
  /** With the passage's first line and the sentence before it. */
  readonly inContext: number;
  /** What they are ordered by. */
  readonly rank: number;
  readonly passage: Beside;
  /** Its number in the passage. */
  readonly at: number;
}

/** A sentence that may decide a claim. */
export interface Candidate extends Ranked {
  readonly alignment: Alignment;
  /** Share of the claim's weight that it has with the best other sentence of the passage, and that the whole passage has. */
  readonly withAnother: number;
  readonly inPassage: number;
}

/** A passage beside a claim. */
interface Beside {
  readonly evidence: Evidence;
  readonly covers: readonly Cover[];
  readonly weights: readonly number[];
}

/** For each unit of the claim, then each quantity, how much of it stands in the sentence, in tenths. */
type Cover = Uint8Array;

/** The sentences of the passages that have anything of the claim, the best first; equal ones in the order of their words, so that the passages' order does not matter. */
export function rankedFor(claim: Part, evidence: readonly Evidence[]): readonly Ranked[] {
  const weights = weightsOf(claim);
  const all: Ranked[] = [];
  for (const passage of evidence) for (const found of sentencesBeside(claim, passage, weights)) if (found.coverage > 0) all.push(found);
  const places = placesOf(evidence);
  return all.sort(
    (a, b) =>
      b.rank - a.rank ||
      order(textOf(a.part), textOf(b.part)) ||
      (places.get(a.passage.evidence) ?? 0) - (places.get(b.passage.evidence) ?? 0),
  );
}

/** The best sentences, at most so many, each laid beside the claim and together with every other one of its passage. */
export function candidatesOf(claim: Part, evidence: readonly Evidence[], most: number): readonly Candidate[] {
  return rankedFor(claim, evidence)
    .slice(0, most)
    .map((found) => {
      const { covers, weights, evidence: passage } = found.passage;
      const own = covers.slice(found.at, found.at + 1);
      const withAnother = covers.reduce((top, other) => Math.max(top, shareOf(weights, [...own, other])), 0);
      const alignment = align(claim, found.part, passage.abbreviations);
      return { ...found, alignment, withAnother, inPassage: inPassageOf(found) };
    });
}

/** Share of the claim's weight that stands in the sentence's passage, 0..1. */
export function inPassageOf({ passage: { covers, weights } }: Ranked): number {
  return shareOf(weights, covers);
}

/** The passages in the order of their texts. */
function placesOf(evidence: readonly Evidence[]): ReadonlyMap<Evidence, number> {
  const text = ({ sentences }: Evidence): string => sentences[0]?.text.text ?? "";
  const ordered = [...evidence].sort((a, b) => order(text(a), text(b)));
  let place = 0;
  return new Map(ordered.map((one, i) => [one, i > 0 && text(one) === text(ordered[i - 1] ?? one) ? place : (place = i)] as const));
}

/** Every sentence of a passage with what it has of the claim. */
function sentencesBeside(claim: Part, evidence: Evidence, weights: readonly number[]): Ranked[] {
  const { sentences, abbreviations } = evidence;
  const near: number[] = [];
  const covers = sentences.map((part) => {
    const alignment = align(claim, part, abbreviations);
    near.push(neighbours(alignment));
    return coverOf(alignment);
  });
  const passage = { evidence, covers, weights };
  const said = weights.slice(0, claim.units.length);
  return sentences.map((part, at) => {
    const own = covers.slice(at, at + 1);
    const around = [...covers.slice(0, 1), ...covers.slice(Math.max(0, at - 1), at + 1)];
    const inContext = shareOf(weights, around);
    const leans = leansBack(part) ? leaning : 0;
    const share = shareOf(weights, own);
    const coverage = share === 0 ? 0 : share + leans * (inContext - share);
    const ownWords = shareOf(said, own);
    const words = ownWords + leans * (shareOf(said, around) - ownWords);
    const rank = coverage + 0.15 * (inContext - coverage) + 0.1 * (near[at] ?? 0);
    return { part, coverage, words, inContext, rank, passage, at };
  });
}

/** How much of what stands before a sentence counts as said in it, where it takes its subject from there. */
const leaning = 0.7;
const pronoun = /^(?:it|its|he|she|they|his|her|their|this|these|those|such)$/;

/** The sentence begins with a pronoun, or is Chinese, which leaves the subject out. */
function leansBack({ text, from }: Part): boolean {
  const first = text.words[from];
  return first !== undefined && (pronoun.test(first.lower) || first.shape === shape.cjk || text.words[from + 1]?.shape === shape.cjk);
}

/** A passage, made ready. */
export interface Evidence {
  readonly sentences: readonly Part[];
  readonly abbreviations: Abbreviations;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function coverOf({ pairings, quantities }: Alignment): Cover {
  const cover = new Uint8Array(pairings.length + quantities.length);
  pairings.forEach(({ strength }, i) => (cover[i] = Math.round(strength * 10)));
  quantities.forEach(({ result }, i) => (cover[pairings.length + i] = result === "same" ? 10 : result === "other" ? 5 : 0));
  return cover;
}

/** A quantity weighs as much as a rather rare word. */
const quantityWeight = 0.8;

function weightsOf({ units, quantities }: Part): readonly number[] {
  return [...units.map((unit) => unit.weight), ...quantities.map(() => quantityWeight)];
}

/** Share of the weights that the covers have together, 0..1. */
function shareOf(weights: readonly number[], covers: readonly Cover[]): number {
  let total = 0;
  let sum = 0;
  weights.forEach((weight, i) => {
    let most = 0;
    for (const cover of covers) most = Math.max(most, cover[i] ?? 0);
    total += weight;
    sum += weight * (most / 10);
  });
  return total === 0 ? 0 : sum / total;
}

/** Share of the claim's neighbouring words that stand near each other, in the same order, in the sentence too. */
export function neighbours({ pairings }: Alignment): number {
  let near = 0;
  for (let i = 1; i < pairings.length; i++) {
    const [a, b] = [pairings[i - 1]?.match, pairings[i]?.match];
    if (a !== undefined && b !== undefined && b.at > a.at && b.at - a.at <= 4) near++;
  }
  return pairings.length < 2 ? 0 : near / (pairings.length - 1);
}

/** The part's text, word for word. */
export function textOf({ text, from, to }: Part): string {
  return text.text.slice(text.begin[from] ?? 0, text.end[to - 1] ?? 0);
}
