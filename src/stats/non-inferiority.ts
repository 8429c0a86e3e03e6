/** Is b surely not worse than a by more than a margin? */
import { measurePaired, type CompareOptions } from "./compare.ts";
import { conclude, UNKNOWN, type Measured, type Pair } from "./conclude.ts";
import { measurePooled, type ComparePooledOptions, type Pool, type PooledPair } from "./pooled.ts";

export interface NonInferiority {
  /** The loss that is still no loss, 0 or more. */
  readonly margin: number;
  /** Lower bound of the 95 % interval of the comparison: what b surely loses at most, below 0. */
  readonly low: number;
  /** One-sided, of the hypothesis that delta is -margin or less: the level at which the lower bound leaves -margin. Not below 0.0001. */
  readonly p: number;
  /** p < 0.025, which is low > -margin, and enough cases for a verdict. */
  readonly shown: boolean;
}

const ALPHA = 0.025;
const LEAST = 0.0001;

/**
 * One-sided at 0.025 by the interval of `comparePaired` with the same options and seed (Piaggio et al. 2012, the CONSORT extension
 * for non-inferiority). Throws a RangeError for a margin that is negative or not finite. Nothing is shown without pairs. A
 * rare loss of which no case is seen is not excluded beyond what the interval reckons with: n cases show none of a kind that
 * befalls one in 25 in 0.96^n of the samples, 13 % of 50 and 2 % of 100.
 */
export function nonInferiority(pairs: readonly Pair[], margin: number, options: CompareOptions): NonInferiority {
  return against(margin, pairs, () => measurePaired(pairs, options));
}

/** The same by the interval of `comparePooled`. */
export function nonInferiorityPooled(
  pairs: readonly PooledPair[],
  pool: Pool,
  margin: number,
  options: ComparePooledOptions,
): NonInferiority {
  return against(margin, pairs, () => measurePooled(pairs, pool, options));
}

function against(margin: number, pairs: readonly Pair[], measure: () => Measured): NonInferiority {
  if (!(margin >= 0 && margin < Infinity)) throw new RangeError(`nonInferiority: a margin is 0 or more, not ${margin}`);
  if (pairs.length === 0) return { margin, low: UNKNOWN.low, p: 1, shown: false };
  const measured = measure();
  const { low, verdict } = conclude(pairs, measured);
  return {
    margin,
    low,
    p: levelOf(measured, low, margin),
    shown: low > -margin && verdict !== "too few cases",
  };
}

/** The smallest level at which the lower bound leaves -margin, looked for on the side of 0.025 on which the interval has it. */
function levelOf({ bounds }: Measured, low: number, margin: number): number {
  let [from, to] = low > -margin ? [LEAST, ALPHA] : [ALPHA, 1];
  if (low > -margin && bounds(LEAST).low > -margin) return LEAST;
  for (let step = 0; step < 30; step++) {
    const middle = (from + to) / 2;
    if (bounds(middle).low > -margin) to = middle;
    else from = middle;
  }
  return low > -margin ? from : to;
}
