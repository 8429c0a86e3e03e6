/** One endpoint: its layers, and the openai client on top of them. */
import { setImmediate } from "node:timers/promises";
import type OpenAI from "openai";
import { EndpointFault, type FaultKind } from "../errors.ts";
import type { Endpoint, Spend } from "../types.ts";
import { cache } from "./cache.ts";
import { checkCompletion, type Checked, type Usage } from "./check.ts";
import { LONGEST, type Clock } from "./clock.ts";
import { compatOf, type Compat } from "./compat.ts";
import { faultOf, redact } from "./faults.ts";
import { CACHED, compose, type Fetch, type Layer } from "./fetch.ts";
import { createGate, limit } from "./limit.ts";
import { checkRanks } from "./rerank.ts";
import { retry } from "./retry.ts";
import type { Store } from "./store.ts";

export interface ConnectionOptions {
  readonly endpoint: Endpoint;
  /** What really sends; for an engine in this process, the engine. */
  readonly fetch: Fetch;
  /** Given for an engine in this process: it takes the place of the base URL in the cache. */
  readonly version: string | undefined;
  readonly store: Store | undefined;
  readonly offline: boolean;
  readonly concurrency: number;
  readonly clock: Clock;
  random(): number;
  readonly signal: AbortSignal;
}

export interface Connection {
  /** Names the endpoint in messages. */
  readonly where: string;
  /** What tells this endpoint from others: its name and base URL, or its name and engine version. */
  readonly scope: string;
  /** Nothing may be sent. */
  readonly offline: boolean;
  /** Requests in flight at the most. */
  readonly concurrency: number;
  readonly compat: Compat;
  /**
   * Sends a request by the client and reads the answer; every failure is an EndpointFault, or the reason of an abort.
   * `costOf` says what a failed call cost: with the usage where the answer had one.
   */
  send<T>(
    request: (client: OpenAI) => { asResponse(): Promise<Response> },
    read: (body: string) => Checked<T>,
    costOf?: (kind: FaultKind, usage: Usage | undefined) => Spend | undefined,
  ): Promise<Sent<T>>;
}

interface Sent<T> {
  readonly value: T;
  readonly headers: Headers;
}

/** So many calls lost in a row, each with all its retries, and the endpoint is taken to be down. */
const MOST_LOST = 10;

/** Nothing is loaded or sent before the first request: the openai package takes a while to import. */
export function connect(options: ConnectionOptions): Connection {
  const { endpoint, signal } = options;
  const place = options.version === undefined ? shown(endpoint.baseUrl) : "in this process";
  const where = `endpoint ${endpoint.name} (${place})`;
  const compat = compatOf(endpoint.compat, `endpoints.${endpoint.name}`);
  const secrets = secretsOf(endpoint);
  const scope = JSON.stringify([endpoint.name, options.version ?? endpoint.baseUrl]);
  // An engine in this process needs no network, so that it answers off-line as well.
  const offline = options.offline && options.version === undefined;
  const fetch = compose(options.fetch, ...layersOf({ ...options, offline }, where, scope, secrets));
  let client: Promise<OpenAI> | undefined;
  /** Calls in a row that nothing answered as it should; what the cache answers says nothing about the endpoint. */
  let lost = 0;
  let last = "";
  return {
    where,
    scope,
    offline,
    concurrency: options.concurrency,
    compat,
    async send(request, read, costOf) {
      // Neither an engine in this process nor the cache ever waits: without this, signals and timers would starve.
      await setImmediate();
      signal.throwIfAborted();
      if (/[^\x20-\x7e]/.test(endpoint.apiKey ?? "")) {
        throw new EndpointFault("auth", `${where}: its key holds a line break or a character that no header can carry; set it again`);
      }
      if (lost >= MOST_LOST)
        throw new EndpointFault("down", `${where}: ${lost} calls in a row failed, the last one with: ${last}; run again when it is up`);
      let response: Response;
      try {
        response = await request(await (client ??= createClient(endpoint, compat, fetch))).asResponse();
      } catch (error) {
        signal.throwIfAborted();
        const fault = faultOf(error, where, secrets);
        if (fault.kind === "transient" || fault.kind === "timeout") {
          lost++;
          last = fault.message;
        }
        throw new EndpointFault(fault.kind, fault.message, { cause: fault.cause, spend: costOf?.(fault.kind, undefined) });
      }
      if (!response.headers.has(CACHED)) lost = 0;
      const checked = read(await response.text());
      if ("value" in checked) return { value: checked.value, headers: response.headers };
      throw new EndpointFault(checked.kind, `${where} ${redact(checked.what, secrets)}; ${ADVICE[checked.kind] ?? "run again later"}`, {
        spend: costOf?.(checked.kind, checked.usage),
      });
    },
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  parse: "check that base_url names an OpenAI-compatible server and that it serves this model",
  "content filter": "reword the case or take another model",
  cut: "raise max_tokens",
};

/** Outermost first. A kept answer takes no place; a request keeps its place while it waits to be sent again. */
function layersOf(options: ConnectionOptions, where: string, scope: string, secrets: readonly string[]): Layer[] {
  const { endpoint, store, offline, clock, random } = options;
  const time =
    options.version !== undefined
      ? { timeout: Number.POSITIVE_INFINITY, deadline: Number.POSITIVE_INFINITY, attempts: 1 }
      : { timeout: endpoint.timeout, deadline: endpoint.deadline };
  return [
    ...(store !== undefined || offline ? [cache({ store, scope, where, offline, accept: isGood, secrets })] : []),
    limit(createGate(options.concurrency)),
    retry({ where, ...time, clock, random, secrets }),
  ];
}

function isGood(path: string, request: unknown, body: string): boolean {
  if (path.endsWith("/chat/completions")) return "value" in checkCompletion(body);
  return "value" in checkRanks(body, listed(request, "documents") ?? listed(request, "texts") ?? 0);
}

/** How many things a request lists under a name. */
function listed(request: unknown, name: string): number | undefined {
  const list: unknown = typeof request === "object" && request !== null ? Reflect.get(request, name) : undefined;
  return Array.isArray(list) ? list.length : undefined;
}

async function createClient(endpoint: Endpoint, compat: Compat, fetch: Fetch): Promise<OpenAI> {
  const { default: Client } = await import("openai");
  const key = endpoint.apiKey === undefined || endpoint.apiKey === "" ? "none" : endpoint.apiKey;
  return new Client({
    baseURL: endpoint.baseUrl,
    apiKey: key,
    fetch,
    maxRetries: 0,
    // Ours is the layer that watches the time.
    timeout: LONGEST,
    // What is null or set here cannot come from OPENAI_* variables of the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    defaultHeaders: { Authorization: `Bearer ${key}`, ...(compat.keyHeader === undefined ? {} : { [compat.keyHeader]: key }) },
  });
}

/** A base URL without what may be secret in it. */
function shown(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  return url === null ? baseUrl : `${url.protocol}//${url.host}${url.pathname}`.replace(/\/$/, "");
}

/** The key, and what a base URL may carry: a password, or a key in its query. */
function secretsOf(endpoint: Endpoint): string[] {
  const url = URL.parse(endpoint.baseUrl);
  return [endpoint.apiKey ?? "", url?.password ?? "", ...(url?.searchParams.values() ?? [])].filter((secret) => secret !== "");
}
