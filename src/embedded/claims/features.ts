/** What a claim and a sentence beside it have in common and apart, as numbers for the trained verdict. */
import { inOrder } from "../prompt/in-order.ts";
import type { Text } from "../text/text.ts";
import type { Alignment, Part } from "./alignment.ts";
import { type Candidate, neighbours, textOf } from "./candidates.ts";
import { mayChange } from "./roles.ts";

export const featureNames = [
  "bias",
  "coverage",
  "coverage above 0.5",
  "coverage above 0.8",
  "whole",
  "context",
  "another sentence",
  "passage",
  "passage above 0.8",
  "neighbours",
  "rarest missing",
  "missing from passage",
  "name missing",
  "name missing, another there",
  "name missing, another there, rest mostly covered",
  "names in other order",
  "quantities",
  "quantities found",
  "quantity differs",
  "quantity differs, rest covered",
  "quantity differs, rest mostly covered",
  "quantity missing",
  "turned round",
  "turned round, covered",
  "turned round, mostly covered",
  "odd denials, covered",
  "denied words",
  "reversed words",
  "reversed, covered",
  "claim denies",
  "sentence denies",
  "sentence hedges",
  "claim wider",
  "claim length",
  "reversed elsewhere",
] as const;

/** One number for each of `featureNames`, mostly 0..1. */
export function featuresOf(claim: Part, candidate: Candidate, others: readonly Candidate[]): readonly number[] {
  const { part, alignment, coverage, inContext, withAnother, inPassage } = candidate;
  const { pairings, quantities } = alignment;
  const total = pairings.reduce((sum, p) => sum + p.unit.weight, 0) || 1;
  const share = (of: (p: Alignment["pairings"][number]) => boolean): number =>
    pairings.reduce((sum, p) => sum + (of(p) ? p.unit.weight * p.strength : 0), 0) / total;
  const denied = (of: Part, at: number): boolean => of.denied[at - of.from] === true;
  const turned = pairings.map((p) => p.match !== undefined && denied(claim, p.unit.at) !== denied(part, p.match.at));
  const turn = new Map(pairings.map((p, i) => [p, turned[i] === true]));
  const missing = pairings.filter((p) => p.match === undefined);
  const rarest = missing.reduce((top, p) => Math.max(top, p.unit.weight), 0);
  const names = pairings.filter((p) => p.unit.name);
  const nameMissing = names.length === 0 ? 0 : names.filter((p) => p.match === undefined).length / names.length;
  const taken = new Set(pairings.map((p) => p.match));
  const anotherName = part.units.some((u) => u.name && !taken.has(u));
  const differs = quantities.filter((q) => q.result === "other").length;
  const words = candidate.words;
  // What a sentence turns round often stands in the one before it.
  const near = (coverage + inContext) / 2;
  const odd = turnedRound(claim, candidate) ? 1 : 0;
  const reversed = odd * share((p) => p.opposed && turn.get(p) !== true);
  const nameWeight = names.reduce((sum, p) => sum + (p.match === undefined ? p.unit.weight : 0), 0);
  const restCovered = Math.min(1, (words * total) / Math.max(0.1, total - nameWeight));
  const elsewhere = others.reduce((top, other) => Math.max(top, reversal(claim, other)), 0);
  return [
    1,
    coverage,
    Math.max(0, coverage - 0.5),
    Math.max(0, coverage - 0.8),
    coverage > 0.98 ? 1 : 0,
    inContext - coverage,
    withAnother - coverage,
    inPassage,
    Math.max(0, inPassage - 0.8),
    neighbours(alignment),
    rarest,
    1 - inPassage,
    nameMissing,
    nameMissing > 0 && anotherName ? restCovered : 0,
    nameMissing > 0 && anotherName ? Math.max(0, restCovered - 0.6) : 0,
    swapped(claim, candidate) ? Math.max(0, words - 0.5) : 0,
    quantities.length > 0 ? 1 : 0,
    quantities.length === 0 ? 0 : quantities.filter((q) => q.result === "same").length / quantities.length,
    differs > 0 ? 1 : 0,
    differs > 0 ? words : 0,
    differs > 0 ? Math.max(0, words - 0.6) : 0,
    quantities.some((q) => q.result === "missing") ? 1 : 0,
    odd,
    odd * near,
    odd * Math.max(0, near - 0.6),
    (claim.denials.length + spokenDenials(part, alignment)) % 2 === 1 ? near : 0,
    odd * share((p) => !p.opposed && turn.get(p) === true),
    reversed > 0 ? 1 : 0,
    reversed > 0 ? near : 0,
    claim.denials.length > 0 ? 1 : 0,
    part.denials.length > 0 ? 1 : 0,
    hedged(part.text, part.from, part.to) && !hedged(claim.text, claim.from, claim.to) ? 1 : 0,
    wider(claim, part) ? coverage : 0,
    Math.min(1, pairings.length / 20),
    elsewhere,
  ];
}

/** Denials and opposites that do not cancel out. */
function turnedRound(claim: Part, { part, alignment }: Candidate): boolean {
  const opposed = alignment.pairings.filter((p) => p.opposed).length;
  return (claim.denials.length + spokenDenials(part, alignment) + opposed) % 2 === 1;
}

/** The sentence's denials in clauses that have anything of the claim. */
function spokenDenials(part: Part, { pairings, quantities }: Alignment): number {
  const taken = new Set([...pairings.map((p) => p.match?.at), ...quantities.map((q) => q.found?.from)]);
  // For each token, how many of those before it are taken.
  const before = new Int32Array(part.to - part.from + 1);
  for (let i = part.from; i < part.to; i++) before[i - part.from + 1] = (before[i - part.from] ?? 0) + (taken.has(i) ? 1 : 0);
  return part.denials.filter(({ from, to }) => (before[to - part.from] ?? 0) > (before[from - part.from] ?? 0)).length;
}

/** The candidate's coverage where it turns the claim round or has another quantity; else 0. */
function reversal(claim: Part, candidate: Candidate): number {
  return turnedRound(claim, candidate) || candidate.alignment.quantities.some((q) => q.result === "other") ? candidate.coverage : 0;
}

const passive = inOrder(/\./, /\b(?:is|are|was|were|been|being|be)\b/iu, /\bby\b/iu);

/** Two names of the claim stand in the other order in the sentence, where the order says something, and both are in the same voice. */
function swapped(claim: Part, { part, alignment }: Candidate): boolean {
  const names = alignment.pairings.filter((p) => p.unit.name && p.match !== undefined && p.strength === 1);
  if ((passive.exec(textOf(claim)) === null) !== (passive.exec(textOf(part)) === null)) return false;
  return names.some((p, i) => {
    const next = names[i + 1];
    if (next?.match === undefined || p.match === undefined || next.unit.at - p.unit.at < 2) return false;
    return next.match.at < p.match.at - 1 && p.unit.key !== next.unit.key && !mayChange(claim.text, p.unit.at + 1, next.unit.at);
  });
}

const hedge =
  /\b(?:may|might|could|possibl[ey]|perhaps|suggests?|likely|probabl[ey]|appears?|seems?|unclear|uncertain|potential(?:ly)?|planned|proposed)\b|可能|也许|也許|或许|或許|大概|似乎/iu;

function hedged(text: Text, from: number, to: number): boolean {
  return hedge.test(text.text.slice(text.begin[from] ?? 0, text.end[to - 1] ?? 0));
}

/** The claim speaks of all, always or only where the sentence speaks of some or few. */
function wider(claim: Part, part: Part): boolean {
  const all = /\b(?:all|always|every|each|only|everyone|entirely|completely|exclusively|any)\b|所有|全部|总是|總是|每|只有|都/iu;
  const some =
    /\b(?:some|sometimes|several|certain|often|usually|few|many|most|partly|mainly|mostly)\b|有些|部分|有时|有時|多数|多數|一些/iu;
  return all.test(textOf(claim)) && !all.test(textOf(part)) && some.test(textOf(part));
}
