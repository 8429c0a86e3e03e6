/** From answers to numbers. */
import type { Answered, Counts } from "../types.ts";

/** The value that a scorer gave an answer; undefined where it gave none, and where that is no number. */
export function valueIn({ scores }: Pick<Answered, "scores">, scorer: string): number | undefined {
  const score = scores[scorer];
  return score !== undefined && "value" in score && Number.isFinite(score.value) ? score.value : undefined;
}

/** Values by case id, one for each answer that has one, in the order of the rows; a case without any is missing. */
export function repeatedValuesOf(rows: readonly Answered[], scorer: string): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, number[]>();
  for (const row of rows) {
    const value = valueIn(row, scorer);
    if (value === undefined) continue;
    const known = values.get(row.case);
    if (known === undefined) values.set(row.case, [value]);
    else known.push(value);
  }
  return values;
}

/** Value by case id, repeats averaged; a case without any value is missing, never 0. */
export function valuesOf(rows: readonly Answered[], scorer: string): ReadonlyMap<string, number> {
  const means = repeatedValuesOf(rows, scorer)
    .entries()
    .map(([id, all]) => [id, all.reduce((x, y) => x + y, 0) / all.length] as const);
  return new Map(means);
}

/** Counts by case id, repeats averaged, of the cases that have a value; a count that a repeat lacks is 0 there. */
export function countsOf(rows: readonly Answered[], scorer: string): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const [id, repeats] of Map.groupBy(rows, (row) => row.case)) {
    const all = repeats.flatMap((row) => {
      const score = row.scores[scorer];
      return score !== undefined && "value" in score && Number.isFinite(score.value) && score.counts !== undefined ? [score.counts] : [];
    });
    const names = new Set(all.flatMap((one) => Object.keys(one)));
    const mean = (name: string): number => all.reduce((sum, one) => sum + (one[name] ?? 0), 0) / all.length;
    if (all.length > 0) counts.set(id, Object.fromEntries([...names].map((name) => [name, mean(name)])));
  }
  return counts;
}

/** The ratings that each answer's value was made of, where it was made of ratings. */
export function votesOf(rows: readonly Answered[], scorer: string): readonly (readonly number[])[] {
  return rows.flatMap((row) => {
    const score = row.scores[scorer];
    return score !== undefined && "value" in score && score.votes !== undefined ? [score.votes] : [];
  });
}
