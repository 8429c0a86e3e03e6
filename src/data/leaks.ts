/** Cases of different splits that give each other away: copies, and runs of words that both hold. Pure. */
import { areCopies, copiesAmong } from "./copies.ts";
import { overlapsAmong, RUN } from "./overlap.ts";
import { SPLITS } from "./splits.ts";
import { inputOf } from "./text.ts";
import type { Case, Leak, SplitName, Splits } from "../types.ts";

/** Example pairs named in a warning. */
const EXAMPLES = 3;
/** Where more of train than this share, and so many cases, look like held-out ones, a template makes them look so. */
const TEMPLATE = { share: 0.5, cases: 10 };

export interface Cleaned {
  readonly splits: Splits;
  readonly leaks: readonly Leak[];
  readonly warnings: readonly string[];
}

/**
 * Takes cases out of train that give a case of select, confirm or test away: exact copies, and near copies or shared runs of 13
 * words where an answer is accepted for both; these only where most of train is left. All else is only reported: what is left out
 * of the other splits would change what is measured, and near copies with different answers are what data made from a template
 * look like. Of each case and other split, the leaks name one partner a kind.
 */
export function withoutLeaks(splits: Splits): Cleaned {
  const sides: readonly SplitName[] = splits.select === splits.confirm ? ["train", "select", "test"] : SPLITS;
  const placed = sides.flatMap((split) => splits[split].map((kase): Placed => ({ kase, split, input: inputOf(kase) })));
  const found = [...copyLeaks(placed, sides), ...overlapLeaks(placed)];
  const idsOf = (wanted: (leak: Leak) => boolean) => new Set(found.flatMap((leak) => (leak.removed && wanted(leak) ? [leak.case] : [])));
  const alike = idsOf(({ kind }) => kind !== "exact").difference(idsOf(({ kind }) => kind === "exact"));
  const template = alike.size >= TEMPLATE.cases && alike.size > TEMPLATE.share * splits.train.length;
  const leaks = template ? found.map((leak) => (leak.kind === "exact" ? leak : { ...leak, removed: false })) : found;
  const gone = new Set(leaks.flatMap((leak) => (leak.removed ? [leak.case] : [])));
  const warnings = [
    ...(template
      ? [
          `data: ${alike.size} of ${splits.train.length} train cases nearly repeat a held-out case and its answer, as questions made from a template do; only exact copies are left out`,
        ]
      : []),
    ...sides.flatMap((split) => sides.flatMap((other) => copyWarning(split, other, splits, leaks))),
    ...labelWarning(leaks),
    ...overlapWarnings(leaks),
    ...straddling(splits, sides),
  ];
  return { splits: gone.size === 0 ? splits : { ...splits, train: splits.train.filter(({ id }) => !gone.has(id)) }, leaks, warnings };
}

interface Placed {
  readonly kase: Case;
  readonly split: SplitName;
  readonly input: string;
}

/** Copies of each case in later splits: the first whose answer it shares, and the first whose answer it does not share. */
function copyLeaks(placed: readonly Placed[], sides: readonly SplitName[]): readonly Leak[] {
  const held = placed.filter(({ split }) => split !== "train");
  const copies = copiesAmong(held.map(({ input }) => input));
  return placed.flatMap((one) => {
    const later = new Set(sides.slice(sides.indexOf(one.split) + 1));
    const found = new Map<string, Leak>();
    for (const { at, exact } of later.size === 0 ? [] : copies(one.input)) {
      const other = held[at];
      if (other === undefined || !later.has(other.split)) continue;
      const leak = leakOf(exact ? "exact" : "near", one, other);
      const key = `${leak.other_split} ${leak.same_answer}`;
      if (!found.has(key)) found.set(key, leak);
      if (found.size === 2 * later.size) break;
    }
    return [...found.values()];
  });
}

/** Runs of words that cases share with cases of later splits, of pairs that are no copies; those that share an answer first. */
function overlapLeaks(placed: readonly Placed[]): readonly Leak[] {
  const pairs = overlapsAmong(
    placed.map(({ input }) => input),
    (a, b) => placed[a]?.split !== placed[b]?.split,
  );
  const found = new Map<string, Leak>();
  for (const { a, b } of pairs) {
    const [one, other] = [placed[a], placed[b]];
    if (one === undefined || other === undefined || areCopies(one.input, other.input)) continue;
    const leak = leakOf("overlap", one, other);
    const key = `${leak.split} ${leak.case} ${leak.other_split}`;
    if (found.get(key)?.same_answer !== true && (leak.same_answer || !found.has(key))) found.set(key, leak);
  }
  return [...found.values()];
}

function leakOf(kind: Leak["kind"], one: Placed, other: Placed): Leak {
  const same_answer = sharesAnswer(one.kase, other.kase);
  const removed = one.split === "train" && (kind === "exact" || same_answer);
  return { kind, case: one.kase.id, split: one.split, other: other.kase.id, other_split: other.split, same_answer, removed };
}

/** Whether an answer that is accepted for one is accepted for the other. */
function sharesAnswer(a: Case, b: Case): boolean {
  const accepted = (kase: Case) =>
    (Array.isArray(kase.expected) ? kase.expected : [kase.expected]).map((one: unknown) => JSON.stringify(one) ?? "");
  const other = new Set(accepted(b));
  return accepted(a).some((answer) => other.has(answer));
}

function copyWarning(split: SplitName, other: SplitName, splits: Splits, all: readonly Leak[]): readonly string[] {
  const between = all.filter((leak) => leak.split === split && leak.other_split === other && leak.kind !== "overlap");
  const leaks = firstOfCases(between.filter((leak) => leak.kind === "exact" || leak.same_answer));
  if (leaks.length === 0) return [];
  const exact = leaks.filter(({ kind }) => kind === "exact").length;
  const what = `${leaks.length} of ${splits[split].length} ${split} cases repeat a case of ${other} (${exact} exactly, ${leaks.length - exact} nearly): ${some(leaks, ({ case: id, other: twin }) => `"${id}" like "${twin}"`)}`;
  const left = leaks.filter(({ removed }) => removed).length;
  const out = left === leaks.length ? "they are left out of train" : `${left} of them are left out of train`;
  return [`data: ${what}; ${split === "train" ? out : `what is chosen on ${split} may be too good on ${other}`}`];
}

function labelWarning(all: readonly Leak[]): readonly string[] {
  const leaks = firstOfCases(all.filter(({ kind, same_answer }) => kind !== "overlap" && !same_answer));
  if (leaks.length === 0) return [];
  const exact = leaks.filter(({ kind }) => kind === "exact").length;
  const what = `${cases(leaks)} in another split the same question with another answer (${exact} exactly, ${leaks.length - exact} nearly): ${some(leaks, between)}`;
  return [`data: ${what}; unless the questions are made from a template, one answer of each pair is wrong`];
}

function overlapWarnings(all: readonly Leak[]): readonly string[] {
  const overlaps = firstOfCases(all.filter(({ kind }) => kind === "overlap"));
  return [true, false].flatMap((removed) => {
    const leaks = overlaps.filter((leak) => leak.removed === removed);
    if (leaks.length === 0) return [];
    const what = `${cases(leaks)} in another split a case with the same ${RUN} words in a row${removed ? " and the same answer" : ""}: ${some(leaks, between)}`;
    return [
      `data: ${what}; ${removed ? "they are left out of train" : "where both quote one text, name it under data.group, so that it stays in one split"}`,
    ];
  });
}

/** Groups that given splits have torn apart; splits that llmopt makes keep them whole. */
function straddling(splits: Splits, sides: readonly SplitName[]): readonly string[] {
  const homes = new Map<string, Set<SplitName>>();
  for (const split of sides) {
    for (const { group } of splits[split]) if (group !== undefined) homes.set(group, (homes.get(group) ?? new Set()).add(split));
  }
  const torn = [...homes].filter(([, home]) => home.size > 1);
  if (torn.length === 0) return [];
  const examples = some(torn, ([group, home]) => `"${group}" in ${[...home].join(" and ")}`);
  const many = torn.length === 1 ? "1 group stands" : `${torn.length} groups stand`;
  return [`data: ${many} in several of the given splits: ${examples}; what is learned of a group in one may be known in the other`];
}

/** One leak a case: removed ones first, since they say why the case is gone. */
function firstOfCases(leaks: readonly Leak[]): readonly Leak[] {
  const first = new Map<string, Leak>();
  for (const leak of leaks.toSorted((a, b) => Number(b.removed) - Number(a.removed))) {
    const key = `${leak.split} ${leak.case}`;
    if (!first.has(key)) first.set(key, leak);
  }
  const chosen = new Set(first.values());
  return leaks.filter((leak) => chosen.has(leak));
}

function cases(leaks: readonly Leak[]): string {
  return leaks.length === 1 ? "1 case has" : `${leaks.length} cases have`;
}

function between({ case: id, split, other, other_split }: Leak): string {
  return `"${id}" (${split}) and "${other}" (${other_split})`;
}

function some<T>(all: readonly T[], text: (one: T) => string): string {
  return `${all.slice(0, EXAMPLES).map(text).join(", ")}${all.length > EXAMPLES ? ", …" : ""}`;
}
