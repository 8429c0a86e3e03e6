/** All models of an experiment behind one door. */
import { type FaultKind, suggest, UserError } from "../errors.ts";
import type { Ask, Endpoint, Experiment, Reply, Spend, TuningWire } from "../types.ts";
import { splitModel } from "../program/model.ts";
import { sum } from "../spend.ts";
import { checkCompletion, type Usage } from "./check.ts";
import { connect, type Connection } from "./client.ts";
import { systemClock, type Clock } from "./clock.ts";
import { adapt } from "./compat.ts";
import { createEmbedder, type Embedded } from "./embed.ts";
import { CACHED, MS, RENEW, REPEAT, type Fetch } from "./fetch.ts";
import { priceOf, usdOf } from "./prices.ts";
import { checkRanks, rerankBatches, rerankBody } from "./rerank.ts";
import type { Price } from "./price-table.ts";
import { openStore } from "./store.ts";
import { createTuning } from "./tuning.ts";
import { openVectors } from "./vectors.ts";

export interface Models {
  /** Asks a model, named `endpoint/model-id`. Throws an EndpointFault when there is no usable answer. */
  chat(ask: Ask): Promise<Reply>;
  /** Identical texts are sent once, those in the cache not at all; an empty one is refused. */
  embed(model: string, texts: readonly string[]): Promise<Embedded>;
  /** Scores of texts by a cross-encoder, in their order, higher is better; no call where there is no text. */
  rerank(model: string, query: string, texts: readonly string[]): Promise<Reranked>;
  tuning(endpoint: string): TuningWire;
  /** USD per million tokens; null when it is unknown. */
  price(model: string): { readonly in: number; readonly out: number } | null;
  /** What tells a model's answers from those of another of the same name: where it runs, or which version of the engine. */
  identity(model: string): string;
  close(): Promise<void>;
}

interface Reranked {
  readonly scores: readonly number[];
  readonly spend: Spend;
  /** Milliseconds of the longest request; for a cached one the original time. */
  readonly ms: number;
}

export interface ModelsOptions {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Engines that run in this process, by the name of their endpoint; a new version makes old cached answers stale. */
  readonly inProcess: Readonly<Record<string, { readonly fetch: Fetch; readonly version: string }>>;
  /** Undefined keeps nothing. */
  readonly cacheFolder?: string | undefined;
  /** Answers from the cache alone; engines in this process answer all the same. */
  readonly offline: boolean;
  /** Requests in flight at each endpoint at the most, in place of the endpoints' own. */
  readonly concurrency?: number | undefined;
  readonly prices: Experiment["prices"];
  readonly signal: AbortSignal;
  /** What really sends; the built-in fetch unless given. */
  readonly fetch?: Fetch | undefined;
  readonly clock?: Clock | undefined;
  /** 0 <= x < 1; only spreads waits. */
  readonly random?: (() => number) | undefined;
  /** Told once of each thing that the user should know and that is no error. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Opens no connection and no file before the first request. */
export function createModels(options: ModelsOptions): Models {
  const warn = once(options.warn ?? ((text) => process.emitWarning(text)));
  const store = options.cacheFolder === undefined ? undefined : openStore(options.cacheFolder, warn);
  const kept = options.cacheFolder === undefined ? undefined : openVectors(options.cacheFolder, warn);
  const connections = new Map<string, Connection>();
  const connection = (name: string): Connection => {
    const known = connections.get(name) ?? connect({ ...connectionOf(name, options), store });
    connections.set(name, known);
    return known;
  };
  const price = (model: string): Price | null => {
    const { endpoint } = splitModel(model);
    if (options.prices[model] === undefined && options.inProcess[endpoint] !== undefined) return { in: 0, out: 0 };
    return priceOf(model, options.prices, options.endpoints[endpoint]?.baseUrl);
  };
  const spendOf = (model: string, usage: Usage, cached: boolean, requests = 1): Spend => {
    const list = usdOf(usage, price(model));
    return {
      calls: requests,
      cached_calls: cached ? requests : 0,
      tokens: { in: usage.in, out: usage.out },
      usd: cached ? 0 : list,
      list_usd: list,
    };
  };
  /** What a call cost that failed: nothing where it was refused, unknown where an answer may have been made and paid. */
  const spendOfFailed =
    (model: string) =>
    (kind: FaultKind, usage: Usage | undefined): Spend | undefined => {
      if (kind === "offline") return undefined;
      const rate = price(model);
      const free = rate !== null && rate.in === 0 && rate.out === 0;
      const refused = ["auth", "not found", "quota", "rate", "transient", "bad request"].includes(kind);
      const usd = usage !== undefined ? usdOf(usage, rate) : refused || free ? 0 : null;
      return { calls: 1, cached_calls: 0, tokens: { in: usage?.in ?? 0, out: usage?.out ?? 0 }, usd, list_usd: usd };
    };
  const noUsage = (model: string): void => warn(`model ${model}: the endpoint does not say how many tokens it used; they are estimated`);

  async function chat(ask: Ask): Promise<Reply> {
    const { endpoint, id } = splitModel(ask.model);
    const { compat, send } = connection(endpoint);
    const { sent, omitted } = adapt(ask.params ?? {}, compat);
    for (const name of omitted) warn(`model ${ask.model}: parameter "${name}" is not sent, this endpoint does not take it`);
    const form = ask.schema !== undefined && compat.jsonSchema === true ? { response_format: formatOf(ask.schema) } : {};
    const body = { ...sent, ...form, model: id, messages: [...ask.messages] };
    const headers = { ...(ask.repeat ? { [REPEAT]: String(ask.repeat) } : {}), ...(ask.renew === true ? { [RENEW]: "1" } : {}) };
    const reply = await send(
      (client) => client.chat.completions.create(body, { signal: options.signal, headers }),
      checkCompletion,
      spendOfFailed(ask.model),
    );
    if (reply.value.cut) warn(`model ${ask.model}: answers are cut at its limit on tokens; raise max_tokens`);
    if (reply.value.usage === undefined) noUsage(ask.model);
    const usage =
      reply.value.usage ??
      estimate(
        ask.messages.map(({ content }) => content),
        reply.value.text,
      );
    return {
      text: reply.value.text,
      cut: reply.value.cut,
      spend: spendOf(ask.model, usage, reply.headers.has(CACHED)),
      ms: Number(reply.headers.get(MS) ?? 0),
      cached: reply.headers.has(CACHED),
    };
  }

  const embedders = new Map<string, ReturnType<typeof createEmbedder>>();
  const embedder = (model: string): ReturnType<typeof createEmbedder> => {
    const { endpoint, id } = splitModel(model);
    const known = embedders.get(model);
    if (known !== undefined) return known;
    const made = createEmbedder({
      model: id,
      connection: connection(endpoint),
      kept,
      signal: options.signal,
      warn,
      spendOf: (usage, cached, requests) => spendOf(model, usage, cached, requests),
      spendOfFailed: spendOfFailed(model),
      estimate(texts) {
        noUsage(model);
        return estimate(texts, "");
      },
    });
    embedders.set(model, made);
    return made;
  };

  async function rerank(model: string, query: string, texts: readonly string[]): Promise<Reranked> {
    const { endpoint, id } = splitModel(model);
    const { compat, send } = connection(endpoint);
    const dialect = compat.rerank ?? "documents";
    const answers = await Promise.all(
      rerankBatches(dialect, texts).map(async (batch) => {
        const body = rerankBody(dialect, id, query, batch);
        const { value, headers } = await send(
          (client) => client.post("/rerank", { body, signal: options.signal }),
          (text) => checkRanks(text, batch.length),
          spendOfFailed(model),
        );
        if (value.usage === undefined) noUsage(model);
        const usage =
          value.usage ??
          estimate(
            batch.map((text) => query + text),
            "",
          );
        return { scores: value.scores, spend: spendOf(model, usage, headers.has(CACHED)), ms: Number(headers.get(MS) ?? 0) };
      }),
    );
    return {
      scores: answers.flatMap(({ scores }) => scores),
      spend: sum(answers.map(({ spend }) => spend)),
      ms: Math.max(0, ...answers.map(({ ms }) => ms)),
    };
  }

  return {
    chat,
    embed: async (model, texts) => await embedder(model)(texts),
    rerank,
    tuning: (endpoint) => createTuning(connection(endpoint), options.signal),
    price(model) {
      const known = price(model);
      return known && { in: known.in, out: known.out };
    },
    identity(model) {
      const { endpoint } = splitModel(model);
      return `${model} ${options.inProcess[endpoint]?.version ?? options.endpoints[endpoint]?.baseUrl ?? ""}`;
    },
    async close() {
      store?.close();
      kept?.close();
    },
  };
}

/** Structured output as OpenAI's chat completions write it. */
function formatOf({ name, schema }: NonNullable<Ask["schema"]>) {
  return { type: "json_schema" as const, json_schema: { name, schema: { ...schema }, strict: true } };
}

function connectionOf(name: string, options: ModelsOptions): Omit<Parameters<typeof connect>[0], "store"> {
  const engine = options.inProcess[name];
  const endpoint = options.endpoints[name] ?? (engine && inProcessEndpoint(name));
  if (endpoint === undefined) {
    const known = new Set([...Object.keys(options.endpoints), ...Object.keys(options.inProcess)]);
    throw new UserError(`endpoints: there is no endpoint "${name}"; ${suggest(name, known)}`);
  }
  return {
    endpoint,
    fetch: engine?.fetch ?? options.fetch ?? fetch,
    version: engine?.version,
    offline: options.offline,
    concurrency: options.concurrency ?? endpoint.concurrency,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    signal: options.signal,
  };
}

function inProcessEndpoint(name: string): Endpoint {
  return { name, baseUrl: `http://${name}.invalid/v1`, compat: "generic", concurrency: 8, timeout: 60, deadline: 600 };
}

/** About four characters a token, for endpoints that do not count. */
function estimate(asked: readonly string[], text: string): Usage {
  const characters = asked.reduce((total, one) => total + one.length, 0);
  return { in: Math.ceil(characters / 4), out: Math.ceil(text.length / 4), cached: 0, written: 0 };
}

function once(warn: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text)) return;
    told.add(text);
    warn(text);
  };
}
