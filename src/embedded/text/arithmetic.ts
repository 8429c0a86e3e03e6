/**
 * Functions of real numbers whose last bit does not depend on the platform: they only add, multiply, divide and round, which IEEE 754
 * defines to the bit, while ECMAScript leaves Math.exp, Math.log and Math.pow to the implementation.
 */

/** The logarithm of 2 in two parts: multiples of the first are exact. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const largest = 709.782712893384;
const smallest = -745.1332191019412;
const lowest = -1022;
/** The powers of two from the lowest on. */
const powers = new Float64Array(1024 - lowest);
for (let n = 0, up = 1, down = 1; n < 1024; n++, up *= 2, down /= 2) {
  powers[n - lowest] = up;
  if (-n >= lowest) powers[-n - lowest] = down;
}
/** Of Taylor's series of the exponential function: 1 / n!. */
const terms = new Float64Array(15);
for (let n = 0, term = 1; n < terms.length; n++, term /= n) terms[n] = term;

/** e to the power of `x`, to about the last bit. */
export function exp(x: number): number {
  if (x > largest) return Infinity;
  if (!(x >= smallest)) return x < smallest ? 0 : x;
  const whole = Math.floor(x / Math.LN2 + 0.5);
  const z = x - whole * ln2High - whole * ln2Low;
  let sum = 0;
  // Taylor's series; |z| is 0.35 at most, so that what is left out is below the last bit.
  for (let n = terms.length - 1; n >= 0; n--) sum = sum * z + (terms[n] as number);
  // In two steps, since the power alone may be too small for a number.
  const half = Math.trunc(whole / 2);
  return sum * powerOfTwo(half) * powerOfTwo(whole - half);
}

/** The natural logarithm of `x`, to about the last bit. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x < powerOfTwo(lowest)) return log(x * powerOfTwo(54)) - 54 * Math.LN2;
  if (x === Infinity) return x;
  // An estimate is enough: what it is out by, the rest makes good.
  let whole = Math.min(1023, Math.floor(Math.log2(x)));
  let rest = x / powerOfTwo(whole);
  if (rest > Math.SQRT2) [rest, whole] = [rest / 2, whole + 1];
  else if (rest < Math.SQRT1_2) [rest, whole] = [rest * 2, whole - 1];
  // The series of the inverse hyperbolic tangent; |s| is 0.18 at most.
  const s = (rest - 1) / (rest + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = (sum + 1 / n) * square;
  return whole * ln2High + (whole * ln2Low + 2 * (s + s * sum));
}

/** `x` to the power of `y`, for `x` of 0 or more. */
export function raised(x: number, y: number): number {
  return x === 0 ? Number(y === 0) : exp(y * log(x));
}

/** Of a whole number from -1022 to 1023. */
function powerOfTwo(n: number): number {
  return powers[n - lowest] as number;
}
