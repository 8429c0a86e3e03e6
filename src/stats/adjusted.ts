/** The interval of a mean difference where resampling would claim certainty: all cases differ alike, or at most one does. */
import type { Bounds } from "./bounds.ts";
import type { Clusters } from "./clusters.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Wald bounds after adding one difference of +1 and one of -1, as Bonett & Price (2012) do for paired proportions. They have a
 * width even where every case is a tie.
 */
export function adjusted(clusters: Clusters): { readonly bounds: Bounds; readonly error: number } {
  const { mean, error } = adjustedMoments(clusters);
  const bounds: Bounds = (alpha) => {
    const reach = normalQuantile(1 - alpha) * error;
    if (reach < 0) return { low: mean - reach, high: mean + reach };
    return { low: Math.max(-1, Math.min(clusters.mean, mean - reach)), high: Math.min(1, Math.max(clusters.mean, mean + reach)) };
  };
  return { bounds, error };
}

function adjustedMoments({ sums, sizes }: Clusters): { readonly mean: number; readonly error: number } {
  const size = sums.length + 2;
  let total = 0;
  let squares = 2;
  for (let g = 0; g < sums.length; g++) {
    const value = (sums[g] ?? 0) / (sizes[g] ?? 1);
    total += value;
    squares += value ** 2;
  }
  const mean = total / size;
  return { mean, error: Math.sqrt((squares / size - mean ** 2) / size) };
}
