/** One rung: may it be tried, what does its stage make of the incumbent, is that better on cases the search has not seen. */
import type { Library } from "../knowledge/library.ts";
import { messageOf, Skip, UserError } from "../errors.ts";
import { programId } from "../program/hash.ts";
import type { Registry } from "../registry.ts";
import type { Diagnosis, Experiment, PlannedRung, Program, RaceResult, Rung, RungStatus, TuningWire } from "../types.ts";
import type { AnswerAll } from "./answerer.ts";
import type { Board } from "./board.ts";
import { decide } from "./confirm.ts";
import type { Journal, Keep, Progress } from "./events.ts";
import { createLab } from "./lab.ts";
import { compareRows, latency, tokensPerAnswer } from "./measure.ts";
import type { Meter } from "./meter.ts";

export interface RungOptions {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly library: Library | undefined;
  readonly meter: Meter;
  readonly answerAll: AnswerAll;
  readonly board: Board;
  readonly journal: Journal;
  /** Name of the run; part of what names its training jobs. */
  readonly run: string;
  readonly keepOf: (index: number, rung: string) => Keep;
  readonly wire: (endpoint: string) => TuningWire;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** A fault of the rung is its result, `failed`; a fault of the endpoint or the budget is thrown and ends the walk. */
export async function climbRung(
  index: number,
  planned: PlannedRung,
  incumbent: Program,
  diagnosis: Diagnosis | undefined,
  options: RungOptions,
): Promise<{ readonly rung: Rung; readonly program: Program }> {
  const { experiment, board, answerAll, now, notify, signal } = options;
  const { name, stage } = planned;
  const { confirm, select } = experiment.splits;
  const began = now();
  const result = (status: RungStatus, reason: string, program: Program = incumbent, more: Partial<Rung> = {}) => ({
    program,
    rung: {
      name,
      use: stage.name,
      status,
      reason,
      scores: {},
      versus: {},
      latency_ms: { p50: null, p95: null },
      ...board.cost(name),
      seconds: (now() - began) / 1000,
      ...more,
    },
  });

  const skip = reasonToSkip(planned, incumbent, diagnosis, options);
  if (skip !== undefined) return result("skipped", skip);

  notify({ type: "progress", rung: name, phase: "search", done: 0, total: 0, mean: null, detail: "" });
  const { lab, races, close } = createLab({ ...options, rung: name, keep: options.keepOf(index, name) });
  let candidate: Program;
  try {
    candidate = await stage.fit(incumbent, planned.options, lab);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Skip) return result("skipped", error.message);
    if (error instanceof UserError && error.code !== 2) throw error;
    return result("failed", messageOf(error));
  } finally {
    close();
  }
  if (programId(candidate) === programId(incumbent)) {
    // The best of the losers stands for the rung, so that "rejected" is a result with numbers of its own.
    const race = races.at(-1);
    const program = race?.challenger?.program ?? incumbent;
    return result("rejected", `no candidate was better on select${closest(race)}`, program, { scores: board.scores(program, ["select"]) });
  }

  const ask = async (program: Program, split: "select" | "confirm") =>
    await answerAll(program, experiment.splits[split], { rung: name, split: experiment.exploratory ? "select" : split, phase: "confirm" });
  // A stage need not race on all of select; its scores are reported over the same cases as everybody's.
  if (select !== confirm) await ask(candidate, "select");
  const rows = await ask(candidate, "confirm");
  const old = await ask(incumbent, "confirm");
  const decision = compareRows(old, rows, confirm, experiment.primary, experiment.seed);
  const saved = 1 - tokensPerAnswer(rows) / Math.max(1, tokensPerAnswer(old));
  const { keep, reason } = decide(decision, saved, experiment.margin, experiment.exploratory);
  return result(keep ? "kept" : "rejected", reason, candidate, {
    scores: board.scores(candidate, ["select", "confirm"]),
    decision,
    latency_ms: latency(rows),
  });
}

/** ": the best, both, had 0.212 against 0.233". */
function closest(race: RaceResult | undefined): string {
  const meanOf = (name: string | undefined) => race?.arms.find((arm) => arm.name === name)?.mean;
  const [best, before] = [meanOf(race?.challenger?.name), meanOf(race?.arms[0]?.name)];
  if (race?.challenger === undefined || typeof best !== "number" || typeof before !== "number") return "";
  return `: the best, ${race.challenger.name}, had ${best.toFixed(3)} against ${before.toFixed(3)}`;
}

function reasonToSkip(
  { stage }: PlannedRung,
  incumbent: Program,
  diagnosis: Diagnosis | undefined,
  { experiment, library, board }: RungOptions,
): string | undefined {
  const { walk, target, primary, splits } = experiment;
  if (stage.needs?.includes("knowledge") === true && library === undefined) return "no knowledge; name documents under knowledge.files";
  if (stage.needs?.includes("train cases") === true && splits.train.length === 0) return "no train cases; give train a share of the data";
  if (walk === "until-target" && target !== undefined) {
    const reached = board.scores(incumbent, ["confirm"]).confirm?.[primary]?.mean ?? 0;
    if (reached >= target) return `the target is reached: ${primary} ${reached.toFixed(3)} on confirm`;
  }
  if (walk === "diagnose" && diagnosis !== undefined && stage.treats !== undefined) {
    const found = diagnosis.buckets.map(({ bucket }) => bucket);
    if (!found.some((bucket) => stage.treats?.includes(bucket))) return "not diagnosed as useful: no failure that it treats was found";
  }
  return undefined;
}
