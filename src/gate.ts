/** Compares a run with a baseline and judges gates against it: what `compare` and `run --against` have in common. */
import { UserError } from "./errors.ts";
import { judgeGates, type Tested, worst } from "./ladder/gates.ts";
import { meanOf, metricOf } from "./ladder/measure.ts";
import { comparabilityOf } from "./manifest.ts";
import { version, type Prepared } from "./prepare.ts";
import { comparableParts } from "./runs/comparability.ts";
import { compareRuns, faultsOf, testRows } from "./runs/compare.ts";
import type { StoredRun } from "./runs/types.ts";
import { engineVersion } from "./embedded/engine.ts";
import { scorers } from "./scorers/index.ts";
import { valuesOf } from "./stats/values.ts";
import type { CompareResult, Gate, GateOutcome, Scorer } from "./types.ts";

const BUILT_IN: ReadonlyMap<string, Scorer> = new Map(scorers.map((scorer) => [scorer.name, scorer] as const));

/** Compares b with a; with `gates` also judges them of b, with a as the baseline. */
export function compareStored(a: StoredRun, b: StoredRun, now: Date, gates: readonly Gate[] = []): CompareResult {
  // Of both seeds, so that neither run is the one that the numbers hang on.
  const seed = Math.min(a.manifest.seed, b.manifest.seed);
  const result = compareRuns(a, b, { seed, now, scorers: BUILT_IN });
  if (gates.length === 0) return result;
  const found = judgeGates(gates, testedOf(a, b, result));
  return { ...result, gates: found, gate: worst(found) };
}

/** 0 passed · 1 failed, also by a bound that needs no baseline where the runs do not compare · 3 else cannot be judged. */
export function exitCodeOfGate(gate: GateOutcome | undefined, comparison?: CompareResult): 0 | 1 | 3 {
  if (gate === "failed") return 1;
  return comparison?.comparable === false || gate === "not judged" ? 3 : 0;
}

/** Throws with code 3 where it is known before any call that the experiment's run would not compare with the baseline. */
export function refuseBaseline({ experiment, hashes }: Prepared, baseline: StoredRun): void {
  const manifest = { version, engine: engineVersion, comparability: comparabilityOf({ experiment, hashes }) };
  const { refused } = comparableParts(baseline, { manifest, cases: experiment.splits.test });
  const faults = [...faultsOf("the baseline", baseline), ...refused];
  if (faults.length > 0) throw new UserError(`--against ${baseline.path}: cannot be compared with: ${faults.join("; ")}`, 3);
}

function testedOf(a: StoredRun, b: StoredRun, { comparable, reasons, metrics }: CompareResult): Tested {
  const winner = b.summary.rungs.find(({ name }) => name === b.summary.winner);
  const shared = new Set(a.cases.map(({ id }) => id)).intersection(new Set(b.cases.map(({ id }) => id)));
  const { scorers: identities, primary } = b.manifest.comparability;
  const rows = testRows(b);
  return {
    primary,
    thresholds: Object.fromEntries(Object.entries(identities).map(([name, { threshold }]) => [name, threshold])),
    cases: b.cases,
    rows,
    mean(metric) {
      const identity = identities[metric];
      if (identity === undefined) return null;
      const { use, options, not, pooled } = identity;
      if (!pooled) return meanOf(rows, b.cases, { name: metric }, b.manifest.seed).mean;
      const scorer = BUILT_IN.get(use);
      // What pools the value of a scorer of the user's own was at hand only when the run was made.
      if (scorer?.pool === undefined) return winner?.scores.test?.[metric]?.mean ?? null;
      return meanOf(rows, b.cases, metricOf({ name: metric, scorer, options, not }), b.manifest.seed).mean;
    },
    maxErrors: b.manifest.max_errors,
    against(metric) {
      if (!comparable) return { why: `the runs do not compare: ${reasons[0]}` };
      const comparison = metrics[metric];
      const why = reasons.find((reason) => reason.startsWith(`${metric}: `))?.slice(metric.length + 2);
      if (comparison === undefined) return { why: why ?? "the baseline has no value" };
      const before = [...valuesOf(testRows(a), metric)].filter(([id]) => shared.has(id));
      return { comparison, before: new Map(before) };
    },
  };
}
