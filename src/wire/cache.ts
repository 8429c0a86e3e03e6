/** Answers from the disk what was answered before. */
import { createHash } from "node:crypto";
import { EndpointFault } from "../errors.ts";
import { canonical } from "../program/hash.ts";
import { excerpt } from "./faults.ts";
import { CACHED, isRepeatable, MS, pathOf, RENEW, REPEAT, responseOf, urlOf, type Answer, type Fetch, type Layer } from "./fetch.ts";
import type { Store } from "./store.ts";

export interface CacheOptions {
  /** Undefined when nothing is kept: then only `offline` has an effect. */
  readonly store: Store | undefined;
  /** What tells this endpoint from others: its name and base URL, or its name and engine version. */
  readonly scope: string;
  /** Names the endpoint in messages. */
  readonly where: string;
  /** Answers from the store alone. */
  readonly offline: boolean;
  /** Is the body of this 200 answer to this request worth keeping? */
  accept(path: string, request: unknown, body: string): boolean;
  /** An answer that holds one of them is not kept. */
  readonly secrets: readonly string[];
}

/**
 * Keeps chat completions and rankings by what was asked: endpoint, path, the body in canonical form and the repeat index
 * (request header `x-llmopt-repeat`); vectors are kept text by text elsewhere (see `vectors.ts`). Identical requests at the same time share one call. A kept answer carries the
 * headers `x-llmopt-cached: 1` and `x-llmopt-ms`, the milliseconds that it took at first.
 */
export function cache(options: CacheOptions): Layer {
  const flights = new Map<string, Promise<Answer>>();
  return (next) => async (input, init) => {
    const asked = requestOf(input, init);
    if (asked === undefined) {
      if (options.offline) throw offline(options.where, `${init?.method ?? "GET"} ${pathOf(input)}`);
      return next(input, init);
    }
    const key = keyOf(options.scope, pathOf(input), new URL(urlOf(input)).search, asked, init);
    const flight = flights.get(key);
    if (flight !== undefined) return responseOf(asHit(await flight));
    const mine = fetchOnce(options, key, asked, next, input, init);
    flights.set(key, mine);
    try {
      return responseOf(await mine);
    } finally {
      flights.delete(key);
    }
  };
}

async function fetchOnce(
  { store, offline: alone, accept, secrets, where }: CacheOptions,
  key: string,
  asked: Request,
  next: Fetch,
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
): Promise<Answer> {
  // Off-line there is nothing but what is kept, good or not.
  const renew = !alone && new Headers(init?.headers).has(RENEW);
  const kept = renew ? undefined : await store?.get(key);
  if (kept !== undefined) {
    const headers = new Headers({ "content-type": "application/json", [CACHED]: "1", [MS]: String(kept.ms) });
    return { status: kept.status, headers, body: kept.body };
  }
  if (alone) throw offline(where, describe(asked));
  const response = await next(input, init);
  const answer = { status: response.status, headers: new Headers(response.headers), body: await response.text() };
  const secret = secrets.some((each) => each.length >= 8 && answer.body.includes(each));
  if (answer.status === 200 && !secret && accept(pathOf(input), asked, answer.body)) {
    await store?.put(key, { status: 200, ms: Number(answer.headers.get(MS) ?? 0), body: answer.body }, renew);
  }
  return answer;
}

type Request = Readonly<Record<string, unknown>>;

/** The JSON body of a request that is safe to answer from a cache. */
function requestOf(input: Parameters<Fetch>[0], init: RequestInit | undefined): Request | undefined {
  if (init?.method !== "POST" || !isRepeatable(input, init) || typeof init.body !== "string") return undefined;
  if (pathOf(input).endsWith("/embeddings")) return undefined;
  const body: unknown = JSON.parse(init.body);
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const request = Object.fromEntries(Object.entries(body));
  return request["stream"] === true ? undefined : request;
}

function keyOf(scope: string, path: string, query: string, body: Request, init: RequestInit | undefined): string {
  const repeat = new Headers(init?.headers).get(REPEAT) ?? "0";
  return createHash("sha256")
    .update(JSON.stringify([scope, path + query, canonical(body), repeat]))
    .digest("hex");
}

/** A shared answer was not paid for twice, if it is one that can be used at all. */
function asHit(answer: Answer): Answer {
  const headers = new Headers(answer.headers);
  headers.set(CACHED, "1");
  return { ...answer, headers };
}

/** What was asked is not kept, and may not be asked for. */
export function offline(where: string, what: string): EndpointFault {
  return new EndpointFault("offline", `${where}: offline, and the cache has no answer to ${what}; run once without --offline`);
}

function describe(asked: Request): string {
  const messages = asked["messages"];
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  const text = typeof last === "object" && last !== null && "content" in last ? last.content : asked["query"];
  const shown = typeof text === "string" ? text : JSON.stringify(text ?? null);
  return described(String(asked["model"]), shown);
}

/** What a model was asked, for messages. */
export function described(model: string, text: string): string {
  return `model ${model} on "${excerpt(text).slice(0, 80)}"`;
}
