/** Is run b better than run a? Their winners' answers on the test split, paired by case. Pure. */
import { canonical } from "../program/hash.ts";
import { comparePaired, type Pair } from "../stats/compare.ts";
import { seeded } from "../stats/random.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Case, CompareResult } from "../types.ts";
import { programDiff } from "./diff.ts";
import type { StoredRun } from "./types.ts";

/** Share of the larger test split that must be the same cases in both runs. */
const LEAST_OVERLAP = 0.5;
/** A case flips when its score crosses this, or moves by more than this. */
const FLIP = 0.5;

/**
 * Repeats are averaged per case first, and a pair counts only where both runs have a value. Runs that did not measure the same
 * thing are not compared: `comparable` is false, `metrics` and `flips` are empty, and `reasons` says why. Where the runs do compare,
 * `reasons` holds what weakens it. `cost` is US dollars for each answer that was not from the cache, null where unknown; `latency`
 * is the median in milliseconds. `verdict` is the primary metric's.
 */
export function compareRuns(a: StoredRun, b: StoredRun, seed: number): CompareResult {
  const [rowsA, rowsB] = [testRows(a), testRows(b)];
  const { cases, faults, notes } = sharedCases(a, b);
  const refused = [...runFaults("a", a, rowsA), ...runFaults("b", b, rowsB), ...measureFaults(a, b), ...faults];
  const primary = a.summary.primary;
  const metrics: Record<string, CompareResult["metrics"][string]> = {};
  const weaker = [...notes, ...changedTools(a, b)];
  if (refused.length === 0) {
    for (const scorer of scorersOf(rowsA, rowsB)) {
      const pairs = pairsOf(cases, rowsA, rowsB, scorer);
      const missing = `${scorer}: ${cases.length - pairs.length} of ${cases.length} cases have no value in one run or both`;
      if (scorer === primary && pairs.length < LEAST_OVERLAP * cases.length) refused.push(missing);
      else if (pairs.length < cases.length) weaker.push(`${missing} and are left out`);
      if (pairs.length === 0) continue;
      const comparison = comparePaired(pairs, { random: seeded(`${seed} ${scorer} runs`) });
      metrics[scorer] = { a: meanOf(pairs.map((pair) => pair.a)), b: meanOf(pairs.map((pair) => pair.b)), ...comparison };
    }
    if (metrics[primary] === undefined && refused.length === 0) refused.push(`no test case has a value of ${primary} in both runs`);
  }
  const comparable = refused.length === 0;
  return {
    a: a.path,
    b: b.path,
    comparable,
    reasons: [...refused, ...weaker],
    metrics: comparable ? metrics : {},
    flips: comparable ? flipsOf(cases, rowsA, rowsB, primary) : [],
    cost: { a: costOf(rowsA), b: costOf(rowsB) },
    latency: { a: latencyOf(a), b: latencyOf(b) },
    prompt_diff: programDiff(a.program, b.program),
    verdict: comparable ? (metrics[primary]?.verdict ?? "no evidence") : "no evidence",
  };
}

/** 1 when the primary metric is worse, 3 when the runs do not compare or have too few cases, else 0. */
export function exitCodeOf(result: CompareResult): 0 | 1 | 3 {
  if (!result.comparable || result.verdict === "too few cases") return 3;
  return result.verdict === "worse" ? 1 : 0;
}

/** The last row of each case and repeat of the winner on test. */
function testRows({ summary, answers }: StoredRun): readonly Answered[] {
  const rows = (answers.get(summary.winner) ?? []).filter((row) => row.split === "test");
  return [...new Map(rows.map((row) => [`${row.repeat} ${row.case}`, row])).values()];
}

function runFaults(side: string, { summary, path }: StoredRun, rows: readonly Answered[]): readonly string[] {
  if (summary.status !== "complete") return [`${side} (${path}) is ${summary.status}; only complete runs compare`];
  return rows.length === 0 ? [`${side} (${path}) has no test answers of its winner "${summary.winner}"`] : [];
}

function measureFaults({ manifest: a }: StoredRun, { manifest: b }: StoredRun): readonly string[] {
  const faults: string[] = [];
  if (a.comparability.primary !== b.comparability.primary)
    faults.push(`the runs were decided by different metrics, ${a.comparability.primary} and ${b.comparability.primary}`);
  if (a.comparability.scorers !== b.comparability.scorers) faults.push("the runs were graded by different scorers or scorer options");
  return faults;
}

function changedTools({ manifest: a }: StoredRun, { manifest: b }: StoredRun): readonly string[] {
  const notes: string[] = [];
  if (a.comparability.repeat !== b.comparability.repeat)
    notes.push(`cases were answered ${a.comparability.repeat} and ${b.comparability.repeat} times each`);
  if (a.version !== b.version)
    notes.push(`the runs were made by llmopt ${a.version} and ${b.version}; scorers may have changed between them`);
  return notes;
}

/** The cases that both runs were tested on, or why there are too few of them. */
function sharedCases(
  a: StoredRun,
  b: StoredRun,
): { readonly cases: readonly Case[]; readonly faults: readonly string[]; readonly notes: readonly string[] } {
  const known = new Map(a.cases.map((kase) => [kase.id, kase]));
  const cases = b.cases.filter((kase) => known.has(kase.id));
  const changed = cases.filter((kase) => identityOf(kase) !== identityOf(known.get(kase.id) ?? kase));
  if (changed.length > 0)
    return {
      cases,
      notes: [],
      faults: [`${changed.length} test cases have another question or expected answer under the same id, such as ${changed[0]?.id}`],
    };
  const larger = Math.max(a.cases.length, b.cases.length);
  if (cases.length === a.cases.length && cases.length === b.cases.length) return { cases, faults: [], notes: [] };
  const overlap = `${cases.length} cases are in both test splits, of ${a.cases.length} and ${b.cases.length}`;
  return cases.length < LEAST_OVERLAP * larger
    ? { cases, faults: [`only ${overlap}; at least half must be`], notes: [] }
    : { cases, faults: [], notes: [`${overlap}; only those are compared`] };
}

/** What makes two cases of one id the same: the question and what counts as right. */
function identityOf({ fields, expected, sources }: Case): string {
  return canonical({ fields, expected: expected ?? null, sources: sources ?? null });
}

/** Scorers of a, in their order, that b has too. */
function scorersOf(a: readonly Answered[], b: readonly Answered[]): readonly string[] {
  const names = (rows: readonly Answered[]): Set<string> => new Set(rows.flatMap((row) => Object.keys(row.scores)));
  return [...names(a).intersection(names(b))];
}

function pairsOf(cases: readonly Case[], a: readonly Answered[], b: readonly Answered[], scorer: string): readonly Pair[] {
  const [left, right] = [valuesOf(a, scorer), valuesOf(b, scorer)];
  return cases.flatMap((kase) => {
    const [x, y] = [left.get(kase.id), right.get(kase.id)];
    return x === undefined || y === undefined ? [] : [{ case: kase.id, group: kase.group, a: x, b: y }];
  });
}

/** Losses first, the largest first; the answers shown are those of the first repeat. */
function flipsOf(cases: readonly Case[], a: readonly Answered[], b: readonly Answered[], scorer: string): CompareResult["flips"] {
  const fields = new Map(cases.map((kase) => [kase.id, kase.fields]));
  const answerOf = (rows: readonly Answered[], id: string): string =>
    rows.filter((row) => row.case === id && row.error === undefined).sort((x, y) => x.repeat - y.repeat)[0]?.answer ?? "";
  return pairsOf(cases, a, b, scorer)
    .filter((pair) => pair.a >= FLIP !== pair.b >= FLIP || Math.abs(pair.b - pair.a) > FLIP)
    .sort((x, y) => x.b - x.a - (y.b - y.a))
    .map((pair) => ({
      case: pair.case,
      fields: fields.get(pair.case) ?? {},
      a: { answer: answerOf(a, pair.case), value: pair.a },
      b: { answer: answerOf(b, pair.case), value: pair.b },
    }));
}

function costOf(rows: readonly Answered[]): number | null {
  const paid = rows.filter((row) => row.cached_calls === 0 && row.error === undefined);
  const known = paid.flatMap((row) => (row.usd === null ? [] : [row.usd]));
  return known.length === 0 || known.length < paid.length ? null : meanOf(known);
}

function latencyOf({ summary }: StoredRun): number | null {
  return summary.rungs.find((rung) => rung.name === summary.winner)?.latency_ms.p50 ?? null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
