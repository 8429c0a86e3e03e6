/**
 * Rank metrics over documents (Manning, Raghavan & Schütze 2008, ch. 8; Järvelin & Kekäläinen 2002 for nDCG), without a judge. What is
 * needed are groups of documents: one of each group, whichever. Of a group only the first document in the ranking counts as a hit in
 * `averagePrecision` and `ndcg`, since the others bring nothing new, and a document that serves two groups is one hit of both; where every group is a single document these are the metrics of
 * trec_eval, but for `averagePrecision`, which divides by min(groups, k) so that 1 can be reached. All values 0..1; k >= 1, or Infinity.
 */
import { z } from "zod";
import type { Case, Graded, Passage } from "../types.ts";

export interface Ranking {
  /** Documents, best first, each once. */
  readonly ranked: readonly string[];
  /** One of each is needed; none is empty. */
  readonly groups: readonly (readonly string[])[];
}

/** What was retrieved, best first. */
interface Found extends Pick<Graded, "retrieved"> {
  readonly passages: readonly Pick<Passage, "source">[];
}

/** The option that all these scorers have. */
export const upTo = z.int().min(1).optional().describe("how many documents count; all that were retrieved by default");

/** The documents of the passages in the order of their first ones, and what the case needs; or why the metric does not apply. */
export function rankingOf({ passages, retrieved }: Found, { sources = [], sourceGroups }: Case): Ranking | { readonly skipped: string } {
  // The same need twice is one need.
  const needs = new Map((sourceGroups ?? sources.map((source) => [source])).map((group) => [[...new Set(group)].sort().join("\n"), group]));
  const groups = [...needs.values()].filter((group) => group.length > 0);
  if (groups.length === 0) return { skipped: "the case names no sources" };
  if (passages.length === 0 && retrieved !== true) return { skipped: "the program does not retrieve" };
  return { ranked: [...new Set(passages.map(({ source }) => source))], groups };
}

/** Share of the groups that are found. */
export function recall({ ranked, groups }: Ranking, k = Infinity): number {
  const found = new Set(ranked.slice(0, k));
  return groups.filter((group) => group.some((document) => found.has(document))).length / groups.length;
}

/** Share of k documents that are in a group; where no k is given, of all documents, and 0 where there is none. */
export function precision({ ranked, groups }: Ranking, k = ranked.length): number {
  const needed = new Set(groups.flat());
  return k === 0 ? 0 : ranked.slice(0, k).filter((document) => needed.has(document)).length / k;
}

/** 1 where a document of any group is found. */
export function hit(ranking: Ranking, k = Infinity): number {
  return reciprocalRank(ranking, k) > 0 ? 1 : 0;
}

/** 1 divided by the rank of the first document that is in a group, 0 where there is none. */
export function reciprocalRank({ ranked, groups }: Ranking, k = Infinity): number {
  const needed = new Set(groups.flat());
  const first = ranked.slice(0, k).findIndex((document) => needed.has(document));
  return first < 0 ? 0 : 1 / (first + 1);
}

/** Precision at the rank of each hit, summed and divided by min(groups, k). */
export function averagePrecision(ranking: Ranking, k = Infinity): number {
  const total = hits(ranking, k).reduce((sum, rank, before) => sum + (before + 1) / rank, 0);
  return total / Math.min(reachable(ranking), k);
}

/** 1 / log2(rank + 1) of each hit, summed and divided by the sum of a ranking that has min(groups, k) hits first. */
export function ndcg(ranking: Ranking, k = Infinity): number {
  const gain = (ranks: readonly number[]): number => ranks.reduce((sum, rank) => sum + 1 / Math.log2(rank + 1), 0);
  const ideal = Array.from({ length: Math.min(reachable(ranking), k) }, (_, i) => i + 1);
  return gain(hits(ranking, k)) / gain(ideal);
}

/** Where the hits stand and which groups have none, in words. */
export function account(ranking: Ranking, k = Infinity): string {
  const ranks = hits(ranking, k);
  const found = new Set(ranking.ranked.slice(0, k));
  const missing = ranking.groups.filter((group) => !group.some((document) => found.has(document))).map((group) => group.join(" or "));
  const where = ranks.length === 0 ? `none of ${found.size} documents` : `found at rank ${ranks.join(", ")} of ${found.size}`;
  return missing.length === 0 ? where : `${where}; not found: ${missing.join(", ")}`;
}

/**
 * How many hits a ranking can have: one for each group, but a document that serves several groups is one hit. The fewest documents that
 * serve all groups would be too few to ask for, so it is what the ranking itself leaves: groups less those that shared a hit.
 */
function reachable({ ranked, groups }: Ranking): number {
  const served = ranked.reduce<{ readonly left: Ranking["groups"]; readonly shared: number }>(
    ({ left, shared }, document) => {
      const still = left.filter((group) => !group.includes(document));
      return { left: still, shared: shared + Math.max(0, left.length - still.length - 1) };
    },
    { left: groups, shared: 0 },
  );
  return groups.length - served.shared;
}

/** Ranks, from 1, of the first documents of their groups. */
function hits({ ranked, groups }: Ranking, k: number): readonly number[] {
  let left = groups;
  return ranked.slice(0, k).flatMap((document, i) => {
    const still = left.filter((group) => !group.includes(document));
    const found = still.length < left.length;
    left = still;
    return found ? [i + 1] : [];
  });
}
