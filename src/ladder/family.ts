/** The rungs that were tested are one family of tests: the more of them there are, the more look better by chance. Pure. */
import { programId } from "../program/hash.ts";
import { corrected } from "../stats/corrected.ts";
import type { Comparison, Program, Rung, Versus } from "../types.ts";

/**
 * The rungs with Holm's correction of what `primary` says of each against the baseline. A program that several rungs share is
 * one test, and the baseline's own is none.
 */
export function correctedRungs(
  climbed: readonly { readonly rung: Rung; readonly program: Program }[],
  primary: string,
  baseline: Program,
): readonly Rung[] {
  const tests = climbed.flatMap(({ rung, program }) => {
    const comparison = of(rung.versus.baseline, primary);
    const id = programId(program);
    return comparison === undefined || id === programId(baseline) ? [] : [[id, comparison] as const];
  });
  const family = new Map(tests);
  const results = corrected([...family.values()]);
  const found = new Map([...family.keys()].map((id, i) => [id, results[i]] as const));
  return climbed.map(({ rung, program }) => {
    const comparison = found.get(programId(program));
    const { baseline: versus } = rung.versus;
    if (comparison === undefined || of(versus, primary) === undefined || versus === undefined) return rung;
    return { ...rung, versus: { ...rung.versus, baseline: { ...versus, [primary]: comparison } } };
  });
}

function of(versus: Versus | undefined, scorer: string): Comparison | undefined {
  const comparison = versus?.[scorer];
  return typeof comparison === "object" ? comparison : undefined;
}
