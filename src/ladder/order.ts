/** Which rung is tried next. */
import type { Diagnosis, PlannedRung, Walk } from "../types.ts";

/**
 * The first that is left; `walk: diagnose` takes the first that treats the largest cause of failures that any rung left treats,
 * then those that do not say what they treat, then the rest, which will be skipped.
 */
export function nextRung(left: readonly PlannedRung[], walk: Walk, diagnosis: Diagnosis | undefined): PlannedRung | undefined {
  if (walk !== "diagnose" || diagnosis === undefined) return left[0];
  const asked = diagnosis.buckets.flatMap(({ bucket }) => left.find(({ stage }) => stage.treats?.includes(bucket)) ?? []);
  return asked[0] ?? left.find(({ stage }) => stage.treats === undefined) ?? left[0];
}
