/** The hard limits of a run, over all calls: checked before each call, with the calls in flight reserved. */
import { EndpointFault, UserError } from "../errors.ts";
import type { Budget, Spend } from "../types.ts";

export interface Purse {
  /**
   * Reserves a call. Waits while the calls in flight may use up what is left, since those from the cache will not; throws a
   * UserError with code 5 when a limit is reached.
   */
  reserve(): Promise<void>;
  /** Throws like `reserve` when a limit is reached; reserves nothing. */
  check(): void;
  /** Books what a reserved call cost; undefined where nothing was sent. */
  book(spend: Spend | undefined): void;
  /** What is left, null where there is no limit. */
  left(): { readonly calls: number | null; readonly usd: number | null };
}

/** Calls from the cache cost nothing and are not counted. `before` is what earlier processes of the run spent. */
export function createPurse(budget: Budget, before: Iterable<Spend>, minutesBefore: number, now: () => number): Purse {
  const start = now();
  const spent = { calls: 0, tokens: 0, usd: 0 };
  const add = ({ calls, cached_calls, tokens, usd }: Spend): void => {
    spent.calls += calls - cached_calls;
    if (calls > cached_calls) spent.tokens += tokens.in + tokens.out;
    spent.usd += usd ?? 0;
  };
  for (const spend of before) add(spend);
  let inFlight = 0;
  let waiting: (() => void)[] = [];
  const stop = (what: string) => new UserError(`budget: ${what} spent; raise budget in the experiment and run again to go on`, 5);
  const refuse = (): void => {
    if (budget.calls !== undefined && spent.calls >= budget.calls) throw stop(`${budget.calls} calls`);
    if (budget.tokens !== undefined && spent.tokens >= budget.tokens) throw stop(`${budget.tokens} tokens`);
    if (budget.usd !== undefined && spent.usd >= budget.usd) throw stop(`$${budget.usd}`);
    if (budget.minutes !== undefined && minutesBefore + (now() - start) / 60_000 >= budget.minutes) throw stop(`${budget.minutes} minutes`);
  };
  return {
    async reserve() {
      refuse();
      while (budget.calls !== undefined && spent.calls + inFlight >= budget.calls) {
        await new Promise<void>((settled) => waiting.push(settled));
        refuse();
      }
      inFlight++;
    },
    check: refuse,
    book(spend) {
      inFlight--;
      if (spend !== undefined) add(spend);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    left: () => ({
      calls: budget.calls === undefined ? null : Math.max(0, budget.calls - spent.calls),
      usd: budget.usd === undefined ? null : Math.max(0, budget.usd - spent.usd),
    }),
  };
}

/** Makes a call against the budget and tells `count` what it cost, also where it failed. */
export async function paid<T extends { readonly spend: Spend }>(
  purse: Purse,
  call: () => Promise<T>,
  count: (spend: Spend) => void,
): Promise<T> {
  await purse.reserve();
  let spend: Spend | undefined;
  try {
    const result = await call();
    spend = result.spend;
    return result;
  } catch (error) {
    if (error instanceof EndpointFault) spend = error.spend;
    throw error;
  } finally {
    purse.book(spend);
    if (spend !== undefined) count(spend);
  }
}
