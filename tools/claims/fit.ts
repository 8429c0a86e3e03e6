/** Multinomial logistic regression, regularised, by accelerated gradient descent on standardised features: deterministic. */
import type { VerdictWeights } from "../../src/embedded/claims/model.ts";

export interface Row {
  readonly features: readonly number[];
  /** Index of the class. */
  readonly label: number;
  readonly weight: number;
}

/** Weights per class for raw features (feature 0 is the constant 1 and is not regularised); `l2` is per unit of total row weight. */
export function fitVerdicts(rows: readonly Row[], classes: number, l2: number, steps = 400): VerdictWeights {
  const d = rows[0]?.features.length ?? 0;
  const total = rows.reduce((sum, row) => sum + row.weight, 0) || 1;
  const scale = Array.from({ length: d }, (_, j) => {
    if (j === 0) return 1;
    const mean = rows.reduce((sum, r) => sum + r.weight * (r.features[j] ?? 0), 0) / total;
    const variance = rows.reduce((sum, r) => sum + r.weight * ((r.features[j] ?? 0) - mean) ** 2, 0) / total;
    return Math.max(Math.sqrt(variance), 0.05);
  });
  const x = rows.map((r) => Float64Array.from(r.features, (v, j) => v / (scale[j] ?? 1)));
  let current = new Float64Array(classes * d);
  let ahead = Float64Array.from(current);
  const gradient = new Float64Array(classes * d);
  const p = new Float64Array(classes);
  // The Hessian's largest eigenvalue is at most half the largest mean of squared rows.
  const size = x.reduce((sum, v, i) => sum + (rows[i]?.weight ?? 0) * v.reduce((s, a) => s + a * a, 0), 0) / total;
  const rate = 1 / (0.5 * size + l2);
  for (let step = 0; step < steps; step++) {
    for (let k = 0; k < classes; k++) for (let j = 0; j < d; j++) gradient[k * d + j] = j === 0 ? 0 : l2 * (ahead[k * d + j] ?? 0);
    rows.forEach((row, i) => {
      const v = x[i];
      if (v === undefined) return;
      let top = -Infinity;
      for (let k = 0; k < classes; k++) {
        let s = 0;
        for (let j = 0; j < d; j++) s += (ahead[k * d + j] ?? 0) * (v[j] ?? 0);
        p[k] = s;
        top = Math.max(top, s);
      }
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += p[k] = Math.exp((p[k] ?? 0) - top);
      for (let k = 0; k < classes; k++) {
        const error = ((p[k] ?? 0) / sum - (k === row.label ? 1 : 0)) * (row.weight / total);
        for (let j = 0; j < d; j++) gradient[k * d + j] = (gradient[k * d + j] ?? 0) + error * (v[j] ?? 0);
      }
    });
    const next = ahead.map((value, i) => value - rate * (gradient[i] ?? 0));
    const momentum = step / (step + 3);
    ahead = next.map((value, i) => value + momentum * (value - (current[i] ?? 0)));
    current = next;
  }
  return Array.from({ length: classes }, (_, k) => Array.from({ length: d }, (_, j) => (current[k * d + j] ?? 0) / (scale[j] ?? 1)));
}
