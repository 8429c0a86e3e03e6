/**
 * OpenAI's list prices, USD per million tokens, as of 2026-11-22.
 * Sources: developers.openai.com/api/docs/pricing (autumn 2026); docs.litellm.ai/blog/gpt_6_sol_luna (gpt-6-sol, gpt-6-luna);
 * dev.to/aihubmix, "GPT-6.1 Terra migration", 2026-10-27 (gpt-6.1-terra). A model that is not listed has an unknown price.
 */
export interface Price extends Rates {
  /** Rates of a request with more than `over` input tokens. */
  readonly long?: Rates & { readonly over: number };
  /** Per million tokens trained on. */
  readonly training?: number;
}

interface Rates {
  readonly in: number;
  readonly out: number;
  /** Input that the endpoint read from, or wrote to, its prompt cache; `in` where it is not given. */
  readonly cached?: number;
  readonly write?: number;
}

export const OPENAI_PRICES: Readonly<Record<string, Price>> = {
  "gpt-6-astra": { in: 10, cached: 1, write: 12.5, out: 50, long: { over: 272_000, in: 20, cached: 2, out: 75 } },
  "gpt-6-sol": { in: 2, cached: 0.2, write: 2.5, out: 10, long: { over: 272_000, in: 4, out: 15 } },
  "gpt-6-luna": { in: 0.1, cached: 0.01, write: 0.125, out: 0.5, long: { over: 272_000, in: 0.2, out: 0.75 } },
  "gpt-6.1-terra": { in: 1, cached: 0.05, write: 1.25, out: 5 },
  "gpt-5.6-sol": { in: 4, cached: 0.4, out: 20 },
  "gpt-5.6-terra": { in: 2, cached: 0.2, out: 12 },
  "gpt-5.6-luna": { in: 0.2, cached: 0.02, out: 1.2 },
  "gpt-5.5": { in: 5, cached: 0.5, out: 30 },
  "gpt-5.4": { in: 2.5, cached: 0.25, out: 15 },
  "gpt-5.4-mini": { in: 0.75, cached: 0.075, out: 4.5 },
  "gpt-5.4-nano": { in: 0.2, cached: 0.02, out: 1.25 },
  "gpt-5": { in: 1.25, cached: 0.125, out: 10 },
  "gpt-5-mini": { in: 0.25, cached: 0.025, out: 2 },
  "gpt-5-nano": { in: 0.05, cached: 0.005, out: 0.4 },
  "gpt-4.1": { in: 2, cached: 0.5, out: 8 },
  "gpt-4.1-mini": { in: 0.4, cached: 0.1, out: 1.6 },
  "gpt-4o": { in: 2.5, cached: 1.25, out: 10 },
  "gpt-4o-mini": { in: 0.15, cached: 0.075, out: 0.6 },
  "ft:gpt-4.1": { in: 3, cached: 0.75, out: 12, training: 25 },
  "ft:gpt-4.1-mini": { in: 0.8, cached: 0.2, out: 3.2, training: 5 },
  "ft:gpt-4o": { in: 3.75, cached: 1.875, out: 15, training: 25 },
  "ft:gpt-4o-mini": { in: 0.3, cached: 0.15, out: 1.2, training: 3 },
  "text-embedding-3-small": { in: 0.02, out: 0 },
  "text-embedding-3-large": { in: 0.13, out: 0 },
  "text-embedding-ada-002": { in: 0.1, out: 0 },
};
