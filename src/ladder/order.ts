/** Which rung is tried next, and what speaks against trying it at all where the diagnosis decides. Pure. */
import type { Diagnosis, PlannedRung, Walk } from "../types.ts";
import { promiseOf, untoldFor } from "./diagnose/promise.ts";
import { gainText } from "./diagnose/result.ts";

/**
 * The first that is left; `walk: diagnose` takes the one that could gain most: by the probes that imitate it, then by how many cases the
 * buckets that it treats hold, then as the ladder has them. Then come those that treat what no probe could tell, then those that do not
 * say what they treat, then the rest, which will be skipped.
 */
export function nextRung(ahead: readonly PlannedRung[], walk: Walk, diagnosis: Diagnosis | undefined): PlannedRung | undefined {
  // What is climbed after another is never first, for that other is ahead of it.
  const left = ahead.filter(({ after }) => !ahead.some(({ name }) => name === after));
  if (walk !== "diagnose" || diagnosis === undefined) return left[0];
  const asked = left
    .map((planned) => ({ planned, ...promiseOf(planned, diagnosis) }))
    .filter(({ cases }) => cases > 0)
    .sort((a, b) => (b.gain?.delta ?? 0) - (a.gain?.delta ?? 0) || b.cases - a.cases);
  return (
    asked[0]?.planned ??
    left.find((planned) => untoldFor(planned, diagnosis).length > 0) ??
    left.find(({ stage }) => stage.treats === undefined) ??
    left[0]
  );
}

/** What a rung may cost at the most, and what is left to pay for it; null where unknown, or without limit. */
export interface Means {
  readonly margin: number;
  readonly cost: { readonly calls: number; readonly usd: number | null };
  readonly left: { readonly calls: number | null; readonly usd: number | null };
}

/** Why `walk: diagnose` does not try a rung, in numbers; undefined where it does. */
export function reasonAgainst(planned: PlannedRung, diagnosis: Diagnosis, { margin, cost, left }: Means): string | undefined {
  const { treats } = planned.stage;
  const { probed, failing } = diagnosis;
  if (failing === 0) return "not diagnosed as useful: nothing fails on select, so there is no headroom";
  const price = `${cost.calls} calls${cost.usd === null || cost.usd === 0 ? "" : ` ($${cost.usd.toPrecision(2)})`}`;
  const { gain, most, cases } = promiseOf(planned, diagnosis);
  if (treats !== undefined && probed > 0) {
    if (cases === 0 && untoldFor(planned, diagnosis).length === 0) {
      const stray = diagnosis.buckets.some(({ bucket }) => treats.includes(bucket)) ? "but a stray one " : "";
      return `not diagnosed as useful: none of the ${probed} probed failures ${stray}is ${treats.join(", ")}`;
    }
    if (cases > 0 && gain !== null && most < margin) {
      return `not worth its cost: on select it could gain ${gainText(gain)}, below the margin of ${margin}, for up to ${price}`;
    }
  }
  const promise = gain === null ? "" : `; on select it could gain ${gainText(gain)}`;
  if (left.calls !== null && cost.calls > left.calls)
    return `over budget: it may take ${price}, and ${left.calls} calls are left${promise}`;
  if (left.usd !== null && cost.usd !== null && cost.usd > left.usd) {
    return `over budget: it may take ${price}, and $${left.usd.toPrecision(2)} are left${promise}`;
  }
  return undefined;
}
