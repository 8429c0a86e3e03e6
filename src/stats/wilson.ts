/** The interval of a share. */
import { studentQuantile, Z_95 } from "./normal.ts";

/**
 * 95 % score interval of `successes` out of `n` (Wilson 1927; Brown, Cai & DasGupta 2001). Never of zero width, and right at
 * 0 and n. `successes` may be a fraction: for values between 0 and 1 with the same mean the interval is then too wide, never
 * too narrow. Nothing is known where n is 0: [0, 1].
 */
export function wilson(successes: number, n: number): { readonly low: number; readonly high: number } {
  if (n <= 0) return { low: 0, high: 1 };
  const share = successes / n;
  const z2 = Z_95 ** 2;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: successes <= 0 ? 0 : Math.max(0, centre - half), high: successes >= n ? 1 : Math.min(1, centre + half) };
}

/**
 * 95 % interval of a mean of values 0..1 with a standard error from `independent` clusters: Wilson's of the share that has the
 * same mean and error, fewer clusters counting for less as in Student's t (Korn & Graubard 1998). `independent` may be a fraction
 * where clusters differ in size. `most` is the largest sample that the error may stand for. Where the error is 0 each cluster counts as one.
 */
export function wilsonOfError(
  mean: number,
  error: number,
  independent: number,
  most = Infinity,
): { readonly low: number; readonly high: number } {
  if (!(error > 1e-9) || independent < 1.5) return wilson(mean * independent, independent);
  const effective = Math.max(0, mean * (1 - mean)) / error ** 2;
  const size = Math.min(most, effective * (Z_95 / studentQuantile(0.975, Math.max(1, independent - 1))) ** 2);
  return wilson(mean * size, size);
}
