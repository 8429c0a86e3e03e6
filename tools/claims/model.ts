/** From labelled claims to rows of features, weights, and measures by cross-validation. */
import { partOf } from "../../src/embedded/claims/alignment.ts";
import { answeredOf, answerFeatures } from "../../src/embedded/claims/answers.ts";
import { evidenceOf, statementFeatures } from "../../src/embedded/claims/claims.ts";
import { featureNames } from "../../src/embedded/claims/features.ts";
import { probabilitiesOf, verdicts, type VerdictWeights } from "../../src/embedded/claims/model.ts";
import { createRandom, shuffled } from "../../src/embedded/text/hash.ts";
import type { Lexicon } from "../../src/embedded/text/text.ts";
import type { Example } from "./data.ts";
import { fitVerdicts, type Row } from "./fit.ts";

export interface ExampleRow extends Row {
  readonly group: string;
  readonly form: "statement" | "answer";
}

/** Strength of the regularisation, and the weight of all rows made from SQuAD against one for each SciFact claim; chosen once, by hand. */
export const settings = { l2: 0.03, made: 200, answerL2: 0.003 };

export function rowOf({ claim, passages, label, group }: Example, lexicon: Lexicon): ExampleRow {
  const text = lexicon.read(claim);
  const evidence = passages.map((passage) => evidenceOf(lexicon.read(passage)));
  const answered = answeredOf(text);
  const row = { label: verdicts.indexOf(label), weight: 1, group };
  if (answered !== undefined) return { ...row, form: "answer", features: answerFeatures(answered, evidence).features };
  const nothing = featureNames.map((_, i) => (i === 0 ? 1 : 0));
  return { ...row, form: "statement", features: statementFeatures(partOf(text), evidence)?.features ?? nothing };
}

/** The rows with weights that add up to `total`, the same for each verdict. */
export function balanced(rows: readonly ExampleRow[], total: number): readonly ExampleRow[] {
  return rows.map((row) => ({ ...row, weight: total / verdicts.length / rows.filter((r) => r.label === row.label).length }));
}

export function fitStatements(own: readonly ExampleRow[], made: readonly ExampleRow[]): VerdictWeights {
  return fitVerdicts([...own, ...made], verdicts.length, settings.l2);
}

export interface Measures {
  readonly accuracy: number;
  /** Rows: the right verdict; columns: the given one; in the order of `verdicts`. */
  readonly confusion: readonly (readonly number[])[];
  /** Expected calibration error of the given verdict's probability over ten bins of equal width, and the Brier score over all three. */
  readonly ece: number;
  readonly brier: number;
}

/** Cross-validation by groups: `made` rows train every fold and are tested in none. */
export function crossValidate(own: readonly ExampleRow[], made: readonly ExampleRow[], folds: number, seed: number): Measures {
  const groups = shuffled([...new Set(own.map((row) => row.group))], createRandom(seed));
  const fold = new Map(groups.map((group, i) => [group, i % folds]));
  const given = Array.from({ length: folds }, (_, f) => {
    const weights = fitStatements(
      own.filter((row) => fold.get(row.group) !== f),
      made,
    );
    return own
      .filter((row) => fold.get(row.group) === f)
      .map((row) => ({ label: row.label, chances: probabilitiesOf(row.features, weights) }));
  });
  return measure(given.flat());
}

export function measure(given: readonly { readonly label: number; readonly chances: readonly number[] }[]): Measures {
  const confusion = verdicts.map(() => verdicts.map(() => 0));
  const bins = Array.from({ length: 10 }, () => ({ n: 0, right: 0, chance: 0 }));
  let brier = 0;
  for (const { label, chances } of given) {
    const top = Math.max(...chances);
    const best = chances.indexOf(top);
    const row = confusion[label];
    if (row !== undefined) row[best] = (row[best] ?? 0) + 1;
    const bin = bins[Math.min(9, Math.floor(top * 10))];
    if (bin !== undefined) {
      bin.n++;
      bin.right += best === label ? 1 : 0;
      bin.chance += top;
    }
    brier += chances.reduce((sum, chance, k) => sum + (chance - (k === label ? 1 : 0)) ** 2, 0) / given.length;
  }
  const right = confusion.reduce((sum, row, k) => sum + (row[k] ?? 0), 0);
  const ece = bins.reduce((sum, { right, chance }) => sum + Math.abs(right - chance) / given.length, 0);
  return { accuracy: right / given.length, confusion, ece, brier };
}
