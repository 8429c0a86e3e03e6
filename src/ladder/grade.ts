/** Grades one turn by all scorers of the experiment; what judges take is counted apart from what the answer took. */
import { EndpointFault, isOfTheDisk, messageOf, UserError } from "../errors.ts";
import { scoreOf } from "../score.ts";
import { sum } from "../spend.ts";
import type { Answered, Case, Executed, Experiment, Graded, NamedScorer, Score, ScoreLab, Spend } from "../types.ts";
import type { Meter } from "./meter.ts";

/** Runs a program outside of this one, as `ScoreLab.execute` says. */
export type Execute = (argv: readonly string[], stdin: string, seconds: number) => Promise<Executed>;

/** `repeat` tells samples of the same case apart; `record` is told of each call as soon as it has ended. */
export type Grade = (
  turn: Graded,
  kase: Case,
  options?: { readonly repeat?: number; readonly record?: (spend: Spend) => void },
) => Promise<Pick<Answered, "scores" | "judging">>;

/**
 * A scorer that throws gives an error, never a value; only what no other call can mend is thrown on: a key that is refused, the
 * budget, the disk.
 */
export function createGrader(options: {
  readonly experiment: Pick<Experiment, "scorers">;
  readonly meter: Meter;
  readonly execute: Execute;
}): Grade {
  const { experiment, meter, execute } = options;
  return async (turn, kase, { repeat = 0, record } = {}) => {
    const spends: Spend[] = [];
    const { lab } = meter.open({
      repeat,
      record(spend) {
        spends.push(spend);
        record?.(spend);
      },
    });
    const scores = new Map<string, Promise<Score>>();
    for (const named of experiment.scorers) {
      const scoreLab: ScoreLab = {
        ask: lab.ask,
        embed: lab.embed,
        prompts: promptsOf(named),
        files: named.files,
        execute,
        // Only scorers that stand before this one are there, so that none can wait for itself.
        score: async (name) => (await scores.get(name)) ?? { error: `no scorer "${name}" stands before "${named.name}"` },
      };
      scores.set(named.name, gradeBy(named, turn, kase, scoreLab));
    }
    // All are waited for, also where one ends the run: what the others took must be counted.
    await Promise.allSettled(scores.values());
    const entries = await Promise.all([...scores].map(async ([name, score]) => [name, await score] as const));
    return { scores: Object.fromEntries(entries), ...(spends.length === 0 ? {} : { judging: sum(spends) }) };
  };
}

async function gradeBy(named: NamedScorer, turn: Graded, kase: Case, lab: ScoreLab): Promise<Score> {
  const { scorer, options, not } = named;
  try {
    const score = scoreOf(await scorer.score(turn, kase, options, lab), scorer.name);
    if (!("value" in score) || !not) return score;
    // A broken program that says nothing must not pass because it says nothing wrong.
    if (turn.answer.trim() === "") return { value: 0, why: "an empty answer passes no negated scorer" };
    const { value, why, votes, ...more } = score;
    const turned = votes === undefined ? {} : { votes: votes.map((vote) => 1 - vote) };
    return { ...more, ...turned, value: 1 - value, why: `not ${scorer.name}${why === undefined ? "" : ` (${why})`}` };
  } catch (error) {
    if (endsRun(error)) throw error;
    return { error: messageOf(error).trim() || `${scorer.name} failed without a word` };
  }
}

function promptsOf({ scorer, prompts }: NamedScorer): Readonly<Record<string, string>> {
  const own = Object.entries(scorer.prompts ?? {}).map(([name, { text }]) => [name, text] as const);
  return { ...Object.fromEntries(own), ...prompts };
}

/** Whether no other call can go better: the budget, the disk, a key that is refused, a model that is not there. */
export function endsRun(error: unknown): boolean {
  return (
    error instanceof UserError || isOfTheDisk(error) || (error instanceof EndpointFault && (error.systemic || error.kind === "offline"))
  );
}
