/** Counts by name, added up fast: names become places in an array, and clusters lists of places and amounts. */
import type { Counts } from "../types.ts";

/**
 * What adds up the counts of clusters, given by their places and as often as they are named. A name is in the sum where one of
 * them has it, also with a sum of 0; names stand in the order in which `clusters` has them.
 */
export function adder(clusters: readonly (readonly Counts[])[]): (drawn: Int32Array) => Counts {
  const known = new Map<string, number>();
  const rows = clusters.map((members) => [...merged(members, known)]);
  const names = [...known.keys()];
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, g) => {
    starts[g + 1] = (starts[g] ?? 0) + row.length;
  });
  const places = Int32Array.from(rows.flat(), ([place]) => place);
  const amounts = Float64Array.from(rows.flat(), ([, amount]) => amount);
  const sums = new Float64Array(names.length);
  const seen = new Uint8Array(names.length);
  return (drawn) => {
    sums.fill(0);
    seen.fill(0);
    for (let d = 0; d < drawn.length; d++) {
      const cluster = drawn[d] as number; // all places are in range, and this is the hot loop
      const end = starts[cluster + 1] as number;
      for (let i = starts[cluster] as number; i < end; i++) {
        const place = places[i] as number;
        sums[place] = (sums[place] as number) + (amounts[i] as number);
        seen[place] = 1;
      }
    }
    const counts: Record<string, number> = {};
    for (let place = 0; place < names.length; place++) if (seen[place] === 1) counts[names[place] as string] = sums[place] as number;
    return counts;
  };
}

function merged(members: readonly Counts[], known: Map<string, number>): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const counts of members)
    for (const [name, amount] of Object.entries(counts)) {
      const place = known.get(name) ?? known.size;
      known.set(name, place);
      sums.set(place, (sums.get(place) ?? 0) + amount);
    }
  return sums;
}
