import { describe, expect, test } from "vitest";
import { comparePaired, type Pair } from "./compare.ts";
import { groupsOf } from "./conclude.ts";
import { nonInferiority } from "./non-inferiority.ts";
import { normalCdf } from "./normal.ts";
import { scoreBounds } from "./paired-proportions.ts";
import { seeded } from "./random.ts";
import { wilcoxon } from "./wilcoxon.ts";

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

  test("does not take a case without a group for a member of the group that has its id", () => {
    const rows = pairs(fill(8, 0.2, 0.6)).map((pair, i) => ({ ...pair, group: i < 2 ? "7" : undefined }));
    expect(groupsOf(rows)).toHaveLength(8);
    expect(new Set(groupsOf(rows)).size).toBe(7);
  });

  test("says about how many more cases would show what it saw", () => {
    const seen = compare(pairs([...fill(9, 0.2, 0.7), ...fill(4, 0.7, 0.2), ...fill(17, 0.5, 0.5)]));
    expect(seen.verdict).toBe("no evidence");
    const more_cases = seen.more_cases ?? NaN;
    expect(seen.mde * Math.sqrt(30 / (30 + more_cases))).toBeLessThanOrEqual(seen.delta);
    expect(seen.mde * Math.sqrt(30 / (29 + more_cases))).toBeGreaterThan(seen.delta);
    const times = Math.ceil((30 + more_cases) / 30);
    const more = compare(
      pairs(Array.from({ length: times }, () => [...fill(9, 0.2, 0.7), ...fill(4, 0.7, 0.2), ...fill(17, 0.5, 0.5)]).flat()),
    );
    expect(more.mde).toBeLessThanOrEqual(seen.delta);
    expect(more).toMatchObject({ verdict: "better", more_cases: null });
  });

  test("asks for no more cases where there is nothing to see, and for at least as many as a verdict needs", () => {
    expect(compare(pairs(fill(40, 1, 1))).more_cases).toBeNull();
    expect(compare([]).more_cases).toBeNull();
    expect(compare(pairs(fill(7, 0, 1))).more_cases).toBeGreaterThanOrEqual(3);
    const grouped = pairs(fill(60, 0.2, 0.9)).map((pair, i) => ({ ...pair, group: `${i % 3}` }));
    expect(compare(grouped).more_cases).toBeGreaterThanOrEqual(60);
  });

  test("of two programs of which one changes hardly a case has an interval that allows for changes it has not seen", () => {
    const { low, high, verdict } = compare(pairs([...fill(48, 0.8, 0.8), ...fill(2, 0.5, 0.6)]));
    expect(low).toBeLessThan(-0.005);
    expect(high).toBeGreaterThan(0.01);
    expect(verdict).toBe("no evidence");
  });

  test("moves little where differences that are all the same become a little different, and is as sure as the test", () => {
    const same = compare(pairs(fill(50, 0.5, 0.51)));
    const nearly = compare(pairs([...fill(49, 0.5, 0.51), [0.5, 0.5101]]));
    for (const { low, high, verdict } of [same, nearly]) {
      expect(high - low).toBeGreaterThan(0.001);
      expect(verdict).toBe("better");
    }
    expect(Math.abs(same.low - nearly.low) + Math.abs(same.high - nearly.high)).toBeLessThan(0.0001);
    expect(same.low).toBeGreaterThan(0.005);
    expect(same.mde).toBeGreaterThan(0);
  });

  test("lets few small gains show nothing, and neither a mirror nor one tiny change turn that", () => {
    const gains = [...fill(12, 0.95, 1), ...fill(38, 0.95, 0.95)];
    expect(compare(pairs(gains))).toMatchObject({ verdict: "no evidence" });
    expect(compare(pairs(gains)).p).toBeLessThan(0.001);
    expect(compare(pairs(gains.map(([a, b]) => [b, a])))).toMatchObject({ verdict: "no evidence" });
    expect(compare(pairs([...gains.slice(1), [1, 0.9999]]))).toMatchObject({ verdict: "no evidence" });
    expect(compare(pairs([...fill(12, 0.4, 0.9), ...fill(38, 0.9, 0.9)]))).toMatchObject({ verdict: "better" });
  });

  test("may take BCa and Wilcoxon's test, with the same law of the verdict", () => {
    const random = seeded("methods");
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 25 }, (): [number, number] => [random(), Math.min(1, random() + 0.2)]);
      const options = { resamples: 300, flips: 300 } as const;
      const usual = comparePaired(pairs(rows), { random: seeded(round), ...options });
      const other = comparePaired(pairs(rows), { random: seeded(round), ...options, interval: "bca", test: "wilcoxon" });
      expect(other.delta).toBe(usual.delta);
      expect(other.p).toBe(wilcoxon(rows.map(([a, b]) => b - a)));
      for (const { verdict, p } of [usual, other]) expect(verdict === "no evidence" || p < 0.05).toBe(true);
    }
  });
});

describe("the interval of paired proportions", () => {
  test("is where the score test turns", () => {
    for (const [wins, losses, n] of [
      [12, 2, 40],
      [3, 3, 25],
      [0, 7, 60],
    ] as const) {
      // At a difference of 0 the score is McNemar's statistic, so the bound at its level is 0.
      const level = normalCdf(-Math.abs(wins - losses) / Math.sqrt(wins + losses));
      const { low, high } = scoreBounds(wins, losses, n)(level);
      expect(wins >= losses ? low : high).toBeCloseTo(0, 9);
    }
  });

  test("without a change is as wide as z^2 / (n + z^2) to both sides", () => {
    const z2 = 1.959963984540054 ** 2;
    const { low, high } = scoreBounds(0, 0, 40)(0.025);
    expect(high).toBeCloseTo(z2 / (40 + z2), 9);
    expect(low).toBeCloseTo(-high, 9);
  });
});

describe("non-inferiority", () => {
  const drawn = (n: number, binary: boolean, random: () => number): Pair[] =>
    Array.from({ length: n }, (_, i) => {
      const [a, b] = [random(), random() * 0.95];
      return { case: `${i}`, a: binary ? Math.round(a) : a, b: random() < 0.5 ? (binary ? Math.round(a) : a) : binary ? Math.round(b) : b };
    });

  test.each([true, false])("is shown exactly where the comparison's interval stays above the margin (0/1 scores: %s)", (binary) => {
    const random = seeded(`margin ${binary}`);
    let shown = 0;
    for (let round = 0; round < 150; round++) {
      const pairs = drawn(10 + Math.floor(random() * 80), binary, random);
      const margin = round % 10 === 0 ? 0 : random() * 0.3;
      const options = { resamples: 400, flips: 200 };
      const got = nonInferiority(pairs, margin, { random: seeded(round), ...options });
      expect(got.low).toBe(comparePaired(pairs, { random: seeded(round), ...options }).low);
      expect(got.p < 0.025).toBe(got.low > -margin);
      expect(got.shown).toBe(got.low > -margin);
      if (got.shown) shown++;
    }
    expect(shown).toBeGreaterThan(15);
    expect(shown).toBeLessThan(135);
  });

  test("has a p that falls as the margin grows", () => {
    for (const binary of [true, false]) {
      const pairs = drawn(60, binary, seeded("falls"));
      const ps = [0, 0.01, 0.02, 0.04, 0.06, 0.08].map((margin) => nonInferiority(pairs, margin, { random: seeded(1) }).p);
      expect(ps).toEqual(ps.toSorted((a, b) => b - a));
      expect(new Set(ps).size).toBeGreaterThan(3);
    }
  });

  test("is never shown of too few cases, and refuses a margin that is none", () => {
    const tie = (n: number): Pair[] => Array.from({ length: n }, (_, i) => ({ case: `${i}`, a: 1, b: 1 }));
    expect(nonInferiority(tie(9), 0.9, { random: seeded(1) })).toMatchObject({ shown: false });
    expect(nonInferiority(tie(9), 0.9, { random: seeded(1) }).p).toBeLessThan(0.025);
    expect(nonInferiority([], 0.9, { random: seeded(1) })).toMatchObject({ shown: false, p: 1 });
    expect(() => nonInferiority(tie(20), -0.1, { random: seeded(1) })).toThrow("-0.1");
    expect(() => nonInferiority(tie(20), NaN, { random: seeded(1) })).toThrow("NaN");
  });
});
