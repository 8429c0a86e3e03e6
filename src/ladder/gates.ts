/** Gates: absolute demands on the winner's test scores, and drops against the baseline that are not accepted. */
import type { Gate, GateResult, Rung } from "../types.ts";

/** A gate passes only on a finite mean over at least one case; an unknown value never passes. */
export function judgeGates(gates: readonly Gate[], rungs: readonly Rung[], winner: string): readonly GateResult[] {
  const [baseline] = rungs;
  const best = rungs.find((rung) => rung.name === winner);
  return gates.map(({ metric, min, max_drop }) => {
    const value = best?.scores.test?.[metric]?.mean ?? null;
    const before = baseline?.scores.test?.[metric]?.mean ?? null;
    if (value === null) return { metric, passed: false, reason: `${metric}: no test case has a value` };
    if (min !== undefined && value < min) return { metric, passed: false, reason: `${metric}: ${value.toFixed(3)} is below ${min}` };
    if (max_drop !== undefined) {
      if (before === null) return { metric, passed: false, reason: `${metric}: the baseline has no value on test` };
      if (before - value > max_drop)
        return {
          metric,
          passed: false,
          reason: `${metric}: ${value.toFixed(3)} is more than ${max_drop} below the baseline's ${before.toFixed(3)}`,
        };
    }
    return { metric, passed: true, reason: `${metric}: ${value.toFixed(3)}` };
  });
}
