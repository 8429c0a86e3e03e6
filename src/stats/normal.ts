/** The normal and Student distributions, as far as the intervals need them. */

/** 97.5 % and 80 % quantiles of the standard normal distribution. */
export const Z_95 = 1.959963984540054;
export const Z_POWER_80 = 0.8416212335729143;

/** P(Z <= x) of the standard normal distribution, to about 1e-7 (Numerical Recipes, `erfcc`). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + z / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
  ];
  const erfc = t * Math.exp(-z * z + terms.reduceRight((sum, term) => sum * t + term, 0));
  return x > 0 ? 1 - erfc / 2 : erfc / 2;
}

/** 97.5 % quantile of Student's t with `df` degrees of freedom; within 0.01 from df = 4 on (Abramowitz & Stegun 26.7.5). */
export function t95(df: number): number {
  const z = Z_95;
  return (
    z +
    (z ** 3 + z) / (4 * df) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * df ** 3)
  );
}
