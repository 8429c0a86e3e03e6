/** Which label is taken for which, in words and as rows of a table. */
import type { LabelReport, Summary } from "../types.ts";
import { count, score } from "./figures.ts";

/** Most labels for which the whole matrix is shown; of more, the confusions that are most frequent. */
const MOST_LABELS = 12;
/** What an answer is called that is none of the known labels. */
const OTHER = "(none of them)";

/** `accuracy 0.912; F1 macro 0.905, micro 0.912, weighted 0.911; …` */
export function labelLine({ accuracy, balanced_accuracy, macro, micro, weighted, kappa, mcc }: LabelReport): string {
  const f1 = `F1 macro ${score(macro.f1)}, micro ${score(micro.f1)}, weighted ${score(weighted.f1)}`;
  const chance = `kappa ${score(kappa)}, Matthews ${score(mcc)}`;
  return `accuracy ${score(accuracy)} (balanced ${score(balanced_accuracy)}); ${f1}; ${chance}`;
}

/** The labels that are taken for others, the most frequent first: expected, given, times. */
export function confusedPairs({ cells }: LabelReport, most: number): readonly (readonly [string, string, string])[] {
  return cells
    .filter(({ expected, given }) => expected !== given)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ expected, given, count: times }) => [expected, given ?? OTHER, count(times)] as const);
}

/** A row for each label: precision, recall, F1, support. */
export function labelRows({ labels }: LabelReport): readonly (readonly string[])[] {
  return labels.map(({ label, precision, recall, f1, support }) => [label, score(precision), score(recall), score(f1), count(support)]);
}

/** The matrix with its titles, a row for each expected label; undefined where there are too many labels. */
export function matrixRows({
  labels,
  cells,
}: LabelReport): { readonly title: readonly string[]; readonly rows: readonly (readonly string[])[] } | undefined {
  if (labels.length > MOST_LABELS) return undefined;
  const given = [...labels.map(({ label }) => label), ...(cells.some((cell) => cell.given === null) ? [null] : [])];
  const times = (expected: string, other: string | null): number =>
    cells.find((cell) => cell.expected === expected && cell.given === other)?.count ?? 0;
  return {
    title: ["expected ↓ given →", ...given.map((label) => label ?? OTHER)],
    rows: labels.map(({ label }) => [label, ...given.map((other) => count(times(label, other)))]),
  };
}

/** The reports with the names of their scorers; those that counted the same share one. */
export function labelReports({ confusion = {} }: Pick<Summary, "confusion">): readonly (readonly [string, LabelReport])[] {
  const groups = Map.groupBy(Object.entries(confusion), ([, report]) => JSON.stringify(report));
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [[same.map(([name]) => name).join(", "), first[1]] as const];
  });
}
