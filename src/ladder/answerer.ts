/** Answers and grades many cases with one program, each once for all: what the journal knows is not asked again. */
import { setImmediate } from "node:timers/promises";
import { EndpointFault, isOfTheDisk, messageOf, StorageError, UserError } from "../errors.ts";
import { answer, type Ready, ready } from "../program/answer.ts";
import { programId } from "../program/hash.ts";
import type { Registry } from "../registry.ts";
import type { Answered, Case, Experiment, Journal, Program, Score, Spend, SplitName, Turn } from "../types.ts";
import type { Phase, Progress } from "./events.ts";
import type { Meter } from "./meter.ts";
import { mapPool } from "./pool.ts";

interface Batch {
  readonly rung: string;
  readonly split: SplitName;
  readonly phase: Phase;
  readonly detail?: string;
  /** Failed cases are left to the caller; otherwise too many of them end the run with code 4. */
  readonly tolerant?: boolean;
}

export type AnswerAll = (program: Program, cases: readonly Case[], batch: Batch) => Promise<readonly Answered[]>;

export function createAnswerer(options: {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly meter: Meter;
  readonly journal: Journal;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly width: number;
}): AnswerAll {
  const { experiment, registry, meter, journal, notify, signal, width } = options;

  const one = async (able: Ready, id: string, kase: Case, repeat: number, batch: Batch): Promise<Answered> => {
    const { lab, spent, milliseconds } = meter.open({ repeat });
    const key = { case: kase.id, split: batch.split, repeat, program: id };
    try {
      const turn = await answer(able, kase, lab);
      const scores = await grade(experiment, turn, kase);
      return { ...key, ...recordOf(turn), scores, ...costOf(spent(), milliseconds()) };
    } catch (error) {
      // A candidate may name a model that is not there; that is its own result.
      const itsOwn = batch.tolerant === true && error instanceof EndpointFault && error.kind === "not found";
      if (signal.aborted || (endsRun(error) && !itsOwn)) {
        // What was paid for a question that is left unanswered is not lost from the books.
        journal.spent(batch.rung, "unfinished", spent());
        signal.throwIfAborted();
        throw asUserError(error);
      }
      return { ...key, answer: "", scores: {}, passages: [], ...costOf(spent(), milliseconds()), error: messageOf(error) };
    }
  };

  return async (program, cases, batch) => {
    const jobs = cases.flatMap((kase) => Array.from({ length: experiment.repeat }, (_, repeat) => ({ kase, repeat })));
    const id = programId(program);
    const able = ready(program, registry.stages);
    let scored = 0;
    let total = 0;
    let done = 0;
    const faults: string[] = [];
    return await mapPool(jobs, width, async ({ kase, repeat }) => {
      signal.throwIfAborted();
      let row = journal.find(id, kase.id, repeat);
      if (row === undefined) {
        row = await one(able, id, kase, repeat, batch);
        journal.answered(batch.rung, row);
        // In-process models answer in microtasks alone; this lets timers and signals have their turn.
        await setImmediate();
      }
      done++;
      const score = row.scores[experiment.primary];
      if (score !== undefined && "value" in score) {
        scored++;
        total += score.value;
      }
      if (row.error !== undefined) faults.push(`${kase.id}: ${row.error}`);
      if (batch.tolerant !== true) refuseErrors(faults, done, jobs.length, batch, experiment.maxErrors);
      const mean = scored === 0 ? null : total / scored;
      notify({ type: "progress", rung: batch.rung, phase: batch.phase, done, total: jobs.length, mean, detail: batch.detail ?? "" });
      return row;
    });
  };
}

/** Throws with code 4 once more cases have failed than `maxErrors` allows of all; a few alone never do before the end. */
function refuseErrors(faults: readonly string[], done: number, total: number, batch: Batch, maxErrors: number): void {
  if (faults.length <= maxErrors * total || (faults.length <= 2 && done < total)) return;
  const many = `${faults.length} of ${done} ${batch.split} cases failed, more than max_errors ${maxErrors} allows`;
  throw new UserError(`${batch.rung}: ${many}; first ${faults[0]}`, 4);
}

/** Whether no other call can go better: the budget, the disk, a key that is refused, a model that is not there. */
export function endsRun(error: unknown): boolean {
  return (
    error instanceof UserError || isOfTheDisk(error) || (error instanceof EndpointFault && (error.systemic || error.kind === "offline"))
  );
}

/** A fault as what the command line says and exits with: 4 for an endpoint, 2 for the disk. */
export function asUserError(error: unknown): unknown {
  if (!(error instanceof UserError) && isOfTheDisk(error)) {
    return new StorageError(`${messageOf(error)}; make room, or make the folder writable, and run again to go on`, 2, { cause: error });
  }
  return error instanceof EndpointFault ? new UserError(error.message, 4, { cause: error }) : error;
}

/** The scores of a turn by scorer name; a scorer that throws gives an error, never a value. */
export async function grade(experiment: Pick<Experiment, "scorers">, turn: Turn, kase: Case): Promise<Record<string, Score>> {
  const scores: Record<string, Score> = {};
  for (const { name, scorer, options } of experiment.scorers) {
    try {
      const score = await scorer.score(turn, kase, options);
      const outside = "value" in score && !(score.value >= 0 && score.value <= 1);
      scores[name] = outside ? { error: `${scorer.name} gave ${score.value}, which is not in 0..1` } : score;
    } catch (error) {
      scores[name] = { error: messageOf(error) };
    }
  }
  return scores;
}

function recordOf(turn: Turn): Pick<Answered, "answer" | "passages" | "notes"> {
  return {
    answer: turn.answer,
    passages: turn.passages.map(({ id, source, score }) => ({ id, source, score: Math.round(score * 1e4) / 1e4 })),
    notes: Object.keys(turn.notes).length === 0 ? undefined : turn.notes,
  };
}

function costOf(spend: Spend, ms: number): Pick<Answered, "usage" | "calls" | "cached_calls" | "usd" | "ms" | "cached"> {
  return {
    usage: spend.tokens,
    calls: spend.calls,
    cached_calls: spend.cached_calls,
    usd: spend.usd,
    ms: Math.round(ms * 100) / 100,
    cached: spend.calls > 0 && spend.calls === spend.cached_calls,
  };
}
