/** What a run will do at the most, before any call is made. */
import { MOST_PROBED, MOST_TRIES } from "./diagnose/index.ts";
import { wantedAnswer } from "../program/demos.ts";
import { passagesText, render } from "../program/render.ts";
import { modelsOf } from "../program/model.ts";
import type { Case, Experiment, Message, Passage, PlannedRung, Program, Role, StepCalls } from "../types.ts";

interface PlanRow {
  readonly name: string;
  /** Candidates besides the incumbent; null where the stage does not say. */
  readonly arms: number | null;
  /** Answers at the most: every arm on all of select, then confirm, test and the diagnosis. */
  readonly answers: number;
  /** Calls that they take, those of the programs' steps included. */
  readonly calls: number;
  /** Calls of scorers that ask a model, for so many answers. */
  readonly judge_calls: number;
  /** Of both kinds of calls, as is the cost. */
  readonly tokens: number;
  readonly usd: number | null;
}

export interface Plan {
  readonly name: string;
  readonly splits: Readonly<Record<string, number>>;
  readonly rungs: readonly PlanRow[];
  readonly totals: Pick<PlanRow, "answers" | "calls" | "judge_calls" | "tokens" | "usd">;
  /** What speaks against a verdict, such as a budget that is too small. */
  readonly warnings: readonly string[];
}

/** Tokens of an answer and of a judge's verdict, for the estimate; and characters of a token in English. */
const ANSWER_TOKENS = 40;
const VERDICT_TOKENS = 100;
const CHARACTERS_PER_TOKEN = 4;
/** Cases that stand for all. */
const SAMPLE = 50;

/** An upper estimate from the messages of the program as written; `price` gives USD per million tokens, null when unknown. */
export function planOf(experiment: Experiment, price: (model: string) => { readonly in: number; readonly out: number } | null): Plan {
  const { train, select, confirm, test } = experiment.splits;
  const deciding = experiment.exploratory ? 0 : confirm.length;
  const per = (cases: number) => cases * experiment.repeat;
  const written = meanTokens(experiment.program, experiment);
  const judging = judgingOf(experiment);
  const judgeCalls = total(judging.map((judge) => judge.calls));
  const row = (name: string, arms: number | null, answers: number, tokensEach: number, steps: readonly StepCalls[] = []): PlanRow => {
    const judge_calls = answers * judgeCalls;
    const given = { model: experiment.program.model, in: answers * tokensEach, out: answers * ANSWER_TOKENS };
    const asked = steps.map(({ model, calls, tokens }) => {
      const times = answers * calls;
      return { model: roleOf(model, experiment), in: times * (written + tokens), out: times * ANSWER_TOKENS };
    });
    // A judge reads what the program read, and its answer.
    const verdicts = judging.map((judge) => {
      const read = judge.templates + judge.calls * (tokensEach + ANSWER_TOKENS);
      return { model: judge.model, in: answers * read, out: answers * judge.calls * VERDICT_TOKENS };
    });
    const kinds = [given, ...asked, ...verdicts];
    const calls = answers * (1 + total(steps.map((step) => step.calls)));
    const usd = kinds.map(({ model, ...tokens }) => {
      const rate = price(model);
      return rate === null ? null : (tokens.in * rate.in + tokens.out * rate.out) / 1e6;
    });
    return { name, arms, answers, calls, judge_calls, tokens: Math.round(total(kinds.map((kind) => kind.in + kind.out))), usd: known(usd) };
  };
  const probes = mostProbes(experiment);
  const rungs = [
    row("baseline", null, per(select.length + deciding + test.length) + probes, written),
    ...experiment.ladder.map((rung) => {
      const arms = rung.stage.arms?.(rung.options, experiment) ?? null;
      return row(
        rung.name,
        arms,
        searched(rung, arms, experiment) + per(deciding + test.length) + probes,
        written + shownTokens(rung, experiment) + demoTokens(rung, experiment),
        stepsOf(rung, experiment),
      );
    }),
  ];
  const totals = {
    answers: total(rungs.map(({ answers }) => answers)),
    calls: total(rungs.map(({ calls }) => calls)),
    judge_calls: total(rungs.map(({ judge_calls }) => judge_calls)),
    tokens: total(rungs.map(({ tokens }) => tokens)),
    usd: known(rungs.map(({ usd }) => usd)),
  };
  const splits = { train: train.length, select: select.length, confirm: confirm.length, test: test.length };
  return {
    name: experiment.name,
    splits,
    rungs,
    totals,
    warnings: [...experiment.warnings, ...tooSmall(experiment, rungs, totals, probes)],
  };
}

/** What an answer asks of models besides the task model once the rung is climbed: its own step, and those of other stages before it. */
function stepsOf(rung: PlannedRung, { ladder }: Pick<Experiment, "ladder">): readonly StepCalls[] {
  const climbed = ladder.slice(0, ladder.indexOf(rung) + 1);
  return [...new Map(climbed.map((one) => [one.stage.name, one])).values()].flatMap(({ stage, options }) => stage.asks?.(options) ?? []);
}

function roleOf(model: string, { models }: Pick<Experiment, "models">): string {
  return Object.hasOwn(models, model) ? models[model as Role] : model;
}

/** Calls of a rung's search: as it says itself, else every arm on all of select. */
function searched({ stage, options }: PlannedRung, arms: number | null, { splits, repeat }: Experiment): number {
  const [train, select] = [splits.train.length, splits.select.length];
  return stage.calls?.(options, { train, select, repeat }) ?? (arms ?? 1) * select * repeat;
}

/** Calls to the task model that a diagnosis makes at the most. */
export function mostProbes({ splits }: Pick<Experiment, "splits">): number {
  return MOST_TRIES * Math.min(MOST_PROBED, splits.select.length);
}

function tooSmall(experiment: Experiment, rungs: readonly PlanRow[], totals: Plan["totals"], probes: number): readonly string[] {
  const { calls, usd } = experiment.budget;
  // A diagnosis makes do with what is left.
  const floor = (rungs[0]?.calls ?? 0) + (rungs[0]?.judge_calls ?? 0) - probes;
  const most = totals.calls + totals.judge_calls;
  return [
    ...(calls !== undefined && calls < floor * 2
      ? [`budget: ${calls} calls are too few for a verdict; the baseline and one rung need about ${floor * 2}`]
      : []),
    ...(calls !== undefined && calls < most ? [`budget: ${calls} calls may stop the walk before its end (${most} at the most)`] : []),
    ...(usd !== undefined && totals.usd !== null && usd < totals.usd
      ? [`budget: $${usd} may stop the walk before its end ($${totals.usd.toFixed(2)} at the most)`]
      : []),
  ];
}

interface Judging {
  readonly model: string;
  /** For an answer, at the most, and the tokens of their templates, all together. */
  readonly calls: number;
  readonly templates: number;
}

/** What grading an answer asks of which model, for each scorer that asks. */
function judgingOf({ scorers, models }: Experiment): readonly Judging[] {
  return scorers.flatMap(({ scorer, options, prompts }) => {
    const calls = scorer.asks?.(options) ?? 0;
    if (calls === 0) return [];
    const lengths = Object.entries(scorer.prompts ?? {}).map(([name, { text }]) => (prompts[name] ?? text).length);
    const asked = modelsOf(scorer, options, models);
    const each = calls / asked.length;
    const templates = (each * total(lengths)) / Math.max(1, lengths.length) / CHARACTERS_PER_TOKEN;
    return asked.map((model) => ({ model, calls: each, templates }));
  });
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

/** The sum, null where any part is unknown. */
function known(parts: readonly (number | null)[]): number | null {
  const all = parts.filter((part) => part !== null);
  return all.length < parts.length ? null : total(all);
}

function meanTokens(program: Program, { splits }: Experiment): number {
  return meanOf(splits.select, (kase) => lengthOf(render(program, kase, []))) / CHARACTERS_PER_TOKEN;
}

/** Tokens of as many demonstrations as any rung of the ladder so far shows. */
function demoTokens(rung: PlannedRung, { ladder, splits, program }: Experiment): number {
  const most = Math.max(...ladder.slice(0, ladder.indexOf(rung) + 1).map(({ stage, options }) => stage.shows?.(options) ?? 0));
  if (most === 0) return 0;
  const bare = { ...program, system: "", demos: [] };
  return (
    (most * meanOf(splits.train, (kase) => lengthOf(render(bare, kase, [])) + (wantedAnswer(kase)?.length ?? 0))) / CHARACTERS_PER_TOKEN
  );
}

function meanOf(cases: readonly Case[], measure: (kase: Case) => number): number {
  const sample = cases.slice(0, SAMPLE);
  return total(sample.map(measure)) / Math.max(1, sample.length);
}

function lengthOf(messages: readonly Message[]): number {
  return total(messages.map(({ content }) => content.length));
}

/** Tokens of five passages, once the ladder has come to a rung that needs the knowledge. */
function shownTokens(rung: PlannedRung, experiment: Experiment): number {
  const at = experiment.ladder.indexOf(rung);
  const retrieves = experiment.ladder.slice(0, at + 1).some(({ stage }) => stage.needs?.includes("knowledge"));
  if (!retrieves || experiment.documents.length === 0) return 0;
  const passages = experiment.documents
    .slice(0, 5)
    .map(({ id, title, text }): Passage => ({ id, source: id, title, text: text.slice(0, 800), score: 0 }));
  return passagesText(passages).length / CHARACTERS_PER_TOKEN;
}
