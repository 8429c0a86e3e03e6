/** All models of an experiment behind one door. */
import { EndpointFault, type FaultKind, suggest, UserError } from "../errors.ts";
import type { Ask, Endpoint, Experiment, Message, Reply, Spend, TuningWire } from "../types.ts";
import { splitModel } from "../program/model.ts";
import { sum } from "../spend.ts";
import { checkCompletion, checkEmbeddings, type Usage } from "./check.ts";
import { connect, type Connection } from "./client.ts";
import { systemClock, type Clock } from "./clock.ts";
import { adapt } from "./compat.ts";
import { CACHED, MS, RENEW, REPEAT, type Fetch } from "./fetch.ts";
import { priceOf, usdOf } from "./prices.ts";
import type { Price } from "./price-table.ts";
import { openStore } from "./store.ts";
import { createTuning } from "./tuning.ts";

export interface Models {
  /** Asks a model, named `endpoint/model-id`. Throws an EndpointFault when there is no usable answer. */
  chat(ask: Ask): Promise<Reply>;
  /** Unit vectors, one a text, in their order. Identical texts are sent once; an empty one is refused. */
  embed(model: string, texts: readonly string[]): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly spend: Spend }>;
  tuning(endpoint: string): TuningWire;
  /** USD per million tokens; null when it is unknown. */
  price(model: string): { readonly in: number; readonly out: number } | null;
  /** What tells a model's answers from those of another of the same name: where it runs, or which version of the engine. */
  identity(model: string): string;
  close(): Promise<void>;
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
  const spendOf = (model: string, usage: Usage, headers: Headers): Spend => {
    const cached = headers.has(CACHED);
    const list = usdOf(usage, price(model));
    return {
      calls: 1,
      cached_calls: cached ? 1 : 0,
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
    const usage = reply.value.usage ?? estimate(ask.messages, reply.value.text);
    return {
      text: reply.value.text,
      cut: reply.value.cut,
      spend: spendOf(ask.model, usage, reply.headers),
      ms: Number(reply.headers.get(MS) ?? 0),
      cached: reply.headers.has(CACHED),
    };
  }

  async function embed(model: string, texts: readonly string[]): Promise<{ vectors: readonly (readonly number[])[]; spend: Spend }> {
    const { endpoint, id } = splitModel(model);
    const { where, send } = connection(endpoint);
    const empty = texts.findIndex((text) => text.trim() === "");
    if (empty >= 0)
      throw new EndpointFault("bad request", `${where}: text ${empty + 1} of ${texts.length} to embed is empty; leave it out`);
    const batches = batchesOf([...new Set(texts)]);
    const answers = await Promise.all(
      batches.map(async (batch) => {
        const body = { model: id, input: [...batch], encoding_format: "float" as const };
        const answer = await send(
          (client) => client.embeddings.create(body, { signal: options.signal }),
          (text) => checkEmbeddings(text, batch.length),
          spendOfFailed(model),
        );
        if (answer.value.usage === undefined) noUsage(model);
        const usage =
          answer.value.usage ??
          estimate(
            batch.map((content) => ({ content })),
            "",
          );
        return { vectors: answer.value.vectors.map(toUnit), spend: spendOf(model, usage, answer.headers) };
      }),
    );
    const vectors = answers.flatMap((answer) => answer.vectors);
    const sizes = [...new Set(vectors.map((vector) => vector.length))];
    if (sizes.length > 1) throw new EndpointFault("parse", `${where} gave vectors of different lengths, ${sizes.join(" and ")}`);
    const byText = new Map(batches.flat().map((text, i) => [text, vectors[i] ?? []]));
    return { vectors: texts.map((text) => byText.get(text) ?? []), spend: sum(answers.map((answer) => answer.spend)) };
  }

  return {
    chat,
    embed,
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

const BATCH = { texts: 256, characters: 400_000 };

/** In order; a request stays below the limits of common servers (2048 texts, 300,000 tokens). */
function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let size = 0;
  for (const text of texts) {
    const last = batches.at(-1);
    size += text.length;
    if (last !== undefined && last.length < BATCH.texts && size <= BATCH.characters) last.push(text);
    else {
      batches.push([text]);
      size = text.length;
    }
  }
  return batches;
}

function toUnit(vector: readonly number[]): number[] {
  // Scaled by the largest first, so that squares neither overflow nor vanish.
  const largest = vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const length = Math.sqrt(vector.reduce((total, x) => total + (x / largest) ** 2, 0));
  return vector.map((x) => x / largest / length);
}

/** About four characters a token, for endpoints that do not count. */
function estimate(messages: readonly Pick<Message, "content">[], text: string): Usage {
  const characters = messages.reduce((total, message) => total + message.content.length, 0);
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
