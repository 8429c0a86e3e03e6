import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cohenKappa, krippendorffAlpha } from "./agreement.ts";
import { seeded } from "./random.ts";

const file = new URL("../../../shared/data/metrics/classification.json", import.meta.url);
const absent = !existsSync(file);
if (absent) console.warn("skipped: reference values of scikit-learn are not beside the repository");
interface Reference {
  cases: { name: string; y_true: (string | number)[]; y_pred: (string | number)[]; kappa: number }[];
}

describe.skipIf(absent)("agrees with scikit-learn", () => {
  test("Cohen's kappa", () => {
    const { cases } = JSON.parse(readFileSync(file, "utf8")) as Reference;
    expect(cases.length).toBeGreaterThan(3);
    for (const { y_true, y_pred, kappa } of cases) expect(cohenKappa(y_true, y_pred)).toBeCloseTo(kappa, 12);
  });
});

describe("Cohen's kappa", () => {
  test("is 1 for the same ratings, and null where there is nothing to tell apart", () => {
    expect(cohenKappa(["a", "b", "a"], ["a", "b", "a"])).toBe(1);
    expect(cohenKappa(["a", "a"], ["a", "a"])).toBeNull();
    expect(cohenKappa([], [])).toBeNull();
    expect(cohenKappa([true, true], [false, false])).toBe(0);
    expect(() => cohenKappa([1], [])).toThrow("do not pair");
  });
});

describe("Krippendorff's alpha", () => {
  // Four observers, twelve units, missing ratings: Krippendorff (2011), Computing Krippendorff's alpha-reliability, example C.
  const observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];
  const units = Array.from({ length: 12 }, (_, unit) => observers.map((row) => (row[unit] === "." ? null : Number(row[unit]))));

  test("has the published values", () => {
    expect(krippendorffAlpha(units, "nominal")).toBeCloseTo(0.743, 3);
    expect(krippendorffAlpha(units, "interval")).toBeCloseTo(0.849, 3);
    expect(krippendorffAlpha(units)).toBe(krippendorffAlpha(units, "interval"));
  });

  test("does not ask who rated, and passes over units with one rating", () => {
    const alpha = krippendorffAlpha(units) ?? NaN;
    expect(krippendorffAlpha(units.map((unit) => unit.filter((rating) => rating !== null).toReversed()))).toBeCloseTo(alpha, 12);
    expect(krippendorffAlpha([...units, [5], [null, 1], []])).toBeCloseTo(alpha, 12);
    const letters = units.map((unit) => unit.map((rating) => (rating === null ? null : ("abcde"[rating - 1] ?? ""))));
    expect(krippendorffAlpha(letters, "nominal")).toBeCloseTo(krippendorffAlpha(units, "nominal") ?? NaN, 12);
  });

  test("is 1 where all agree, about 0 by chance, and null where nothing differs or nothing pairs", () => {
    expect(
      krippendorffAlpha([
        [0.1, 0.1, 0.1],
        [0.9, 0.9],
      ]),
    ).toBe(1);
    const random = seeded("chance");
    const chance = Array.from({ length: 2000 }, () => [random(), random(), random()]);
    expect(Math.abs(krippendorffAlpha(chance) ?? NaN)).toBeLessThan(0.05);
    expect(
      krippendorffAlpha([
        [0.3, 0.3],
        [0.3, 0.3, 0.3],
      ]),
    ).toBeNull();
    expect(krippendorffAlpha([[0.3], [0.5, null]])).toBeNull();
    expect(krippendorffAlpha([])).toBeNull();
  });
});
