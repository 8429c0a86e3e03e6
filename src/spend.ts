/** Sums of what calls cost. Pure. */
import type { Spend } from "./types.ts";

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
