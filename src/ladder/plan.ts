/** What a run will do at the most, before any call is made. */
import { MOST_PROBED } from "./diagnose.ts";
import { passagesText, render } from "../program/render.ts";
import type { Experiment, Passage, PlannedRung, Program } from "../types.ts";

interface PlanRow {
  readonly name: string;
  /** Candidates besides the incumbent; null where the stage does not say. */
  readonly arms: number | null;
  /** Calls to the task model at the most: every arm on all of select, then confirm, test and the diagnosis. */
  readonly calls: number;
  readonly tokens: number;
  readonly usd: number | null;
}

export interface Plan {
  readonly name: string;
  readonly splits: Readonly<Record<string, number>>;
  readonly rungs: readonly PlanRow[];
  readonly totals: { readonly calls: number; readonly tokens: number; readonly usd: number | null };
  /** What speaks against a verdict, such as a budget that is too small. */
  readonly warnings: readonly string[];
}

/** Calls that the diagnosis makes for a failing case at the most. */
const PROBES = 3;
/** Tokens of an answer, for the estimate; and characters of a token in English. */
const ANSWER_TOKENS = 40;
const CHARACTERS_PER_TOKEN = 4;

/** An upper estimate from the messages of the program as written; `price` gives USD per million tokens, null when unknown. */
export function planOf(experiment: Experiment, price: (model: string) => { readonly in: number; readonly out: number } | null): Plan {
  const { train, select, confirm, test } = experiment.splits;
  const deciding = experiment.exploratory ? 0 : confirm.length;
  const per = (cases: number) => cases * experiment.repeat;
  const row = (name: string, arms: number | null, calls: number, tokensEach: number): PlanRow => {
    const rate = price(experiment.program.model);
    const tokens = Math.round(calls * (tokensEach + ANSWER_TOKENS));
    return { name, arms, calls, tokens, usd: rate === null ? null : (calls * (tokensEach * rate.in + ANSWER_TOKENS * rate.out)) / 1e6 };
  };
  const written = meanTokens(experiment.program, experiment);
  const probes = PROBES * Math.min(MOST_PROBED, select.length);
  const rungs = [
    row("baseline", null, per(select.length + deciding + test.length) + probes, written),
    ...experiment.ladder.map((rung) => {
      const arms = rung.stage.arms?.(rung.options, experiment) ?? null;
      return row(
        rung.name,
        arms,
        per((arms ?? 1) * select.length + deciding + test.length) + probes,
        written + shownTokens(rung, experiment),
      );
    }),
  ];
  const totals = {
    calls: rungs.reduce((total, { calls }) => total + calls, 0),
    tokens: rungs.reduce((total, { tokens }) => total + tokens, 0),
    usd: rungs.reduce<number | null>((total, { usd }) => (total === null || usd === null ? null : total + usd), 0),
  };
  const splits = { train: train.length, select: select.length, confirm: confirm.length, test: test.length };
  return { name: experiment.name, splits, rungs, totals, warnings: [...experiment.warnings, ...tooSmall(experiment, rungs, totals)] };
}

function tooSmall(experiment: Experiment, rungs: readonly PlanRow[], totals: Plan["totals"]): readonly string[] {
  const { calls, usd } = experiment.budget;
  const floor = rungs[0]?.calls ?? 0;
  return [
    ...(calls !== undefined && calls < floor * 2
      ? [`budget: ${calls} calls are too few for a verdict; the baseline and one rung need about ${floor * 2}`]
      : []),
    ...(calls !== undefined && calls < totals.calls
      ? [`budget: ${calls} calls may stop the walk before its end (${totals.calls} at the most)`]
      : []),
    ...(usd !== undefined && totals.usd !== null && usd < totals.usd
      ? [`budget: $${usd} may stop the walk before its end ($${totals.usd.toFixed(2)} at the most)`]
      : []),
  ];
}

function meanTokens(program: Program, experiment: Experiment): number {
  const sample = experiment.splits.select.slice(0, 50);
  const characters = sample.map((kase) => render(program, kase, []).reduce((total, { content }) => total + content.length, 0));
  return characters.reduce((total, each) => total + each, 0) / Math.max(1, sample.length) / CHARACTERS_PER_TOKEN;
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
