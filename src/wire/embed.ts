/** Embeddings text by text: what is kept or on its way is not sent again. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { EndpointFault, type FaultKind } from "../errors.ts";
import { nothing, sum } from "../spend.ts";
import type { Spend } from "../types.ts";
import { batchesOf, createBatcher } from "./batches.ts";
import { described, offline } from "./cache.ts";
import { checkEmbeddings, type Usage } from "./check.ts";
import type { Connection } from "./client.ts";
import type { Kept, Vectors } from "./vectors.ts";

export interface Embedded {
  /** Unit vectors, one a text, in their order, all of one length; the same whether they were kept or not. */
  readonly vectors: readonly (readonly number[])[];
  /**
   * Each request that was sent is a call; texts from the cache count as the cached calls that they would have taken. Where only a part was
   * kept, `tokens` are those that were sent, so that no budget counts others; `list_usd` is of all.
   */
  readonly spend: Spend;
}

export interface EmbedderOptions {
  /** As the endpoint knows it. */
  readonly model: string;
  readonly connection: Connection;
  /** Undefined where nothing is kept: then every text is sent each time. */
  readonly kept: Vectors | undefined;
  readonly signal: AbortSignal;
  readonly warn: (text: string) => void;
  /** What requests cost. */
  readonly spendOf: (usage: Usage, cached: boolean, requests: number) => Spend;
  readonly spendOfFailed: (kind: FaultKind, usage: Usage | undefined) => Spend | undefined;
  /** What texts take where the endpoint does not say. */
  readonly estimate: (texts: readonly string[]) => Usage;
}

interface Item {
  readonly key: string;
  readonly text: string;
}

/**
 * An embedder of one model. What comes back is kept request by request, so that a later call goes on after a fault. Throws an EndpointFault
 * with what all requests cost.
 */
export function createEmbedder(options: EmbedderOptions): (texts: readonly string[]) => Promise<Embedded> {
  const { model, connection, kept, signal, warn, spendOf } = options;
  const { where, scope, offline: alone } = connection;
  const sendInBatches = createBatcher(connection.concurrency, warn);
  /** Texts that are on their way, for those who want them as well. */
  const flights = new Map<string, PromiseWithResolvers<Kept>>();
  /** Of the vectors that the endpoint gave in this run. */
  let length: number | undefined;

  async function request(items: readonly Item[], spends: Spend[]): Promise<ReadonlyMap<string, Kept>> {
    const input = items.map(({ text }) => text);
    const reply = await connection
      .send(
        (client) => client.embeddings.create({ model, input, encoding_format: "float" }, { signal }),
        (body) => {
          const checked = checkEmbeddings(body, input.length, length);
          if ("value" in checked) length = checked.value.vectors[0]?.length;
          return checked;
        },
        options.spendOfFailed,
      )
      .catch((error: unknown) => {
        if (error instanceof EndpointFault && error.spend !== undefined) spends.push(error.spend);
        throw error;
      });
    const usage = reply.value.usage ?? options.estimate(input);
    spends.push(spendOf(usage, false, 1));
    const tokens = sharesOf(usage.in, input);
    const made = new Map(items.map(({ key }, i) => [key, { vector: single(reply.value.vectors[i] ?? []), tokens: tokens[i] ?? 0 }]));
    kept?.put(made);
    return made;
  }

  /** Sends the texts, and tells those who wait for them as well. */
  async function send(items: readonly Item[], spends: Spend[]): Promise<ReadonlyMap<string, Kept>> {
    const mine = new Map(items.map(({ key }) => [key, Promise.withResolvers<Kept>()]));
    for (const [key, flight] of mine) {
      flight.promise.catch(() => {});
      if (kept !== undefined) flights.set(key, flight);
    }
    const all = new Map<string, Kept>();
    try {
      await sendInBatches(items, async (batch) => {
        for (const [key, one] of await request(batch, spends)) {
          all.set(key, one);
          mine.get(key)?.resolve(one);
        }
      });
      return all;
    } catch (error) {
      // It was told, and paid, here.
      const shared = error instanceof EndpointFault ? new EndpointFault(error.kind, error.message, { cause: error.cause }) : error;
      for (const { reject } of mine.values()) reject(shared);
      throw error;
    } finally {
      for (const [key, flight] of mine) if (flights.get(key) === flight) flights.delete(key);
    }
  }

  return async (texts) => {
    const empty = texts.findIndex((text) => text.trim() === "");
    if (empty >= 0)
      throw new EndpointFault("bad request", `${where}: text ${empty + 1} of ${texts.length} to embed is empty; leave it out`);
    // What is kept is read at once: without this, signals and timers would starve.
    await setImmediate();
    signal.throwIfAborted();
    const items = [...new Set(texts)].map((text): Item => ({ key: keyOf(scope, model, text), text }));
    const there = alike(kept?.get(items.map(({ key }) => key)) ?? new Map<string, Kept>(), length);
    const missing = items.filter(({ key }) => !there.has(key) && !flights.has(key));
    const flying = Promise.all(
      items.flatMap(({ key }) => (there.has(key) ? [] : (flights.get(key)?.promise.then((one) => [key, one] as const) ?? []))),
    );
    flying.catch(() => {});
    const [first] = missing;
    if (alone && first !== undefined) throw offline(where, described(model, first.text));
    const spends: Spend[] = [];
    try {
      const sent = await send(missing, spends);
      const stale = items.filter(({ key }) => there.has(key) && length !== undefined && there.get(key)?.vector.length !== length);
      if (stale.length > 0)
        warn(`model ${model}: gives vectors of another length than those that were kept; their texts are embedded again`);
      const again = await send(stale, spends);
      const all = new Map([...there, ...(await flying), ...sent, ...again]);
      const free = items.filter(({ key }) => !sent.has(key) && !again.has(key));
      const tokens = free.reduce((total, { key }) => total + (all.get(key)?.tokens ?? 0), 0);
      const cached = free.length === 0 ? [] : [spendOf({ in: tokens, out: 0, cached: 0, written: 0 }, true, batchesOf(free).length)];
      const byText = new Map(items.map(({ key, text }) => [text, toUnit(all.get(key)?.vector ?? new Float32Array())]));
      return {
        vectors: texts.map((text) => byText.get(text) ?? []),
        spend: sum([...spends, ...cached.map((part) => (spends.length === 0 ? part : { ...part, tokens: nothing.tokens }))]),
      };
    } catch (error) {
      if (!(error instanceof EndpointFault)) throw error;
      throw new EndpointFault(error.kind, error.message, { cause: error.cause, spend: spends.length === 0 ? undefined : sum(spends) });
    }
  };
}

/** Raised when another vector is kept for the same text. */
const VERSION = 1;

function keyOf(scope: string, model: string, text: string): string {
  return createHash("sha256")
    .update(JSON.stringify([VERSION, scope, model, text]))
    .digest("hex")
    .slice(0, 32);
}

/** Vectors of the length, or all where they are of one; of different models behind one name none can be trusted. */
function alike(kept: ReadonlyMap<string, Kept>, length: number | undefined): ReadonlyMap<string, Kept> {
  const lengths = new Set([...kept.values()].map(({ vector }) => vector.length));
  if (lengths.size < 2 && (length === undefined || lengths.has(length))) return kept;
  return new Map([...kept].filter(([, { vector }]) => vector.length === length));
}

/** A request's tokens shared out by the length of its texts; whole numbers with the same sum. */
function sharesOf(tokens: number, texts: readonly string[]): readonly number[] {
  const all = texts.reduce((total, text) => total + text.length, 0);
  let characters = 0;
  return texts.map((text) => {
    const before = Math.round((tokens * characters) / all);
    characters += text.length;
    return Math.round((tokens * characters) / all) - before;
  });
}

/** In the precision in which endpoints compute; scaled where its numbers are beyond that. */
function single(vector: readonly number[]): Float32Array {
  const most = vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return Float32Array.from(most > 1e30 || most < 1e-30 ? vector.map((x) => x / most) : vector);
}

/** Squares of float32 neither overflow nor vanish. Plain loops, since all that is kept comes by here: others take ten times as long. */
function toUnit(vector: Float32Array): number[] {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i] ?? 0) * (vector[i] ?? 0);
  const length = Math.sqrt(squares);
  const unit = new Array<number>(vector.length);
  for (let i = 0; i < vector.length; i++) unit[i] = (vector[i] ?? 0) / length;
  return unit;
}
