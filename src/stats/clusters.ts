/** Values added up by cluster: cases of one group are not independent, so a group is drawn, flipped and counted as one. */

export interface Clusters {
  /** For each cluster the sum of its values and how many there are. */
  readonly sums: Float64Array;
  readonly sizes: Float64Array;
  /** Mean over all values, each value with the same weight. */
  readonly mean: number;
  /** Number of values. */
  readonly n: number;
}

/** Adds values up by the cluster id of the same position; without ids each value is its own cluster. */
export function clustersOf(values: readonly number[], ids?: readonly string[]): Clusters {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (ids === undefined) return { sums: Float64Array.from(values), sizes: new Float64Array(n).fill(1), mean, n };
  const places = new Map<string, number>();
  for (const id of ids) if (!places.has(id)) places.set(id, places.size);
  const sums = new Float64Array(places.size);
  const sizes = new Float64Array(places.size);
  values.forEach((value, i) => {
    const place = places.get(ids[i] ?? "") ?? 0;
    sums[place] = (sums[place] ?? 0) + value;
    sizes[place] = (sizes[place] ?? 0) + 1;
  });
  return { sums, sizes, mean, n };
}

/** Standard error of the mean, clusters being independent and values within one not (Liang & Zeger 1986, CR1). Needs two clusters. */
export function standardError({ sums, sizes, mean, n }: Clusters): number {
  const count = sums.length;
  let squares = 0;
  for (let g = 0; g < count; g++) squares += ((sums[g] ?? 0) - (sizes[g] ?? 0) * mean) ** 2;
  return Math.sqrt((squares * count) / (count - 1)) / n;
}
