/** What was found out about one failing case. */
import { plain } from "../../program/text.ts";
import type { Answered, Case, Passage } from "../../types.ts";
import { holds, isTelling } from "./answers.ts";
import type { Context } from "./gold.ts";

/** One answer and what the primary scorer gives it. */
export interface Sample {
  readonly answer: string;
  /** 0..1 */
  readonly value: number;
  readonly passed: boolean;
  /** It passes as it is, or read leniently: what it says is right, whatever its form. And the value of that. */
  readonly right: boolean;
  readonly read: number;
}

/** Repeats that are asked where answers vary, and again that many where some pass. */
export const REPEATS = 3;

export interface Finding {
  readonly kase: Case;
  /** The failing answer of the run, and all of its answers to the case. */
  readonly row: Answered;
  readonly stored: readonly Sample[];
  /** How its failing answer passes when it is read leniently. */
  readonly reading: { readonly text: string; readonly how: string } | undefined;
  /** Whether the scorer passes the expected answer itself; undefined where nothing is expected, or the scorer cannot say. */
  readonly passable: boolean | undefined;
  readonly context: Context;
  readonly gold: readonly Passage[];
  /** Asked again, nothing changed; and how often that was tried. */
  readonly repeats: readonly Sample[];
  readonly asked: number;
  /** By probe: the first try, and those that verified it. */
  readonly tries: ReadonlyMap<string, readonly Sample[]>;
  /** Probes whose call failed: they say nothing about the case. */
  readonly failed: ReadonlySet<string>;
}

/** Every answer that was asked for to learn about the case. */
export function samplesOf({ repeats, tries }: Finding): readonly Sample[] {
  return [...repeats, ...[...tries.values()].flat()];
}

/** Whether cases that failed pass now and then by themselves, so that one pass under a probe proves nothing. */
export function isNoisy(findings: readonly Finding[]): boolean {
  return findings.some(({ repeats, stored, reading }) => reading === undefined && [...repeats, ...stored].some(({ right }) => right));
}

/**
 * Whether chance alone leaves as many cases without a right answer: if every answer were right as often as the first repeats are, so
 * many cases would not have had one in as many tries, give or take two standard deviations.
 */
export function isAllChance(findings: readonly Finding[]): boolean {
  const counted = findings.filter(({ reading, repeats }) => reading === undefined && repeats.length > 0);
  const never = counted.filter(isNeverRight).map((finding) => samplesOf(finding).length);
  const share = rightShare(counted.flatMap(({ repeats }) => repeats.slice(0, REPEATS)));
  const expected = counted.reduce((sum, finding) => sum + (1 - share) ** Math.max(samplesOf(finding).length, ...never), 0);
  return share > 0 && never.length <= expected + 2 * Math.sqrt(expected);
}

/** Whether nothing that was tried gave a right answer. */
export function isNeverRight(finding: Finding): boolean {
  return [...samplesOf(finding), ...finding.stored].every(({ right }) => !right);
}

/** Share of samples that are right; 0 without any. */
export function rightShare(samples: readonly Sample[]): number {
  return samples.filter(({ right }) => right).length / Math.max(1, samples.length);
}

/** Whether two answers say the same: the same words, or one inside the other. */
export function saysTheSame(a: string, b: string): boolean {
  return plain(a) === plain(b) || (isTelling(a) && holds(b, a)) || (isTelling(b) && holds(a, b));
}
