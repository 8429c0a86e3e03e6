/** Cases and answers without a value of a scorer, and how many of them a verdict bears. Pure. */
import type { Answered, Case, Experiment, SplitName } from "../types.ts";

/** A case that lacks values where there should be some: an answer to it failed, or its score did. */
export interface Unvalued {
  readonly case: string;
  /** Of its answers, above 0 and up to 1: 1 where it has no value at all. */
  readonly share: number;
  readonly why: string;
}

/** What rounding may add to a sum of shares. */
const ROUNDING = 1e-9;

/** Cases of which an answer has no value, in order; answers to which the scorer does not apply are none of those. */
export function unvaluedIn(rows: readonly Answered[], cases: readonly Case[], scorer: string): readonly Unvalued[] {
  const byCase = Map.groupBy(rows, (row) => row.case);
  return cases.flatMap(({ id }) => unvaluedOf(id, byCase.get(id) ?? [], scorer) ?? []);
}

/** The same for one case with all of its repeats; undefined where nothing is wrong. */
export function unvaluedOf(id: string, repeats: readonly Answered[], scorer: string): Unvalued | undefined {
  const failed = repeats.flatMap((row) => errorOf(row, scorer) ?? []);
  return failed[0] === undefined ? undefined : { case: id, share: failed.length / repeats.length, why: failed[0] };
}

/** Cases without a value, each by the share of its answers that have none, so that repeats do not hide what failed. */
export function sharesOf(unvalued: readonly Unvalued[]): number {
  return unvalued.reduce((sum, { share }) => sum + share, 0);
}

/** Whether so many cases of a split's `total` are more than `maxErrors` allows: a share up to 1, above it a count. */
export function areTooMany(unvalued: number, total: number, maxErrors: number): boolean {
  return unvalued > (maxErrors > 1 ? maxErrors : maxErrors * total) + ROUNDING;
}

/** `3 of 18 confirm cases have no value`; where some have a value by another of their answers, it counts answers. */
export function unvaluedText(unvalued: readonly Unvalued[], cases: number, repeat: number, split: string): string {
  const whole = unvalued.every(({ share }) => share === 1);
  const [few, all] = whole ? [unvalued.length, cases] : [Math.round(sharesOf(unvalued) * repeat), cases * repeat];
  return `${few} of ${all} ${split} ${whole ? "cases" : "answers"} have no value`;
}

/** Why an answer has no value where it should have one; undefined where it has one, or where the scorer does not apply. */
export function errorOf(row: Answered, scorer: string): string | undefined {
  const score = scoreOf(row, scorer);
  return "error" in score ? score.error : undefined;
}

/** Why nothing can be said of a program on a split; undefined where enough of its cases have a value. */
export function unjudgedReason(
  rows: readonly Answered[],
  split: SplitName,
  { splits, primary, maxErrors, repeat }: Pick<Experiment, "splits" | "primary" | "maxErrors" | "repeat">,
): string | undefined {
  const cases = splits[split];
  const unvalued = unvaluedIn(rows, cases, primary);
  const [first] = unvalued;
  if (first === undefined || !areTooMany(sharesOf(unvalued), cases.length, maxErrors)) return undefined;
  return `cannot be judged: ${unvaluedText(unvalued, cases.length, repeat, split)} (max_errors ${maxErrors}); first: ${first.case}: ${first.why}`;
}

function scoreOf(row: Answered, scorer: string): { readonly value: number } | { readonly error: string } | { readonly skipped: string } {
  if (row.error !== undefined) return { error: row.error };
  const score = row.scores[scorer] ?? { error: "it was not graded" };
  return "value" in score && !Number.isFinite(score.value) ? { error: `its value is ${score.value}` } : score;
}
