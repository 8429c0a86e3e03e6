/** Ways to search, measured on cases that name their sources: no model is asked but the embedder. */
import { ndcg, rankingOf, recall } from "../../scorers/ranking.ts";
import { first } from "../../grid.ts";
import type { Case, Passage, StepLab } from "../../types.ts";
import { MEASURED, distinctOf, familyOf, keyOf, sizeOf, variants } from "./grid.ts";
import { cutOf, retrieverOf, type Lists, type Settings } from "./settings.ts";
import { present, tokensOf } from "./shown.ts";

/** So many ways to search are all measured; of more, one group of options after the other is. */
export const WHOLE = 24;

/** Fewer cases with sources do not tell ways to search apart. */
export const FEWEST = 8;

/** The cases that name the documents which hold their answers. */
export function withSources(cases: readonly Case[]): readonly Case[] {
  return cases.filter(({ sources = [], sourceGroups = [] }) => sources.length + sourceGroups.length > 0);
}

/** A way to search as measured over the cases. */
export interface Measured {
  readonly settings: Settings;
  /** Means over the cases, of the documents that the first `top_k` passages are from. */
  readonly recall: number;
  readonly ndcg: number;
  /** Mean tokens of those passages as messages show them. */
  readonly tokens: number;
}

export interface Sweep {
  /** Best first: by nDCG, then by fewer tokens. */
  readonly measured: readonly Measured[];
  /** All combinations of the lists were measured. */
  readonly whole: boolean;
}

/** Recall and nDCG of passages for a case; undefined for a case without sources. */
export function qualityOf(
  passages: readonly Pick<Passage, "source">[],
  kase: Case,
): { readonly recall: number; readonly ndcg: number } | undefined {
  const ranking = rankingOf({ passages, retrieved: true }, kase);
  return "skipped" in ranking ? undefined : { recall: recall(ranking), ndcg: ndcg(ranking) };
}

/**
 * Measures what the lists allow: all combinations where they are few, else by coordinate descent, one group of options after the other
 * in the order of `MEASURED`, the others as in the best so far.
 */
export async function sweep(
  lists: Lists,
  cases: readonly Case[],
  queryOf: (kase: Case) => string,
  lab: Pick<StepLab, "search">,
): Promise<Sweep> {
  const done = new Map<string, Measured>();
  const go = async (all: readonly Settings[]): Promise<void> => {
    for (const settings of all) {
      if (!done.has(keyOf(settings))) done.set(keyOf(settings), await measure(settings, cases, queryOf, lab));
    }
  };
  const ranked = (): readonly Measured[] => [...done.values()].sort((a, b) => b.ndcg - a.ndcg || a.tokens - b.tokens);
  const start = first(lists);
  const few = sizeOf(MEASURED, lists) <= WHOLE * WHOLE ? variants(start, MEASURED.flat(), lists) : [];
  const whole = few.length > 0 && few.length <= WHOLE;
  if (whole) await go(few);
  // Then the cuts once more, by the best way to search.
  else for (const group of [...MEASURED, ...MEASURED.slice(0, 2)]) await go(variants(ranked()[0]?.settings ?? start, group, lists));
  return { measured: ranked(), whole };
}

/**
 * Those worth answering with, at most `most`. First the best of each way to cut, since a source is a whole document: that measures ways
 * to search the same chunks alike, but says little of how much of a document must be shown. Then the best of each other way to search.
 */
export function finalists(measured: readonly Measured[], most: number): readonly Settings[] {
  const bestOf = (key: (settings: Settings) => string) =>
    [...new Map(measured.toReversed().map(({ settings }) => [key(settings), settings])).values()].toReversed();
  const inOrder = (some: readonly Settings[]) => measured.flatMap(({ settings }) => (some.includes(settings) ? [settings] : []));
  const cuts = inOrder(bestOf((settings) => JSON.stringify(cutOf(settings))));
  return distinctOf([...cuts, ...inOrder(bestOf(familyOf))]).slice(0, most);
}

/** One way to search, over all the cases. */
export async function measure(
  settings: Settings,
  cases: readonly Case[],
  queryOf: (kase: Case) => string,
  lab: Pick<StepLab, "search">,
): Promise<Measured> {
  const retriever = retrieverOf(settings);
  const all = await Promise.all(
    cases.map(async (kase) => {
      const passages = await lab.search(retriever, [{ texts: [queryOf(kase)] }], settings.top_k);
      return { ...qualityOf(passages, kase), tokens: tokensOf(present(passages, settings)) };
    }),
  );
  const mean = (value: (one: (typeof all)[number]) => number | undefined) =>
    all.reduce((sum, one) => sum + (value(one) ?? 0), 0) / Math.max(1, all.length);
  return { settings, recall: mean(({ recall }) => recall), ndcg: mean(({ ndcg }) => ndcg), tokens: mean(({ tokens }) => tokens) };
}
