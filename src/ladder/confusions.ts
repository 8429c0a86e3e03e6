/** Which labels are taken for which? Pure. */
import { confusion, countsLabels, tallied } from "../stats/confusion.ts";
import { countsOf } from "../stats/values.ts";
import { sumOf } from "./measure.ts";
import type { Answered, Counts, LabelReport, NamedScorer } from "../types.ts";

/** The confusions of every scorer that counts them, by its name; undefined where none does. */
export function confusionsOf(
  rows: readonly Answered[],
  scorers: readonly NamedScorer[],
): Readonly<Record<string, LabelReport>> | undefined {
  const found = scorers.flatMap(({ name }) => {
    const report = reportOf(sumOf([...countsOf(rows, name).values()]));
    return report === undefined ? [] : [[name, report] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function reportOf(counts: Counts): LabelReport | undefined {
  if (!countsLabels(counts)) return undefined;
  const { cells } = tallied(counts);
  const { accuracy, balancedAccuracy, macro, micro, weighted, kappa, mcc, perLabel } = confusion(counts);
  const order = new Map(perLabel.map(({ label }, at) => [label, at]));
  const place = (label: string | null): number => (label === null ? order.size : (order.get(label) ?? 0));
  return {
    accuracy,
    balanced_accuracy: balancedAccuracy,
    macro,
    micro,
    weighted,
    kappa,
    mcc,
    labels: perLabel,
    cells: cells.toSorted((a, b) => place(a.expected) - place(b.expected) || place(a.given) - place(b.given)),
  };
}
