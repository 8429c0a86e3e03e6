/** The normal and Student distributions, as far as the intervals and tests need them. */

/** 97.5 % and 80 % quantiles of the standard normal distribution. */
export const Z_95 = 1.959963984540054;
export const Z_POWER_80 = 0.8416212335729143;

/** From here on the continued fraction is better than the series, which loses digits in the tail. */
const TAIL = 3;
const FRACTIONS = 100;

/** P(Z <= x) of the standard normal distribution, to about 1e-14 (Abramowitz & Stegun 26.2.11 and 26.2.14). */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 38) return x < 0 ? 0 : 1;
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < TAIL) {
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = Math.abs(x);
  for (let k = FRACTIONS; k > 0; k--) fraction = Math.abs(x) + k / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}

/** The x with P(Z <= x) = share, 0 < share < 1; beyond that -Infinity or Infinity. */
export function normalQuantile(share: number): number {
  return invert(normalCdf, share);
}

/** P(T <= t) of Student's distribution with `df` degrees of freedom, a whole number from 1 (Abramowitz & Stegun 26.7.3 and 26.7.4). */
export function studentCdf(t: number, df: number): number {
  const angle = Math.atan(t / Math.sqrt(df));
  const cos2 = Math.cos(angle) ** 2;
  const odd = df % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = odd ? 3 : 2; k <= df && term > 1e-18; k += 2) {
    sum += term;
    term *= ((k - 1) / k) * cos2;
  }
  const middle = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 + middle) / 2;
}

/**
 * The t with P(T <= t) = share for `df` degrees of freedom from 1, 0 < share < 1; beyond that -Infinity or Infinity. Between whole
 * numbers it is linear in 1 / df.
 */
export function studentQuantile(share: number, df: number): number {
  const whole = Math.floor(df);
  const below = invert((t) => studentCdf(t, whole), share);
  if (whole === df || !Number.isFinite(below)) return below;
  const above = invert((t) => studentCdf(t, whole + 1), share);
  return below + (above - below) * (whole + 1) * (1 - whole / df);
}

/** Where an ascending function reaches a share: a bracket is doubled, then narrowed by regula falsi (Illinois). */
function invert(cdf: (x: number) => number, share: number): number {
  if (share <= 0) return -Infinity;
  if (share >= 1) return Infinity;
  let [low, high] = [-1, 1];
  while (cdf(low) > share) low *= 2;
  while (cdf(high) < share) high *= 2;
  let [below, above] = [cdf(low) - share, cdf(high) - share];
  let side = 0;
  for (let step = 0; step < 200 && high - low > 1e-13 * (1 + Math.abs(low)); step++) {
    const x = below === above ? (low + high) / 2 : (low * above - high * below) / (above - below);
    const gap = cdf(x) - share;
    if (gap === 0) return x;
    if (gap < 0) {
      [low, below] = [x, gap];
      if (side < 0) above /= 2;
      side = -1;
    } else {
      [high, above] = [x, gap];
      if (side > 0) below /= 2;
      side = 1;
    }
  }
  return (low + high) / 2;
}
