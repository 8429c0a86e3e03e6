/** Cases without a value of the primary scorer, and how many of them a verdict bears. Pure. */
import type { Answered, Case, Experiment, SplitName } from "../types.ts";

/** A case without a value where there should be one: its answer failed, or its score did. */
export interface Unvalued {
  readonly case: string;
  readonly why: string;
}

/** Cases of which no repeat has a value, in order; those to which the scorer does not apply are none of them. */
export function unvaluedIn(rows: readonly Answered[], cases: readonly Case[], scorer: string): readonly Unvalued[] {
  const byCase = Map.groupBy(rows, (row) => row.case);
  return cases.flatMap(({ id }) => unvaluedOf(id, byCase.get(id) ?? [], scorer) ?? []);
}

/** The same for one case with all of its repeats; undefined where nothing is wrong. */
export function unvaluedOf(id: string, repeats: readonly Answered[], scorer: string): Unvalued | undefined {
  const [first] = repeats;
  if (first === undefined || repeats.some((row) => "value" in scoreOf(row, scorer))) return undefined;
  const score = scoreOf(first, scorer);
  return "error" in score ? { case: id, why: score.error } : undefined;
}

/** Whether so many cases of a split's `total` are more than `maxErrors` allows: a share up to 1, above it a count. */
export function areTooMany(unvalued: number, total: number, maxErrors: number): boolean {
  return unvalued > (maxErrors > 1 ? maxErrors : maxErrors * total);
}

/** Why nothing can be said of a program on a split; undefined where enough of its cases have a value. */
export function unjudgedReason(
  rows: readonly Answered[],
  split: SplitName,
  { splits, primary, maxErrors }: Pick<Experiment, "splits" | "primary" | "maxErrors">,
): string | undefined {
  const cases = splits[split];
  const unvalued = unvaluedIn(rows, cases, primary);
  const [first] = unvalued;
  if (first === undefined || !areTooMany(unvalued.length, cases.length, maxErrors)) return undefined;
  return `cannot be judged: ${unvalued.length} of ${cases.length} ${split} cases have no value (max_errors ${maxErrors}); first: ${first.case}: ${first.why}`;
}

function scoreOf(row: Answered, scorer: string): { readonly value: number } | { readonly error: string } | { readonly skipped: string } {
  if (row.error !== undefined) return { error: row.error };
  const score = row.scores[scorer] ?? { error: "it was not graded" };
  return "value" in score && !Number.isFinite(score.value) ? { error: `its value is ${score.value}` } : score;
}
