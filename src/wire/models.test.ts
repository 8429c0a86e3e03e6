import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EndpointFault } from "../errors.ts";
import type { Endpoint } from "../types.ts";
import type { Fetch } from "./fetch.ts";
import { createModels, type ModelsOptions } from "./models.ts";
import { cut, hang, html, json, modelsAt, nobody, says, serve, vectors, type Behaviour } from "./server.fixture.ts";

const KEY = "key-not-to-be-seen";
const ask = { model: "local/org/model:1b", messages: [{ role: "user" as const, content: "hello" }] };

function models(url: string, more: Partial<ModelsOptions> = {}, local: Partial<Endpoint> = {}) {
  const warnings: string[] = [];
  const prices = { "local/org/model:1b": { in: 1, out: 10 } };
  const made = modelsAt(url, { prices, warn: (text) => warnings.push(text), ...more }, local);
  onTestFinished(() => made.close());
  return { ...made, warnings };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "llmopt-models-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("the model's id is all after the first slash, and nothing is sent that was not set", async () => {
  const { url, seen } = await serve(says("hi"));
  const reply = await models(url).chat(ask);
  expect(seen[0]).toMatchObject({ method: "POST", path: "/v1/chat/completions", headers: { authorization: `Bearer ${KEY}` } });
  expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ model: "org/model:1b", messages: ask.messages });
  expect(reply).toMatchObject({
    text: "hi",
    cut: false,
    cached: false,
    spend: { calls: 1, cached_calls: 0, tokens: { in: 10, out: 2 }, usd: 30 / 1e6, list_usd: 30 / 1e6 },
  });
});

test("variables of the environment change neither host, key nor headers", async () => {
  const { url, seen } = await serve(says("hi"));
  const elsewhere = await serve(says("stolen"));
  for (const [name, value] of [
    ["OPENAI_BASE_URL", elsewhere.url],
    ["OPENAI_API_KEY", "leak"],
    ["OPENAI_ADMIN_KEY", "leak"],
    ["OPENAI_ORG_ID", "leak"],
    ["OPENAI_PROJECT_ID", "leak"],
    ["OPENAI_CUSTOM_HEADERS", "Authorization: leak\nX-Leak: leak"],
  ] as const)
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await models(url).chat(ask)).text).toBe("hi");
  expect((await models(url, {}, { apiKey: undefined }).chat(ask)).text).toBe("hi");
  expect(JSON.stringify(seen)).not.toContain("leak");
  expect(elsewhere.seen).toHaveLength(0);
});

describe("every misbehaviour ends as a named fault after a known number of calls", () => {
  const six = 6;
  test.each<[string, Behaviour, string, RegExp, number]>([
    ["401", json(401, { error: { message: `wrong key ${KEY}` } }), "auth", /answered 401: wrong key \*\*\*; check its key/, 1],
    ["403", json(403, {}), "auth", /answered 403/, 1],
    ["404", json(404, { error: { message: "no such model" } }), "not found", /answered 404: no such model/, 1],
    ["501", json(501, {}), "not found", /answered 501/, 1],
    [
      "a redirect",
      (r) => r.writeHead(301, { location: "https://x.example/v1" }).end(),
      "not found",
      /301: a redirect to https:\/\/x.example\/v1/,
      1,
    ],
    ["400", json(400, { error: { message: "no" } }), "bad request", /answered 400/, 1],
    ["an empty quota", json(429, { error: { message: "pay", code: "insufficient_quota" } }), "quota", /pay; add credit/, 1],
    ["a rate limit", json(429, {}, { "retry-after": "7" }), "rate", /answered 429 \(after 6 attempts\)/, six],
    ["a wait that is too long", json(429, {}, { "retry-after": "7000" }), "rate", /asks to wait 7000 s/, 1],
    ["500 forever", json(500, { error: "down" }), "transient", /answered 500 \(after 6 attempts\): down/, six],
    ["502 as HTML", html(502), "transient", /502 \(after 6 attempts\): an HTML page "Bad gateway nginx/, six],
    ["HTML with 200", html(200, "Please sign in"), "parse", /gave no JSON, but an HTML page "Please sign in/, 1],
    ["an empty body", (r) => r.writeHead(200).end(), "parse", /gave an empty body/, 1],
    ["another JSON", json(200, { hello: 1 }), "parse", /gave no chat completion/, 1],
    ["no choice", json(200, { choices: [] }), "parse", /choices/, 1],
    ["an empty text", says(""), "parse", /empty answer/, 1],
    ["no text before the limit", says("", "length"), "cut", /raise max_tokens/, 1],
    ["a filtered text", says(null, "content_filter"), "content filter", /filtered the answer/, 1],
    ["a cut body", cut, "transient", /after 6 attempts\) broke the connection/, six],
    ["a closed connection", (r) => r.destroy(), "transient", /broke the connection/, six],
    ["silence", hang, "timeout", /no answer within/, six],
  ])("%s", async (_, behaviour, kind, message, calls) => {
    const at = folder();
    const { url, seen } = await serve(behaviour);
    const timeout = behaviour === hang ? 0.05 : 30;
    const { chat } = models(url, { cacheFolder: at }, { timeout });
    const fault: unknown = await chat(ask).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "EndpointFault", kind, message: expect.stringMatching(message) });
    expect(fault).toMatchObject({ message: expect.stringMatching(/^endpoint local \(http:\/\/127\.0\.0\.1:\d+\/v1\)/) });
    expect(fault).toMatchObject({ message: expect.not.stringContaining(KEY) });
    expect(seen).toHaveLength(calls);
    expect(readdirSync(at)).toEqual([]);
  });
});

test("a server that recovers answers", async () => {
  const { url, seen } = await serve(json(500, {}), json(429, {}, { "retry-after": "120" }), cut, says("hi"));
  expect((await models(url).chat(ask)).text).toBe("hi");
  expect(seen).toHaveLength(4);
});

test("no server at all is said plainly, and a key that no header can carry without showing it", async () => {
  const { url } = await serve(says("hi"));
  await expect(models(await nobody()).chat(ask)).rejects.toMatchObject({
    kind: "transient",
    message: expect.stringMatching(/refused the connection; start the server there or check base_url/),
  });
  for (const apiKey of [`${KEY}\n`, `${KEY}…`]) {
    const fault: unknown = await models(url, {}, { apiKey })
      .chat(ask)
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: "auth", message: expect.not.stringContaining(KEY) });
  }
});

test("a password or a key in the base URL is in no message", async () => {
  const { url } = await serve(json(401, { error: { message: "wrong token url-secret-9" } }));
  for (const baseUrl of [`${url}?token=url-secret-9`, url.replace("//", "//user:url-secret-9@")]) {
    const fault: unknown = await models(baseUrl)
      .chat(ask)
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "EndpointFault", message: expect.not.stringContaining("url-secret-9") });
  }
});

test("what was answered is not asked again, each repeat is, and cached answers cost nothing", async () => {
  const { url, seen } = await serve(says("hi"));
  const cacheFolder = folder();
  const first = models(url, { cacheFolder });
  const fresh = await first.chat(ask);
  expect(await first.chat(ask)).toEqual({
    text: "hi",
    cut: false,
    ms: fresh.ms,
    cached: true,
    spend: { calls: 1, cached_calls: 1, tokens: { in: 10, out: 2 }, usd: 0, list_usd: 30 / 1e6 },
  });
  expect(seen).toHaveLength(1);
  await first.chat({ ...ask, repeat: 1 });
  await first.chat({ ...ask, repeat: 2 });
  await first.chat({ ...ask, repeat: 1 });
  expect(seen).toHaveLength(3);
  expect(seen.some((each) => "x-llmopt-repeat" in each.headers)).toBe(false);
  await models(url, { cacheFolder, offline: true }).chat({ ...ask, repeat: 2 });
  expect(seen).toHaveLength(3);
  for (const kept of [cacheFolder, undefined]) {
    const { chat, embed } = models(url, { cacheFolder: kept, offline: true });
    await expect(chat({ ...ask, repeat: 9 })).rejects.toMatchObject({ kind: "offline", message: expect.stringContaining('"hello"') });
    await expect(embed("local/e", ["a"])).rejects.toMatchObject({ kind: "offline" });
  }
  expect(seen).toHaveLength(3);
  for (const name of readdirSync(cacheFolder)) expect(readFileSync(join(cacheFolder, name), "utf8")).not.toContain(KEY);
});

test("without a cache every call is made", async () => {
  const { url, seen } = await serve(says("hi"));
  const { chat } = models(url);
  await Promise.all([chat(ask), chat(ask)]);
  expect(seen).toHaveLength(2);
});

test("no more requests are in flight at an endpoint than allowed, and a hundred are all answered", async () => {
  let now = 0;
  let most = 0;
  const { url } = await serve((response, seen) => {
    most = Math.max(most, ++now);
    setTimeout(() => {
      now--;
      says("hi")(response, seen);
    }, 3);
  });
  const warned: string[] = [];
  const hear = (warning: Error): void => void warned.push(warning.message);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const { chat } = models(url, { concurrency: 5 });
  const replies = await Promise.all(Array.from({ length: 100 }, (_, i) => chat({ ...ask, messages: [{ role: "user", content: `${i}` }] })));
  expect(replies).toHaveLength(100);
  expect(most).toBe(5);
  expect(warned).toEqual([]);
});

test("an abort ends what is in flight with its own reason", async () => {
  const stop = new AbortController();
  const reason = new Error("interrupted");
  const { url, seen } = await serve(() => stop.abort(reason));
  const { chat, embed } = models(url, { signal: stop.signal });
  await expect(chat(ask)).rejects.toBe(reason);
  await expect(chat(ask)).rejects.toBe(reason);
  await expect(embed("local/e", ["a"])).rejects.toBe(reason);
  expect(seen).toHaveLength(1);
});

test("an endpoint that does not count tokens is estimated and said once", async () => {
  const { url } = await serve(says("12345678", "stop", null));
  const { chat, warnings } = models(url);
  expect((await chat(ask)).spend.tokens).toEqual({ in: 2, out: 2 });
  await chat(ask);
  expect(warnings).toEqual([expect.stringContaining("estimated")]);
});

test("a parameter that the endpoint does not take is left out and said once", async () => {
  const { url, seen } = await serve(says("hi"));
  const { chat, warnings } = models(url, {}, { compat: "openai-reasoning" });
  for (let i = 0; i < 2; i++) await chat({ ...ask, params: { temperature: 0, max_tokens: 5 } });
  expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ model: "org/model:1b", messages: ask.messages, max_completion_tokens: 5 });
  expect(warnings).toEqual([expect.stringContaining('"temperature" is not sent')]);
});

describe("embeddings", () => {
  test("are unit vectors in the order of the texts; identical texts are sent once, floats are asked for", async () => {
    const { url, seen } = await serve(vectors);
    const texts = ["aaa", "b", "aaa", "cc", "b"];
    const { vectors: got, spend } = await models(url).embed("local/e", texts);
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ model: "e", input: ["aaa", "b", "cc"], encoding_format: "float" });
    got.forEach((vector, i) => {
      const length = texts[i]?.length ?? 0;
      expect(vector[0]).toBeCloseTo(length / Math.hypot(length, 1), 12);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
    });
    expect(spend).toEqual({ calls: 1, cached_calls: 0, tokens: { in: 3, out: 0 }, usd: null, list_usd: null });
  });

  test("of many texts go in requests of at most 256, and keep their order", async () => {
    const { url, seen } = await serve(vectors);
    const texts = Array.from({ length: 600 }, (_, i) => "x".repeat(i + 1));
    const { vectors: got, spend } = await models(url).embed("local/e", texts);
    expect(seen.map((each) => JSON.parse(each.body).input.length).sort((a, b) => a - b)).toEqual([88, 256, 256]);
    got.forEach((vector, i) => expect((vector[0] ?? 0) / (vector[1] ?? 0)).toBeCloseTo(i + 1, 6));
    expect(spend).toMatchObject({ calls: 3, tokens: { in: 600, out: 0 } });
  });

  test("of nothing make no call; of an empty text none either, and a fault", async () => {
    const { url, seen } = await serve(vectors);
    const { embed } = models(url);
    expect(await embed("local/e", [])).toEqual({
      vectors: [],
      spend: { calls: 0, cached_calls: 0, tokens: { in: 0, out: 0 }, usd: 0, list_usd: 0 },
    });
    await expect(embed("local/e", ["a", " "])).rejects.toMatchObject({
      kind: "bad request",
      message: expect.stringContaining("text 2 of 2"),
    });
    expect(seen).toHaveLength(0);
  });

  test("that are zero or too few are a fault", async () => {
    const zero = await serve(json(200, { data: [{ embedding: [0, 0] }] }));
    await expect(models(zero.url).embed("local/e", ["a"])).rejects.toMatchObject({
      kind: "parse",
      message: expect.stringContaining("only zeros"),
    });
    const few = await serve(json(200, { data: [{ embedding: [1, 0] }] }));
    await expect(models(few.url).embed("local/e", ["a", "b"])).rejects.toMatchObject({ kind: "parse" });
  });

  test("are cached like answers", async () => {
    const { url, seen } = await serve(vectors);
    const { embed } = models(url, { cacheFolder: folder() });
    const fresh = await embed("local/e", ["a", "b"]);
    const kept = await embed("local/e", ["a", "b"]);
    expect(kept.vectors).toEqual(fresh.vectors);
    expect(kept.spend).toMatchObject({ calls: 1, cached_calls: 1, usd: 0 });
    expect(seen).toHaveLength(1);
  });
});

describe("an engine in this process", () => {
  const reply = (text: string): Response =>
    Response.json({ choices: [{ finish_reason: "stop", message: { content: text } }], usage: { prompt_tokens: 1, completion_tokens: 1 } });
  const engine =
    (calls: string[]): Fetch =>
    async (input) => {
      calls.push(String(input));
      return reply(`answer ${calls.length}`);
    };

  test("is reached by the same client, costs nothing, and answers off-line", async () => {
    const calls: string[] = [];
    const { chat, price } = models("http://127.0.0.1:9/v1", {
      inProcess: { embedded: { fetch: engine(calls), version: "1" } },
      offline: true,
    });
    expect(await chat({ ...ask, model: "embedded/reader" })).toMatchObject({ text: "answer 1", spend: { usd: 0 } });
    expect(price("embedded/reader")).toEqual({ in: 0, out: 0 });
    expect(calls).toHaveLength(1);
  });

  test("leaves room for signals and timers, however many calls follow each other, and so does the cache", async () => {
    for (const cacheFolder of [undefined, folder()]) {
      const { chat } = models("http://127.0.0.1:9/v1", { cacheFolder, inProcess: { embedded: { fetch: engine([]), version: "1" } } });
      await chat({ ...ask, model: "embedded/reader" });
      let turns = 0;
      let going = true;
      const count = (): void => {
        turns++;
        if (going) setImmediate(count);
      };
      setImmediate(count);
      for (let i = 0; i < 50; i++) await chat({ ...ask, model: "embedded/reader" });
      going = false;
      expect(turns).toBeGreaterThanOrEqual(49);
    }
  });

  test("of a new version answers anew", async () => {
    const calls: string[] = [];
    const cacheFolder = folder();
    const at = (version: string) =>
      models("http://127.0.0.1:9/v1", { cacheFolder, inProcess: { embedded: { fetch: engine(calls), version } } });
    const texts = [];
    for (const version of ["1", "1", "2", "1"]) texts.push((await at(version).chat({ ...ask, model: "embedded/reader" })).text);
    expect(texts).toEqual(["answer 1", "answer 1", "answer 2", "answer 1"]);
  });

  test("that fails is asked once", async () => {
    const calls: string[] = [];
    const broken: Fetch = async (input) => {
      calls.push(String(input));
      throw new Error("bug");
    };
    const { chat } = models("http://127.0.0.1:9/v1", { inProcess: { embedded: { fetch: broken, version: "1" } } });
    await expect(chat({ ...ask, model: "embedded/reader" })).rejects.toMatchObject({ message: expect.stringContaining("failed: bug") });
    expect(calls).toHaveLength(1);
  });
});

test("an unknown endpoint and a model without one are told before any call", async () => {
  const { url, seen } = await serve(says("hi"));
  const { chat, embed, tuning } = models(url);
  await expect(chat({ ...ask, model: "locl/x" })).rejects.toThrow('there is no endpoint "locl"; did you mean "local"?');
  for (const model of ["gpt-4o", "/x", "local/"]) await expect(chat({ ...ask, model })).rejects.toThrow("write endpoint/model-id");
  await expect(embed("nowhere/x", ["a"])).rejects.toThrow("there is no endpoint");
  expect(() => tuning("nowhere")).toThrow("there is no endpoint");
  expect(seen).toHaveLength(0);
});

test("what a failed call cost is not forgotten: counted by its usage, unknown where an answer may have been paid, nothing where it was refused", async () => {
  const prices = { "test/m": { in: 1, out: 2 } };
  const spendOf = async (behaviour: Behaviour, known: boolean) => {
    const { url } = await serve(behaviour);
    const models = createModels({
      endpoints: { test: { name: "test", baseUrl: url, compat: "generic", concurrency: 1, timeout: 1, deadline: 1 } },
      inProcess: {},
      offline: false,
      prices: known ? prices : {},
      signal: new AbortController().signal,
    });
    const fault: unknown = await models
      .chat({ model: "test/m", messages: [{ role: "user", content: "hi" }] })
      .catch((error: unknown) => error);
    return fault instanceof EndpointFault ? fault.spend : "no fault";
  };
  const burnt = says("", "length", { prompt_tokens: 1_000_000, completion_tokens: 1_000_000 });
  expect(await spendOf(burnt, true)).toEqual({ calls: 1, cached_calls: 0, tokens: { in: 1_000_000, out: 1_000_000 }, usd: 3, list_usd: 3 });
  expect(await spendOf(burnt, false)).toMatchObject({ calls: 1, usd: null });
  expect(await spendOf(html(200), true)).toMatchObject({ calls: 1, usd: null });
  expect(await spendOf(json(400, { error: { message: "no" } }), false)).toMatchObject({ calls: 1, usd: 0 });
});
