/**
 * What the intervals and verdicts promise, checked by drawing cases from known distributions. Seeded, so it cannot fail by chance; the
 * limits leave room for the noise of so many draws, so other seeds pass too.
 */
import { describe, expect, test } from "vitest";
import { meanInterval } from "./bootstrap.ts";
import { comparePaired, type Pair } from "./compare.ts";
import { falseAlarms } from "./false-alarms.ts";
import { nonInferiority } from "./non-inferiority.ts";
import { comparePooled, pooledInterval, type Pool, type PooledPair } from "./pooled.ts";
import { seeded } from "./random.ts";

const SEED = "1";

type Random = () => number;
type Draw = (random: Random) => number;
/** Right or wrong; and like token F1: many zeros and ones, the rest between. */
const shapes: Record<string, { draw: Draw; mean: number }> = {
  binary: { draw: (random) => (random() < 0.75 ? 1 : 0), mean: 0.75 },
  f1: { draw: (random) => (random() < 0.3 ? 0 : random() < 0.5 ? 1 : random()), mean: 0.7 * 0.75 },
};
const fast = { resamples: 500, flips: 500 };

const times = <T>(n: number, draw: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => draw(i));
const share = (n: number, hit: (i: number) => boolean): number => times(n, hit).filter(Boolean).length / n;
const holds = ({ low, high }: { low: number; high: number }, truth: number): boolean => low <= truth && truth <= high;
const judged = ({ verdict }: { verdict: string }): boolean => verdict === "better" || verdict === "worse";
/** The most of n that a rate may reach when its true value is `rate` and it is off by no more than 3.3 standard deviations. */
const noise = (rate: number, n: number): number => rate + 3.3 * Math.sqrt((rate * (1 - rate)) / n);

/** Scores of two programs on a case: `shared` is the chance that both do the same, `gain` the chance that b is right where it differs. */
function pairsOf(n: number, shape: Draw, shared: number, gain: number, random: Random): Pair[] {
  return times(n, (i) => {
    const a = shape(random);
    return { case: `${i}`, a, b: random() < shared ? a : random() < gain ? 1 : shape(random) };
  });
}

/** Groups of 1 to 7 cases that share how likely they are to be right, and how much b gains on them: 0.1 in the mean over cases. */
function groupsOf(count: number, draw: Draw, random: Random): Pair[] {
  return times(count, (g) => {
    const [level, gain] = [0.3 + 0.4 * random(), 0.4 * random() - 0.1];
    return times(1 + Math.floor(random() * 7), (i): Pair => {
      const [a, b] = [level - gain / 2 + (draw(random) - 0.5) * 0.4, level + gain / 2 + (draw(random) - 0.5) * 0.4];
      return { case: `${g} ${i}`, group: `${g}`, a, b };
    });
  }).flat();
}

const covers = (held: number): boolean => held >= 0.93 && held <= 0.97;

describe.each(Object.entries(shapes))("%s scores", (name, { draw, mean }) => {
  test.each([50, 100, 200])("a mean's interval holds the truth in 93 to 97 of 100 samples of %i", (n) => {
    const random = seeded(`${SEED} mean ${name} ${n}`);
    expect(
      share(2000, () =>
        holds(
          meanInterval(
            times(n, () => draw(random)),
            { random, ...fast },
          ),
          mean,
        ),
      ),
    ).toSatisfy(covers);
  });

  test.each([50, 100, 200])("the interval of a difference holds it in 93 to 97 of 100 samples of %i", (n) => {
    const random = seeded(`${SEED} difference ${name} ${n}`);
    const truth = 0.6 * 0.35 * (1 - mean);
    expect(share(2000, () => holds(comparePaired(pairsOf(n, draw, 0.4, 0.35, random), { random, ...fast }), truth))).toSatisfy(covers);
  });

  test.each([
    { n: 12, shared: 0.3 },
    { n: 40, shared: 0 },
    { n: 40, shared: 0.9 },
    { n: 100, shared: 0.6 },
  ])("a program against its equal is called better or worse in at most 5 of 100 runs of $n cases, $shared of them the same", (setting) => {
    const random = seeded(`${SEED} alarm ${name} ${setting.n} ${setting.shared}`);
    const alarms = share(2000, () => judged(comparePaired(pairsOf(setting.n, draw, setting.shared, 0, random), { random, ...fast })));
    expect(alarms).toBeLessThanOrEqual(noise(0.05, 2000));
  });

  test.each([
    { n: 50, shared: 0.6 },
    { n: 120, shared: 0.6 },
    { n: 120, shared: 0.9 },
  ])("a loss as large as the margin is shown to be smaller in at most 2.5 of 100 runs of $n cases, $shared of them the same", (setting) => {
    const random = seeded(`${SEED} margin ${name} ${setting.n} ${setting.shared}`);
    const harm = 0.3;
    const margin = (1 - setting.shared) * harm * mean;
    const shown = share(2000, () => {
      const pairs = times(setting.n, (i): Pair => {
        const a = draw(random);
        return { case: `${i}`, a, b: random() < setting.shared ? a : random() < harm ? 0 : draw(random) };
      });
      return nonInferiority(pairs, margin, { random, ...fast }).shown;
    });
    expect(shown).toBeLessThanOrEqual(noise(0.025, 2000));
  });

  test("a difference as large as the mde is found about 8 times in 10", () => {
    const random = seeded(`${SEED} power ${name}`);
    const n = 120;
    const truth = 0.6 * 0.35 * (1 - mean);
    const runs = times(400, () => comparePaired(pairsOf(n, draw, 0.4, 0.35, random), { random, ...fast }));
    const mde = runs.reduce((sum, run) => sum + run.mde, 0) / runs.length;
    const larger = Math.round(n * (mde / truth) ** 2); // the sample that makes this difference its mde
    const found = share(400, () => comparePaired(pairsOf(larger, draw, 0.4, 0.35, random), { random, ...fast }).verdict === "better");
    expect(found).toBeGreaterThan(0.71);
    expect(found).toBeLessThan(0.89);
  });
});

describe("skewed differences with many ties", () => {
  const move =
    (share: number, often: number, usual: number, rare: number) =>
    (random: Random): number =>
      random() >= share ? 0 : random() < often ? usual : rare;
  const skewed: Record<string, { draw: Draw; delta: number }> = {
    "15 % move, of 5 four by -0.1 and one by 0.4": { draw: move(0.15, 0.8, -0.1, 0.4), delta: 0 },
    "30 % move, of 5 four by 0.1 and one by -0.4": { draw: move(0.3, 0.8, 0.1, -0.4), delta: 0 },
    "all move, of 10 nine by -0.05 and one by 0.45": { draw: move(1, 0.9, -0.05, 0.45), delta: 0 },
    "4 % fall by 1, 30 % gain 0.05": { draw: (random) => (random() < 0.04 ? -1 : random() < 0.3125 ? 0.05 : 0), delta: -0.025 },
    "4 % fall by 0.9": { draw: move(0.04, 1, -0.9, 0), delta: -0.036 },
  };
  const drawn = (n: number, draw: Draw, random: Random): Pair[] => times(n, (i) => ({ case: `${i}`, a: 0.5, b: 0.5 + draw(random) }));

  test.each(Object.entries(skewed).flatMap(([name, shape]) => [50, 100].map((n) => ({ name, n, ...shape }))))(
    "$name: at most 5 of 100 verdicts over $n cases are wrong",
    ({ name, n, draw, delta }) => {
      const random = seeded(`${SEED} skewed ${name} ${n}`);
      const wrong = share(1000, () => {
        const { verdict } = comparePaired(drawn(n, draw, random), { random, ...fast });
        return verdict === "better" || (delta === 0 && verdict === "worse");
      });
      expect(wrong).toBeLessThanOrEqual(noise(0.05, 1000));
    },
  );

  test("a rare break that outweighs the gains is called no loss in at most 5 of 100 runs of 100 cases", () => {
    const random = seeded(`${SEED} break`);
    const { draw, delta } = skewed["4 % fall by 1, 30 % gain 0.05"] ?? { draw: random, delta: NaN };
    const shown = share(1000, () => nonInferiority(drawn(100, draw, random), -delta, { random, ...fast }).shown);
    expect(shown).toBeLessThanOrEqual(noise(0.05, 1000));
  });

  test("gains of 0.3 in a fifth of 100 cases, without a loss, are found", () => {
    const random = seeded(`${SEED} one way`);
    const gain: Draw = (draw) => (draw() < 0.8 ? 0 : 0.6 * draw());
    expect(share(200, () => comparePaired(drawn(100, gain, random), { random, ...fast }).verdict === "better")).toBeGreaterThan(0.9);
  });
});

describe("cases in groups", () => {
  const uniform: Draw = (random) => random();

  test.each([40, 60])("intervals of a mean and a difference hold the truth in 93 to 97 of 100 samples of %i groups", (count) => {
    const random = seeded(`${SEED} groups ${count}`);
    const runs = times(2000, () => {
      const pairs = groupsOf(count, uniform, random);
      const clusters = pairs.map(({ group = "" }) => group);
      const mean = meanInterval(
        pairs.map(({ a }) => a),
        { random, clusters, ...fast },
      );
      return { mean: holds(mean, 0.45), difference: holds(comparePaired(pairs, { random, ...fast }), 0.1) };
    });
    expect(runs.filter(({ mean }) => mean).length / runs.length).toSatisfy(covers);
    expect(runs.filter(({ difference }) => difference).length / runs.length).toSatisfy(covers);
  });

  test("of right and wrong answers give a mean's interval that holds the truth in 93 to 97 of 100 samples", () => {
    const random = seeded(`${SEED} right groups`);
    expect(
      share(3000, () => {
        const groups = times(30, () => ({ ease: random(), size: 1 + Math.floor(random() * 7) }));
        const values = groups.flatMap(({ ease, size }) => times(size, () => (random() < ease ? 1 : 0)));
        const clusters = groups.flatMap(({ size }, g) => times(size, () => `${g}`));
        return holds(meanInterval(values, { random, clusters }), 0.5);
      }),
    ).toSatisfy(covers);
  });

  const sizes: Record<string, Draw> = {
    "1 to 100": (random) => Math.min(100, Math.ceil(1 / (1 - random()))),
    "40 and else 1": (random) => (random() < 0.85 ? 1 : 40),
  };

  test.each(Object.entries(sizes).flatMap(([name, size]) => [8, 15, 30].map((count) => ({ name, size, count }))))(
    "of sizes $name: intervals of a mean and a difference hold the truth in 92 of 100 samples of $count groups or more",
    ({ name, size, count }) => {
      const random = seeded(`${SEED} unequal ${name} ${count}`);
      for (const round of [(value: number) => value, (chance: number) => (random() < chance ? 1 : 0)]) {
        const runs = times(800, () => {
          const pairs = times(count, (g) => {
            const [level, gain] = [0.2 + 0.6 * random(), (random() - 0.5) * 0.4];
            return times(size(random), (i): Pair => {
              const [a, b] = [round(level - gain / 2), round(level + gain / 2)];
              return { case: `${g} ${i}`, group: `${g}`, a, b };
            });
          }).flat();
          const clusters = pairs.map(({ group = "" }) => group);
          const mean = meanInterval(
            pairs.map(({ a }) => a),
            { random, clusters, ...fast },
          );
          return { mean: holds(mean, 0.5), difference: holds(comparePaired(pairs, { random, resamples: 300, flips: 200 }), 0) };
        });
        expect(runs.filter(({ mean }) => mean).length / runs.length).toBeGreaterThanOrEqual(0.92);
        expect(runs.filter(({ difference }) => difference).length / runs.length).toBeGreaterThanOrEqual(0.92);
      }
    },
  );

  test("raise no more false alarms than independent ones, and would if the groups were ignored", () => {
    const random = seeded(`${SEED} group alarms`);
    const alarms = (grouped: boolean): number =>
      share(1000, () => {
        const shifts = times(12, () => (random() - 0.5) * 0.8);
        const pairs = times(96, (i) => {
          const a = random();
          return { case: `${i}`, group: grouped ? `${i % 12}` : undefined, a, b: a + (shifts[i % 12] ?? 0) + (random() - 0.5) / 2 };
        });
        return judged(comparePaired(pairs, { random, ...fast }));
      });
    expect(alarms(true)).toBeLessThanOrEqual(noise(0.05, 1000));
    expect(alarms(false)).toBeGreaterThan(0.2);
  });
});

describe("pooled values", () => {
  const labels = [0.4, 0.3, 0.2, 0.1].map((rate, i) => ({ rate, hit: `hit ${i}`, gold: `gold ${i}`, given: `given ${i}` }));
  const macroF1: Pool = (counts) => {
    let [sum, present] = [0, 0];
    for (const { hit, gold, given } of labels) {
      const seen = (counts[gold] ?? 0) + (counts[given] ?? 0);
      if (seen > 0) present++;
      if (seen > 0) sum += (2 * (counts[hit] ?? 0)) / seen;
    }
    return sum / present;
  };
  const count = (gold: number, given: number): Record<string, number> => ({
    [`gold ${gold}`]: 1,
    [`given ${given}`]: 1,
    ...(gold === given ? { [`hit ${gold}`]: 1 } : {}),
  });
  const label: Draw = (random) => {
    const x = random();
    return x < 0.4 ? 0 : x < 0.7 ? 1 : x < 0.9 ? 2 : 3;
  };
  /** a knows 7 of 10 and else guesses; b says the same 4 of 10 times, and else knows `skill`. */
  const answers = (n: number, skill: number, random: Random): PooledPair[] =>
    times(n, (i) => {
      const gold = label(random);
      const a = random() < 0.7 ? gold : label(random);
      const b = random() < 0.4 ? a : random() < skill ? gold : label(random);
      return { case: `${i}`, a: a === gold ? 1 : 0, b: b === gold ? 1 : 0, counts: { a: count(gold, a), b: count(gold, b) } };
    });
  /** Of a label, knowing it with chance k: it is given as often as it is right, and is a hit k + (1 - k) rate of the time. */
  const truth = (known: number): number => labels.reduce((sum, { rate }) => sum + (known + (1 - known) * rate) / labels.length, 0);

  test("give intervals of macro F1 and its difference that hold the truth in 93 to 97 of 100 samples of 200", () => {
    const random = seeded(`${SEED} macro F1`);
    const runs = times(800, () => {
      const pairs = answers(200, 0.9, random);
      const mean = pooledInterval(
        pairs.map(({ counts }) => counts.a),
        macroF1,
      );
      const difference = comparePooled(pairs, macroF1, { random, flips: 100 });
      return { mean: holds(mean, truth(0.7)), difference: holds(difference, truth(0.4 * 0.7 + 0.6 * 0.9) - truth(0.7)) };
    });
    expect(runs.filter(({ mean }) => mean).length / runs.length).toSatisfy(covers);
    expect(runs.filter(({ difference }) => difference).length / runs.length).toSatisfy(covers);
  });

  test("give intervals of a share of words in groups of texts that hold the truth in 93 to 97 of 100 samples", () => {
    const random = seeded(`${SEED} words`);
    const right: Pool = ({ hits = NaN, words = NaN }) => hits / words;
    const runs = times(1500, () => {
      const pairs = times(80, (g) => {
        const ease = 0.4 + 0.4 * random();
        return times(1 + Math.floor(random() * 3), (i): PooledPair => {
          const words = 1 + Math.floor(random() * 12);
          const side = (chance: number): Record<string, number> => ({
            hits: times(words, () => (random() < chance ? 1 : 0)).filter(Boolean).length,
            words,
          });
          return { case: `${g} ${i}`, group: `${g}`, a: 0, b: 0, counts: { a: side(ease), b: side(ease + 0.1) } };
        });
      }).flat();
      const clusters = pairs.map(({ group = "" }) => group);
      const mean = pooledInterval(
        pairs.map(({ counts }) => counts.a),
        right,
        { clusters },
      );
      return { mean: holds(mean, 0.6), difference: holds(comparePooled(pairs, right, { random, flips: 100 }), 0.1) };
    });
    expect(runs.filter(({ mean }) => mean).length / runs.length).toSatisfy(covers);
    expect(runs.filter(({ difference }) => difference).length / runs.length).toSatisfy(covers);
  });

  test("of a program and its equal are called better or worse in at most 5 of 100 runs", () => {
    const random = seeded(`${SEED} pooled alarms`);
    const alarms = share(1000, () => judged(comparePooled(answers(60, 0.7, random), macroF1, { random, flips: 200 })));
    expect(alarms).toBeLessThanOrEqual(noise(0.05, 1000));
  });
});

test.each(Object.entries(shapes))(
  "A/A calibration finds at most 5 false alarms in 100 for %s scores, of more cases than there are too",
  (name, { draw }) => {
    const random = seeded(`${SEED} calibration ${name}`);
    const pairs = pairsOf(60, draw, 0.5, 0, random);
    for (const size of [60, 150]) {
      const found = falseAlarms(pairs, { random, size, rounds: 800 });
      expect(found.rate).toBeLessThanOrEqual(noise(found.alpha, found.rounds));
      expect(found.rate).toBeGreaterThan(0.01);
    }
  },
);
