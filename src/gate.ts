/** Compares a run with a baseline and judges gates against it: what `compare` and `run --against` have in common. */
import { UserError } from "./errors.ts";
import { judgeGates, type Tested, worst } from "./ladder/gates.ts";
import { comparabilityOf } from "./manifest.ts";
import { version, type Prepared } from "./prepare.ts";
import { comparableParts } from "./runs/comparability.ts";
import { compareRuns, faultsOf, testRows } from "./runs/compare.ts";
import type { StoredRun } from "./runs/types.ts";
import { engineVersion } from "./embedded/engine.ts";
import { scorers } from "./scorers/index.ts";
import { valuesOf } from "./stats/values.ts";
import type { CompareResult, Gate, GateOutcome } from "./types.ts";

/** Compares b with a; with `gates` also judges them of b, with a as the baseline. */
export function compareStored(a: StoredRun, b: StoredRun, now: Date, gates: readonly Gate[] = []): CompareResult {
  const named = new Map(scorers.map((scorer) => [scorer.name, scorer] as const));
  const result = compareRuns(a, b, { seed: a.manifest.seed, now, scorers: named });
  if (gates.length === 0) return result;
  const found = judgeGates(gates, testedOf(a, b, result));
  return { ...result, gates: found, gate: worst(found) };
}

/** 0 passed · 1 failed · 3 cannot be judged, as where the runs do not compare. */
export function exitCodeOfGate(gate: GateOutcome | undefined, comparison?: CompareResult): 0 | 1 | 3 {
  if (comparison?.comparable === false || gate === "not judged") return 3;
  return gate === "failed" ? 1 : 0;
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
  return {
    primary,
    thresholds: Object.fromEntries(Object.entries(identities).map(([name, { threshold }]) => [name, threshold])),
    cases: b.cases,
    rows: testRows(b),
    scores: winner?.scores.test ?? {},
    maxErrors: b.manifest.max_errors,
    latency_ms: winner?.latency_ms ?? { p50: null, p95: null },
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
