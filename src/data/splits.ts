/** Cases -> train, select, confirm and test. Pure. */
import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";
import { inputOf } from "./text.ts";
import type { Case, SplitName, Splits } from "../types.ts";

export const SPLITS = ["train", "select", "confirm", "test"] as const satisfies readonly SplitName[];

/** Shares of the cases, 0..1 each, together 1. A split with the share 0 stays empty. */
export type Fractions = Readonly<Record<SplitName, number>>;

export const FRACTIONS: Fractions = { train: 0.4, select: 0.2, confirm: 0.1, test: 0.3 };

/** With fewer cases than this, confirm is no second look: it becomes one with select. */
export const FEWEST_TO_CONFIRM = 20;

export interface Split {
  readonly splits: Splits;
  /** Select and confirm are the same list. */
  readonly exploratory: boolean;
}

/**
 * Splits cases by group, or by normalised input where a case has none, so that a group never straddles splits.
 *
 * Groups stand in the order of sha256(seed, group) and are cut at the fractions, so the sizes come out as close to them as
 * the groups' sizes allow, the same cases split the same way in any order, and a new group moves only those at the cuts.
 * Throws a UserError (code 3) where there are fewer groups than splits to fill.
 */
export function splitCases(cases: readonly Case[], fractions: Fractions, seed: number): Split {
  return settled(cases, cut(cases, fractions, seed));
}

/**
 * Splits cases whose split is given. Select and confirm, where not given at all, are cut from train (confirm from select when
 * only that is given) by the default shares.
 */
export function splitGiven(given: Readonly<Partial<Record<SplitName, readonly Case[]>>>, seed: number): Split {
  const { train = [], select, confirm, test = [] } = given;
  const of = (...wanted: readonly SplitName[]): Fractions => {
    const all = wanted.reduce((sum, name) => sum + FRACTIONS[name], 0);
    const share = (name: SplitName): number => (wanted.includes(name) ? FRACTIONS[name] / all : 0);
    return { train: share("train"), select: share("select"), confirm: share("confirm"), test: share("test") };
  };
  const all = SPLITS.flatMap((name) => given[name] ?? []);
  if (select !== undefined && confirm !== undefined) return settled(all, { train, select, confirm, test });
  if (select !== undefined) return settled(all, { ...cut(select, of("select", "confirm"), seed), train, test });
  if (confirm !== undefined) return settled(all, { ...cut(train, of("train", "select"), seed), confirm, test });
  return settled(all, { ...cut(train, of("train", "select", "confirm"), seed), test });
}

function cut(cases: readonly Case[], fractions: Fractions, seed: number): Splits {
  const groups = groupsInOrder(cases, seed);
  const wanted = SPLITS.filter((name) => fractions[name] > 0);
  if (groups.length < wanted.length) {
    const have = `${cases.length} case${cases.length === 1 ? "" : "s"} in ${groups.length} group${groups.length === 1 ? "" : "s"}`;
    throw new UserError(
      `${have} cannot fill ${wanted.join(", ")}; ${wanted.length} groups at least are needed, some 100 cases to learn much`,
      3,
    );
  }
  const home = new Map<Case, SplitName>();
  const ends = cutsOf(groups, wanted, fractions);
  let from = 0;
  for (const [index, name] of wanted.entries()) {
    const to = ends[index] ?? groups.length;
    for (const kase of groups.slice(from, to).flat()) home.set(kase, name);
    from = to;
  }
  const of = (name: SplitName): readonly Case[] => cases.filter((kase) => home.get(kase) === name);
  return { train: of("train"), select: of("select"), confirm: of("confirm"), test: of("test") };
}

function groupsInOrder(cases: readonly Case[], seed: number): readonly (readonly Case[])[] {
  const groups = Map.groupBy(cases, (kase) => (kase.group === undefined ? `input ${inputOf(kase)}` : `group ${kase.group}`));
  return [...groups]
    .map(([name, members]) => ({ hash: createHash("sha256").update(`${seed} ${name}`).digest("hex"), members }))
    .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ members }) => members);
}

/** Where each wanted split ends in the list of groups: a group goes where its middle falls, and no split stays without one. */
function cutsOf(groups: readonly (readonly Case[])[], wanted: readonly SplitName[], fractions: Fractions): readonly number[] {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const middles: number[] = [];
  let before = 0;
  for (const group of groups) {
    middles.push((before + group.length / 2) / total);
    before += group.length;
  }
  const ends: number[] = [];
  let share = 0;
  for (const [index, name] of wanted.entries()) {
    share += fractions[name];
    // Without the slack, a middle that lies on the cut would go either way by the rounding of the sum.
    const fitting = middles.filter((middle) => middle < share - 1e-9).length;
    const least = (ends[index - 1] ?? 0) + 1;
    const most = groups.length - (wanted.length - 1 - index);
    ends.push(index === wanted.length - 1 ? groups.length : Math.min(Math.max(fitting, least), most));
  }
  return ends;
}

/** Refuses empty splits and makes few cases exploratory; `cases` gives the order of a merged split. */
function settled(cases: readonly Case[], splits: Splits): Split {
  const empty = (["select", "test"] as const).filter(
    (name) => splits[name].length === 0 && !(name === "select" && splits.confirm.length > 0),
  );
  if (empty.length > 0) {
    throw new UserError(
      `the split ${empty.join(" and ")} would be empty with ${cases.length} cases; select and test need one case each at least`,
      3,
    );
  }
  if (splits.confirm.length >= FEWEST_TO_CONFIRM) return { splits, exploratory: false };
  const members = new Set([...splits.select, ...splits.confirm]);
  const merged = cases.filter((kase) => members.has(kase));
  return { splits: { ...splits, select: merged, confirm: merged }, exploratory: true };
}
