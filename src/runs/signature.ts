/** What the numbers of a comparison were made with. Pure. */
import { pairsOf, RESAMPLES } from "../ladder/measure.ts";
import { groupsOf } from "../stats/conclude.ts";
import type { Both } from "./breakdown.ts";
import type { StoredRun } from "./types.ts";

/** A line that names all that the numbers depend on, as sacreBLEU does (Post 2018); what differs between the runs stands as a/b. */
export function signatureOf(a: StoredRun, b: StoredRun, both: Both): string {
  const [before, after] = [a.manifest, b.manifest];
  const { primary } = after.comparability;
  const scorer = after.comparability.scorers[primary];
  const either = (x: string, y: string): string => (x === y ? x : `${x}/${y}`);
  const repeat = either(String(before.comparability.repeat), String(after.comparability.repeat));
  const pairs = pairsOf(both.a, both.b, both.cases, primary);
  const groups = groupsOf(pairs);
  const exact =
    scorer?.pooled !== true && groups === undefined && pairs.every((pair) => [pair.a, pair.b].every((value) => value === 0 || value === 1));
  const asked = scorer?.models ?? [];
  const judge = asked.length === 0 ? [] : [`judge:${asked.join("+")}`];
  return [
    `llmopt:${either(before.version, after.version)}`,
    `metric:${primary}=${scorer?.use ?? "?"}:${scorer?.version ?? "?"}`,
    ...judge,
    `cases:${either(before.comparability.cases.slice(0, 8), after.comparability.cases.slice(0, 8))}`,
    "split:test",
    `n:${pairs.length}`,
    `repeat:${repeat}`,
    `seed:${both.seed}`,
    `ci:${exact ? "tango" : scorer?.pooled === true ? "jackknife" : `bootstrap-${RESAMPLES}`}`,
    `test:${exact ? "mcnemar" : scorer?.pooled === true ? "randomization" : "sign-flip"}`,
    ...(groups === undefined ? [] : ["clusters:group"]),
    "alpha:0.05",
  ].join("|");
}
