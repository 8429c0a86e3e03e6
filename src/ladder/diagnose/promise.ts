/** What a rung could gain, by the probe that imitates what it changes. Pure. */
import type { Bucket, Diagnosis, Gain, PlannedRung } from "../../types.ts";

type Found = Pick<Diagnosis, "probed" | "buckets" | "probes" | "untold">;
type Part = Diagnosis["buckets"][number];

/** Of at least so many probed cases one alone is a stray one, unless mending it gains something. */
const MANY = 10;

/** The best gain among the buckets that the rung treats, null where no probe could tell; the most that it could be; and how many cases they hold. */
export function promiseOf(
  { stage }: Pick<PlannedRung, "stage">,
  found: Found,
): { readonly gain: Gain | null; readonly most: number; readonly cases: number } {
  const treated = found.buckets.filter((part) => stage.treats?.includes(part.bucket) === true && counts(part, found));
  const gains = treated.flatMap((part) => partOf(stage, part, found) ?? []);
  const wholes = treated.flatMap(({ gain }) => gain ?? []);
  return {
    gain: gains.toSorted(byDelta)[0] ?? null,
    // What no probe can measure may gain anything; and a probe is only one of the ways in which a rung may change things.
    most: wholes.length < treated.length ? Infinity : Math.max(...[...wholes, ...gains].map(({ high }) => high)),
    cases: treated.reduce((sum, { cases }) => sum + cases.length, 0),
  };
}

/** What the rung could gain in a bucket: as the probe showed that imitates it, else as the bucket has it. */
export function partOf(stage: PlannedRung["stage"], part: Part, { probes }: Pick<Found, "probes">): Gain | null {
  // What gold passages gain is counted apart for each cause in the context.
  if (part.axis === "context") return part.gain;
  const own = probes.flatMap(({ imitates, gain }) =>
    imitates !== undefined && gain !== null && stage.changes?.includes(imitates) === true ? [gain] : [],
  );
  return own.toSorted(byDelta)[0] ?? part.gain;
}

/** What the rung treats and no probe could tell in more than a stray case. */
export function untoldFor({ stage }: Pick<PlannedRung, "stage">, { untold, probed }: Found): readonly Bucket[] {
  if (untold === undefined || isStray(untold.cases, probed)) return [];
  return untold.buckets.filter((bucket) => stage.treats?.includes(bucket) === true);
}

/** Whether a bucket is more than a stray case that nothing gained by. */
export function counts({ cases, gain }: Part, { probed }: Pick<Found, "probed">): boolean {
  return cases.length > 0 && ((gain !== null && gain.delta > 0) || !isStray(cases.length, probed));
}

function isStray(cases: number, probed: number): boolean {
  return cases < 2 && probed >= MANY;
}

function byDelta(a: Gain, b: Gain): number {
  return b.delta - a.delta;
}
