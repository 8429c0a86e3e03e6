/** Which combinations of the options' values are looked at: pure. */
import { combinations } from "../../grid.ts";
import { cutOf, retrieverOf, stepOf, type Lists, type Settings } from "./settings.ts";

/** Options that belong together, since the value of one means nothing without the others. */
export type Group = readonly (keyof Settings)[];

/** What search alone can tell, in the order in which it matters most (`rerank` where no model does it). */
export const MEASURED: readonly Group[] = [["chunker"], ["size", "overlap"], ["search", "fusion", "rrf_k", "weight"], ["pool"], ["rerank"]];

/** What only answers can tell. */
export const ANSWERED: readonly Group[] = [
  ["top_k"],
  ["expand", "queries"],
  ["rerank"],
  ["neighbours"],
  ["min_score"],
  ["context_tokens"],
  ["order"],
  ["template"],
  ["heading"],
  ["cite"],
  ["abstain"],
];

/** The lists as search alone can go through them: where a value needs answers or a model, the first that needs none stands for all. */
export function measurable(lists: Lists): Lists {
  const rerank = lists.rerank.filter(({ use }) => use === "none" || use === "mmr");
  const one = <T>(values: readonly T[], plain?: T) => (plain === undefined ? values.slice(0, 1) : [plain]);
  return {
    ...lists,
    top_k: [Math.max(...lists.top_k)],
    rerank: rerank.length > 0 ? rerank : [{ use: "none" }],
    expand: ["none"],
    queries: one(lists.queries),
    neighbours: [0],
    min_score: ["none"],
    context_tokens: ["none"],
    order: one(lists.order),
    template: one(lists.template),
    heading: one(lists.heading),
    cite: one(lists.cite),
    abstain: one(lists.abstain),
  };
}

/** The lists as answers go through them from measured settings on: of ways to rank anew only those that ask a model are left to try. */
export function around({ rerank }: Settings, lists: Lists): Lists {
  return { ...lists, rerank: [rerank, ...lists.rerank.filter(({ use }) => use === "listwise" || use === "cross-encoder")] };
}

/** The settings with every combination of the lists' values for these options; those that do the same once, at the place of the first. */
export function variants(settings: Settings, keys: Group, lists: Lists): readonly Settings[] {
  const some = Object.fromEntries(keys.map((key) => [key, lists[key] as readonly unknown[]]));
  return distinctOf(combinations(some).map((values): Settings => ({ ...settings, ...values })));
}

/** Settings that do different things, in their order. */
export function distinctOf(all: readonly Settings[]): readonly Settings[] {
  const first = new Map<string, Settings>();
  for (const settings of all) if (!first.has(keyOf(settings))) first.set(keyOf(settings), settings);
  return [...first.values()];
}

/** The same for settings that do the same. */
export function keyOf(settings: Settings): string {
  const { heading, cite, abstain } = settings;
  return JSON.stringify([stepOf(settings), heading, cite, abstain]);
}

/** The options that have several values, in the order of the groups. */
export function severalOf(lists: Lists): readonly (keyof Settings)[] {
  const keys = [...new Set([...ANSWERED.slice(0, 1), ...MEASURED, ...ANSWERED.slice(1)].flat())];
  return keys.filter((key) => lists[key].length > 1);
}

/** Combinations of the lists' values for these options at the most; those that do the same count apart. */
export function sizeOf(groups: readonly Group[], lists: Lists): number {
  return groups.flat().reduce((product, key) => product * lists[key].length, 1);
}

/** The way to search, numbers of its fusion aside: of those that are the same in it the best is enough. */
export function familyOf(settings: Settings): string {
  const { search, fusion } = retrieverOf(settings);
  return JSON.stringify([cutOf(settings), search, Object.keys(fusion), settings.rerank.use]);
}
