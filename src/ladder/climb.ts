/** The walk: baseline, then rung by rung fit on select, decide on confirm, diagnose; test is answered once, at the end. */
import type { Library } from "../knowledge/library.ts";
import type { Models } from "../wire/models.ts";
import { shuffled } from "../program/demos.ts";
import type { Registry } from "../registry.ts";
import { seeded } from "../stats/random.ts";
import type { Diagnosis, Experiment, Program, Rung, Summary } from "../types.ts";
import { createAnswerer } from "./answerer.ts";
import { createBoard } from "./board.ts";
import { type Purse, sum } from "./budget.ts";
import { diagnose } from "./diagnose.ts";
import type { Event, Finished, Journal, Keep, Progress } from "./events.ts";
import { judgeGates } from "./gates.ts";
import { latency, versus } from "./measure.ts";
import { createMeter } from "./meter.ts";
import { climbRung } from "./rung.ts";

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
  /** Milliseconds. */
  readonly now: () => number;
  /** Cases answered at the same time. */
  readonly width: number;
}

/** A rung before test: what it became, the program that stands for it, and the program that it met. */
interface Standing {
  readonly rung: Rung;
  readonly program: Program;
  readonly incumbent: Program;
}

/** Walks the ladder and yields what must be kept; the last event is the summary. Throws UserError 4 and 5, and on abort. */
export async function* climb(options: ClimbOptions): AsyncGenerator<Event, void> {
  const { experiment, library, journal, finished, now } = options;
  const meter = createMeter(options);
  const answerAll = createAnswerer({ ...options, meter });
  const board = createBoard(experiment, journal);
  const wire = (endpoint: string) => options.models.tuning(endpoint);

  const standings: Standing[] = [await baseline()];
  let incumbent = experiment.program;
  let winner = BASELINE;
  if (!finished.has(BASELINE)) yield { type: "rung", index: 0, rung: atBottom().rung, program: incumbent };
  let diagnosis = yield* diagnosed(0, BASELINE, incumbent);

  for (const [position, planned] of experiment.ladder.entries()) {
    const index = position + 1;
    const before = finished.get(planned.name);
    const made = before ?? (await climbRung(index, planned, incumbent, diagnosis, { ...options, meter, answerAll, board, wire }));
    standings.push({ rung: made.rung, program: made.program, incumbent });
    if (before === undefined) yield { type: "rung", index, rung: made.rung, program: made.program };
    if (made.rung.status !== "kept") continue;
    incumbent = made.program;
    winner = planned.name;
    diagnosis = yield* diagnosed(index, planned.name, incumbent);
  }

  const rungs: Rung[] = [];
  for (const [index, standing] of standings.entries()) {
    const rung = await tested(index, standing);
    rungs.push(rung);
    yield { type: "rung", index, rung, program: standing.program };
  }
  yield { type: "summary", summary: summaryOf(rungs) };

  function atBottom(): Standing {
    const [first] = standings;
    if (first === undefined) throw new RangeError("the walk has no baseline");
    return first;
  }

  async function baseline(): Promise<Standing> {
    const began = now();
    const program = experiment.program;
    await answerAll(program, experiment.splits.select, { rung: BASELINE, split: "select", phase: "baseline" });
    if (!experiment.exploratory)
      await answerAll(program, experiment.splits.confirm, { rung: BASELINE, split: "confirm", phase: "baseline" });
    const rung: Rung = finished.get(BASELINE)?.rung ?? {
      name: BASELINE,
      use: BASELINE,
      status: "kept",
      reason: "the program as written",
      versus: {},
      scores: board.scores(program, ["select", "confirm"]),
      ...board.cost(BASELINE),
      seconds: (now() - began) / 1000,
      latency_ms: latency(board.rows(program, "select")),
    };
    return { rung, program, incumbent: program };
  }

  async function* diagnosed(index: number, rung: string, program: Program): AsyncGenerator<Event, Diagnosis> {
    const before = finished.get(rung)?.diagnosis;
    if (before !== undefined) return before;
    const { lab, spent } = meter.open();
    const found = await diagnose({
      program,
      cases: shuffled(experiment.splits.select, seeded(`${experiment.seed} probes`)),
      rows: board.rows(program, "select"),
      train: experiment.splits.train,
      experiment,
      registry: options.registry,
      passagesOf: library === undefined ? undefined : (document) => library.passagesOf(document),
      lab,
      width: options.width,
      watch: (done, total) => options.notify({ type: "progress", rung, phase: "diagnose", done, total, mean: null, detail: "" }),
    }).finally(() => journal.spent(rung, "diagnosis", spent()));
    yield { type: "diagnosis", index, rung, diagnosis: found };
    return found;
  }

  /** The rung with its test scores, answered by the program that stands for it; a rung that was not climbed stays as it is. */
  async function tested(index: number, { rung, program, incumbent: met }: Standing): Promise<Rung> {
    if (rung.status === "skipped" || rung.status === "failed") return { ...rung, ...board.cost(rung.name) };
    const began = now();
    const rows = await answerAll(program, experiment.splits.test, { rung: rung.name, split: "test", phase: "test" });
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

  function summaryOf(rungs: readonly Rung[]): Summary {
    return {
      run: options.run,
      name: experiment.name,
      status: "complete",
      baseline: BASELINE,
      winner,
      primary: experiment.primary,
      exploratory: experiment.exploratory,
      rungs,
      diagnosis,
      gates: judgeGates(experiment.gates, rungs, winner),
      totals: {
        ...sum(rungs.map(({ calls, cached_calls, tokens, usd }) => ({ calls, cached_calls, tokens, usd }))),
        seconds: rungs.reduce((total, rung) => total + rung.seconds, 0),
      },
      warnings: experiment.warnings,
    };
  }
}
