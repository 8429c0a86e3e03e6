/** How far raters agree beyond chance. */

/**
 * Cohen's kappa (1960) of two raters who put the same cases into categories, unweighted: (agreement - chance) / (1 - chance), at
 * most 1, 0 for agreement by chance. null without cases, and where both used one and the same category only, for which
 * scikit-learn has NaN. Throws a RangeError where the lengths differ.
 */
export function cohenKappa<T extends string | number | boolean>(a: readonly T[], b: readonly T[]): number | null {
  if (a.length !== b.length) throw new RangeError(`cohenKappa: ${a.length} and ${b.length} ratings do not pair`);
  const n = a.length;
  const [left, right] = [tally(a), tally(b)];
  const observed = a.filter((category, i) => category === b[i]).length / n;
  const chance = [...left].reduce((sum, [category, count]) => sum + (count / n) * ((right.get(category) ?? 0) / n), 0);
  return n === 0 || chance === 1 ? null : (observed - chance) / (1 - chance);
}

/**
 * Krippendorff's alpha (2011) of any number of raters: 1 - observed / expected disagreement, at most 1, 0 for agreement by chance.
 * Each unit holds its ratings; null ones are missing, and their order does not matter. "interval" squares the difference of
 * numbers, "nominal" only tells the same from another. null where no unit has two ratings, or all ratings are the same.
 */
export function krippendorffAlpha(units: readonly (readonly (number | null)[])[], level?: "interval" | "nominal"): number | null;
export function krippendorffAlpha(units: readonly (readonly (string | number | boolean | null)[])[], level: "nominal"): number | null;
export function krippendorffAlpha(
  units: readonly (readonly (string | number | boolean | null)[])[],
  level: "interval" | "nominal" = "interval",
): number | null {
  const paired = units.map((unit) => unit.filter((rating) => rating !== null)).filter((ratings) => ratings.length > 1);
  const all = paired.flat();
  const disagreement = level === "interval" ? spread : mixture;
  const observed = paired.reduce((sum, ratings) => sum + disagreement(ratings) / (ratings.length - 1), 0) / all.length;
  const expected = disagreement(all) / (all.length * (all.length - 1));
  return all.length === 0 || expected === 0 ? null : 1 - observed / expected;
}

type Rating = string | number | boolean;

/** Sum of squared differences over all ordered pairs of ratings. */
function spread(ratings: readonly Rating[]): number {
  const numbers = ratings.map(Number);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  if (numbers.every((value) => value === numbers[0])) return 0; // a mean of equal numbers may differ from them by rounding
  return 2 * numbers.length * numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** Ordered pairs of ratings that are not the same. */
function mixture(ratings: readonly Rating[]): number {
  return ratings.length ** 2 - [...tally(ratings).values()].reduce((sum, count) => sum + count ** 2, 0);
}

function tally(ratings: readonly Rating[]): ReadonlyMap<Rating, number> {
  const counts = new Map<Rating, number>();
  for (const rating of ratings) counts.set(rating, (counts.get(rating) ?? 0) + 1);
  return counts;
}
