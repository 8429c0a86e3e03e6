/** Counts what the search asks for, so that it stays within its calls. */
import { EndpointFault, type FaultKind } from "../../errors.ts";
import type { Answered, Arm, Ask, Case, Lab, Program, RaceResult } from "../../types.ts";

export interface Ledger {
  /** Calls that may still be made: of the rung's own limit and of the run's budget, whichever is less. */
  left(): number;
  /** Answers train or select cases; undefined, without a call, where the calls do not pay for all of them. */
  answer(program: Program, cases: readonly Case[]): Promise<readonly Answered[] | undefined>;
  /** The writer's reply; undefined where no call is left, or where the writer refuses this request or answers it with nothing readable. */
  write(request: Omit<Ask, "model">): Promise<string | undefined>;
  /** A race with so many calls at the most. */
  race(arms: readonly Arm[], calls: number): Promise<RaceResult>;
  /** Calls that were made so far, as far as they count against the limit. */
  spent(): number;
}

/** What the writer makes of one request; another one may well be answered. */
const OF_THE_REQUEST: readonly FaultKind[] = ["bad request", "content filter", "parse", "cut"];

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
      try {
        return (await lab.ask({ ...request, model: "writer" })).text;
      } catch (error) {
        if (!(error instanceof EndpointFault) || !OF_THE_REQUEST.includes(error.kind)) throw error;
        lab.note(`the writer gave nothing: ${error.message}`);
        return undefined;
      }
    },
    async race(arms, calls) {
      const result = await lab.race(arms, { calls: Math.min(calls, left()) });
      spent += result.calls;
      return result;
    },
    spent: () => spent,
  };
}
