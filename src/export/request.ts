/** The request that asks a model, as it leaves this machine: made by the wire itself, and kept instead of sent. */
import type { Ask, Endpoint } from "../types.ts";
import { urlOf } from "../wire/fetch.ts";
import { createModels } from "../wire/models.ts";
import type { Request } from "./types.ts";

/** `warn` is told of parameters that the endpoint does not take. */
export async function requestOf(
  ask: Ask,
  endpoint: Endpoint,
  host: { readonly signal: AbortSignal; readonly warn: (text: string) => void },
): Promise<Request> {
  const kept: Request[] = [];
  const models = createModels({
    ...host,
    endpoints: { [endpoint.name]: endpoint },
    inProcess: {},
    offline: false,
    prices: {},
    async fetch(input, init) {
      kept.push({ url: urlOf(input), body: String(init?.body) });
      return Response.json({ choices: [{ message: { content: "kept" } }], usage: { prompt_tokens: 0 } });
    },
  });
  await models.chat(ask);
  const [request] = kept;
  if (request === undefined) throw new Error(`${ask.model} was asked without a request`);
  return request;
}
