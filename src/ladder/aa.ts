/**
 * A/A calibration: the program as written against itself. What is called better or worse there is a false alarm, so the rate of
 * those says what a verdict on these cases, with this scorer, is worth.
 */
import type { Models } from "../wire/models.ts";
import { UserError } from "../errors.ts";
import type { Registry } from "../registry.ts";
import { answerSpend, sum } from "../spend.ts";
import { comparePaired, type Pair } from "../stats/compare.ts";
import { type FalseAlarms, falseAlarms } from "../stats/false-alarms.ts";
import { seeded } from "../stats/random.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Case, Comparison, Coverage, Experiment, Journal, Spend } from "../types.ts";
import { createAnswerer } from "./answerer.ts";
import type { Purse } from "./budget.ts";
import { BASELINE } from "./climb.ts";
import type { Progress } from "./events.ts";
import { createGrader, type Execute } from "./grade.ts";
import { coverageOf } from "./measure.ts";
import { createMeter } from "./meter.ts";

/** What `run --aa --json` prints. */
export interface Calibration extends Coverage {
  readonly name: string;
  readonly primary: string;
  readonly model: string;
  /** Answers of each sample to a case. */
  readonly repeat: number;
  /** Cases of confirm, which is the size of the comparisons. */
  readonly confirm: number;
  /** Share of the cases whose answers are not all the same text, 0..1; and of those whose samples have different values. */
  readonly answers_differ: number;
  readonly values_differ: number;
  /** The two samples of confirm, compared once; its mde is what confirm could show over this noise alone. */
  readonly comparison: Comparison;
  readonly false_alarms: FalseAlarms;
  readonly spend: Spend & { readonly judging: Spend };
}

export interface AaOptions {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly models: Models;
  readonly purse: Purse;
  readonly execute: Execute;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /** Cases answered at the same time. */
  readonly width: number;
}

/**
 * Answers select and confirm with the program as written, twice as often as the experiment says, and compares one half of the
 * answers of each case with the other. Test is not touched. Throws UserError 3 where no case has two values, else as the walk does.
 */
export async function calibrate(options: AaOptions): Promise<Calibration> {
  const { experiment } = options;
  const { splits, program, primary, repeat, seed } = experiment;
  const journal = createMemory();
  const doubled: Experiment = { ...experiment, repeat: 2 * repeat };
  const meter = createMeter({ ...options, library: undefined });
  const grade = createGrader({ ...options, meter });
  const answerAll = createAnswerer({ ...options, experiment: doubled, journal, meter, grade });
  const answered = async (split: "select" | "confirm") =>
    await answerAll(program, splits[split], { rung: BASELINE, split, phase: "baseline" });

  const confirmed = await answered("confirm");
  // With few cases, select and confirm are the same.
  const rows = experiment.exploratory ? confirmed : [...(await answered("select")), ...confirmed];
  const cases = experiment.exploratory ? splits.confirm : [...splits.select, ...splits.confirm];
  const pairs = pairsOf(rows, cases, primary, repeat);
  if (pairs.length === 0) {
    throw new UserError(`evals.primary: "${primary}" gives no case two values, so there is nothing to compare; take a scorer that fits`, 3);
  }
  const texts = [...Map.groupBy(rows, (row) => row.case).values()].map((all) => new Set(all.map((row) => row.answer)));
  return {
    name: experiment.name,
    primary,
    model: program.model,
    repeat,
    confirm: splits.confirm.length,
    ...coverageOf(rows, cases, primary),
    answers_differ: share(texts, (answers) => answers.size > 1),
    values_differ: share(pairs, ({ a, b }) => a !== b),
    comparison: comparePaired(pairsOf(confirmed, splits.confirm, primary, repeat), { random: seeded(`${seed} aa`) }),
    false_alarms: falseAlarms(pairs, { random: seeded(`${seed} false alarms`), size: splits.confirm.length }),
    spend: {
      ...sum([...journal.rows(BASELINE).map(answerSpend), ...journal.spends(BASELINE)]),
      judging: sum(journal.rows(BASELINE).flatMap((row) => row.judging ?? [])),
    },
  };
}

/** The first half of a case's answers against the second, over the cases that have a value in both. */
function pairsOf(rows: readonly Answered[], cases: readonly Case[], scorer: string, repeat: number): readonly Pair[] {
  const [first, second] = [true, false].map((before) =>
    valuesOf(
      rows.filter((row) => row.repeat < repeat === before),
      scorer,
    ),
  );
  return cases.flatMap(({ id, group }) => {
    const [a, b] = [first?.get(id), second?.get(id)];
    return a === undefined || b === undefined ? [] : [{ case: id, group, a, b }];
  });
}

function share<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.filter(is).length / Math.max(1, all.length);
}

/** Nothing is kept but by the cache, which answers a second calibration. */
function createMemory(): Journal {
  const rows: Answered[] = [];
  const spends: Spend[] = [];
  return {
    find: () => undefined,
    answered: (_, row) => void rows.push(row),
    spent: (_rung, _what, spend) => void spends.push(spend),
    testRead: () => {},
    rows: () => rows,
    spends: () => spends,
  };
}
