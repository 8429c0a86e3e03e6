import { describe, expect, test } from "vitest";
import { comparePaired } from "./compare.ts";
import { falseAlarms } from "./false-alarms.ts";
import { nonInferiority, nonInferiorityPooled } from "./non-inferiority.ts";
import { comparePooled, pooledInterval, type Pool, type PooledPair } from "./pooled.ts";
import { seeded } from "./random.ts";
import { wilson } from "./wilson.ts";

const mean: Pool = ({ sum = 0, n = NaN }) => sum / n;
const pair = (i: number, a: number, b: number, group?: string): PooledPair => ({
  case: `${i}`,
  group,
  a,
  b,
  counts: { a: { sum: a, n: 1 }, b: { sum: b, n: 1 } },
});
const drawn = (n: number, gain: number, random: () => number): PooledPair[] =>
  Array.from({ length: n }, (_, i) => {
    const a = random();
    return pair(i, a, random() < 0.4 ? a : Math.min(1, random() + gain));
  });

describe("a pooled comparison", () => {
  test("of means is the paired comparison", () => {
    for (const gain of [0, 0.1, 0.3]) {
      const pairs = drawn(60, gain, seeded(`means ${gain}`));
      const pooled = comparePooled(pairs, mean, { random: seeded(1), flips: 5000 });
      const paired = comparePaired(pairs, { random: seeded(2) });
      expect(pooled.delta).toBeCloseTo(paired.delta, 12);
      expect(pooled).toMatchObject({ n: 60, wins: paired.wins, losses: paired.losses, ties: paired.ties, verdict: paired.verdict });
      expect(Math.abs(pooled.p - paired.p)).toBeLessThan(0.02);
      for (const key of ["low", "high", "mde"] as const) expect(Math.abs(pooled[key] - paired[key])).toBeLessThan(0.015);
    }
  });

  test("tries every way to change sides where there are few", () => {
    const pairs = [...drawn(8, 0.5, seeded("few")), ...Array.from({ length: 20 }, (_, i) => pair(100 + i, 0.5, 0.5))];
    const paired = comparePaired(pairs, { random: seeded(1) });
    for (const seed of [1, 2]) expect(comparePooled(pairs, mean, { random: seeded(seed) }).p).toBeCloseTo(paired.p, 12);
  });

  test("is mirrored when the sides change", () => {
    const pairs = drawn(40, 0.4, seeded("mirror"));
    const swapped = pairs.map(({ a, b, counts, ...rest }) => ({ ...rest, a: b, b: a, counts: { a: counts.b, b: counts.a } }));
    const [forth, back] = [pairs, swapped].map((each) => comparePooled(each, mean, { random: seeded(3) }));
    expect(back?.delta).toBeCloseTo(-(forth?.delta ?? NaN), 12);
    expect(back).toMatchObject({ wins: forth?.losses, losses: forth?.wins, p: forth?.p });
    expect(back?.low).toBeCloseTo(-(forth?.high ?? NaN), 9);
  });

  test("never says better or worse without p < 0.05, nor of too few cases", () => {
    const random = seeded("law");
    for (let round = 0; round < 150; round++) {
      const { verdict, p } = comparePooled(drawn(12 + (round % 30), 0.25, random), mean, { random, flips: 300 });
      expect(verdict === "no evidence" || p < 0.05).toBe(true);
    }
    expect(comparePooled(drawn(9, 0.9, random), mean, { random }).verdict).toBe("too few cases");
    expect(comparePooled([], mean, { random })).toMatchObject({ n: 0, p: 1, verdict: "too few cases" });
  });

  test("of equal programs is no evidence, with an interval that has a width", () => {
    const pairs = Array.from({ length: 40 }, (_, i) => pair(i, i % 2, i % 2));
    const got = comparePooled(pairs, mean, { random: seeded(1) });
    expect(got).toMatchObject({ delta: 0, p: 1, ties: 40, verdict: "no evidence", more_cases: null });
    expect(got.high - got.low).toBeGreaterThan(0.05);
    expect(got.mde).toBeGreaterThan(0.05);
  });

  test("is less sure when the same differences come in groups", () => {
    const random = seeded("groups");
    const rows = Array.from({ length: 12 }, () => random() * 0.5 - 0.1).flatMap((gain, g) =>
      Array.from({ length: 6 }, (_, i) => pair(g * 6 + i, 0.4, 0.4 + gain, `${g}`)),
    );
    const grouped = comparePooled(rows, mean, { random: seeded(1) });
    const alone = comparePooled(
      rows.map((row) => ({ ...row, group: undefined })),
      mean,
      { random: seeded(1) },
    );
    expect(grouped.high - grouped.low).toBeGreaterThan(1.8 * (alone.high - alone.low));
    expect(grouped.p).toBeGreaterThan(alone.p);
  });

  test("gives the pool the names of the cases that are in a resample, and no others", () => {
    const pairs = Array.from({ length: 12 }, (_, i): PooledPair => ({
      case: `${i}`,
      a: 0,
      b: 1,
      counts: { a: { [`a ${i}`]: 0 }, b: { [`b ${i}`]: 1, zero: 0 } },
    }));
    const seen = new Set<number>();
    const pool: Pool = (counts) => {
      const names = Object.keys(counts).filter((name) => name !== "zero");
      seen.add(names.length);
      for (const name of names) expect(counts[name]).toBe(name.startsWith("a") ? 0 : Math.max(1, Math.round(counts[name] ?? 0)));
      return names.length / 12;
    };
    comparePooled(pairs, pool, { random: seeded(1), flips: 10 });
    expect(Math.min(...seen)).toBeLessThan(12);
    expect(Math.max(...seen)).toBe(12);
  });

  test("leaves out resamples without a value, but does not go without one for the whole", () => {
    const rare: Pool = ({ seen = 0, right = 0 }) => (seen === 0 ? NaN : right / seen);
    const pairs = Array.from({ length: 30 }, (_, i): PooledPair => {
      const seen = i < 3 ? 1 : 0;
      return { case: `${i}`, a: 0, b: i % 2, counts: { a: { seen, right: 0 }, b: { seen, right: i % 2 === 0 ? seen : 0 } } };
    });
    const got = comparePooled(pairs, rare, { random: seeded(1) });
    expect(got.low).toBeLessThan(got.delta);
    expect(got.high).toBeGreaterThan(got.delta);
    expect(() => comparePooled(pairs.slice(5), rare, { random: seeded(1) })).toThrow("not a finite number");
    expect(() => pooledInterval([], rare)).toThrow("not a finite number");
  });

  test("shows non-inferiority where its interval stays above the margin", () => {
    const random = seeded("margin");
    for (let round = 0; round < 40; round++) {
      const pairs = drawn(50, 0.1, random);
      const margin = random() * 0.25;
      const got = nonInferiorityPooled(pairs, mean, margin, { random: seeded(round), flips: 100 });
      expect(got.low).toBe(comparePooled(pairs, mean, { random: seeded(round), flips: 100 }).low);
      expect(got.p < 0.025).toBe(got.low > -margin);
    }
    const pairs = drawn(50, 0.1, random);
    const [pooled, paired] = [
      nonInferiorityPooled(pairs, mean, 0.05, { random: seeded(1) }),
      nonInferiority(pairs, 0.05, { random: seeded(1) }),
    ];
    expect(Math.abs(pooled.p - paired.p)).toBeLessThan(0.02);
  });
});

describe("a pooled interval", () => {
  test("of a share is Wilson's but for a case or two", () => {
    for (const [right, n] of [
      [35, 50],
      [98, 100],
      [3, 40],
    ] as const) {
      const got = pooledInterval(
        Array.from({ length: n }, (_, i) => ({ sum: i < right ? 1 : 0, n: 1 })),
        mean,
      );
      const expected = wilson(right, n);
      expect(got.mean).toBeCloseTo(right / n, 12);
      expect(Math.abs(got.low - expected.low)).toBeLessThan(0.01);
      expect(Math.abs(got.high - expected.high)).toBeLessThan(0.01);
    }
  });

  test("never has a width of zero, nor leaves 0..1", () => {
    for (const value of [0, 0.5, 1]) {
      const { low, high } = pooledInterval(
        Array.from({ length: 20 }, () => ({ sum: value, n: 1 })),
        mean,
      );
      expect(high - low).toBeGreaterThan(0.1);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }
  });

  test("of repeated rows in clusters is as wide as that of the rows alone", () => {
    const random = seeded("rows");
    const rows = Array.from({ length: 40 }, () => ({ sum: random(), n: 1 }));
    const alone = pooledInterval(rows, mean);
    const copies = pooledInterval(
      rows.flatMap((row) => [row, row, row]),
      mean,
      { clusters: rows.flatMap((_, i) => [`${i}`, `${i}`, `${i}`]) },
    );
    expect(copies.low).toBeCloseTo(alone.low, 9);
    expect(copies.high).toBeCloseTo(alone.high, 9);
  });
});

describe("A/A calibration", () => {
  test("is the same for the same seed, counts what it says, and finds nothing in too few cases", () => {
    const pairs = drawn(30, 0, seeded("calibration"));
    const run = (size?: number): ReturnType<typeof falseAlarms> => falseAlarms(pairs, { random: seeded(1), rounds: 200, size });
    expect(run()).toEqual(run());
    expect(run()).toMatchObject({ rounds: 200, alpha: 0.05, ...wilson(run().alarms, 200) });
    expect(run().rate).toBe(run().alarms / 200);
    expect(run(9)).toMatchObject({ alarms: 0, rate: 0 });
    expect(() => falseAlarms([], { random: seeded(1) })).toThrow("no pairs");
  });

  test("keeps groups together", () => {
    const random = seeded("calibrated groups");
    const pairs = Array.from({ length: 20 }, (_, g) => ({ g, shift: random() - 0.5 })).flatMap(({ g, shift }) =>
      Array.from({ length: 5 }, (_, i) => ({ case: `${g} ${i}`, group: `${g}`, a: 0.5, b: 0.5 + shift / 2 })),
    );
    const { rate } = falseAlarms(pairs, { random, rounds: 400 });
    expect(rate).toBeLessThan(0.09);
  });
});
