/** Asks and grades for the probes: every call counted, a call that fails a result that is missing. */
import { EndpointFault } from "../../errors.ts";
import { valueIn } from "../../stats/values.ts";
import type { Answered, Case, Experiment, Graded, NamedScorer, Spend, StepLab, Turn } from "../../types.ts";
import { asUserError, gradedOf } from "../answerer.ts";
import { createGrader, endsRun, type Execute } from "../grade.ts";
import type { Meter } from "../meter.ts";
import type { Sample } from "./finding.ts";
import { readingsOf } from "./readings/index.ts";
import type { Known } from "./readings/reading.ts";

export interface Asker {
  /** What is answered with a lab of that try, graded; undefined where a call failed, or the answer has no value. */
  sample(kase: Case, turn: (lab: StepLab) => Promise<Turn>, attempt: number, optional?: boolean): Promise<Sample | undefined>;
  /** The first lenient reading of an answer that the scorer passes; none where grading costs calls, and a judge reads leniently anyway. */
  read(kase: Case, answer: string): Promise<{ readonly text: string; readonly how: string; readonly value: number } | undefined>;
  /** Whether grading an answer costs calls. */
  readonly judged: boolean;
  /** The value of a text as the answer of a turn; undefined where it has none. */
  grade(turn: Graded, kase: Case): Promise<number | undefined>;
  /** Something gathered without the task model; undefined where a call failed. */
  gather<T>(work: (lab: StepLab) => Promise<T>): Promise<T | undefined>;
  passes(value: number): boolean;
  /** The answers of the run to a case. */
  stored(rows: readonly Answered[]): readonly Sample[];
  /** Calls to chat models so far. */
  calls(): number;
}

export function createAsker(options: {
  readonly experiment: Pick<Experiment, "scorers" | "primary" | "repeat">;
  readonly meter: Meter;
  readonly execute: Execute;
  readonly record: (spend: Spend) => void;
  readonly signal: AbortSignal;
  readonly known: Known;
}): Asker {
  const { experiment, meter, record, signal } = options;
  const primary = primaryOf(experiment);
  // The primary scorer may look at scores of those before it; the others have nothing to say here.
  const scorers = experiment.scorers.slice(0, experiment.scorers.indexOf(primary) + 1);
  const grader = createGrader({ ...options, experiment: { scorers } });
  let calls = 0;
  const passes = (value: number): boolean => value >= primary.threshold;
  const opened = (repeat: number) => {
    const { lab, spent, milliseconds } = meter.open({ record, repeat });
    const counting: StepLab = {
      ...lab,
      ask(request) {
        calls++;
        return lab.ask(request);
      },
    };
    return { lab: counting, spent, milliseconds };
  };
  /** Only what no other call can mend ends the run; an endpoint that only a probe asks never does. */
  const missing = (error: unknown, optional: boolean): undefined => {
    signal.throwIfAborted();
    if (endsRun(error) && !(optional && error instanceof EndpointFault)) throw asUserError(error);
    return undefined;
  };
  const valueOf = async (turn: Graded, kase: Case, repeat: number): Promise<number | undefined> => {
    return valueIn(await grader(turn, kase, { record, repeat }), primary.name);
  };

  const judged = (primary.scorer.asks?.(primary.options) ?? 0) > 0;
  const read: Asker["read"] = async (kase, answer) => {
    for (const { text, how } of judged ? [] : readingsOf(answer, kase, options.known)) {
      const value = await valueOf(turnOf(kase, text), kase, 0);
      if (value !== undefined && passes(value)) return { text, how, value };
    }
    return undefined;
  };

  return {
    judged,
    read,
    async sample(kase, turn, attempt, optional = false) {
      // No answer of the run has this number, so that it is really asked again.
      const repeat = experiment.repeat + attempt;
      try {
        const { lab, spent, milliseconds } = opened(repeat);
        const answered = await turn(lab);
        const value = await valueOf(gradedOf(answered, spent(), milliseconds()), kase, repeat);
        if (value === undefined) return undefined;
        const reading = passes(value) ? undefined : await read(kase, answered.answer);
        return {
          answer: answered.answer,
          value,
          passed: passes(value),
          right: passes(value) || reading !== undefined,
          read: reading?.value ?? value,
        };
      } catch (error) {
        return missing(error, optional);
      }
    },
    async grade(turn, kase) {
      try {
        return await valueOf(turn, kase, 0);
      } catch (error) {
        return missing(error, false);
      }
    },
    async gather(work) {
      try {
        return await work(opened(0).lab);
      } catch (error) {
        return missing(error, false);
      }
    },
    passes,
    stored: (rows) =>
      rows.flatMap((row) => {
        const value = valueIn(row, primary.name);
        return value === undefined ? [] : [sampleOf(row.answer, value, passes(value))];
      }),
    calls: () => calls,
  };
}

function sampleOf(answer: string, value: number, passed: boolean): Sample {
  return { answer, value, passed, right: passed, read: value };
}

/** A text as if it were the answer to the case, found without anything. */
export function turnOf({ id, fields }: Case, answer: string): Graded {
  return { question: { id, fields }, answer, passages: [], notes: {}, usage: { in: 0, out: 0 }, list_usd: 0, ms: 0 };
}

function primaryOf({ scorers, primary }: Pick<Experiment, "scorers" | "primary">): NamedScorer {
  const found = scorers.find(({ name }) => name === primary);
  if (found === undefined) throw new RangeError(`no scorer is named ${primary}`);
  return found;
}
