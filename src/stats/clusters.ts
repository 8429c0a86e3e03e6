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

/**
 * Standard error of the mean, clusters being independent and values within one not: the jackknife over clusters, also known as CR3
 * (Bell & McCaffrey 2002). A cluster pulls the mean to itself the more the larger it is; leaving it out undoes that. Of clusters of one size
 * it is the textbook's. Needs two clusters.
 */
export function standardError({ sums, sizes, mean, n }: Clusters): number {
  const count = sums.length;
  let squares = 0;
  for (let g = 0; g < count; g++) squares += (((sums[g] ?? 0) - (sizes[g] ?? 0) * mean) / (n - (sizes[g] ?? 0))) ** 2;
  return Math.sqrt((squares * (count - 1)) / count);
}

/** How many clusters of one size tell as much as these: (sum of sizes)^2 / sum of squares (Kish 1965). NaN without any. */
export function effectiveCount(sizes: Iterable<number>): number {
  let [sum, squares] = [0, 0];
  for (const size of sizes) {
    sum += size;
    squares += size ** 2;
  }
  return sum ** 2 / squares;
}

/** How many clusters are not 0. */
export function movedOf({ sums }: Clusters): number {
  return sums.filter((sum) => Math.abs(sum) > 1e-9).length;
}

/** A sixth of the skewness of the clusters' influence on the mean, as BCa has it; 0 where none has any. */
export function acceleration({ sums, sizes, mean }: Clusters): number {
  let [squares, cubes] = [0, 0];
  for (let g = 0; g < sums.length; g++) {
    const pull = (sums[g] ?? 0) - (sizes[g] ?? 0) * mean;
    squares += pull ** 2;
    cubes += pull ** 3;
  }
  return squares > 1e-24 ? cubes / (6 * squares ** 1.5) : 0;
}
