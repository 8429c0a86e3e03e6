/** Why do cases fail? Asked by experiment: failing select cases meet probes, and what happens then names the cause. */
import type { Library } from "../../knowledge/library.ts";
import { shuffled } from "../../program/demos.ts";
import type { Registry } from "../../registry.ts";
import { seeded } from "../../stats/random.ts";
import { valuesOf } from "../../stats/values.ts";
import type { Answered, Case, Diagnosis, Experiment, Program, Spend } from "../../types.ts";
import type { Execute } from "../grade.ts";
import type { Meter } from "../meter.ts";
import { mapPool } from "../pool.ts";
import { acceptedOf, labelsOf } from "./answers.ts";
import { createAsker, type Asker } from "./asker.ts";
import { createBench } from "./bench.ts";
import { causeOf, type Cause, type Climate } from "./cause.ts";
import { doubtOf, quotableOf, steady, type Standing } from "./doubt.ts";
import { isAllChance, isNeverRight, isNoisy, type Finding } from "./finding.ts";
import { readingGain, sureProbes } from "./gains.ts";
import { isPassable, lookAt } from "./look.ts";
import { leastTries, probeAll } from "./probing.ts";
import found from "./probes/found.ts";
import gold from "./probes/gold.ts";
import { probes } from "./probes/index.ts";
import type { Known } from "./readings/reading.ts";
import { diagnosisOf } from "./result.ts";

/** Failing cases that are probed at the most unless told otherwise, and answers asked for each of them, on average, at the most. */
export const MOST_PROBED = 30;
export const MOST_TRIES = 10;
/** Share of what is left of the budget that a diagnosis may take unless told otherwise. */
const SHARE = 0.2;
/** Texts that are embedded in a call, as far as the estimate goes. */
const BATCH = 256;

export interface DiagnoseOptions {
  readonly program: Program;
  /** All of select; failing cases are taken in an order that the seed decides. */
  readonly cases: readonly Case[];
  /** The program's answers to them. */
  readonly rows: readonly Answered[];
  readonly train: readonly Case[];
  readonly experiment: Pick<Experiment, "scorers" | "primary" | "ladder" | "repeat" | "seed" | "models">;
  readonly registry: Registry;
  readonly library: Library | undefined;
  readonly meter: Meter;
  readonly execute: Execute;
  /** Told of each call, cached or not. */
  readonly record: (spend: Spend) => void;
  readonly signal: AbortSignal;
  readonly width: number;
  readonly watch: (done: number, total: number) => void;
  /** What is left of the budget, null where there is no limit; a diagnosis takes a share of it, 0..1. */
  readonly left: { readonly calls: number | null; readonly usd: number | null };
  readonly share?: number | undefined;
  /** Failing cases that are probed at the most; MOST_PROBED by default. */
  readonly most?: number | undefined;
}

/**
 * Probes failing cases, all of them by every probe, so that gains are not only those of the cases that a probe mended. Each lands in
 * the first bucket of `causeOf` that applies. A call that fails shows nothing; what no other call can mend is thrown as a UserError.
 */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const { rows, train, experiment, width } = options;
  const cases = shuffled(options.cases, seeded(`${experiment.seed} probes`));
  const all = [...train, ...cases];
  const known: Known = { labels: labelsOf(all), accepted: new Set(all.flatMap(acceptedOf)) };
  const asker = createAsker({ ...options, known });
  const bench = createBench({ ...options, cases }, asker);
  const values = valuesOf(rows, experiment.primary);
  const failing = cases.filter((kase) => !asker.passes(values.get(kase.id) ?? Infinity));

  const limit = Math.min(options.most ?? MOST_PROBED, failing.length);
  const { tries, setup } = affordable(options);
  const chosen = failing.slice(0, Math.min(limit, Math.floor(tries / (leastTries(failing, bench) + setup))));
  const most = Math.min(limit * MOST_TRIES, tries - chosen.length * setup);
  const looked = await mapPool(chosen, width, async (kase) => await lookAt(kase, rows, bench, asker));
  // A scorer that passes neither an answer nor an expected answer has nothing to say about a probe.
  const hopeless = looked.every(({ passable }) => passable === false) && [...values.values()].every((value) => !asker.passes(value));
  const findings = hopeless ? looked : await probeAll(looked, { ...options, bench, asker, most });

  const climate: Climate = {
    noisy: isNoisy(findings),
    chance: isAllChance(findings),
    closed: known.labels !== undefined,
    sure: sureProbes(
      probes.map(({ name }) => name),
      findings,
      experiment.seed,
    ),
    trusted: bench.trusted,
  };
  const readable = new Set(findings.flatMap(({ kase, reading }) => (reading === undefined ? [] : [kase.id])));
  const standing: Standing = {
    answers: answersOf(cases, rows, asker).map((one) => ({ ...one, passed: one.passed || readable.has(one.kase.id) })),
    labels: known.labels,
    quotable: quotableOf(all, bench.gold),
  };
  // A program that is mostly wrong says nothing about labels.
  const good = failing.length <= cases.length / 2;
  const causes = await mapPool(findings, width, async (finding) => {
    const never = isNeverRight(finding);
    const passable = never && asker.judged ? await isPassable(finding.kase, bench, asker) : finding.passable;
    const doubt = never && !hopeless ? doubtOf(finding, standing, known.labels && (await bench.votes(finding.kase))) : undefined;
    return causeOf({ ...finding, passable }, climate, { doubt, steady: never && good && steady(finding) !== undefined });
  });
  const reading = asker.judged ? null : readingGain(findings, { share: failing.length / Math.max(1, cases.length), seed: experiment.seed });
  const counts = { failing: failing.length, total: cases.length };
  const untold = bench.searches && !hopeless ? untoldOf(findings, causes) : undefined;
  return diagnosisOf({
    findings,
    causes,
    untold,
    reading,
    ...counts,
    seed: experiment.seed,
    ladder: experiment.ladder,
    calls: asker.calls(),
  });
}

/**
 * Unexplained cases in which no probe could put the right passages into the context: none are known and none could be searched; or what
 * retrieval found is all that the program had anyway.
 */
function untoldOf(findings: readonly Finding[], causes: readonly Cause[]): Diagnosis["untold"] {
  const open = findings.filter(
    ({ tries, context }, i) =>
      causes[i]?.bucket === "unexplained" && !tries.has(gold.name) && (!tries.has(found.name) || context !== "nothing retrieved"),
  );
  const buckets = new Set(open.map(({ context }) => (context === "nothing retrieved" ? "missing knowledge" : "wrong retrieval")));
  return open.length === 0 ? undefined : { cases: open.length, buckets: [...buckets] };
}

/**
 * Answers that the share of the budget pays for, by what an answer of the run took with its grading; and what a case takes besides, in
 * answers: the steps before the model are run once more for all of its probes, and its neighbours are looked for.
 */
function affordable({ rows, train, library, left, share = SHARE }: DiagnoseOptions): { readonly tries: number; readonly setup: number } {
  const mean = (of: (row: Answered) => number) => rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);
  const calls = Math.max(
    1,
    mean((row) => row.calls + (row.judging?.calls ?? 0)),
  );
  const usd = mean((row) => (row.list_usd ?? 0) + (row.judging?.list_usd ?? 0));
  // The index that a search builds is the one that a retrieving rung would build.
  const embedding = Math.ceil(train.length / BATCH) + Math.ceil((library?.documents.size ?? 0) / BATCH);
  const byCalls = left.calls === null ? Infinity : (left.calls * share - embedding) / calls;
  const byUsd = left.usd === null || usd === 0 ? Infinity : (left.usd * share) / usd;
  const tries = Math.max(0, Math.floor(Math.min(byCalls, byUsd, Number.MAX_SAFE_INTEGER)));
  return { tries, setup: left.calls === null ? 0 : (mean((row) => row.calls) - 1 + (train.length > 0 ? 1 : 0)) / calls };
}

function answersOf(cases: readonly Case[], rows: readonly Answered[], asker: Asker): Standing["answers"] {
  const first = new Map(rows.toReversed().map((row) => [row.case, row]));
  return cases.flatMap((kase) => {
    const row = first.get(kase.id);
    const [sample] = row === undefined ? [] : asker.stored([row]);
    return sample === undefined ? [] : [{ kase, answer: sample.answer, passed: sample.passed }];
  });
}
