/** Is run b better than run a? Their winners' answers on the test split, paired by case. Pure. */
import { compareRows, coverageOf, latency, metricOf, type Metric } from "../ladder/measure.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Change, CompareResult, MetricComparison, Scorer } from "../types.ts";
import { type Both, flipsOf, slicesOf } from "./breakdown.ts";
import { comparableParts } from "./comparability.ts";
import { programDiff } from "./diff.ts";
import { signatureOf } from "./signature.ts";
import type { ScorerIdentity, StoredRun } from "./types.ts";

/** Share of the cases with a value in either run that must have one in both. */
const LEAST_COVERAGE = 0.5;
const DAY = 24 * 60 * 60 * 1000;

export interface CompareOptions {
  readonly seed: number;
  /** Tells the baseline's age. */
  readonly now: Date;
  /** Scorers by their own names, for values that are pooled from counts; those that are not here are left out. */
  readonly scorers: ReadonlyMap<string, Scorer>;
}

/**
 * Repeats are averaged per case first, and a pair counts only where both runs have a value. Runs that did not measure the same
 * thing are not compared: `comparable` is false, `metrics`, `slices` and `flips` are empty, and `reasons` says why. Where the runs
 * do compare, `reasons` holds which other metrics are worse, what weakens it and which metrics are left out. b against a with the same
 * seed gives the same with its signs changed.
 */
export function compareRuns(a: StoredRun, b: StoredRun, options: CompareOptions): CompareResult {
  const [rowsA, rowsB] = [testRows(a), testRows(b)];
  const parts = comparableParts(a, b);
  const both: Both = { a: rowsA, b: rowsB, cases: parts.cases, seed: options.seed };
  const refused = [...faultsOf("a", a), ...faultsOf("b", b), ...parts.refused];
  const { primary, scorers: identities } = b.manifest.comparability;
  const { metrics, out } = refused.length === 0 ? metricsOf(parts.scorers, both, options.scorers) : NOTHING;
  refused.push(...out.filter(({ name }) => name === primary).map(({ why }) => why));
  const comparable = refused.length === 0;
  const contrasts = comparable ? metrics.map((metric) => [metric.name, contrast(metric, both)] as const) : [];
  const found: CompareResult["metrics"] = Object.fromEntries(contrasts);
  const [before, after] = [latency(rowsA), latency(rowsB)];
  return {
    a: a.path,
    b: b.path,
    comparable,
    reasons: [
      ...refused,
      ...contrasts.flatMap(([name, metric]) =>
        name !== primary && metric.verdict === "worse" ? [`worse: ${name} ${metric.delta.toFixed(3)}`] : [],
      ),
      ...unjudgedIn("a", a),
      ...unjudgedIn("b", b),
      ...parts.weaker,
      ...out.filter(({ name }) => name !== primary).map(({ why }) => `${why}; it is left out`),
      ...contrasts.flatMap(([name, { n }]) => (n < parts.cases.length ? [missing(name, parts.cases.length - n, parts.cases.length)] : [])),
    ],
    primary,
    metrics: found,
    slices: comparable ? slicesOf(metrics, primary, both) : {},
    flips: comparable ? flipsOf(primary, identities[primary]?.threshold, both) : [],
    cost: change(costOf(rowsA), costOf(rowsB)),
    latency: { ...change(before.p50, after.p50), p95: change(before.p95, after.p95) },
    prompt_diff: programDiff(a.program, b.program),
    baseline: { created: a.manifest.created, days: daysBetween(a.manifest.created, options.now) },
    signature: signatureOf(a, b, both),
    verdict: found[primary]?.verdict ?? "no evidence",
  };
}

/** 1 when the primary metric is worse, 3 when the runs do not compare or have too few cases, else 0. */
export function exitCodeOf(result: CompareResult): 0 | 1 | 3 {
  if (!result.comparable || result.verdict === "too few cases") return 3;
  return result.verdict === "worse" ? 1 : 0;
}

/** Why a run cannot be compared with any other; `side` is what it is called. */
export function faultsOf(side: string, run: StoredRun): readonly string[] {
  const { summary, path, cases, manifest } = run;
  const rows = testRows(run);
  const { winner, status, rungs } = summary;
  if (status !== "complete") return [`${side} (${path}) is ${status}; only complete runs compare`];
  if (rows.length === 0) return [`${side} (${path}) has no test answers of its winner "${winner}"`];
  if (rungs.find(({ name }) => name === winner)?.unjudged === true)
    return [`${side} (${path}) has more failed cases than its max_errors allows`];
  const there = new Set(rows.map((row) => `${row.repeat} ${row.case}`));
  const repeats = Array.from({ length: manifest.comparability.repeat }, (_, repeat) => repeat);
  const missing = cases.filter(({ id }) => !repeats.every((repeat) => there.has(`${repeat} ${id}`)));
  return missing.length === 0 ? [] : [`${side} (${path}) lacks answers to ${missing.length} of its ${cases.length} test cases`];
}

/** Rungs that might have won, had they been judged. */
function unjudgedIn(side: string, { summary, path }: StoredRun): readonly string[] {
  const names = summary.rungs.filter(({ name, unjudged }) => unjudged === true && name !== summary.winner).map(({ name }) => name);
  if (names.length === 0) return [];
  return [`${side} (${path}) could not judge ${names.join(", ")}, which might have won; "${summary.winner}" is the best of the others`];
}

/** The last row of each case and repeat of the winner on test. */
export function testRows({ summary, answers }: Pick<StoredRun, "summary" | "answers">): readonly Answered[] {
  const rows = (answers.get(summary.winner) ?? []).filter((row) => row.split === "test");
  return [...new Map(rows.map((row) => [`${row.repeat} ${row.case}`, row])).values()];
}

interface Metrics {
  readonly metrics: readonly Metric[];
  readonly out: readonly { readonly name: string; readonly why: string }[];
}

const NOTHING: Metrics = { metrics: [], out: [] };

/** The metrics that can be compared, and why others cannot. */
function metricsOf(known: readonly (readonly [string, ScorerIdentity])[], both: Both, scorers: CompareOptions["scorers"]): Metrics {
  const judged = known.map(([name, { use, options, not, pooled }]) => {
    const scorer = scorers.get(use);
    if (pooled && scorer?.pool === undefined) return { name, why: `${name}: only ${use} can pool its value, and it is not built in` };
    const metric: Metric = pooled && scorer !== undefined ? metricOf({ name, scorer, options, not }) : { name };
    const why = faultOf(name, both);
    return why === undefined ? { metric } : { name, why };
  });
  return {
    metrics: judged.flatMap((one) => (one.metric === undefined ? [] : [one.metric])),
    out: judged.flatMap((one) => (one.metric === undefined ? [one] : [])),
  };
}

/** Where so many values are missing that what is left may be another test; a case to which nothing applies in both is no case. */
function faultOf(name: string, both: Both): string | undefined {
  const [a, b] = [valuesOf(both.a, name), valuesOf(both.b, name)];
  const either = both.cases.filter(({ id }) => a.has(id) || b.has(id));
  const alone = either.filter(({ id }) => !a.has(id) || !b.has(id)).length;
  if (either.length === 0) return `${name}: no test case has a value`;
  if (alone <= (1 - LEAST_COVERAGE) * either.length) return undefined;
  return `${name}: ${alone} of ${either.length} cases have a value in one run alone`;
}

function missing(name: string, without: number, all: number): string {
  return `${name}: ${without} of ${all} cases have no value in one run or both and are left out`;
}

function contrast(metric: Metric, { a, b, cases, seed }: Both): MetricComparison {
  const coverage = { a: coverageOf(a, cases, metric.name), b: coverageOf(b, cases, metric.name) };
  return { ...compareRows(a, b, cases, metric, seed), coverage };
}

function change(a: number | null, b: number | null): Change {
  return { a, b, delta: a === null || b === null ? null : b - a };
}

/** Mean of what an answer costs without a cache. */
function costOf(rows: readonly Answered[]): number | null {
  const answered = rows.filter((row) => row.error === undefined);
  const known = answered.flatMap(({ list_usd }) => (list_usd === null ? [] : [list_usd]));
  return known.length === 0 || known.length < answered.length ? null : known.reduce((sum, usd) => sum + usd, 0) / known.length;
}

/** To a tenth of a day; a clock that goes wrong gives 0. */
function daysBetween(created: string, now: Date): number {
  const days = (now.getTime() - Date.parse(created)) / DAY;
  return Number.isFinite(days) ? Math.max(0, Math.round(days * 10) / 10) : 0;
}
