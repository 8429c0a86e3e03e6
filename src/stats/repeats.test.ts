import { describe, expect, test } from "vitest";
import { passAtK, passHatK, passRates, repeatsOf } from "./repeats.ts";
import { seeded } from "./random.ts";

const cases = (...all: readonly number[][]): Map<string, number[]> => new Map(all.map((values, i) => [`${i}`, values]));

describe("pass@k and pass^k", () => {
  test("are the shares of all choices of k answers in which one passes, and all do", () => {
    for (let n = 1; n <= 7; n++)
      for (let passed = 0; passed <= n; passed++)
        for (let k = 1; k <= n; k++) {
          const choices = Array.from({ length: 2 ** n }, (_, bits) =>
            Array.from({ length: n }, (_x, i) => i).filter((i) => (bits >> i) & 1),
          ).filter((choice) => choice.length === k);
          const share = (hit: (choice: readonly number[]) => boolean): number => choices.filter(hit).length / choices.length;
          expect(passAtK(n, passed, k)).toBeCloseTo(
            share((choice) => choice.some((i) => i < passed)),
            12,
          );
          expect(passHatK(n, passed, k)).toBeCloseTo(
            share((choice) => choice.every((i) => i < passed)),
            12,
          );
        }
  });

  test("refuse more answers than there are", () => {
    expect(() => passAtK(3, 1, 4)).toThrow("not 4");
    expect(() => passHatK(3, 1, 0)).toThrow("not 0");
  });
});

describe("repeats", () => {
  test("of one answer to each case show nothing", () => {
    expect(repeatsOf(cases([1], [0], []), 1)).toBeUndefined();
    expect(repeatsOf(cases(), 1)).toBeUndefined();
  });

  test("pass by the threshold, case by case", () => {
    const values = cases([0.5, 0.4, 0.9], [1, 1, 1], []);
    expect([...passRates(values, 0.5)]).toEqual([
      ["0", 2 / 3],
      ["1", 1],
    ]);
    expect(repeatsOf(values, 0.5)).toMatchObject({ k: 3, pass_at_k: 1, pass_hat_k: 0.5 });
    expect(repeatsOf(values, 0.45)).toMatchObject({ pass_at_k: 1, pass_hat_k: 0.5 });
    expect(repeatsOf(values, 0.95)).toMatchObject({ pass_at_k: 0.5, pass_hat_k: 0.5 });
  });

  test("count a case that lacks an answer for the variances alone", () => {
    const complete = repeatsOf(cases([1, 0, 1], [0, 0, 0], [1, 1, 1]), 1);
    const lacking = repeatsOf(cases([1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1]), 1);
    expect(lacking).toMatchObject({ k: 3, pass_at_k: complete?.pass_at_k, pass_hat_k: complete?.pass_hat_k });
    expect(lacking?.within).not.toBe(complete?.within);
  });

  test("split the variance as the textbook's analysis of variance does", () => {
    // Group means 2 and 6, mean squares 32/1 between and 4/6 within, four answers each.
    const { between, within } = repeatsOf(cases([1, 2, 2, 3], [5, 6, 6, 7]), 1) ?? { between: NaN, within: NaN };
    expect(within).toBeCloseTo(4 / 6, 12);
    expect(between).toBeCloseTo((32 - 4 / 6) / 4, 12);
  });

  test("that differ as much within as between cases have no variance between, and never less", () => {
    expect(repeatsOf(cases([0, 1], [1, 0], [0, 1]), 1)).toMatchObject({ between: 0, within: 0.5 });
    expect(repeatsOf(cases([0.2, 0.4]), 1)).toMatchObject({ between: 0 });
    expect(repeatsOf(cases([1, 1], [0, 0]), 1)).toMatchObject({ between: 0.5, within: 0 });
  });

  test("of unequal numbers estimate both variances without bias", () => {
    const random = seeded("variances");
    const uniform = (width: number): number => (random() - 0.5) * width * Math.sqrt(12); // of standard deviation `width`
    const runs = Array.from({ length: 400 }, () =>
      repeatsOf(
        cases(
          ...Array.from({ length: 30 }, (_, i) => {
            const level = uniform(0.3);
            return Array.from({ length: 1 + (i % 4) }, () => level + uniform(0.2));
          }),
        ),
        1,
      ),
    );
    const mean = (of: "between" | "within"): number => runs.reduce((sum, run) => sum + (run?.[of] ?? NaN), 0) / runs.length;
    expect(mean("between")).toBeCloseTo(0.09, 2);
    expect(mean("within")).toBeCloseTo(0.04, 2);
  });
});
