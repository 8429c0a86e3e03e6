/** The interval of a share. */
import { Z_95 } from "./normal.ts";

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
