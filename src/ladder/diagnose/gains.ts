/** What each probe, and by it each bucket, could gain. Pure. */
import { comparePaired, type Pair } from "../../stats/compare.ts";
import { seeded } from "../../stats/random.ts";
import type { Bucket, Gain } from "../../types.ts";
import type { Cause } from "./cause.ts";
import { rightShare, type Finding } from "./finding.ts";
import type { Context } from "./gold.ts";
import focus from "./probes/focus.ts";
import found from "./probes/found.ts";
import gold from "./probes/gold.ts";

/** Failing cases among all of select, 0..1, and the seed. */
interface Scale {
  readonly share: number;
  readonly seed: number;
}

/**
 * The mean gain over all probed cases, not only those that the probe mended: the value under it minus the mean value of mere repeats,
 * since cases that were chosen because they failed do better the next time in any case (regression to the mean). A case in which
 * there is nothing for the probe to change gains 0. Scaled to all of select, where the cases that pass are taken to stay as they are.
 */
export function gainOf(probe: string, findings: readonly Finding[], scale: Scale, where?: Context): Gain | null {
  return gainOfEach(() => probe, [probe], findings, scale, where);
}

/** The gain of the right passages: gold ones, else found ones; where both were tried, those of the two that helped more cases. */
function knowledgeGain(findings: readonly Finding[], scale: Scale, where: Context): Gain | null {
  const both = findings.filter(({ tries }) => tries.has(gold.name) && tries.has(found.name));
  const helped = (name: string) => both.filter(({ tries }) => tries.get(name)?.[0]?.right === true).length;
  const better = helped(found.name) > helped(gold.name) ? [found.name, gold.name] : [gold.name, found.name];
  return gainOfEach(({ tries }) => better.find((name) => tries.has(name)) ?? gold.name, better, findings, scale, where);
}

function gainOfEach(
  probeOf: (finding: Finding) => string,
  names: readonly string[],
  findings: readonly Finding[],
  { share, seed }: Scale,
  where: Context | undefined,
): Gain | null {
  const tried = findings.filter(({ tries }) => names.some((name) => tries.has(name)));
  if (tried.length === 0) return null;
  const counted = tried.filter(({ context }) => where === undefined || context === where);
  const pairs = findings.flatMap((finding): readonly Pair[] => {
    const before = repeated(finding);
    const probe = probeOf(finding);
    if (before === undefined || finding.failed.has(probe)) return [];
    const value = counted.includes(finding) ? finding.tries.get(probe)?.[0]?.value : before;
    return value === undefined ? [] : [pairOf(finding, before, value)];
  });
  return scaled(pairs, share, `${seed} ${names.join(" ")} ${where ?? ""}`);
}

/** Share of cases in which a probe must be right in every try, those that verify included, to be sure of it. */
const NEARLY_ALL = 0.9;

/** Probes that are right in every try in nearly every case, and surely gain more than repeats do. */
export function sureProbes(names: readonly string[], findings: readonly Finding[], seed: number): ReadonlySet<string> {
  return new Set(
    names.filter((name) => {
      const tried = findings.flatMap(({ tries }) => (tries.has(name) ? [tries.get(name) ?? []] : []));
      const always = tried.filter((tries) => rightShare(tries) === 1);
      const gain = gainOf(name, findings, { share: 1, seed });
      return always.length >= NEARLY_ALL * tried.length && gain !== null && gain.low > 0;
    }),
  );
}

/** What a mere repeat adds to the answers that failed: no rung can claim it. */
export function repeatGain(findings: readonly Finding[], { share, seed }: Scale): Gain | null {
  const pairs = findings.flatMap((finding) => {
    const after = repeated(finding);
    const before = mean(finding.stored.map(({ value }) => value));
    return after === undefined || before === undefined ? [] : [pairOf(finding, before, after)];
  });
  return scaled(pairs, share, `${seed} repeat`);
}

/** The gain of reading leniently what a repeat answers. */
export function readingGain(findings: readonly Finding[], { share, seed }: Scale): Gain | null {
  const pairs = findings.flatMap((finding) => finding.repeats.slice(0, 1).map(({ value, read }) => pairOf(finding, value, read)));
  return scaled(pairs, share, `${seed} reading`);
}

/** The probe whose gain is a bucket's: for behaviour the one that named most of its cases; null where no probe can tell. */
export function gainOfBucket(
  bucket: Bucket,
  causes: readonly Cause[],
  findings: readonly Finding[],
  format: Gain | null,
  scale: Scale,
): Gain | null {
  if (bucket === "format") return format;
  if (bucket === "missing knowledge") return knowledgeGain(findings, scale, "nothing retrieved");
  if (bucket === "wrong retrieval") return knowledgeGain(findings, scale, "retrieved without it");
  const names = causes.flatMap((cause) => (cause.bucket === bucket && cause.probe !== undefined ? [cause.probe.name] : []));
  const counts = [...Map.groupBy(names, (name) => name)].sort(([, a], [, b]) => b.length - a.length);
  const [most] = counts[0] ?? [];
  if (bucket === "ignored context")
    return most === focus.name ? gainOf(focus.name, findings, scale) : gainOf(gold.name, findings, scale, "there");
  return bucket === "behaviour" && most !== undefined ? gainOf(most, findings, scale) : null;
}

function repeated({ repeats }: Finding): number | undefined {
  return mean(repeats.map(({ value }) => value));
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function pairOf({ kase }: Finding, a: number, b: number): Pair {
  return { case: kase.id, group: kase.group, a, b };
}

function scaled(pairs: readonly Pair[], share: number, seed: string): Gain | null {
  if (pairs.length === 0) return null;
  const { delta, low, high, n } = comparePaired(pairs, { random: seeded(seed) });
  return { delta: delta * share, low: low * share, high: high * share, n };
}
