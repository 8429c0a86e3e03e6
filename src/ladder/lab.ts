/** The lab that a stage fits in. It is made of train and select alone: confirm (unless it is select) and test cannot be reached from it. */
import { basename } from "node:path";
import type { Library } from "../knowledge/library.ts";
import { splitModel } from "../program/model.ts";
import { programId } from "../program/hash.ts";
import { gather, gatherWith, ready } from "../program/answer.ts";
import { shuffled } from "../program/demos.ts";
import type { Registry } from "../registry.ts";
import { seeded } from "../stats/random.ts";
import type { Case, Experiment, Journal, Lab, Program, RaceResult, Spend, Table, TuningWire } from "../types.ts";
import type { AnswerAll } from "./answerer.ts";
import type { Keep, Progress } from "./events.ts";
import type { Guard } from "./guard.ts";
import type { Meter } from "./meter.ts";
import type { Purse } from "./budget.ts";
import type { Board } from "./board.ts";
import { leftAfter } from "./owed.ts";
import { race } from "./race.ts";
import { createReplay } from "./replay.ts";
import { tune } from "./tune.ts";

/** Files of a rung's folder that are not the stage's. */
const OWN = /^(answers|calls|rung|program|diagnosis|race|training)\b/;

export function createLab(options: {
  readonly rung: string;
  readonly run: string;
  readonly experiment: Experiment;
  readonly incumbent: Program;
  readonly guard: Guard;
  readonly registry: Registry;
  readonly meter: Meter;
  readonly answerAll: AnswerAll;
  readonly library: Library | undefined;
  readonly journal: Journal;
  readonly keep: Keep;
  readonly wire: (endpoint: string) => TuningWire;
  readonly signal: AbortSignal;
  readonly notify: (progress: Progress) => void;
  readonly purse: Purse;
  readonly board: Board;
  /** What of that is left once the rungs before have answered the test split. */
  readonly left: (now: ReturnType<Purse["left"]>) => ReturnType<Purse["left"]>;
  readonly table: (table: Table) => void;
  readonly price: (model: string) => { readonly in: number; readonly out: number } | null;
}): { readonly lab: Lab; readonly races: readonly RaceResult[] } {
  const { rung, experiment, incumbent, guard, registry, meter, library, journal, keep, notify, purse } = options;
  const replay = createReplay(journal, rung);
  const { lab: step } = meter.open({
    record(spend) {
      replay.spent(spend);
      journal.spent(rung, "search", spend);
    },
  });
  const answerAll: AnswerAll = async (...asked) => {
    const rows = await options.answerAll(...asked);
    replay.reached(rows);
    return rows;
  };
  const random = seeded(`${experiment.seed} ${rung}`);
  const order = shuffled(experiment.splits.select, seeded(`${experiment.seed} ${rung} blocks`));
  const splitOf = new Map<Case, "train" | "select">([
    ...experiment.splits.train.map((kase) => [kase, "train"] as const),
    ...experiment.splits.select.map((kase) => [kase, "select"] as const),
  ]);

  // What the rung's own candidate will be asked when the search is over: without that there is no verdict.
  const { select, confirm, test } = experiment.splits;
  const owed = experiment.repeat * (select.length + (experiment.exploratory ? 0 : confirm.length) + test.length);
  const refuse = (program: Program) => guard.candidate(program, incumbent);
  const missing = (id: string, cases: readonly Case[]): number => {
    const repeats = cases.flatMap((kase) => Array.from({ length: experiment.repeat }, (_, repeat) => [kase.id, repeat] as const));
    return repeats.filter(([kase, repeat]) => journal.find(id, kase, repeat) === undefined || replay.waits(id, kase, repeat)).length;
  };

  const races: RaceResult[] = [];
  const lab: Lab = {
    ...step,
    train: experiment.splits.train,
    select: order,
    variants: experiment.variants,
    random,
    knowledge: library === undefined ? undefined : { hash: library.hash, documents: library.documents },
    passagesOf: (document, cut) => library?.passagesOf(document, cut) ?? [],
    async show(program, question, passages) {
      const turn =
        passages === undefined
          ? await gather(ready(program, registry.stages), question, step)
          : gatherWith(ready(program, registry.stages), question, passages);
      return { messages: turn.messages, passages: turn.passages };
    },
    async answer(program: Program, cases) {
      const foreign = cases.find((kase) => !splitOf.has(kase));
      if (foreign !== undefined) throw new RangeError(`lab.answer: case ${foreign.id} is neither in train nor in select`);
      const leak = refuse(program);
      if (leak !== undefined) throw new Error(leak);
      const split = cases.every((kase) => splitOf.get(kase) === "train") ? "train" : "select";
      return await answerAll(program, cases, { rung, split, phase: "search", tolerant: true });
    },
    refuse,
    missing: (program, cases) => missing(programId(program), cases),
    primary: experiment.primary,
    margin: experiment.margin,
    writes: isGenerative(experiment.models.writer),
    judges: isGenerative(experiment.models.judge),
    async race(arms, { calls } = {}) {
      const result = await race(arms, order, {
        answer: (arm, cases) => answerAll(arm.program, cases, { rung, split: "select", phase: "search", detail: arm.name, tolerant: true }),
        primary: experiment.primary,
        maxErrors: experiment.maxErrors,
        calls,
        missing: (arm, cases) => missing(programId(arm.program), cases),
        refuse: (arm) => arm.refused ?? refuse(arm.program),
      });
      races.push(result);
      const name = races.length === 1 ? "race.json" : `race-${races.length}.json`;
      await keep.write(name, `${JSON.stringify({ winner: result.winner.name, calls: result.calls, arms: result.arms }, null, 2)}\n`);
      return result;
    },
    async tune(request) {
      const leak = guard.rows(request.rows, incumbent);
      if (leak !== undefined) throw new Error(leak);
      return await tune(request, {
        registry,
        seed: experiment.seed,
        run: basename(options.run),
        keep,
        wire: options.wire,
        signal: options.signal,
        trained: (tokens) => journal.spent(rung, "training", trainingSpend(tokens, options.price(request.model))),
        watch(detail) {
          purse.check();
          notify({ type: "progress", rung, phase: "training", done: 0, total: 0, mean: null, detail });
        },
      });
    },
    budget: () => leftAfter(options.left(replay.left(purse.left())), [options.board.rows(incumbent, "select")], owed),
    async write(name, content) {
      if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name) || OWN.test(name)) {
        throw new RangeError(`lab.write: "${name}" is no name for a file of a stage; use a plain name that llmopt does not use itself`);
      }
      await keep.write(name, content);
    },
    table: options.table,
    note: (text) => notify({ type: "note", rung, text }),
  };
  return { lab, races };
}

/** The engine in this process reads and labels; what it would write or judge means nothing. */
function isGenerative(model: string): boolean {
  return splitModel(model).endpoint !== "embedded";
}

/** Training is paid by rates of its own: free where the model is, else unknown. */
function trainingSpend(tokens: number | null, price: { readonly in: number; readonly out: number } | null): Spend {
  const free = price !== null && price.in === 0 && price.out === 0;
  return { calls: 1, cached_calls: 0, tokens: { in: tokens ?? 0, out: 0 }, usd: free ? 0 : null, list_usd: free ? 0 : null };
}
