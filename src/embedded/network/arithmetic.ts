/** Functions whose last bit does not depend on the platform: they only add, multiply and look up. */

const log2e = 1.4426950408889634;
const powers = new Float64Array(2048);
for (let k = 0, up = 1, down = 1; k < 1024; k++, up *= 2, down /= 2) {
  powers[1024 + k] = up;
  powers[1024 - k] = down;
}

/** e to the power of `x`, to about 1e-7; 0 below -700, and the value at 700 above. */
export function exponential(x: number): number {
  if (x < -700) return 0;
  const y = Math.min(x, 700) * log2e;
  const whole = Math.floor(y);
  const z = (y - whole) * 0.6931471805599453;
  const part =
    1 +
    z *
      (1 +
        z *
          (0.5 +
            z *
              (0.16666666666666666 +
                z * (0.041666666666666664 + z * (0.008333333333333333 + z * (0.001388888888888889 + z * 0.0001984126984126984))))));
  return part * (powers[1024 + whole] ?? 0);
}

const reach = 12;
const steps = 512;
const sigmoids = Float32Array.from({ length: 2 * reach * steps + 2 }, (_, i) => 1 / (1 + exponential(reach - i / steps)));

/** 1 / (1 + e^-x) from a table, to about 1e-6. */
export function sigmoid(x: number): number {
  if (x <= -reach) return 0;
  if (x >= reach) return 1;
  const at = (x + reach) * steps;
  const i = at | 0;
  const low = sigmoids[i] as number;
  return low + (at - i) * ((sigmoids[i + 1] as number) - low);
}

/** Softmax of `count` numbers from `at`, in place. */
export function softmax(values: Float32Array, at: number, count: number): void {
  let top = -Infinity;
  for (let i = at; i < at + count; i++) if ((values[i] as number) > top) top = values[i] as number;
  let sum = 0;
  for (let i = at; i < at + count; i++) {
    const e = exponential((values[i] as number) - top);
    values[i] = e;
    sum += e;
  }
  for (let i = at; i < at + count; i++) values[i] = (values[i] as number) / sum;
}
