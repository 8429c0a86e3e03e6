/**
 * The walk: baseline, then rung by rung fit on select, decide on confirm, diagnose; test is answered once, at the end.
 *
 * Who keeps what: the journal every answer and call, as they happen; the board what is read from it (rows, scores, costs); the
 * meter counts calls to whoever asked; the purse is the budget; keep is a rung's folder.
 */
import type { Library } from "../knowledge/library.ts";
import type { Models } from "../wire/models.ts";
import { UserError } from "../errors.ts";
import { shuffled } from "../program/demos.ts";
import type { Registry } from "../registry.ts";
import { seeded } from "../stats/random.ts";
import type { Diagnosis, Experiment, Journal, Program, Rung, Summary } from "../types.ts";
import { createAnswerer } from "./answerer.ts";
import { createBoard } from "./board.ts";
import { sum } from "../spend.ts";
import type { Purse } from "./budget.ts";
import { diagnose } from "./diagnose.ts";
import type { Event, Finished, Keep, Progress } from "./events.ts";
import { judgeGates } from "./gates.ts";
import { createGrader, type Execute } from "./grade.ts";
import { latency, versus } from "./measure.ts";
import { createMeter } from "./meter.ts";
import { nextRung } from "./order.ts";
import { climbRung } from "./rung.ts";

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
  const wire = (endpoint: string) => options.models.tuning(endpoint);

  const standings: Standing[] = [];
  let incumbent = experiment.program;
  let winner = BASELINE;
  let diagnosis: Diagnosis | undefined;
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
    yield* diagnosed(0, BASELINE);

    let left = experiment.ladder;
    for (;;) {
      const planned = nextRung(left, experiment.walk, diagnosis);
      if (planned === undefined) break;
      const { name } = planned;
      const index = experiment.ladder.indexOf(planned) + 1;
      left = left.filter((other) => other.name !== name);
      const before = finished.get(name);
      const rungOptions = { ...options, meter, answerAll, board, wire, price: options.models.price };
      const { rung, program } = before ?? (await climbRung(index, planned, incumbent, diagnosis, rungOptions));
      standings.push({ index, rung, program, incumbent });
      if (before === undefined) yield { type: "rung", index, rung, program };
      if (rung.status !== "kept") continue;
      incumbent = program;
      winner = name;
      yield* diagnosed(index, name);
    }

    // In the order in which they were climbed, so that every incumbent has answered before it is compared with.
    for (const [position, standing] of standings.entries()) {
      const rung = await tested(standing);
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
    if (!experiment.exploratory)
      await answerAll(program, experiment.splits.confirm, { rung: BASELINE, split: "confirm", phase: "baseline" });
    const scores = board.scores(program, ["select", "confirm"]);
    if (scores.select?.[experiment.primary]?.mean === null) throw unscored(program);
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

  /** Probes the failures of the incumbent, which is the program of this rung. */
  async function* diagnosed(index: number, rung: string): AsyncGenerator<Event, void> {
    const program = incumbent;
    diagnosis = finished.get(rung)?.diagnosis;
    if (diagnosis !== undefined) return;
    const found = await diagnose({
      program,
      cases: shuffled(experiment.splits.select, seeded(`${experiment.seed} probes`)),
      rows: board.rows(program, "select"),
      train: experiment.splits.train,
      experiment,
      registry: options.registry,
      passagesOf: library === undefined ? undefined : (document) => library.passagesOf(document),
      meter,
      grade,
      record: (spend) => journal.spent(rung, "diagnosis", spend),
      width: options.width,
      watch: (done, total) => options.notify({ type: "progress", rung, phase: "diagnose", done, total, mean: null, detail: "" }),
    });
    diagnosis = found;
    yield { type: "diagnosis", index, rung, diagnosis: found };
  }

  /** The rung with its test scores, answered by the program that stands for it; a rung that was not climbed stays as it is. */
  async function tested({ index, rung, program, incumbent: met }: Standing): Promise<Rung> {
    if (rung.status === "skipped" || rung.status === "failed") return { ...rung, ...board.cost(rung.name) };
    const began = now();
    // A rung that was not kept may fail here as it likes: that is its result, and must not stop the walk.
    const tolerant = rung.status !== "kept";
    const rows = await answerAll(program, experiment.splits.test, { rung: rung.name, split: "test", phase: "test", tolerant });
    const against = (other: Program) => versus("test", board.rows(other, "test"), rows, experiment.splits.test, experiment);
    return {
      ...rung,
      scores: { ...rung.scores, ...board.scores(program, ["test"]) },
      versus: index === 0 ? {} : { baseline: against(experiment.program), incumbent: against(met) },
      ...board.cost(rung.name),
      seconds: rung.seconds + (now() - began) / 1000,
      latency_ms: latency(rows),
    };
  }

  function summaryOf(status: Summary["status"]): Summary {
    const rungs = standings.toSorted((a, b) => a.index - b.index).map(({ rung }) => ({ ...rung, ...board.cost(rung.name) }));
    return {
      run: options.run,
      name: experiment.name,
      status,
      baseline: BASELINE,
      winner,
      primary: experiment.primary,
      exploratory: experiment.exploratory,
      rungs,
      diagnosis: diagnosis ?? null,
      gates: status === "complete" ? judgeGates(experiment.gates, rungs, winner) : [],
      totals: {
        ...sum(rungs.map(({ calls, cached_calls, tokens, usd, list_usd }) => ({ calls, cached_calls, tokens, usd, list_usd }))),
        judging: sum(rungs.map(({ judging }) => judging)),
        seconds: rungs.reduce((total, rung) => total + rung.seconds, 0),
      },
      warnings: experiment.warnings,
    };
  }
}
