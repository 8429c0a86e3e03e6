/**
 * The walk: baseline, then rung by rung fit on select, decide on confirm, diagnose; test is answered once, at the end.
 *
 * Who keeps what: the journal every answer and call, as they happen; the board what is read from it (rows, scores, costs); the
 * meter counts calls to whoever asked; the purse is the budget; keep is a rung's folder.
 */
import type { Library } from "../knowledge/library.ts";
import type { Models } from "../wire/models.ts";
import { UserError } from "../errors.ts";
import { canonical, programId } from "../program/hash.ts";
import type { Registry } from "../registry.ts";
import type { Diagnosis, Experiment, GateResult, Journal, Program, Rung, Summary, TriedRung } from "../types.ts";
import { agreementsOf } from "./agreement.ts";
import { createAnswerer } from "./answerer.ts";
import { createBoard } from "./board.ts";
import { sum } from "../spend.ts";
import type { Purse } from "./budget.ts";
import { confusionsOf } from "./confusions.ts";
import { diagnose } from "./diagnose/index.ts";
import { inShort, withTried } from "./diagnose/result.ts";
import type { Event, Finished, Keep, Progress } from "./events.ts";
import { correctedRungs } from "./family.ts";
import { createGuard } from "./guard.ts";
import { gatesOnRung, worst } from "./gates.ts";
import { createGrader, type Execute } from "./grade.ts";
import { latency, versus } from "./measure.ts";
import { createMeter } from "./meter.ts";
import { nextRung } from "./order.ts";
import { leftAfter } from "./owed.ts";
import { planOf } from "./plan.ts";
import { climbRung } from "./rung.ts";
import { unjudgedReason } from "./unvalued.ts";

export const BASELINE = "baseline";

export interface ClimbOptions {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly models: Models;
  readonly library: Library | undefined;
  readonly purse: Purse;
  readonly execute: Execute;
  readonly journal: Journal;
  /** Path of the run folder, as it stands in the summary; its last part names the run's training jobs. */
  readonly run: string;
  readonly keepOf: (index: number, rung: string) => Keep;
  /** Rungs that an earlier process of this run finished, by name. */
  readonly finished: ReadonlyMap<string, Finished>;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
  /** Cases answered at the same time. */
  readonly width: number;
}

/** A rung before test: what it became, the program that stands for it, and the program that it met. */
interface Standing {
  /** Place on the ladder; 0 is the baseline. */
  readonly index: number;
  readonly rung: Rung;
  readonly program: Program;
  readonly incumbent: Program;
}

/**
 * Walks the ladder and yields what must be kept; the last event is the summary. Throws UserError 4 and 5, and on abort,
 * after an event with what there is so far.
 */
export async function* climb(options: ClimbOptions): AsyncGenerator<Event, void> {
  const { experiment, library, journal, finished, now } = options;
  const meter = createMeter(options);
  const grade = createGrader({ ...options, meter });
  const answerAll = createAnswerer({ ...options, meter, grade });
  const board = createBoard(experiment, journal);
  const guard = createGuard(experiment.splits);
  const wire = (endpoint: string) => options.models.tuning(endpoint);
  const plan = planOf(experiment, options.models.price);

  const standings: Standing[] = [];
  let incumbent = experiment.program;
  let winner = BASELINE;
  let diagnosis: Diagnosis | undefined;
  /** Of rungs that were rejected though they changed what the program is shown. */
  const aside = new Map<string, Diagnosis>();
  try {
    yield* walk();
  } catch (error) {
    const status = error instanceof UserError && error.code === 4 ? "failed" : "stopped";
    yield { type: "stopped", summary: summaryOf(status) };
    throw error;
  }

  async function* walk(): AsyncGenerator<Event, void> {
    const bottom = finished.get(BASELINE) ?? { rung: await baseline(), program: incumbent };
    standings.push({ index: 0, rung: bottom.rung, program: incumbent, incumbent });
    if (!finished.has(BASELINE)) yield { type: "rung", index: 0, ...bottom };
    diagnosis = yield* diagnosed(0, BASELINE, incumbent);

    let ahead = experiment.ladder;
    for (;;) {
      const planned = nextRung(ahead, experiment.walk, diagnosis);
      if (planned === undefined) break;
      const { name } = planned;
      const index = experiment.ladder.indexOf(planned) + 1;
      ahead = ahead.filter((other) => other.name !== name);
      const before = finished.get(name);
      const rungOptions = { ...options, meter, answerAll, guard, board, wire, price: options.models.price, plan, left, kept: keptRungs() };
      const { rung, program }: { readonly rung: Rung; readonly program: Program } =
        before ?? (await climbRung(index, planned, incumbent, diagnosis, rungOptions));
      standings.push({ index, rung, program, incumbent });
      if (before === undefined) yield { type: "rung", index, rung, program };
      if (rung.status === "rejected" && canonical(program.steps) !== canonical(incumbent.steps)) {
        // Why did other passages not help? Only its own failures tell.
        aside.set(name, yield* diagnosed(index, name, program));
      }
      if (rung.status !== "kept") continue;
      incumbent = program;
      winner = name;
      diagnosis = yield* diagnosed(index, name, program);
    }

    // In the order in which they were climbed, so that every incumbent has answered before it is compared with.
    for (const [position, standing] of standings.entries()) standings[position] = { ...standing, rung: await tested(standing) };
    // A program of which nothing can be said is no result; the one before it is.
    winner = standings.findLast(({ rung }) => rung.status === "kept")?.rung.name ?? BASELINE;
    // Only when all are tested is it known how many tests there were.
    for (const [position, rung] of correctedRungs(standings, experiment.primary, experiment.program).entries()) {
      const standing = standings[position];
      if (standing === undefined) continue;
      standings[position] = { ...standing, rung };
      yield { type: "rung", index: standing.index, rung, program: standing.program };
    }
    yield { type: "summary", summary: summaryOf("complete") };
  }

  /** The program as written, on select and confirm; what a resumed run has answered already costs nothing. */
  async function baseline(): Promise<Rung> {
    const began = now();
    const program = experiment.program;
    await answerAll(program, experiment.splits.select, { rung: BASELINE, split: "select", phase: "baseline" });
    if (board.scores(program, ["select"]).select?.[experiment.primary]?.mean === null) throw unscored(program);
    if (!experiment.exploratory)
      await answerAll(program, experiment.splits.confirm, { rung: BASELINE, split: "confirm", phase: "baseline" });
    const scores = board.scores(program, ["select", "confirm"]);
    return {
      name: BASELINE,
      use: BASELINE,
      status: "kept",
      reason: "the program as written",
      versus: {},
      scores,
      ...board.cost(BASELINE),
      seconds: (now() - began) / 1000,
      latency_ms: latency(board.rows(program, "select")),
    };
  }

  /** Without one value of the primary scorer nothing can be judged: code 3. */
  function unscored(program: Program): UserError {
    const states = board.rows(program, "select").map((row) => row.scores[experiment.primary]);
    const why = states.map((score) =>
      score === undefined ? "" : "error" in score ? score.error : "skipped" in score ? score.skipped : "",
    )[0];
    return new UserError(
      `evals.primary: "${experiment.primary}" gives no value for any of the ${states.length} select cases (${why}); take a scorer that fits the expected answers`,
      3,
    );
  }

  /** Probes the failures of the program of this rung; one that lost its race has not answered all of select. */
  async function* diagnosed(index: number, rung: string, program: Program): AsyncGenerator<Event, Diagnosis> {
    const before = finished.get(rung)?.diagnosis;
    if (before !== undefined) return before;
    const rows = board.rows(program, "select");
    const answered = new Set(rows.map((row) => row.case));
    const found = await diagnose({
      program,
      cases: experiment.splits.select.filter(({ id }) => answered.has(id)),
      rows,
      train: experiment.splits.train,
      experiment,
      registry: options.registry,
      library,
      meter,
      execute: options.execute,
      record: (spend) => journal.spent(rung, "diagnosis", spend),
      signal: options.signal,
      width: options.width,
      left: left(),
      watch: (done, total) => options.notify({ type: "progress", rung, phase: "diagnose", done, total, mean: null, detail: "" }),
    });
    // The rungs that made the program are no advice for it.
    const made = standings.filter((other) => other.index > 0 && (other.rung.status === "kept" || other.rung.name === rung));
    const parts = made.map(({ rung: { name, reason } }): TriedRung => ({ rung: name, status: "kept", reason }));
    const told = withTried(found, parts, experiment.ladder);
    yield { type: "diagnosis", index, rung, diagnosis: told };
    return told;
  }

  function keptRungs(): ReadonlySet<string> {
    return new Set(standings.filter(({ rung }) => rung.status === "kept").map(({ rung }) => rung.name));
  }

  /** What of that is left once the programs so far have answered the test split. */
  function left(now = options.purse.left()): ReturnType<Purse["left"]> {
    const tested = standings.filter(({ rung }) => rung.status === "kept" || rung.status === "rejected");
    const rows = tested.map(({ program }) => board.rows(program, "select"));
    return leftAfter(now, rows, experiment.splits.test.length * experiment.repeat);
  }

  /** The rung with its test scores, answered by the program that stands for it; a rung that was not climbed stays as it is. */
  async function tested({ index, rung, program, incumbent: met }: Standing): Promise<Rung> {
    if (rung.status === "skipped" || rung.status === "failed") return { ...rung, ...board.cost(rung.name) };
    const began = now();
    options.signal.throwIfAborted();
    const { test } = experiment.splits;
    const owing = test.length * experiment.repeat - board.rows(program, "test").length;
    const time = new Date(now()).toISOString();
    // Before the first answer, so that a look that was cut short is known all the same.
    journal.testRead({ time, by: "run", rung: rung.name, program: programId(program), cases: test.length, answered: owing });
    // A rung may fail here as it likes: that is its result, and must not stop the walk.
    const rows = await answerAll(program, test, { rung: rung.name, split: "test", phase: "test", tolerant: index > 0 });
    const unjudged = unjudgedReason(rows, "test", experiment);
    const against = (other: Program) => versus("test", board.rows(other, "test"), rows, experiment.splits.test, experiment);
    return {
      ...rung,
      ...(unjudged === undefined ? {} : { status: "failed" as const, reason: unjudged, unjudged: true as const }),
      scores: { ...rung.scores, ...board.scores(program, ["test"]) },
      versus: index === 0 || unjudged !== undefined ? {} : { baseline: against(experiment.program), incumbent: against(met) },
      ...board.cost(rung.name),
      seconds: rung.seconds + (now() - began) / 1000,
      latency_ms: latency(rows),
    };
  }

  function gatesOf({ program }: Standing): readonly GateResult[] {
    const baseline = board.rows(experiment.program, "test");
    return gatesOnRung(experiment, board.rows(program, "test"), winner === BASELINE ? undefined : baseline);
  }

  /** What the winner's test answers show besides means. */
  function portrait(): Pick<Summary, "agreement" | "confusion"> {
    const program = standings.find(({ rung }) => rung.name === winner)?.program ?? experiment.program;
    const rows = board.rows(program, "test");
    return { agreement: agreementsOf(rows, experiment.scorers), confusion: confusionsOf(rows, experiment.scorers) };
  }

  /** Rungs that made the winner, and those that lost against it. */
  function triedOn(program: Program): readonly TriedRung[] {
    return standings.flatMap(({ index, rung: { name, status, reason }, incumbent: met }): readonly TriedRung[] => {
      if (index > 0 && status === "kept") return [{ rung: name, status, reason }];
      if (status !== "rejected" || met !== program) return [];
      const own = aside.get(name);
      return [{ rung: name, status, reason, fails: own && inShort(own) }];
    });
  }

  function summaryOf(status: Summary["status"]): Summary {
    const rungs = standings.toSorted((a, b) => a.index - b.index).map(({ rung }) => ({ ...rung, ...board.cost(rung.name) }));
    const spent = [BASELINE, ...experiment.ladder.map(({ name }) => name)].map((name) => board.cost(name));
    const best = standings.find(({ rung }) => rung.name === winner);
    const gates = status === "complete" && best !== undefined ? gatesOf(best) : [];
    return {
      run: options.run,
      name: experiment.name,
      status,
      baseline: BASELINE,
      winner,
      primary: experiment.primary,
      exploratory: experiment.exploratory,
      rungs,
      diagnosis: diagnosis === undefined ? null : withTried(diagnosis, triedOn(incumbent), experiment.ladder),
      gates,
      ...(gates.length === 0 ? {} : { gate: worst(gates) }),
      ...(status === "complete" ? portrait() : {}),
      totals: {
        // A rung that was stopped has spent something too, though it has no result.
        ...sum(spent),
        judging: sum(spent.map(({ judging }) => judging)),
        seconds: rungs.reduce((total, rung) => total + rung.seconds, 0),
      },
      warnings: experiment.warnings,
    };
  }
}
