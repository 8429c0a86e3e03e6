/** The walk: baseline, then rung by rung fit on select, decide on confirm, diagnose; test is answered once, at the end. */
import type { Library } from "../knowledge/library.ts";
import type { Models } from "../wire/models.ts";
import { messageOf, Skip, UserError } from "../errors.ts";
import { shuffled } from "../program/demos.ts";
import { programId } from "../program/hash.ts";
import type { Registry } from "../registry.ts";
import { seeded } from "../stats/random.ts";
import type { Answered, Diagnosis, Experiment, PlannedRung, Program, Rung, RungStatus, SplitName, Summary } from "../types.ts";
import { createAnswerer } from "./answerer.ts";
import { type Purse, sum } from "./budget.ts";
import { decide } from "./confirm.ts";
import { diagnose } from "./diagnose.ts";
import type { Event, Finished, Journal, Keep, Progress } from "./events.ts";
import { judgeGates } from "./gates.ts";
import { createLab } from "./lab.ts";
import { compareRows, latency, means, tokensPerAnswer, versus } from "./measure.ts";
import { createMeter } from "./meter.ts";

export const BASELINE = "baseline";

export interface ClimbOptions {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly models: Models;
  readonly library: Library | undefined;
  readonly purse: Purse;
  readonly journal: Journal;
  /** Name of the run; part of what names its training jobs. */
  readonly run: string;
  readonly keepOf: (index: number, rung: string) => Keep;
  /** Rungs that an earlier session of this run finished, by name. */
  readonly finished: ReadonlyMap<string, Finished>;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Cases answered at the same time. */
  readonly width: number;
}

/** A rung as the walk knows it before test: what it became and the program that stands for it. */
interface Standing {
  readonly index: number;
  readonly rung: Rung;
  readonly program: Program;
  readonly incumbent: Program;
}

/** Walks the ladder and yields what must be kept; the last event is the summary. Throws UserError 4 and 5, and on abort. */
export async function* climb(options: ClimbOptions): AsyncGenerator<Event, void> {
  const { experiment, registry, library, journal, notify, now } = options;
  const meter = createMeter({ experiment, models: options.models, library, purse: options.purse });
  const answerAll = createAnswerer({ ...options, meter });
  const { select, confirm, test } = experiment.splits;

  const answers = async (rung: string, program: Program, split: "select" | "confirm" | "test", phase: "baseline" | "confirm" | "test") =>
    await answerAll(program, experiment.splits[split], { rung, split: nameOf(split, experiment), phase });

  const measured = (program: Program, names: readonly ("select" | "confirm" | "test")[]): Rung["scores"] =>
    Object.fromEntries(names.map((split) => [split, means(rowsOf(program, split), experiment.splits[split], experiment)]));
  const rowsOf = (program: Program, split: "select" | "confirm" | "test"): readonly Answered[] =>
    experiment.splits[split].flatMap((kase) =>
      Array.from({ length: experiment.repeat }, (_, repeat) => journal.find(programId(program), kase.id, repeat)).filter(
        (row) => row !== undefined,
      ),
    );
  const costOf = (rung: string) => {
    const rows = journal.rows(rung);
    const spend = sum([
      ...rows.map((row) => ({ calls: row.calls, cachedCalls: row.cachedCalls, tokens: row.usage, usd: row.usd })),
      ...journal.spends(rung),
    ]);
    return { calls: spend.calls, cached_calls: spend.cachedCalls, tokens: spend.tokens, usd: spend.usd };
  };

  const standings: Standing[] = [];
  let incumbent = experiment.program;
  let winner = BASELINE;
  let diagnosis: Diagnosis | undefined;

  const probe = async (rung: string, program: Program): Promise<Diagnosis> => {
    const { lab, spent } = meter.open();
    try {
      return await diagnose({
        program,
        cases: shuffled(select, seeded(`${experiment.seed} probes`)),
        rows: rowsOf(program, "select"),
        train: experiment.splits.train,
        experiment,
        registry,
        passagesOf: library === undefined ? undefined : (document) => library.passagesOf(document),
        lab,
        width: options.width,
        watch: (done, total) => notify({ type: "progress", rung, phase: "diagnose", done, total, mean: null, detail: "" }),
      });
    } finally {
      journal.spent(rung, "diagnosis", spent());
    }
  };

  // Baseline.
  {
    const before = options.finished.get(BASELINE);
    const began = now();
    await answers(BASELINE, incumbent, "select", "baseline");
    await answers(BASELINE, incumbent, "confirm", "baseline");
    const rung: Rung = before?.rung ?? {
      name: BASELINE,
      use: BASELINE,
      status: "kept",
      reason: "the program as written",
      scores: measured(incumbent, ["select", "confirm"]),
      versus: {},
      ...costOf(BASELINE),
      seconds: (now() - began) / 1000,
      latency_ms: latency(rowsOf(incumbent, "select")),
    };
    standings.push({ index: 0, rung, program: incumbent, incumbent });
    if (before === undefined) yield { type: "rung", index: 0, rung, program: incumbent };
    diagnosis = before?.diagnosis ?? (await probe(BASELINE, incumbent));
    if (before?.diagnosis === undefined) yield { type: "diagnosis", index: 0, rung: BASELINE, diagnosis };
  }

  for (const [position, planned] of experiment.ladder.entries()) {
    const index = position + 1;
    const before = options.finished.get(planned.name);
    const standing =
      before === undefined ? await climbRung(index, planned) : { index, rung: before.rung, program: before.program, incumbent };
    standings.push(standing);
    if (before === undefined) yield { type: "rung", index, rung: standing.rung, program: standing.program };
    if (standing.rung.status !== "kept") continue;
    incumbent = standing.program;
    winner = planned.name;
    diagnosis = before?.diagnosis ?? (await probe(planned.name, incumbent));
    if (before?.diagnosis === undefined) yield { type: "diagnosis", index, rung: planned.name, diagnosis };
  }

  // Test: answered once by each program that stands for a rung.
  const rungs: Rung[] = [];
  for (const { index, rung, program, incumbent: predecessor } of standings) {
    if (rung.status === "skipped" || rung.status === "failed") {
      rungs.push({ ...rung, ...costOf(rung.name) });
      continue;
    }
    const began = now();
    const rows = await answers(rung.name, program, "test", "test");
    const scores = { ...rung.scores, ...measured(program, ["test"]) };
    const against = (other: Program) => versus("test", rowsOf(other, "test"), rows, test, experiment);
    const tested: Rung = {
      ...rung,
      scores,
      versus: index === 0 ? {} : { baseline: against(experiment.program), incumbent: against(predecessor) },
      ...costOf(rung.name),
      seconds: rung.seconds + (now() - began) / 1000,
      latency_ms: latency(rows),
    };
    rungs.push(tested);
    yield { type: "rung", index, rung: tested, program };
  }

  const spend = sum(rungs.map((rung) => ({ calls: rung.calls, cachedCalls: rung.cached_calls, tokens: rung.tokens, usd: rung.usd })));
  const summary: Summary = {
    run: options.run,
    name: experiment.name,
    status: "complete",
    baseline: BASELINE,
    winner,
    primary: experiment.primary,
    exploratory: experiment.exploratory,
    rungs,
    diagnosis: diagnosis ?? null,
    gates: judgeGates(experiment.gates, rungs, winner),
    totals: {
      calls: spend.calls,
      cached_calls: spend.cachedCalls,
      tokens: spend.tokens,
      usd: spend.usd,
      seconds: rungs.reduce((total, rung) => total + rung.seconds, 0),
    },
    warnings: experiment.warnings,
  };
  yield { type: "summary", summary };

  /** Fits one rung and decides on it. A fault of the rung is its result; a fault of the endpoint or the budget ends the walk. */
  async function climbRung(index: number, planned: PlannedRung): Promise<Standing> {
    const { name, stage } = planned;
    const began = now();
    const result = (status: RungStatus, reason: string, program: Program, more: Partial<Rung> = {}): Standing => ({
      index,
      program,
      incumbent,
      rung: {
        name,
        use: stage.name,
        status,
        reason,
        scores: {},
        versus: {},
        ...costOf(name),
        seconds: (now() - began) / 1000,
        latency_ms: { p50: null, p95: null },
        ...more,
      },
    });
    const skip = reasonToSkip(planned);
    if (skip !== undefined) return result("skipped", skip, incumbent);

    notify({ type: "progress", rung: name, phase: "search", done: 0, total: 0, mean: null, detail: "" });
    const { lab, close } = createLab({
      ...options,
      rung: name,
      meter,
      answerAll,
      keep: options.keepOf(index, name),
      wire: (endpoint) => options.models.tuning(endpoint),
    });
    let candidate: Program;
    try {
      candidate = await stage.fit(incumbent, planned.options, lab);
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof Skip) return result("skipped", error.message, incumbent);
      if (error instanceof UserError && error.code !== 2) throw error;
      return result("failed", messageOf(error), incumbent);
    } finally {
      close();
    }
    if (programId(candidate) === programId(incumbent)) {
      return result("rejected", "no candidate was better on select", incumbent, {
        scores: measured(incumbent, ["select", "confirm"]),
        latency_ms: latency(rowsOf(incumbent, "select")),
      });
    }
    await answers(name, candidate, "select", "confirm");
    const rows = await answers(name, candidate, "confirm", "confirm");
    const old = await answers(name, incumbent, "confirm", "confirm");
    const decision = compareRows(old, rows, confirm, experiment.primary, experiment.seed);
    const saved = 1 - tokensPerAnswer(rows) / Math.max(1, tokensPerAnswer(old));
    const { keep, reason } = decide(decision, saved, experiment.margin, experiment.exploratory);
    return result(keep ? "kept" : "rejected", reason, candidate, {
      scores: measured(candidate, ["select", "confirm"]),
      decision,
      latency_ms: latency(rows),
    });
  }

  function reasonToSkip({ stage }: PlannedRung): string | undefined {
    if (stage.needs?.includes("knowledge") === true && library === undefined) return "no knowledge: name documents under knowledge.files";
    if (stage.needs?.includes("train cases") === true && experiment.splits.train.length === 0)
      return "no train cases: give train a share of the data";
    if (experiment.walk === "until-target" && experiment.target !== undefined) {
      const reached = means(rowsOf(incumbent, "confirm"), confirm, experiment)[experiment.primary]?.mean ?? 0;
      if (reached >= experiment.target) return `the target is reached: ${experiment.primary} ${reached.toFixed(3)} on confirm`;
    }
    if (experiment.walk === "diagnose" && diagnosis !== undefined && stage.treats !== undefined) {
      const found = diagnosis.buckets.map(({ bucket }) => bucket);
      if (!found.some((bucket) => stage.treats?.includes(bucket))) return "not diagnosed as useful: no failure that it treats was found";
    }
    return undefined;
  }
}

/** Where select and confirm are the same cases, their rows are select's. */
function nameOf(split: "select" | "confirm" | "test", experiment: Experiment): SplitName {
  return experiment.exploratory && split === "confirm" ? "select" : split;
}
