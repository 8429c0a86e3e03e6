/** Is the winner of the search really better than the incumbent? Decided on confirm cases, which the search has not seen unless the run is exploratory. */
import type { Comparison } from "../types.ts";

export interface Decision {
  readonly keep: boolean;
  readonly reason: string;
}

/**
 * Kept when better, or when cheaper and surely not worse than the margin. A search score never decides. `saved` is the share
 * of the cost of an answer that the candidate saves, below 0 where it costs more.
 */
export function decide(comparison: Comparison, saved: number, margin: number, exploratory: boolean): Decision {
  const { delta, low, high, verdict } = comparison;
  const numbers = `${delta < 0 ? "" : "+"}${delta.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] on ${comparison.n} confirm cases`;
  const suffix = exploratory ? " (exploratory: the search saw these cases)" : "";
  if (verdict === "better") return { keep: true, reason: `better: ${numbers}${suffix}` };
  if (verdict === "worse") return { keep: false, reason: `worse: ${numbers}${suffix}` };
  if (verdict === "too few cases") return { keep: false, reason: `too few cases: ${numbers}${suffix}` };
  if (saved > 0 && low > -margin) {
    return { keep: true, reason: `not worse and ${Math.round(saved * 100)} % cheaper: ${numbers}${suffix}` };
  }
  return { keep: false, reason: `no evidence: ${numbers}${suffix}` };
}
