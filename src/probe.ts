/** Asks an endpoint for its list of models and says what is wrong when there is none. Sends nothing that costs. */
import { z } from "zod";
import { nearest } from "./errors.ts";
import type { Endpoint } from "./types.ts";
import { excerpt, faultOf, redact } from "./wire/faults.ts";
import type { Fetch } from "./wire/fetch.ts";

export interface Probed {
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly hint?: string | undefined;
}

/** Seconds that an endpoint has to answer. */
const PATIENCE = 10;
const list = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** One `GET {base_url}/models`; `ids` are the models that must be there. The key is in no message. */
export async function probeEndpoint(endpoint: Endpoint, ids: readonly string[], signal: AbortSignal, send: Fetch = fetch): Promise<Probed> {
  const secrets = endpoint.apiKey === undefined ? [] : [endpoint.apiKey];
  const headers =
    endpoint.apiKey === undefined || endpoint.apiKey === ""
      ? {}
      : { authorization: `Bearer ${endpoint.apiKey}`, "api-key": endpoint.apiKey };
  const time = AbortSignal.timeout(PATIENCE * 1000);
  let status: number;
  let text: string;
  try {
    const url = new URL(endpoint.baseUrl);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/models`;
    const response = await send(url, { headers, redirect: "manual", signal: AbortSignal.any([signal, time]) });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    if (time.aborted) return { status: "fail", detail: `no answer in ${PATIENCE} s`, hint: "is it up, and can it be reached from here?" };
    const why = faultOf(error, "", secrets).message.replace(/^:?\s*/, "");
    return { status: "fail", detail: `cannot be reached (${why})`, hint: "check base_url, and that the server is up" };
  }
  return judge(status, redact(text, secrets), ids, endpoint);
}

function judge(status: number, text: string, ids: readonly string[], endpoint: Endpoint): Probed {
  const said = excerpt(text);
  if (status === 401 || status === 403)
    return {
      status: "fail",
      detail: `the key is refused (${status}: ${said})`,
      hint: endpoint.apiKey === undefined ? "it wants a key: api_key: ${NAME}" : "set the right one in the environment",
    };
  if (/^\s*<(?:!doctype|html|head)/i.test(text))
    return { status: "fail", detail: `answers with ${said}`, hint: "base_url names a web page; most servers want it to end in /v1" };
  if (status === 404 || status === 405)
    return {
      status: "warn",
      detail: `answers, but has no list of models (${status})`,
      hint: "some servers have none; else check that base_url ends in /v1",
    };
  if (status === 429 || status >= 500)
    return { status: "warn", detail: `answers ${status}: ${said}`, hint: "it may be busy; try again later" };
  if (status >= 300) return { status: "fail", detail: `answers ${status}: ${said}`, hint: "check base_url" };
  const parsed = list.safeParse(parse(text));
  if (!parsed.success)
    return {
      status: "fail",
      detail: `answers with no list of models: ${said}`,
      hint: "check that base_url names an OpenAI-compatible server",
    };
  const known = parsed.data.data.map(({ id }) => id);
  const missing = ids.filter((id) => !known.includes(id));
  if (missing.length === 0) return { status: "ok", detail: `answers, ${known.length} models` };
  const near = missing.flatMap((id) => nearest(id, known));
  return {
    status: "warn",
    detail: `answers, but does not list ${missing.join(", ")}`,
    hint:
      near.length > 0 ? `did you mean ${near.join(" or ")}?` : `it lists ${known.slice(0, 5).join(", ")}${known.length > 5 ? ", …" : ""}`,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A price in words; "price unknown", never "free", where it is null. */
export function priceText(price: { readonly in: number; readonly out: number } | null): string {
  if (price === null) return "price unknown";
  return price.in === 0 && price.out === 0 ? "free" : `$${price.in} in, $${price.out} out for a million tokens`;
}
