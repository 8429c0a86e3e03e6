/** Counts what the search asks for, so that it stays within its calls. */
import type { Answered, Arm, Ask, Case, Lab, Program, RaceResult } from "../../types.ts";

export interface Ledger {
  /** Calls that may still be made: of the rung's own limit and of the run's budget, whichever is less. */
  left(): number;
  /** Answers train or select cases; undefined, without a call, where the calls do not pay for all of them. */
  answer(program: Program, cases: readonly Case[]): Promise<readonly Answered[] | undefined>;
  /** The writer's reply; undefined where no call is left. */
  write(request: Omit<Ask, "model">): Promise<string | undefined>;
  /** A race with so many calls at the most. */
  race(arms: readonly Arm[], calls: number): Promise<RaceResult>;
}

/** Calls per answer are taken as one: steps that ask more count against the run's budget as they are made. */
export function createLedger(lab: Lab, limit: number): Ledger {
  let spent = 0;
  const left = () => Math.max(0, Math.min(limit - spent, lab.budget().calls ?? Number.POSITIVE_INFINITY));
  return {
    left,
    async answer(program, cases) {
      const cost = lab.missing(program, cases);
      if (cost > left()) return undefined;
      spent += cost;
      return await lab.answer(program, cases);
    },
    async write(request) {
      if (left() < 1) return undefined;
      spent++;
      return (await lab.ask({ ...request, model: "writer" })).text;
    },
    async race(arms, calls) {
      const result = await lab.race(arms, { calls: Math.min(calls, left()) });
      spent += result.calls;
      return result;
    },
  };
}
