/** One rung: may it be tried, what does its stage make of the incumbent, is that better on cases the search has not seen. */
import type { Library } from "../knowledge/library.ts";
import { EndpointFault, isOfTheDisk, messageOf, Skip, UserError } from "../errors.ts";
import { checkProgram } from "../program/check.ts";
import { programId } from "../program/hash.ts";
import type { Registry } from "../registry.ts";
import type {
  Answered,
  Diagnosis,
  Experiment,
  Journal,
  PlannedRung,
  Program,
  RaceArm,
  RaceResult,
  Rung,
  RungStatus,
  Table,
  TuningWire,
} from "../types.ts";
import { type AnswerAll, asUserError } from "./answerer.ts";
import type { Board } from "./board.ts";
import type { Purse } from "./budget.ts";
import { decide } from "./confirm.ts";
import type { Keep, Progress } from "./events.ts";
import type { Guard } from "./guard.ts";
import { createLab } from "./lab.ts";
import { compareRows, costPerAnswer, latency, primaryOf } from "./measure.ts";
import type { Meter } from "./meter.ts";
import { unjudgedReason, unvaluedIn, unvaluedOf, unvaluedText } from "./unvalued.ts";
import { type Means, reasonAgainst } from "./order.ts";
import { mostProbes, type Plan } from "./plan.ts";
import { createReplay } from "./replay.ts";

export interface RungOptions {
  readonly experiment: Experiment;
  readonly registry: Registry;
  readonly library: Library | undefined;
  readonly meter: Meter;
  readonly answerAll: AnswerAll;
  readonly guard: Guard;
  readonly board: Board;
  readonly journal: Journal;
  /** Path of the run folder; its last part names the run's training jobs. */
  readonly run: string;
  readonly keepOf: (index: number, rung: string) => Keep;
  readonly wire: (endpoint: string) => TuningWire;
  readonly purse: Purse;
  /** What the rungs may take at the most, and what of the budget is left for them once those before have answered the test split. */
  readonly plan: Plan;
  readonly left: (now: ReturnType<Purse["left"]>) => ReturnType<Purse["left"]>;
  /** Names of the rungs that were kept so far. */
  readonly kept: ReadonlySet<string>;
  /** USD per million tokens of a model; null when unknown. */
  readonly price: (model: string) => { readonly in: number; readonly out: number } | null;
  readonly notify: (progress: Progress) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** A fault of the rung is its result, `failed`; a fault of the endpoint, the disk or the budget is thrown and ends the walk. */
export async function climbRung(
  index: number,
  planned: PlannedRung,
  incumbent: Program,
  diagnosis: Diagnosis | undefined,
  options: RungOptions,
): Promise<{ readonly rung: Rung; readonly program: Program }> {
  const { experiment, board, answerAll, price, now, notify, signal } = options;
  const { name, stage } = planned;
  const { confirm } = experiment.splits;
  const began = now();
  const tables: Table[] = [];
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
      ...(tables.length === 0 ? {} : { tables }),
      ...more,
    },
  });

  const skip = reasonToSkip(planned, incumbent, diagnosis, options);
  if (skip !== undefined) return result("skipped", skip);

  notify({ type: "progress", rung: name, phase: "search", done: 0, total: 0, mean: null, detail: "" });
  const { lab, races } = createLab({
    ...options,
    incumbent,
    rung: name,
    keep: options.keepOf(index, name),
    table: (one) => tables.push(one),
  });
  let candidate: Program;
  try {
    // The stage gets a copy: what it does to it does nothing to the incumbent.
    candidate = checkProgram(await stage.fit(structuredClone(incumbent), planned.options, lab), name, experiment, options.registry);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Skip) return result("skipped", error.message);
    if (isNotTheRungs(error)) throw asUserError(error);
    return result("failed", messageOf(error));
  }
  const leak = options.guard.program(candidate, incumbent);
  if (leak !== undefined) return result("failed", leak);
  const race = races.at(-1);
  const challenger = race?.challenger;
  if (programId(candidate) === programId(incumbent)) {
    const others = race?.arms.slice(1) ?? [];
    const tried = others.filter(({ refused, same_as }) => refused === undefined && same_as === undefined);
    if (tried.length > 0 && tried.every(({ mean }) => mean === null)) {
      const fault = options.journal.rows(name).flatMap((row) => unvaluedOf(row.case, [row], experiment.primary) ?? [])[0];
      const why = fault?.why ?? "none of its answers has a score";
      return result("failed", `no candidate could be scored; first: ${why}`, incumbent, fault === undefined ? {} : { unjudged: true });
    }
    // The best of the losers stands for the rung, so that "rejected" is a result with numbers of its own.
    const program = challenger?.program ?? incumbent;
    if (!isCheaperTie(race, incumbent, options)) {
      const found = tried.length > 0 || others.length === 0 ? "no candidate was better on select" : untriedReason(others);
      const reason = `${found}${closest(race)}${unvaluedArms(race, options)}`;
      return result("rejected", reason, program, { scores: board.scores(program, ["select"]) });
    }
    candidate = program;
  }

  const asked = async (program: Program, split: "select" | "confirm", tolerant: boolean) =>
    await answerAll(program, experiment.splits[split], {
      rung: name,
      split: experiment.exploratory ? "select" : split,
      phase: "confirm",
      tolerant,
    });
  // A stage need not race on all of select; its scores are reported over the same cases as everybody's.
  if (!experiment.exploratory) await asked(candidate, "select", true);
  const rows = await asked(candidate, "confirm", true);
  const old = await asked(incumbent, "confirm", false);
  const unjudged = unjudgedReason(rows, "confirm", experiment);
  if (unjudged !== undefined) {
    return result("failed", unjudged, candidate, { unjudged: true, scores: board.scores(candidate, ["select", "confirm"]) });
  }
  const decision = compareRows(old, rows, confirm, primaryOf(experiment), experiment.seed);
  const saved = 1 - costPerAnswer(rows, price(candidate.model)) / Math.max(Number.MIN_VALUE, costPerAnswer(old, price(incumbent.model)));
  const { keep, reason } = decide(decision, saved, experiment.margin, experiment.exploratory);
  const tokens = tokensSaved(old, rows);
  const less = `; ${tokens?.per_answer} tokens less an answer, ${tokens?.per_1000_answers} for 1,000 answers`;
  return result(keep ? "kept" : "rejected", keep && tokens !== undefined ? reason + less : reason, candidate, {
    scores: board.scores(candidate, ["select", "confirm"]),
    decision,
    ...(tokens === undefined ? {} : { tokens_saved: tokens }),
    latency_ms: latency(rows),
  });
}

/** What an answer takes less than one of the incumbent, as the models counted; undefined where that is nothing. */
function tokensSaved(before: readonly Answered[], after: readonly Answered[]): Rung["tokens_saved"] {
  const counted = (rows: readonly Answered[]) => rows.filter(({ error }) => error === undefined);
  const mean = (rows: readonly Answered[]) => rows.reduce((sum, { usage }) => sum + usage.in + usage.out, 0) / rows.length;
  const saved = mean(counted(before)) - mean(counted(after));
  return saved >= 0.05 ? { per_answer: Math.round(saved * 10) / 10, per_1000_answers: Math.round(saved * 1000) } : undefined;
}

/** Faults that say nothing about the rung: the budget, the disk, an endpoint that may work again later. They end the walk, resumable. */
function isNotTheRungs(error: unknown): boolean {
  if (isOfTheDisk(error)) return true;
  if (error instanceof UserError) return error.code !== 2;
  return error instanceof EndpointFault && (error.passing || error.kind === "auth" || error.kind === "quota");
}

/** Why none of the arms was asked. */
function untriedReason(arms: readonly RaceArm[]): string {
  const refused = arms.flatMap(({ name, refused }) => (refused === undefined ? [] : [`${name}: ${refused}`]));
  return refused[0] === undefined ? "no candidate sends anything else" : `no candidate may be tried; first: ${refused[0]}`;
}

/** Whether the best of the losers is as good on the select cases that both answered, within the margin, and cheaper: then confirm decides. */
function isCheaperTie(race: RaceResult | undefined, incumbent: Program, { experiment, board, price }: RungOptions): boolean {
  const arm = race?.arms.find(({ name }) => name === race.challenger?.name);
  const delta = arm?.history.at(-1)?.delta ?? null;
  if (race?.challenger === undefined || delta === null || delta < -experiment.margin) return false;
  const cost = (one: Program) => costPerAnswer(board.rows(one, "select"), price(one.model));
  return cost(race.challenger.program) < cost(incumbent);
}

/** ": the best, both, had 0.212 against 0.233". */
function closest(race: RaceResult | undefined): string {
  const meanOf = (name: string | undefined) => race?.arms.find((arm) => arm.name === name)?.mean;
  const [best, before] = [meanOf(race?.challenger?.name), meanOf(race?.arms[0]?.name)];
  if (race?.challenger === undefined || typeof best !== "number" || typeof before !== "number") return "";
  return `: the best, ${race.challenger.name}, had ${best.toFixed(3)} against ${before.toFixed(3)}`;
}

/** Arms of a race that the reason of a rung names one by one. */
const MOST_NAMED = 3;

/** "; both: 3 of 18 select cases have no value; first: c2: it timed out", for arms that answers or scores failed of. */
function unvaluedArms(race: RaceResult | undefined, { experiment, journal }: RungOptions): string {
  const { splits, repeat, primary } = experiment;
  const faults = (race?.arms ?? []).flatMap(({ name, program }) => {
    const rows = splits.select.flatMap(({ id }) =>
      Array.from({ length: repeat }, (_, i) => journal.find(program, id, i)).filter((row) => row !== undefined),
    );
    const unvalued = unvaluedIn(rows, splits.select, primary);
    const [first] = unvalued;
    if (first === undefined) return [];
    const answered = new Set(rows.map((row) => row.case)).size;
    return [`; ${name}: ${unvaluedText(unvalued, answered, repeat, "select")}; first: ${first.case}: ${first.why}`];
  });
  const rest = faults.length - MOST_NAMED;
  return faults.slice(0, MOST_NAMED).join("") + (rest > 0 ? `; so it is with ${rest} more` : "");
}

function reasonToSkip(
  planned: PlannedRung,
  incumbent: Program,
  diagnosis: Diagnosis | undefined,
  options: RungOptions,
): string | undefined {
  const { stage, after } = planned;
  const { experiment, library, board, kept } = options;
  const { walk, target, primary, splits } = experiment;
  if (after !== undefined && !kept.has(after)) return `${after} was not kept, so there is no new program to go on from`;
  if (stage.needs?.includes("knowledge") === true && library === undefined) return "no knowledge; name documents under knowledge.files";
  if (stage.needs?.includes("train cases") === true && splits.train.length === 0) return "no train cases; give train a share of the data";
  if (walk === "until-target" && target !== undefined) {
    const reached = board.scores(incumbent, ["confirm"]).confirm?.[primary]?.mean ?? 0;
    if (reached >= target) return `the target is reached: ${primary} ${reached.toFixed(3)} on confirm`;
  }
  if (walk === "diagnose" && diagnosis !== undefined) return reasonAgainst(planned, diagnosis, meansOf(planned, incumbent, options));
  return undefined;
}

/** What the rung may cost at the most, and what is left for it. */
function meansOf({ name, stage }: PlannedRung, incumbent: Program, { experiment, board, journal, plan, purse, left }: RungOptions): Means {
  const { answers = 0, calls = 0, judge_calls = 0, usd = null } = plan.rungs.find((row) => row.name === name) ?? {};
  // The next diagnosis makes do with what is left, so it is no reason against a rung.
  const share = answers === 0 ? 1 : 1 - mostProbes(experiment) / answers;
  // The plan counts no calls of an embedder; a program that searches embeds its queries.
  const rows = board.rows(incumbent, "select");
  const asked = rows.reduce((sum, row) => sum + row.calls, 0) / Math.max(1, rows.length);
  const each = Math.max(1, asked, stage.needs?.includes("knowledge") === true ? 2 : 1);
  return {
    margin: experiment.margin,
    cost: { calls: Math.ceil((Math.max(calls, answers * each) + judge_calls) * share), usd: usd === null ? null : usd * share },
    // What an earlier process spent on this very rung is no reason to leave it unfinished.
    left: left(createReplay(journal, name).left(purse.left())),
  };
}
