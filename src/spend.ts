/** Sums of what calls cost. Pure. */
import type { Answered, Spend } from "./types.ts";

export const nothing: Spend = { calls: 0, cached_calls: 0, tokens: { in: 0, out: 0 }, usd: 0, list_usd: 0 };

/** What a row's answer took, without its judging. */
export function answerSpend({ calls, cached_calls, usage, usd, list_usd }: Answered): Spend {
  return { calls, cached_calls, tokens: usage, usd, list_usd };
}

/** The sum; unknown cost makes the sum unknown. */
export function sum(spends: Iterable<Spend>): Spend {
  let total = nothing;
  for (const spend of spends) {
    total = {
      calls: total.calls + spend.calls,
      cached_calls: total.cached_calls + spend.cached_calls,
      tokens: { in: total.tokens.in + spend.tokens.in, out: total.tokens.out + spend.tokens.out },
      usd: plus(total.usd, spend.usd),
      list_usd: plus(total.list_usd, spend.list_usd),
    };
  }
  return total;
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
