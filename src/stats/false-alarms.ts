/** A/A calibration: how often is a program called better or worse than itself? */
import { comparePaired, type CompareOptions } from "./compare.ts";
import { gathered, groupsOf, type Pair } from "./conclude.ts";
import { wilson } from "./wilson.ts";

interface FalseAlarmOptions extends CompareOptions {
  /** Comparisons that are made; 1,000 by default. */
  readonly rounds?: number | undefined;
  /** Cases of each comparison, whole groups being drawn until there are as many; as many as there are pairs by default. */
  readonly size?: number | undefined;
}

export interface FalseAlarms {
  /** Share of the rounds with a verdict of better or worse, with Wilson's 95 % interval. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly alarms: number;
  readonly rounds: number;
  /** What the rate should not exceed. */
  readonly alpha: number;
}

/**
 * `pairs` are two independent answers of the same program to each case. Each round draws cases with replacement, lets a and b
 * change sides at random, so that there is no difference to find, and compares them by the very `comparePaired`; by default with
 * 500 resamples and flips, whose p is as valid, only coarser. Groups are drawn and change sides as one. The rate is at or below
 * alpha where verdicts hold what they promise, and well below it where cases are few or mostly tie. Throws a RangeError without
 * pairs.
 */
export function falseAlarms(pairs: readonly Pair[], options: FalseAlarmOptions): FalseAlarms {
  if (pairs.length === 0) throw new RangeError("falseAlarms: no pairs");
  const { random, rounds = 1000, size = pairs.length, resamples = 500, flips = 500 } = options;
  const clusters = gathered(pairs, groupsOf(pairs));
  let alarms = 0;
  for (let round = 0; round < rounds; round++) {
    const { verdict } = comparePaired(drawn(clusters, size, random), { ...options, resamples, flips });
    if (verdict === "better" || verdict === "worse") alarms++;
  }
  return { rate: alarms / rounds, ...wilson(alarms, rounds), alarms, rounds, alpha: 0.05 };
}

/** At least `size` cases of clusters drawn with replacement; a cluster that is drawn twice is two clusters. */
function drawn(clusters: readonly (readonly Pair[])[], size: number, random: () => number): readonly Pair[] {
  const pairs: Pair[] = [];
  for (let draw = 0; pairs.length < size; draw++) {
    const swapped = random() < 0.5;
    for (const { a, b } of clusters[Math.floor(random() * clusters.length)] ?? []) {
      pairs.push({ case: `${pairs.length}`, group: `${draw}`, a: swapped ? b : a, b: swapped ? a : b });
    }
  }
  return pairs;
}
