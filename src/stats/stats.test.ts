import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { meanInterval, pairedBootstrap } from "./bootstrap.ts";
import { clustersOf, standardError } from "./clusters.ts";
import { comparePaired, type Pair } from "./compare.ts";
import { normalCdf, t95 } from "./normal.ts";
import { seeded } from "./random.ts";
import { mcnemar, signFlip } from "./paired-tests.ts";
import { wilson } from "./wilson.ts";

const file = new URL("../../../shared/data/metrics/stats.json", import.meta.url);
const absent = !existsSync(file);
if (absent) console.warn("skipped: reference values of statsmodels and scipy are not beside the repository");
interface Reference {
  mcnemar: { b: number; c: number; exact_p: number }[];
  proportion_ci: { k: number; n: number; wilson: [number, number] }[];
  paired_binary: { a: number[]; b: number[]; mean_diff: number; bootstrap_percentile_95: [number, number]; tolerance: number };
  paired_continuous: Reference["paired_binary"];
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

  test("sign-flip permutation", () => {
    const { a, b } = read().paired_continuous;
    const first = clustersOf(b.slice(0, 12).map((value, i) => value - (a[i] ?? 0)));
    expect(signFlip(first, seeded(1))).toBeCloseTo(read().sign_flip_permutation_first12_exact_p, 12);
    expect(signFlip(first, seeded(1), 4000)).toBeLessThan(0.003);
  });
});

test("the normal and Student distributions have their textbook values", () => {
  expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 6);
  expect(normalCdf(1)).toBeCloseTo(0.841344746, 6);
  expect(t95(4)).toBeCloseTo(2.776, 1);
  expect(t95(9)).toBeCloseTo(2.262, 2);
  expect(t95(39)).toBeCloseTo(2.023, 3);
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

  test("of clusters of one has the standard error of the textbook", () => {
    const values = [0.1, 0.4, 0.35, 0.8];
    const mean = 0.4125;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    expect(standardError(clustersOf(values))).toBeCloseTo(sd / 2, 12);
  });
});

describe("a comparison", () => {
  const pairs = (rows: readonly (readonly [number, number])[]): Pair[] => rows.map(([a, b], i) => ({ case: `${i}`, a, b }));
  const fill = (count: number, a: number, b: number): [number, number][] => Array.from({ length: count }, () => [a, b]);
  const compare = (rows: Pair[]): ReturnType<typeof comparePaired> => comparePaired(rows, { random: seeded(3) });

  test("counts wins, losses and ties, and is mirrored when the sides change", () => {
    const rows = [...fill(12, 0, 1), ...fill(2, 1, 0), ...fill(26, 1, 1)];
    const forth = compare(pairs(rows));
    const back = compare(pairs(rows.map(([a, b]) => [b, a])));
    expect(forth).toMatchObject({ wins: 12, losses: 2, ties: 26, n: 40, delta: 0.25, verdict: "better" });
    expect(back).toMatchObject({ wins: 2, losses: 12, ties: 26, delta: -0.25, verdict: "worse" });
    expect(back.low).toBeCloseTo(-forth.high, 12);
    expect(back.p).toBe(forth.p);
  });

  test("never says better or worse without p < 0.05", () => {
    for (let wins = 0; wins <= 12; wins++)
      for (let losses = 0; losses <= wins; losses++) {
        const got = compare(pairs([...fill(wins, 0, 1), ...fill(losses, 1, 0), ...fill(30, 1, 1)]));
        expect(got.verdict === "better").toBe(got.p < 0.05);
      }
  });

  test("does not judge fewer than ten cases, or fewer than six groups", () => {
    expect(compare(pairs(fill(9, 0, 1))).verdict).toBe("too few cases");
    expect(compare(pairs(fill(10, 0, 1))).verdict).toBe("better");
    const grouped = pairs(fill(100, 0.2, 0.9)).map((pair, i) => ({ ...pair, group: `${i % 5}` }));
    expect(compare(grouped).verdict).toBe("too few cases");
    expect(compare([])).toMatchObject({ n: 0, p: 1, verdict: "too few cases" });
  });

  test("of equal programs is no evidence, with an interval that has a width", () => {
    for (const score of [1, 0.5]) {
      const got = compare(pairs(fill(40, score, score)));
      expect(got).toMatchObject({ delta: 0, p: 1, ties: 40, verdict: "no evidence" });
      expect(got.high - got.low).toBeGreaterThan(0.05);
      expect(got.mde).toBeGreaterThan(0.05);
    }
  });

  test("refuses scores that are not numbers", () => {
    expect(() => compare(pairs([[NaN, 1]]))).toThrow("case 0");
  });

  test("is less sure when the same differences come in groups", () => {
    const random = seeded(9);
    const drift = Array.from({ length: 12 }, () => random() - 0.35);
    const rows = pairs(drift.flatMap((d) => Array.from({ length: 8 }, () => [0.4, 0.4 + d / 2] as const)));
    const alone = compare(rows);
    const grouped = compare(rows.map((pair, i) => ({ ...pair, group: `${Math.floor(i / 8)}` })));
    expect(grouped.delta).toBeCloseTo(alone.delta, 12);
    expect(grouped.high - grouped.low).toBeGreaterThan(2 * (alone.high - alone.low));
    expect(grouped.p).toBeGreaterThan(alone.p);
  });
});
