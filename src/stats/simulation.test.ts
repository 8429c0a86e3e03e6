/** What the intervals promise, checked by drawing cases from known distributions. Seeded, so it cannot fail by chance. */
import { describe, expect, test } from "vitest";
import { meanInterval } from "./bootstrap.ts";
import { comparePaired, type Pair } from "./compare.ts";
import { seeded } from "./random.ts";

type Draw = (random: () => number) => number;
/** Right or wrong; and like token F1: many zeros and ones, the rest between. */
const shapes: Record<string, { draw: Draw; mean: number }> = {
  binary: { draw: (random) => (random() < 0.75 ? 1 : 0), mean: 0.75 },
  f1: { draw: (random) => (random() < 0.3 ? 0 : random() < 0.5 ? 1 : random()), mean: 0.7 * 0.75 },
};

/** Scores of two programs on a case: `shared` is the chance that both do the same, `gain` the chance that b is right where it differs. */
function pairsOf(n: number, shape: Draw, shared: number, gain: number, random: () => number): Pair[] {
  return Array.from({ length: n }, (_, i) => {
    const a = shape(random);
    return { case: `${i}`, a, b: random() < shared ? a : random() < gain ? 1 : shape(random) };
  });
}

const share = (count: number, hit: (i: number) => boolean): number =>
  Array.from({ length: count }, (_, i) => hit(i)).filter(Boolean).length / count;

const fast = { resamples: 500, flips: 500 };

describe.each(Object.entries(shapes))("%s scores", (_, { draw, mean }) => {
  test.each([40, 100, 200])("a mean's interval holds the truth in 92 to 98 of 100 samples of %i", (n) => {
    const random = seeded(`cover ${n}`);
    const held = share(1000, () => {
      const values = Array.from({ length: n }, () => draw(random));
      const { low, high } = meanInterval(values, { random, resamples: 500 });
      return low <= mean && mean <= high;
    });
    expect(held).toBeGreaterThanOrEqual(0.92);
    expect(held).toBeLessThanOrEqual(0.98);
  });

  test.each([
    { n: 12, shared: 0.3 },
    { n: 40, shared: 0 },
    { n: 40, shared: 0.9 },
    { n: 100, shared: 0.6 },
  ])("a program against its equal is called better or worse in at most 6 of 100 runs of $n cases, $shared of them the same", (setting) => {
    const random = seeded(`alarm ${setting.n} ${setting.shared}`);
    const alarms = share(2000, () => {
      const { verdict } = comparePaired(pairsOf(setting.n, draw, setting.shared, 0, random), { random, ...fast });
      return verdict === "better" || verdict === "worse";
    });
    expect(alarms).toBeLessThanOrEqual(0.06);
  });

  test("an interval of a real difference holds it, and one as large as the mde is found about 8 times in 10", () => {
    const random = seeded("power");
    const n = 120;
    const gain = 0.35;
    const truth = 0.6 * gain * (1 - mean);
    const runs = Array.from({ length: 600 }, () => comparePaired(pairsOf(n, draw, 0.4, gain, random), { random, ...fast }));
    const held = runs.filter(({ low, high }) => low <= truth && truth <= high).length / runs.length;
    expect(held).toBeGreaterThanOrEqual(0.92);
    const mde = runs.reduce((sum, run) => sum + run.mde, 0) / runs.length;
    const larger = Math.round(n * (mde / truth) ** 2); // the sample that makes this difference its mde
    const found = share(400, () => comparePaired(pairsOf(larger, draw, 0.4, gain, random), { random, ...fast }).verdict === "better");
    expect(found).toBeGreaterThan(0.72);
    expect(found).toBeLessThan(0.88);
  });
});

test("cases in groups raise no more false alarms than independent ones, and would if the groups were ignored", () => {
  const random = seeded("groups");
  const alarms = (grouped: boolean): number =>
    share(1000, () => {
      const shifts = Array.from({ length: 12 }, () => (random() - 0.5) * 0.8);
      const pairs = Array.from({ length: 96 }, (_, i) => {
        const a = random();
        return { case: `${i}`, group: grouped ? `${i % 12}` : undefined, a, b: a + (shifts[i % 12] ?? 0) + (random() - 0.5) / 2 };
      });
      return comparePaired(pairs, { random, ...fast }).verdict !== "no evidence";
    });
  expect(alarms(true)).toBeLessThanOrEqual(0.06);
  expect(alarms(false)).toBeGreaterThan(0.2);
});
