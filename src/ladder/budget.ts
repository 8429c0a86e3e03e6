/** The hard limits of a run, over all calls: checked before each call, with the calls in flight reserved. */
import { UserError } from "../errors.ts";
import type { Budget, Spend } from "../types.ts";

export interface Purse {
  /** Throws a UserError with code 5 when another call would pass a limit; else reserves it. */
  reserve(): void;
  /** Books what a reserved call cost; a call that failed is booked as undefined. */
  book(spend: Spend | undefined): void;
  /** What is left, null where there is no limit. */
  left(): { readonly calls: number | null; readonly usd: number | null };
}

/** Cached calls cost nothing and are not counted. `before` is what earlier sessions of the run spent. */
export function createPurse(budget: Budget, before: Spend, minutesBefore: number, now: () => number): Purse {
  const start = now();
  let calls = before.calls - before.cached_calls;
  let tokens = before.tokens.in + before.tokens.out;
  let usd = before.usd ?? 0;
  let inFlight = 0;
  const stop = (what: string) => new UserError(`budget: ${what} spent; raise budget in the experiment and run again to go on`, 5);
  return {
    reserve() {
      if (budget.calls !== undefined && calls + inFlight >= budget.calls) throw stop(`${budget.calls} calls`);
      if (budget.tokens !== undefined && tokens >= budget.tokens) throw stop(`${budget.tokens} tokens`);
      if (budget.usd !== undefined && usd >= budget.usd) throw stop(`$${budget.usd}`);
      if (budget.minutes !== undefined && minutesBefore + (now() - start) / 60_000 >= budget.minutes)
        throw stop(`${budget.minutes} minutes`);
      inFlight++;
    },
    book(spend) {
      inFlight--;
      if (spend === undefined) return;
      calls += spend.calls - spend.cached_calls;
      if (spend.calls > spend.cached_calls) tokens += spend.tokens.in + spend.tokens.out;
      usd += spend.usd ?? 0;
    },
    left: () => ({
      calls: budget.calls === undefined ? null : Math.max(0, budget.calls - calls),
      usd: budget.usd === undefined ? null : Math.max(0, budget.usd - usd),
    }),
  };
}

export const nothing: Spend = { calls: 0, cached_calls: 0, tokens: { in: 0, out: 0 }, usd: 0 };

/** The sum; unknown cost makes the sum unknown. */
export function sum(spends: Iterable<Spend>): Spend {
  let total = nothing;
  for (const spend of spends) {
    total = {
      calls: total.calls + spend.calls,
      cached_calls: total.cached_calls + spend.cached_calls,
      tokens: { in: total.tokens.in + spend.tokens.in, out: total.tokens.out + spend.tokens.out },
      usd: total.usd === null || spend.usd === null ? null : total.usd + spend.usd,
    };
  }
  return total;
}
