import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { meanInterval, pairedBootstrap } from "./bootstrap.ts";
import { clustersOf, standardError } from "./clusters.ts";
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from "./normal.ts";
import { holm } from "./holm.ts";
import { seeded } from "./random.ts";
import { mcnemar, signFlip } from "./paired-tests.ts";
import { wilcoxon } from "./wilcoxon.ts";
import { wilson } from "./wilson.ts";

const file = new URL("../../../shared/data/metrics/stats.json", import.meta.url);
const absent = !existsSync(file);
if (absent) console.warn("skipped: reference values of statsmodels and scipy are not beside the repository");
interface Reference {
  mcnemar: { b: number; c: number; exact_p: number }[];
  proportion_ci: { k: number; n: number; wilson: [number, number] }[];
  paired_binary: { a: number[]; b: number[]; mean_diff: number; bootstrap_percentile_95: [number, number]; tolerance: number };
  paired_continuous: Reference["paired_binary"] & { bootstrap_bca_95: [number, number]; wilcoxon_p: number };
  sign_flip_permutation_first12_exact_p: number;
}
const read = (): Reference => JSON.parse(readFileSync(file, "utf8")) as Reference;

describe.skipIf(absent)("agrees with statsmodels and scipy", () => {
  test("exact McNemar", () => {
    for (const { b, c, exact_p } of read().mcnemar) expect(mcnemar(b, c)).toBeCloseTo(exact_p, 9);
  });

  test("Wilson", () => {
    for (const { k, n, wilson: expected } of read().proportion_ci) {
      expect(wilson(k, n).low).toBeCloseTo(expected[0], 9);
      expect(wilson(k, n).high).toBeCloseTo(expected[1], 9);
    }
  });

  test.each(["paired_binary", "paired_continuous"] as const)("paired bootstrap: %s", (name) => {
    const { a, b, mean_diff, bootstrap_percentile_95: expected, tolerance } = read()[name];
    const got = pairedBootstrap(a, b, { random: seeded(1), resamples: 20_000, expand: false });
    expect(got.delta).toBeCloseTo(mean_diff, 9);
    expect(Math.abs(got.low - expected[0])).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(got.high - expected[1])).toBeLessThanOrEqual(tolerance);
  });

  test("paired bootstrap, BCa", () => {
    const { a, b, bootstrap_bca_95: expected } = read().paired_continuous;
    const got = pairedBootstrap(a, b, { random: seeded(1), resamples: 20_000, expand: false, interval: "bca" });
    const percentile = pairedBootstrap(a, b, { random: seeded(1), resamples: 20_000, expand: false });
    expect(Math.abs(got.low - expected[0])).toBeLessThan(0.001);
    expect(Math.abs(got.high - expected[1])).toBeLessThan(0.001);
    expect(got.low).toBeGreaterThan(percentile.low);
  });

  test("Wilcoxon's signed-rank", () => {
    const { a, b, wilcoxon_p } = read().paired_continuous;
    expect(wilcoxon(b.map((value, i) => value - (a[i] ?? 0)))).toBeCloseTo(wilcoxon_p, 12);
  });

  test("sign-flip permutation", () => {
    const { a, b } = read().paired_continuous;
    const first = clustersOf(b.slice(0, 12).map((value, i) => value - (a[i] ?? 0)));
    expect(signFlip(first, seeded(1))).toBeCloseTo(read().sign_flip_permutation_first12_exact_p, 12);
    expect(signFlip(first, seeded(1), 4000)).toBeLessThan(0.003);
  });
});

test("the normal and Student distributions have their textbook values", () => {
  expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 14);
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
  expect(normalCdf(-6) / 9.865876450376946e-10).toBeCloseTo(1, 12);
  expect(studentCdf(1, 1)).toBeCloseTo(0.75, 14);
  expect(studentQuantile(0.975, 4)).toBeCloseTo(2.776, 3);
  expect(studentQuantile(0.975, 9)).toBeCloseTo(2.262, 3);
  expect(studentQuantile(0.975, 39)).toBeCloseTo(2.023, 3);
});

test("quantiles are the inverse of distributions", () => {
  for (const share of [0.0001, 0.025, 0.4, 0.5, 0.8, 0.999]) {
    expect(normalCdf(normalQuantile(share))).toBeCloseTo(share, 12);
    for (const df of [1, 2, 7, 60, 2999]) expect(studentCdf(studentQuantile(share, df), df)).toBeCloseTo(share, 12);
  }
  const between = [2, 2.25, 2.5, 2.75, 3].map((df) => studentQuantile(0.975, df));
  expect(between).toEqual(between.toSorted((a, b) => b - a));
});

describe("Wilcoxon's signed-rank test", () => {
  /** Twice the smaller tail over all patterns of signs, by the definition. */
  function enumerated(differences: readonly number[]): number {
    const sizes = differences.filter((d) => d !== 0).map(Math.abs);
    const rank = (size: number): number => sizes.filter((x) => x < size).length + (sizes.filter((x) => x === size).length + 1) / 2;
    const observed = differences.filter((d) => d > 0).reduce((sum, d) => sum + rank(d), 0);
    const sums = Array.from({ length: 2 ** sizes.length }, (_, signs) =>
      sizes.reduce((sum, x, i) => sum + ((signs >> i) & 1 ? rank(x) : 0), 0),
    );
    const tail = (within: (sum: number) => boolean): number => sums.filter(within).length / sums.length;
    return Math.min(
      1,
      2 *
        Math.min(
          tail((sum) => sum <= observed),
          tail((sum) => sum >= observed),
        ),
    );
  }

  test("is exact for few differences, with ties and zeros too", () => {
    const random = seeded("ranks");
    for (let n = 1; n <= 11; n++) {
      const distinct = Array.from({ length: n }, () => random() - 0.3);
      const coarse = distinct.map((d) => Math.round(d * 4) / 4);
      for (const differences of [distinct, coarse]) expect(wilcoxon(differences)).toBeCloseTo(enumerated(differences), 12);
    }
    expect(wilcoxon([0, 0])).toBe(1);
  });

  test("goes over into the normal approximation without a jump", () => {
    const random = seeded("jump");
    const distinct = Array.from({ length: 50 }, () => random() - 0.37);
    const approximate = wilcoxon([...distinct, 0]); // a 0 is left out, but ends the exact test
    expect(wilcoxon(distinct)).not.toBe(approximate);
    expect(wilcoxon(distinct) / approximate).toBeCloseTo(1, 1);
  });
});

describe("Holm's correction", () => {
  test("gives the textbook's values in the order given", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
    expect(holm([0.2])).toEqual([0.2]);
  });

  test("keeps the order of the ps, never lowers one and never exceeds 1", () => {
    const random = seeded("holm");
    const ps = Array.from({ length: 30 }, () => random() ** 3);
    const adjusted = holm(ps);
    ps.forEach((p, i) => {
      expect(adjusted[i]).toBeGreaterThanOrEqual(p);
      expect(adjusted[i]).toBeLessThanOrEqual(1);
      ps.forEach((q, j) => expect(p >= q || (adjusted[i] ?? 0) <= (adjusted[j] ?? 0)).toBe(true));
    });
    expect(() => holm([0.5, NaN])).toThrow("NaN");
  });
});

test("the same seed gives the same numbers, other seeds give others, and they are uniform", () => {
  const draw = (seed: string | number): number[] => Array.from({ length: 20_000 }, seeded(seed));
  expect(draw(7)).toEqual(draw("7"));
  expect(draw(7)).not.toEqual(draw(8));
  const bins = Array.from({ length: 20 }, () => 0);
  for (const x of draw("uniform")) bins[Math.floor(x * 20)] = (bins[Math.floor(x * 20)] ?? 0) + 1;
  const chi2 = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chi2).toBeLessThan(43.8); // 99.9 % quantile at 19 degrees of freedom
  const firsts = Array.from({ length: 1000 }, (_, seed) => seeded(seed)());
  expect(Math.abs(firsts.reduce((sum, x) => sum + x, 0) / 1000 - 0.5)).toBeLessThan(0.03);
});

test("BCa moves the interval of skewed values to the long tail, as scipy's does", () => {
  const values = [0, 0, 0.01, 0.02, 0, 0.05, 0.03, 0.1, 0, 0.02, 0.9, 0.3, 0.04, 0, 0.07, 0.6, 0.01, 0, 0.15, 0.02];
  const zeros = values.map(() => 0);
  const got = pairedBootstrap(zeros, values, { random: seeded(1), resamples: 20_000, expand: false, interval: "bca" });
  expect(Math.abs(got.low - 0.045)).toBeLessThan(0.002);
  expect(Math.abs(got.high - 0.274)).toBeLessThan(0.006);
});

test("BCa is the percentile interval where it is not defined", () => {
  const [zeros, same] = [Array.from({ length: 12 }, () => 0), Array.from({ length: 12 }, () => 0.3)];
  const of = (values: readonly number[], interval: "bca" | "percentile"): ReturnType<typeof pairedBootstrap> =>
    pairedBootstrap(zeros, values, { random: seeded(1), interval });
  expect(of(same, "bca")).toEqual(of(same, "percentile"));
});

describe("a mean", () => {
  test("never has an interval of zero width", () => {
    for (const value of [0, 0.5, 1]) {
      const { low, high } = meanInterval(
        Array.from({ length: 20 }, () => value),
        { random: seeded(1) },
      );
      expect(high - low).toBeGreaterThan(0.1);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  test("of repeated rows in clusters is not surer than of the rows alone", () => {
    const random = seeded(5);
    for (const draw of [(): number => (random() < 0.7 ? 1 : 0), random]) {
      const rows = Array.from({ length: 40 }, draw);
      const copies = rows.flatMap((row) => [row, row, row]);
      const clusters = rows.flatMap((_, i) => [`${i}`, `${i}`, `${i}`]);
      const alone = meanInterval(rows, { random: seeded(1) });
      const clustered = meanInterval(copies, { random: seeded(1), clusters });
      const naive = meanInterval(copies, { random: seeded(1) });
      expect(clustered.high - clustered.low).toBeGreaterThan(0.95 * (alone.high - alone.low));
      expect(naive.high - naive.low).toBeLessThan(0.7 * (alone.high - alone.low));
    }
  });

  test("of one large cluster and a few cases is hardly surer than of those alone", () => {
    const values = [...Array.from({ length: 40 }, (_, i) => i % 2), 1, 0, 1, 1, 0];
    const clusters = values.map((_, i) => (i < 40 ? "large" : `${i}`));
    const { low, high } = meanInterval(values, { random: seeded(1), clusters });
    expect(high - low).toBeGreaterThan(0.6);
  });

  test("of clusters of one has the standard error of the textbook", () => {
    const values = [0.1, 0.4, 0.35, 0.8];
    const mean = 0.4125;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    expect(standardError(clustersOf(values))).toBeCloseTo(sd / 2, 12);
  });
});
