/** What tokens cost. */
import type { Experiment } from "../types.ts";
import { OPENAI_PRICES, type Price } from "./price-table.ts";

/**
 * USD per million tokens of `endpoint/model-id`: the experiment's own price, else OpenAI's list for its own host, else
 * null, which means unknown and never free.
 */
export function priceOf(model: string, overrides: Experiment["prices"], baseUrl: string | undefined): Price | null {
  const own = overrides[model];
  if (own !== undefined) return own;
  if (baseUrl === undefined || !isOpenAI(baseUrl)) return null;
  return listed(model.slice(model.indexOf("/") + 1));
}

/** USD for the tokens of a call; null when the price is unknown. */
export function usdOf(
  usage: { readonly in: number; readonly out: number; readonly cached?: number; readonly written?: number },
  price: Price | null,
): number | null {
  if (price === null) return null;
  const row = price.long !== undefined && usage.in > price.long.over ? price.long : price;
  const cached = Math.min(usage.cached ?? 0, usage.in);
  const written = Math.min(usage.written ?? 0, usage.in - cached);
  const plain = usage.in - cached - written;
  const input = plain * row.in + cached * (row.cached ?? row.in) + written * (row.write ?? row.in);
  return (input + usage.out * row.out) / 1e6;
}

function isOpenAI(baseUrl: string): boolean {
  const host = URL.parse(baseUrl)?.hostname ?? "";
  return host === "api.openai.com" || host.endsWith(".api.openai.com");
}

/** By the model's id; a dated snapshot has the price of its family, a tuned model (`ft:base:org::id`) that of its tuned base. */
function listed(id: string): Price | null {
  const tuned = id.startsWith("ft:");
  const base = (tuned ? (id.split(":")[1] ?? "") : id).replace(/-\d{4}-\d{2}-\d{2}$/, "");
  return OPENAI_PRICES[tuned ? `ft:${base}` : base] ?? null;
}
