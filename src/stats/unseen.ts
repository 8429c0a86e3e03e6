/** What a sample of differences does not show: changes that by chance are not among the cases. */
import type { Bounds } from "./bounds.ts";
import { acceleration, effectiveCount, movedOf, standardError, type Clusters } from "./clusters.ts";
import { studentQuantile } from "./normal.ts";

/** An unseen change is taken to be as large as the largest seen, and small ones to be up to five times as large, but not above 0.3. */
const TIMES = 5;
const PLAUSIBLE = 0.3;
/** So many changes one way, each counted by its share of the largest, show what changes that way do. */
const ENOUGH = 1.5;

/**
 * Bounds of a mean difference by Student's t that reckon, on either side, with one more cluster that changed that way, as Bonett &
 * Price (2012) do for paired proportions; the more cases are seen to change that way, the less it weighs, so it is gone where
 * changes go both ways. A skewed sample gets the longer side that its skewness asks for (Johnson 1978), and clusters of unequal
 * sizes the degrees of freedom of as many equal ones as tell as much. Of a width above 0 also where all differences are the same.
 */
export function unseen(differences: readonly number[], clusters: Clusters): { readonly bounds: Bounds; readonly error: number } {
  const { sums, sizes, mean } = clusters;
  const largest = differences.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
  const plausible = Math.min(1, Math.max(largest, Math.min(PLAUSIBLE, TIMES * largest)));
  const size = (plausible + (1 - plausible) * Math.exp(-movedOf(clusters))) / sums.length; // of few changes nothing is known: up to 1
  const weight = (sign: 1 | -1): number => {
    const total = differences.reduce((sum, difference) => sum + Math.max(0, sign * difference), 0);
    return Math.exp(-((largest > 0 ? total / largest / ENOUGH : 0) ** 2));
  };
  const [loss, gain] = [weight(-1), weight(1)];
  const spread = sums.length < 2 ? 0 : standardError(clusters);
  const error = (share: number): number => Math.hypot(spread, Math.sqrt(share) * size);
  const skew = acceleration(clusters);
  const df = Math.max(1, effectiveCount(sizes) - 1);
  const bounds: Bounds = (alpha) => {
    const t = studentQuantile(1 - alpha, df);
    const lean = (1 + 2 * t * Math.max(0, t)) * spread;
    return {
      low: Math.max(-1, mean - loss * size - t * error(loss) + Math.min(0, skew) * lean),
      high: Math.min(1, mean + gain * size + t * error(gain) + Math.max(0, skew) * lean),
    };
  };
  return { bounds, error: error((loss + gain) / 2) };
}
