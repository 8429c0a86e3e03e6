/** Answers and grades many cases with one program, each once for all: what the journal knows is not asked again. */
import { setImmediate } from "node:timers/promises";
import { EndpointFault, isOfTheDisk, messageOf, StorageError, UserError } from "../errors.ts";
import { answer, type Ready, ready } from "../program/answer.ts";
import { passageKey, programId } from "../program/hash.ts";
import { nothing, sum } from "../spend.ts";
import type { Registry } from "../registry.ts";
import { valueIn } from "../stats/values.ts";
import type { Answered, Case, Experiment, Graded, Journal, Passage, Program, Spend, SplitName, Turn } from "../types.ts";
import type { Phase, Progress } from "./events.ts";
import { endsRun, type Grade } from "./grade.ts";
import type { Meter } from "./meter.ts";
import { mapPool } from "./pool.ts";
import { areTooMany, sharesOf, type Unvalued, unvaluedOf, unvaluedText } from "./unvalued.ts";

/** So many cases without a value never end a run before all are done. */
const MOST_ALONE = 2;

interface Batch {
  readonly rung: string;
  readonly split: SplitName;
  readonly phase: Phase;
  readonly detail?: string;
  /** Cases without a value are left to the caller; otherwise too many of them end the run with code 4. */
  readonly tolerant?: boolean;
}

export type AnswerAll = (program: Program, cases: readonly Case[], batch: Batch) => Promise<readonly Answered[]>;

export function createAnswerer(options: {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly meter: Meter;
  readonly grade: Grade;
  readonly journal: Journal;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly width: number;
}): AnswerAll {
  const { experiment, registry, meter, grade, journal, notify, signal, width } = options;

  const one = async (able: Ready, id: string, kase: Case, repeat: number, batch: Batch) => {
    const { lab, spent, milliseconds } = meter.open({ repeat });
    let judging = nothing;
    let passages: readonly Passage[] = [];
    const key = { case: kase.id, split: batch.split, repeat, program: id };
    try {
      const turn = await answer(able, kase, lab);
      passages = turn.passages;
      const record = (spend: Spend): void => void (judging = sum([judging, spend]));
      const graded = await grade(gradedOf(turn, spent(), milliseconds()), kase, { repeat, record });
      const row: Answered = { ...key, ...recordOf(turn), ...graded, ...costOf(spent(), milliseconds()) };
      return { row, passages };
    } catch (error) {
      // A candidate may name a model that is not there; that is its own result.
      const itsOwn = batch.tolerant === true && error instanceof EndpointFault && error.kind === "not found";
      if (signal.aborted || (endsRun(error) && !itsOwn)) {
        // What was paid for a question that is left unanswered is not lost from the books.
        journal.spent(batch.rung, "unfinished", sum([spent(), judging]));
        signal.throwIfAborted();
        throw asUserError(error);
      }
      const row: Answered = { ...key, answer: "", scores: {}, passages: [], ...costOf(spent(), milliseconds()), error: messageOf(error) };
      return { row, passages };
    }
  };

  return async (program, cases, batch) => {
    const jobs = cases.flatMap((kase) => Array.from({ length: experiment.repeat }, (_, repeat) => ({ kase, repeat })));
    const id = programId(program);
    const able = ready(program, registry.stages);
    let scored = 0;
    let total = 0;
    let done = 0;
    const tally = createTally(cases.length, batch, experiment);
    return await mapPool(jobs, width, async ({ kase, repeat }) => {
      signal.throwIfAborted();
      let row = journal.find(id, kase.id, repeat);
      if (row === undefined) {
        const answered = await one(able, id, kase, repeat, batch);
        row = answered.row;
        journal.answered(batch.rung, row, answered.passages);
        // In-process models answer in microtasks alone; this lets timers and signals have their turn.
        await setImmediate();
      }
      done++;
      const value = valueIn(row, experiment.primary);
      if (value !== undefined) {
        scored++;
        total += value;
      }
      if (batch.tolerant !== true) tally(row);
      const mean = scored === 0 ? null : total / scored;
      notify({ type: "progress", rung: batch.rung, phase: batch.phase, done, total: jobs.length, mean, detail: batch.detail ?? "" });
      return row;
    });
  };
}

/**
 * Counts the cases without a value and throws with code 4 once they are more than `maxErrors` allows of all; a few alone never do
 * before the end. A case counts by the share of its answers that have no value. Scorers that ask no model cost nothing, so their
 * errors count at the end; where they have no value for any select case, the walk says so itself. Where calls failed and no case has
 * a value there is nothing to go on with, whatever `maxErrors` allows.
 */
function createTally(
  total: number,
  batch: Batch,
  { repeat, primary, maxErrors }: Pick<Experiment, "repeat" | "primary" | "maxErrors">,
): (row: Answered) => void {
  const repeats = new Map<string, Answered[]>();
  const unvalued: Unvalued[] = [];
  let done = 0;
  let called = 0;
  let valued = false;
  return (row) => {
    const rows = [...(repeats.get(row.case) ?? []), row];
    repeats.set(row.case, rows);
    if (rows.length < repeat) return;
    done++;
    const found = unvaluedOf(row.case, rows, primary);
    if (found !== undefined) unvalued.push(found);
    if (found !== undefined && rows.some(({ error, judging }) => error !== undefined || judging !== undefined)) called += found.share;
    valued ||= rows.some((one) => valueIn(one, primary) !== undefined);
    const end = done === total;
    const nothing = end && !valued && called > 0;
    const counted = end ? sharesOf(unvalued) : called;
    if (!nothing && (!areTooMany(counted, total, maxErrors) || (counted <= MOST_ALONE && !end))) return;
    if (end && called === 0 && sharesOf(unvalued) === total && batch.split === "select") return;
    const many = `${unvaluedText(unvalued, done, repeat, batch.split)} of ${primary}`;
    const allowed = areTooMany(counted, total, maxErrors) ? `, more than max_errors ${maxErrors} allows` : ", so there is nothing to judge";
    throw new UserError(`${batch.rung}: ${many}${allowed}; first ${unvalued[0]?.case}: ${unvalued[0]?.why}`, 4);
  };
}

/** A fault as what the command line says and exits with: 4 for an endpoint, 2 for the disk. */
export function asUserError(error: unknown): unknown {
  if (!(error instanceof UserError) && isOfTheDisk(error)) {
    return new StorageError(`${messageOf(error)}; make room, or make the folder writable, and run again to go on`, 2, { cause: error });
  }
  return error instanceof EndpointFault ? new UserError(error.message, 4, { cause: error }) : error;
}

function recordOf(turn: Turn): Pick<Answered, "answer" | "passages" | "retrieved" | "notes"> {
  return {
    answer: turn.answer,
    passages: turn.passages.map(({ id, source, score, title, text }) => ({
      id,
      source,
      score: Math.round(score * 1e4) / 1e4,
      text: passageKey(title, text),
    })),
    ...(turn.retrieved === true ? { retrieved: true } : {}),
    notes: Object.keys(turn.notes).length === 0 ? undefined : turn.notes,
  };
}

/** A turn as scorers see it. */
export function gradedOf(turn: Turn, spend: Spend, ms: number): Graded {
  const { question, answer, passages, retrieved, notes } = turn;
  return { question, answer, passages, retrieved, notes, usage: spend.tokens, list_usd: spend.list_usd, ms };
}

function costOf(spend: Spend, ms: number): Pick<Answered, "usage" | "calls" | "cached_calls" | "usd" | "list_usd" | "ms" | "cached"> {
  return {
    usage: spend.tokens,
    calls: spend.calls,
    cached_calls: spend.cached_calls,
    usd: spend.usd,
    list_usd: spend.list_usd,
    ms: Math.round(ms * 100) / 100,
    cached: spend.calls > 0 && spend.calls === spend.cached_calls,
  };
}
