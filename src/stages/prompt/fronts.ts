/** Which candidate is changed next. Pure. */

export interface Scored<T> {
  readonly candidate: T;
  /** Value by case id. */
  readonly values: ReadonlyMap<string, number>;
}

/**
 * A candidate that is best on some case, the more such cases the likelier (GEPA, arXiv 2507.19457, algorithm 2). One that every front can
 * spare is left out, weakest mean first. `pool` is in order of birth and not empty; `random` gives 0 <= x < 1.
 */
export function parentOf<T>(pool: readonly Scored<T>[], random: () => number): Scored<T> {
  const ids = new Set(pool.flatMap(({ values }) => [...values.keys()]));
  let fronts = [...ids].map((id) => {
    const best = Math.max(...pool.map(({ values }) => values.get(id) ?? Number.NEGATIVE_INFINITY));
    return pool.filter(({ values }) => values.get(id) === best);
  });
  const weakest = pool.toSorted((a, b) => meanOf(a) - meanOf(b));
  for (const one of weakest) {
    const without = fronts.map((front) => front.filter((other) => other !== one));
    if (without.every((front) => front.length > 0)) fronts = without;
  }
  const tickets = fronts.flat();
  const last = pool.at(-1);
  const drawn = tickets[Math.floor(random() * tickets.length)] ?? last;
  if (drawn === undefined) throw new RangeError("no candidate to choose from");
  return drawn;
}

/** Mean of a candidate's values; 0 where it has none. */
export function meanOf({ values }: Scored<unknown>): number {
  return [...values.values()].reduce((sum, value) => sum + value, 0) / Math.max(1, values.size);
}
