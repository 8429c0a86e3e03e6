/** Metrics of classification over a whole run, from how often which label was given where which was expected. Pure. */
import type { Counts } from "../types.ts";

/** Shares 0..1; 0 where there is nothing to divide by, as scikit-learn has it with zero_division=0. */
export interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

interface LabelRates extends Rates {
  readonly label: string;
  /** How often the label was expected. */
  readonly support: number;
}

export interface Confusion {
  /** Those that were expected or given, sorted; numbers by size. */
  readonly labels: readonly string[];
  /** `matrix[i][j]`: how often `labels[j]` was given where `labels[i]` was expected. */
  readonly matrix: readonly (readonly number[])[];
  /** Of each label, how often it was expected while the answer was none of the known labels. */
  readonly other: readonly number[];
  readonly perLabel: readonly LabelRates[];
  /** Answers that are right, of all. */
  readonly accuracy: number;
  /** Mean recall of the labels that were expected at all. */
  readonly balancedAccuracy: number;
  /** Means over the labels, each counting the same or by its support; and rates of all decisions added up. */
  readonly macro: Rates;
  readonly weighted: Rates;
  readonly micro: Rates;
  /** Cohen's kappa, -1..1; null where only one label was ever expected and given. */
  readonly kappa: number | null;
  /** Matthews' correlation of several labels (Gorodkin 2004), -1..1; 0 where it is not defined. */
  readonly mcc: number;
}

/** The name under which a decision is counted; `given` is null where the answer was none of the known labels. */
export function cell(expected: string, given: string | null): string {
  return JSON.stringify([expected, given]);
}

/**
 * All metrics of counts named by `cell`; other names are passed over. An answer that is none of the known labels is wrong, lowers the
 * recall of the label that was expected, and is no label of its own: macro values are means over real labels. Where there is none, all
 * values are those of scikit-learn without `labels`. Throws a RangeError where nothing is counted.
 */
export function confusion(counts: Counts): Confusion {
  const tally = tallied(counts);
  const { total, right, expected, given } = tally;
  const labels = tally.labels.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const places = new Map(labels.map((label, i) => [label, i]));
  const matrix = labels.map(() => labels.map(() => 0));
  const other = labels.map(() => 0);
  for (const { expected, given, count } of tally.cells) {
    const [row, column] = [places.get(expected) ?? 0, given === null ? undefined : places.get(given)];
    if (column === undefined) other[row] = (other[row] ?? 0) + count;
    else (matrix[row] ?? [])[column] = (matrix[row]?.[column] ?? 0) + count;
  }
  const perLabel = labels.map((label) => ({ label, support: expected.get(label) ?? 0, ...ratesOf(tally, label) }));
  // Sums over all kinds of answers, "none of them" included: that one is never expected, so only its square is missing from `labels`.
  const none = other.reduce((a, b) => a + b, 0);
  const agreeing = labels.reduce((sum, label) => sum + (expected.get(label) ?? 0) * (given.get(label) ?? 0), 0);
  const spread = (sides: ReadonlyMap<string, number>, more: number): number =>
    total ** 2 - labels.reduce((sum, label) => sum + (sides.get(label) ?? 0) ** 2, more);
  const [spreadExpected, spreadGiven] = [spread(expected, 0), spread(given, none ** 2)];
  const covariance = right * total - agreeing;
  return {
    labels,
    matrix,
    other,
    perLabel,
    accuracy: right / total,
    balancedAccuracy: balanced(tally),
    macro: averaged(tally, "macro"),
    weighted: averaged(tally, "weighted"),
    micro: averaged(tally, "micro"),
    kappa: total ** 2 === agreeing ? null : covariance / (total ** 2 - agreeing),
    mcc: spreadExpected === 0 || spreadGiven === 0 ? 0 : covariance / Math.sqrt(spreadExpected * spreadGiven),
  };
}

/** Made once, since a pooled value is asked for thousands of times. */
const BY_SIZE = new Intl.Collator("en", { numeric: true });

/** Sums of the decisions: what single metrics need, without the matrix. */
export interface Tally {
  readonly cells: readonly { readonly expected: string; readonly given: string | null; readonly count: number }[];
  /** In one order, whatever that of the counts, so that sums over them are the same to the last bit. */
  readonly labels: readonly string[];
  readonly total: number;
  readonly right: number;
  /** By label: how often it was expected, given, and both. */
  readonly expected: ReadonlyMap<string, number>;
  readonly given: ReadonlyMap<string, number>;
  readonly hits: ReadonlyMap<string, number>;
}

/** Whether anything of these counts is how often a label was given where one was expected. */
export function countsLabels(counts: Counts): boolean {
  return Object.entries(counts).some(([name, count]) => count !== 0 && partsOf(name)[0] !== undefined);
}

/** Throws a RangeError where nothing is counted. */
export function tallied(counts: Counts): Tally {
  const cells = Object.entries(counts).flatMap(([name, count]) => {
    const [expected, given] = partsOf(name);
    return expected === undefined || count === 0 ? [] : [{ expected, given, count }];
  });
  const [expected, given, hits] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (sums: Map<string, number>, label: string, count: number): void => void sums.set(label, (sums.get(label) ?? 0) + count);
  let [total, right] = [0, 0];
  for (const one of cells) {
    total += one.count;
    add(expected, one.expected, one.count);
    if (one.given !== null) add(given, one.given, one.count);
    if (one.given !== one.expected) continue;
    right += one.count;
    add(hits, one.expected, one.count);
  }
  if (total === 0) throw new RangeError("confusion: nothing is counted");
  const labels = [...new Set([...expected.keys(), ...given.keys()])].sort(BY_SIZE.compare);
  return { cells, labels, total, right, expected, given, hits };
}

/** Precision, recall and F1 of a label; all 0 for a label that is not there. */
export function ratesOf({ expected, given, hits }: Tally, label: string): Rates {
  return rates(hits.get(label) ?? 0, given.get(label) ?? 0, expected.get(label) ?? 0);
}

/** Mean recall of the labels that were expected at all. */
export function balanced(tally: Tally): number {
  const labels = [...tally.expected.keys()];
  return labels.reduce((sum, label) => sum + ratesOf(tally, label).recall, 0) / labels.length;
}

export function averaged(tally: Tally, average: "macro" | "weighted" | "micro"): Rates {
  const { labels, expected, given, total, right } = tally;
  if (average === "micro")
    return rates(
      right,
      [...given.values()].reduce((a, b) => a + b, 0),
      total,
    );
  const weight = (label: string): number => (average === "macro" ? 1 : (expected.get(label) ?? 0));
  const all = average === "macro" ? labels.length : total;
  const mean = (rate: keyof Rates): number => labels.reduce((sum, label) => sum + weight(label) * ratesOf(tally, label)[rate], 0) / all;
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

function rates(hits: number, given: number, expected: number): Rates {
  const share = (of: number): number => (of === 0 ? 0 : hits / of);
  return { precision: share(given), recall: share(expected), f1: given + expected === 0 ? 0 : (2 * hits) / (given + expected) };
}

function partsOf(name: string): readonly [string | undefined, string | null] {
  let parts: unknown;
  try {
    parts = JSON.parse(name);
  } catch {
    return [undefined, null];
  }
  const [expected, given] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  return typeof expected === "string" && (typeof given === "string" || given === null) ? [expected, given] : [undefined, null];
}
