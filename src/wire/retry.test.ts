import { expect, test } from "vitest";
import { EndpointFault } from "../errors.ts";
import { compose, type Fetch } from "./fetch.ts";
import { MOST_ATTEMPTS, retry, type RetryOptions } from "./retry.ts";
import { cut, hang, html, json, says, serve, stillClock, type Behaviour } from "./server.fixture.ts";

const post = { method: "POST", body: "{}" };

async function against(behaviours: readonly Behaviour[], options: Partial<RetryOptions> = {}) {
  const server = await serve(...behaviours);
  const clock = stillClock();
  const send: Fetch = compose(fetch, retry({ where: "endpoint local", timeout: 30, deadline: 600, clock, random: () => 0, ...options }));
  return { ...server, clock, send, chat: () => send(`${server.url}/chat/completions`, post) };
}

test.each([408, 409, 429, 500, 502, 503, 504, 529])("%i is sent again until it is answered", async (status) => {
  const { chat, seen } = await against([json(status, {}), html(status), says("hi")]);
  expect((await chat()).status).toBe(200);
  expect(seen).toHaveLength(3);
});

test.each([400, 401, 402, 403, 404, 405, 413, 422, 501, 301])("%i is final", async (status) => {
  const { chat, seen } = await against([json(status, { error: { message: "no" } }, { location: "http://127.0.0.1:1/" })]);
  expect((await chat()).status).toBe(status);
  expect(seen).toHaveLength(1);
});

test("an exhausted quota is final, though its status is that of a rate limit", async () => {
  const { chat, seen } = await against([json(429, { error: { message: "pay", type: "insufficient_quota", code: "insufficient_quota" } })]);
  expect((await chat()).status).toBe(429);
  expect(seen).toHaveLength(1);
});

test("one request makes at most the documented number of calls, and the last answer is returned", async () => {
  const { chat, seen, clock } = await against([json(500, { error: "down" })]);
  const response = await chat();
  expect(response.status).toBe(500);
  expect(response.headers.get("x-llmopt-attempts")).toBe(String(MOST_ATTEMPTS));
  expect(seen).toHaveLength(MOST_ATTEMPTS);
  expect(clock.waits).toEqual([500, 1000, 2000, 4000, 8000]);
});

test("a random half is taken off a wait", async () => {
  const { chat, clock } = await against([json(500, {}), says("hi")], { random: () => 0.999_999 });
  await chat();
  expect(clock.waits[0]).toBeCloseTo(250, 0);
});

test.each([
  ["retry-after", "90", 90_000],
  ["retry-after", "Sun, 22 Nov 2026 12:02:00 GMT", 120_000],
  ["retry-after-ms", "1500", 1500],
  ["retry-after", "0", 0],
])("%s: %s is waited for in full", async (name, value, ms) => {
  const { chat, clock } = await against([json(429, {}, { [name]: value }), says("hi")]);
  expect((await chat()).status).toBe(200);
  expect(clock.waits).toEqual([ms]);
});

test("a Retry-After beyond the deadline fails at once and says so", async () => {
  const { chat, seen, clock } = await against([json(429, {}, { "retry-after": "3600" })]);
  const fault = await chat().catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(EndpointFault);
  expect(fault).toMatchObject({ kind: "rate", message: expect.stringMatching(/asks to wait 3600 s.*deadline of 600 s/) });
  expect(seen).toHaveLength(1);
  expect(clock.waits).toEqual([]);
});

test("the deadline ends the attempts", async () => {
  const { chat, seen } = await against([json(503, {})], { deadline: 2 });
  expect((await chat()).status).toBe(503);
  expect(seen).toHaveLength(3);
});

test("an answer that is cut, or a connection that is closed, is asked for again", async () => {
  const { chat, seen } = await against([cut, (response) => response.destroy(), says("hi")]);
  expect((await chat()).status).toBe(200);
  expect(seen).toHaveLength(3);
});

test("connections that always break end as a named fault after the documented number of calls", async () => {
  const { chat, seen } = await against([cut]);
  await expect(chat()).rejects.toMatchObject({
    kind: "transient",
    message: expect.stringMatching(/after 6 attempts.*broke the connection/),
  });
  expect(seen).toHaveLength(MOST_ATTEMPTS);
});

test("a server that hangs is given up after the time of an attempt, each time", async () => {
  const { chat, seen } = await against([hang], { timeout: 0.05, attempts: 3 });
  await expect(chat()).rejects.toMatchObject({ kind: "timeout", message: expect.stringContaining("no answer within 0.1 s") });
  expect(seen).toHaveLength(3);
});

test("a body that never ends is a timeout as well", async () => {
  const { chat, seen } = await against([(response) => response.writeHead(200).write("{"), says("hi")], { timeout: 0.05 });
  expect((await chat()).status).toBe(200);
  expect(seen).toHaveLength(2);
});

test.each(["files", "fine_tuning/jobs", "batches"])("POST /%s is sent once, whatever comes back", async (path) => {
  for (const behaviour of [json(500, {}), json(429, {}), cut]) {
    const { url, send, seen } = await against([behaviour]);
    await send(`${url}/${path}`, post).catch(() => undefined);
    expect(seen).toHaveLength(1);
  }
});

test("a POST that must be sent once is tried again where nothing could be sent", async () => {
  let calls = 0;
  const refused: Fetch = async () => {
    calls++;
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
  };
  const send = retry({ where: "endpoint local", timeout: 1, deadline: 600, clock: stillClock(), random: () => 0 })(refused);
  await expect(send("http://127.0.0.1:1/v1/files", post)).rejects.toMatchObject({ kind: "transient" });
  expect(calls).toBe(MOST_ATTEMPTS);
});

test("reading a job is sent again", async () => {
  const { url, send, seen } = await against([json(500, {}), json(200, {})]);
  expect((await send(`${url}/fine_tuning/jobs/ftjob-1`)).status).toBe(200);
  expect(seen).toHaveLength(2);
});

test("an abort ends a wait and an attempt with its own reason", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped by the user");
  const waiting = await against([json(500, {})], {
    clock: {
      now: () => 0,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          stop.abort(reason);
        }),
    },
  });
  await expect(waiting.send(`${waiting.url}/embeddings`, { ...post, signal: stop.signal })).rejects.toBe(reason);
  expect(waiting.seen).toHaveLength(1);

  const other = new AbortController();
  const hanging = await against([() => other.abort(reason)]);
  await expect(hanging.send(`${hanging.url}/embeddings`, { ...post, signal: other.signal })).rejects.toBe(reason);
  expect(hanging.seen).toHaveLength(1);
});

test("only known headers leave, and a redirect is not followed", async () => {
  const { url, send, seen } = await against([says("hi")]);
  const headers = {
    authorization: "Bearer k",
    "x-llmopt-repeat": "3",
    "x-stainless-os": "Linux",
    "openai-organization": "org",
    cookie: "c",
  };
  await send(`${url}/chat/completions`, { ...post, headers });
  expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer k" });
  for (const name of ["x-llmopt-repeat", "x-stainless-os", "openai-organization", "cookie"])
    expect(seen[0]?.headers).not.toHaveProperty(name);

  const elsewhere = await serve(says("stolen"));
  const redirecting = await against([(response) => response.writeHead(307, { location: `${elsewhere.url}/chat/completions` }).end()]);
  expect((await redirecting.chat()).status).toBe(307);
  expect(elsewhere.seen).toHaveLength(0);
});
