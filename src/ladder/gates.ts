/** Gates: what must hold of the winner on test. Pure. A gate passes only on a finite number over at least one case. */
import { valuesOf } from "../stats/values.ts";
import type { Answered, Case, Comparison, Experiment, Gate, GateOutcome, GateResult } from "../types.ts";
import { FIGURES, type Operated } from "./figures.ts";
import { compareRows, meanOf, metricOf } from "./measure.ts";
import { areTooMany, errorOf, sharesOf, unvaluedIn, unvaluedText } from "./unvalued.ts";

/** The winner's test answers; all that gates look at is made of them. */
export interface Tested extends Operated {
  readonly cases: readonly Case[];
  /** Its mean by a scorer, or its pooled value; null where it has none. */
  readonly mean: (metric: string) => number | null;
  /** Cases without a value that a mean bears: a share up to 1, above it a count. */
  readonly maxErrors: number;
  /** The winner against the baseline by a scorer. */
  readonly against: (metric: string) => Against;
}

/** `why` there is nothing to compare with; `same` where the winner is the baseline; else what is known of both. */
export type Against =
  | { readonly why: string }
  | { readonly same: true }
  /** `before` are the baseline's values by case, of the cases that both were tested on. */
  | { readonly comparison: Comparison; readonly before: ReadonlyMap<string, number> };

/** A fall of a case's value by more than this is a break, where a gate does not say another. */
const BREAK = 0.5;
/** Share of the baseline's cases that must still have a value for a fall of the mean to be judged. */
const LEAST_COVERAGE = 0.5;
/** What rounding may take from a number at its bound. */
const ROUNDING = 1e-9;
/** Cases that a reason names. */
const MOST_NAMED = 5;

/** Judges every gate; several demands of one gate hold together. */
export function judgeGates(gates: readonly Gate[], tested: Tested): readonly GateResult[] {
  return gates.map((gate) => {
    const metric = gate.metric ?? tested.primary;
    const found = demandsOf(gate).map((demand) => demand(metric, tested));
    const outcome = worst(found) ?? "not judged";
    const text = textOf(gate, metric);
    const reason = `${text}: ${found.map((one) => one.reason).join("; ")}`;
    return { gate: text, metric, passed: outcome === "passed", outcome, reason };
  });
}

/** The experiment's gates on a program's test answers; `before` are the baseline's answers, undefined where it is the baseline. */
export function gatesOnRung(
  { gates, scorers, primary, splits, seed, maxErrors }: Pick<Experiment, "gates" | "scorers" | "primary" | "splits" | "seed" | "maxErrors">,
  rows: readonly Answered[],
  before: readonly Answered[] | undefined,
): readonly GateResult[] {
  return judgeGates(gates, {
    primary,
    thresholds: Object.fromEntries(scorers.map(({ name, threshold }) => [name, threshold])),
    cases: splits.test,
    rows,
    mean(metric) {
      const named = scorers.find(({ name }) => name === metric);
      return named === undefined ? null : meanOf(rows, splits.test, metricOf(named), seed).mean;
    },
    maxErrors,
    against(metric) {
      if (before === undefined) return { same: true };
      const named = scorers.find(({ name }) => name === metric);
      if (named === undefined) return { why: "no scorer has this name" };
      return { comparison: compareRows(before, rows, splits.test, metricOf(named), seed), before: valuesOf(before, metric) };
    },
  });
}

/** Failed where one failed, else not judged where one was not; undefined where there are none. */
export function worst(results: readonly { readonly outcome: GateOutcome }[]): GateOutcome | undefined {
  return (["failed", "not judged", "passed"] as const).find((outcome) => results.some((one) => one.outcome === outcome));
}

/** The gates, and that the primary metric is not worse, where none of them guards it against the baseline already. */
export function withRegression(gates: readonly Gate[], primary: string): readonly Gate[] {
  const guarded = gates.some(({ metric, max_drop }) => metric === primary && max_drop !== undefined);
  return guarded ? gates : [{ metric: primary, max_drop: 1 }, ...gates];
}

interface Found {
  readonly outcome: GateOutcome;
  readonly reason: string;
}

type Demand = (metric: string, tested: Tested) => Found;

function demandsOf({ min, max, max_drop, max_breaks, break: size = BREAK, must_pass, at_least = 1 }: Gate): readonly Demand[] {
  return [
    ...(min === undefined ? [] : [least(min)]),
    ...(max === undefined ? [] : [most(max)]),
    ...(max_drop === undefined ? [] : [drop(max_drop)]),
    ...(max_breaks === undefined ? [] : [breaks(max_breaks, size)]),
    ...(must_pass === undefined ? [] : [named(must_pass, at_least)]),
  ];
}

function least(min: number): Demand {
  return (metric, tested) => {
    const value = tested.mean(metric);
    if (value === null || !Number.isFinite(value)) return unknown("no test case has a value");
    const many = tooMany(metric, tested);
    if (many !== undefined) return unknown(many);
    return value >= min - ROUNDING ? passed(number(value)) : failed(`${number(value)} is below ${min}`);
  };
}

function most(max: number): Demand {
  return (metric, tested) => {
    const value = FIGURES[metric]?.(tested) ?? { why: "is no figure" };
    if (typeof value === "object") return unknown(value.why);
    if (Number.isNaN(value)) return unknown("is not a number");
    return value <= max + ROUNDING ? passed(number(value)) : failed(`${number(value)} is above ${max}`);
  };
}

/** Two ways to fall too far: surely, or by more than the margin. */
function drop(max: number): Demand {
  return (metric, tested) => {
    const other = tested.against(metric);
    const many = tooMany(metric, tested);
    if ("why" in other) return unknown(other.why);
    if ("same" in other) return passed("the winner is the baseline");
    if (many !== undefined) return unknown(many);
    const { delta, low, high, n, verdict } = other.comparison;
    const seen = `${signed(delta)} [${signed(low)}, ${signed(high)}] to the baseline on ${n} cases`;
    if (verdict === "too few cases") return unknown(`too few cases: ${seen}`);
    if (n < LEAST_COVERAGE * other.before.size) return unknown(`only ${n} of the baseline's ${other.before.size} cases still have a value`);
    if (verdict === "worse") return failed(`${seen} is a significant fall`);
    return delta < -max - ROUNDING ? failed(`${seen} is a fall of more than ${max}`) : passed(seen);
  };
}

/** Why a mean is of too few of the cases to which its scorer applies; undefined where it is not. */
function tooMany(metric: string, { rows, cases, maxErrors }: Tested): string | undefined {
  const known = valuesOf(rows, metric);
  const failed = new Set(rows.filter((row) => errorOf(row, metric) !== undefined).map((row) => row.case));
  const unvalued = unvaluedIn(rows, cases, metric);
  const applies = cases.filter(({ id }) => known.has(id) || failed.has(id)).length;
  if (!areTooMany(sharesOf(unvalued), applies, maxErrors)) return undefined;
  const repeat = Math.max(...rows.map((row) => row.repeat)) + 1;
  return `${unvaluedText(unvalued, applies, repeat, "test")} (max_errors ${maxErrors})`;
}

/** A case that has no value any more may have broken, so it stands against a pass. */
function breaks(max: number, size: number): Demand {
  return (metric, { against, rows }) => {
    const other = against(metric);
    if ("why" in other) return unknown(other.why);
    if ("same" in other) return passed("the winner is the baseline");
    const now = valuesOf(rows, metric);
    const cases = [...other.before];
    const broken = cases.filter(([id, value]) => value - (now.get(id) ?? value) > size + ROUNDING).map(([id]) => id);
    const lost = cases.filter(([id]) => !now.has(id)).map(([id]) => id);
    const fell = `${broken.length} of ${cases.length} cases fell by more than ${size}`;
    if (cases.length === 0) return unknown("the baseline has no value for any case");
    if (broken.length > max) return failed(`${fell}: ${some(broken)}`);
    if (broken.length + lost.length > max) return unknown(`${lost.length} of ${cases.length} cases have no value any more: ${some(lost)}`);
    return passed(fell);
  };
}

function named(wanted: NonNullable<Gate["must_pass"]>, share: number): Demand {
  return (metric, { cases, rows, thresholds }) => {
    const ids = "tag" in wanted ? cases.filter(({ tags }) => tags?.includes(wanted.tag)).map(({ id }) => id) : wanted;
    const answers = Map.groupBy(rows, (row) => row.case);
    const threshold = thresholds[metric] ?? NaN;
    const states = ids.map((id) => ({ id, outcome: stateOf(answers.get(id) ?? [], metric, threshold, share) }));
    const those = (outcome: GateOutcome): readonly string[] => states.filter((one) => one.outcome === outcome).map(({ id }) => id);
    const [lost, missing] = [those("failed"), those("not judged")];
    if (ids.length === 0) return unknown("none of the cases that must pass was tested");
    if (lost.length > 0) return failed(`${lost.length} of ${ids.length} cases that must pass do not reach ${threshold}: ${some(lost)}`);
    if (missing.length > 0) return unknown(`${missing.length} of ${ids.length} cases that must pass have no value: ${some(missing)}`);
    return passed(`all ${ids.length} cases that must pass reach ${threshold}`);
  };
}

/** Of one case's answers; one without a value could have gone either way. */
function stateOf(rows: readonly Answered[], metric: string, threshold: number, share: number): GateOutcome {
  if (rows.length === 0 || Number.isNaN(threshold)) return "not judged";
  const values = rows.flatMap((row) => valuesOf([row], metric).get(row.case) ?? []);
  const good = values.filter((value) => value >= threshold - ROUNDING).length;
  const enough = share * rows.length - ROUNDING;
  if (good >= enough) return "passed";
  return good + rows.length - values.length < enough ? "failed" : "not judged";
}

function passed(reason: string): Found {
  return { outcome: "passed", reason };
}

function failed(reason: string): Found {
  return { outcome: "failed", reason };
}

function unknown(reason: string): Found {
  return { outcome: "not judged", reason };
}

function textOf(gate: Gate, metric: string): string {
  const { must_pass } = gate;
  const wanted = must_pass === undefined ? [] : ["must_pass", "tag" in must_pass ? `tag ${must_pass.tag}` : some(must_pass)];
  const bounds = ["min", "max", "max_drop", "max_breaks", "break", "at_least"] as const;
  const parts = bounds.flatMap((name) => {
    const value = gate[name];
    if (value === undefined) return [];
    // No mean falls by more than 1, so what is left of it is that the fall is not significant.
    return [name === "max_drop" && value === 1 ? "not worse" : `${name} ${value}`];
  });
  return [metric, ...wanted, ...parts].join(" ");
}

function some(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_NAMED).join(", ");
  return ids.length > MOST_NAMED ? `${shown} and ${ids.length - MOST_NAMED} more` : shown;
}

/** Three decimals for shares; as many digits as a small amount needs; one decimal for large ones. */
function number(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  if (Math.abs(value) < 0.1) return String(Number(value.toPrecision(3)));
  return value <= 1 ? value.toFixed(3) : String(Number(value.toFixed(1)));
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}
