/** From answers to numbers. */
import type { Answered } from "../types.ts";

/** Value by case id, repeats averaged; a case without any value is missing, never 0. */
export function valuesOf(rows: readonly Answered[], scorer: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [id, repeats] of Map.groupBy(rows, (row) => row.case)) {
    const all = repeats.flatMap((row) => {
      const score = row.scores[scorer];
      return score !== undefined && "value" in score && Number.isFinite(score.value) ? [score.value] : [];
    });
    if (all.length > 0) values.set(id, all.reduce((x, y) => x + y, 0) / all.length);
  }
  return values;
}
