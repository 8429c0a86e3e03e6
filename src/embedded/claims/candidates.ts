/** The sentences that may decide a claim: those that have most of it. */
import { shape } from "../text/shapes.ts";
import { align, type Abbreviation, type Alignment, type Part } from "./alignment.ts";

/** A sentence that may decide a claim. */
export interface Candidate {
  readonly part: Part;
  readonly alignment: Alignment;
  /** Share of the claim's weight that stands in the sentence, 0..1. */
  readonly coverage: number;
  /** The same of its words alone, without its quantities. */
  readonly words: number;
  /** With the passage's first line and the sentence before it; with the best other sentence of the passage; with the whole passage. */
  readonly inContext: number;
  readonly withAnother: number;
  readonly inPassage: number;
  /** What the candidates are ordered by. */
  readonly rank: number;
}

/** The sentences of the passages that have most of the claim, the best first; equal ones in the order of their words, so that the passages' order does not matter. */
export function candidatesOf(claim: Part, evidence: readonly Evidence[], most: number): readonly Candidate[] {
  const all = evidence.flatMap((passage) => sentencesBeside(claim, passage)).filter((found) => found.coverage > 0);
  all.sort((a, b) => b.rank - a.rank || order(textOf(a.part), textOf(b.part)) || order(a.part.text.text, b.part.text.text));
  return all.slice(0, most).map((found, i) => widened(claim, found, i < compared));
}

/** So many of the best sentences are laid together with every other one of their passage, which takes time. */
const compared = 6;

type Found = Omit<Candidate, "withAnother" | "inPassage"> & { readonly at: number; readonly covers: readonly (readonly number[])[] };

/** Every sentence of a passage with what it has of the claim. */
function sentencesBeside(claim: Part, { sentences, abbreviations }: Evidence): Found[] {
  const beside = sentences.map((part) => ({ part, alignment: align(claim, part, abbreviations) }));
  const covers = beside.map(({ alignment }) => coverOf(alignment));
  return beside.map(({ part, alignment }, at) => {
    const own = covers.slice(at, at + 1);
    const around = [...covers.slice(0, 1), ...covers.slice(Math.max(0, at - 1), at + 1)];
    const inContext = shareOf(claim, around);
    const leans = leansBack(part) ? leaning : 0;
    const share = shareOf(claim, own);
    const coverage = share === 0 ? 0 : share + leans * (inContext - share);
    const said = shareOf(claim, own, claim.units.length);
    const words = said + leans * (shareOf(claim, around, claim.units.length) - said);
    const rank = coverage + 0.15 * (inContext - coverage) + 0.1 * neighbours(alignment);
    return { part, alignment, coverage, words, inContext, rank, at, covers };
  });
}

function widened(claim: Part, { at, covers, ...found }: Found, compare: boolean): Candidate {
  const own = covers[at] ?? [];
  const withAnother = compare ? covers.reduce((top, other) => Math.max(top, shareOf(claim, [own, other])), 0) : found.coverage;
  return { ...found, withAnother, inPassage: compare ? shareOf(claim, covers) : found.coverage };
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
  readonly abbreviations: readonly Abbreviation[];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Strength for each unit, then for each quantity. */
function coverOf({ pairings, quantities }: Alignment): number[] {
  return [...pairings.map((p) => p.strength), ...quantities.map((q) => (q.result === "same" ? 1 : q.result === "other" ? 0.5 : 0))];
}

/** A quantity weighs as much as a rather rare word. */
const quantityWeight = 0.8;

function shareOf(claim: Part, covers: readonly (readonly number[])[], first = Infinity): number {
  const weights = [...claim.units.map((u) => u.weight), ...claim.quantities.map(() => quantityWeight)].slice(0, first);
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) return 0;
  return weights.reduce((sum, weight, i) => sum + weight * Math.max(0, ...covers.map((cover) => cover[i] ?? 0)), 0) / total;
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
