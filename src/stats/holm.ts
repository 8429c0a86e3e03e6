/** Several tests at once. */

/**
 * p values of a family of tests, adjusted so that all of them together raise a false alarm with at most the probability at
 * which one is called significant (Holm 1979), in the order given, each at most 1. Throws a RangeError for a p outside 0..1.
 */
export function holm(ps: readonly number[]): readonly number[] {
  const stray = ps.find((p) => !(p >= 0 && p <= 1));
  if (stray !== undefined) throw new RangeError(`holm: ${stray} is not a probability`);
  const adjusted = ps.map(() => 1);
  let largest = 0;
  for (const [rank, i] of ps
    .keys()
    .toArray()
    .sort((i, j) => (ps[i] ?? 1) - (ps[j] ?? 1))
    .entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[i] ?? 1)));
    adjusted[i] = largest;
  }
  return adjusted;
}
