import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { EndpointFault } from "../errors.ts";
import { excerpt, faultOf, redact } from "./faults.ts";
import { cut, html, json, nobody, serve, type Behaviour } from "./server.fixture.ts";

const WHERE = "endpoint local (http://127.0.0.1:1/v1)";
const KEY = "sk-planted-0123456789";

/** What the openai client throws, alone, without any layer of ours. */
async function thrown(behaviour: Behaviour): Promise<unknown> {
  const { url } = await serve(behaviour);
  const client = new OpenAI({ baseURL: url, apiKey: KEY, maxRetries: 0 });
  return client.chat.completions.create({ model: "m", messages: [] }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("an error of the client becomes one fault class, decided by status and code", () => {
  test.each([
    [401, { error: { message: "bad key", code: "invalid_api_key" } }, "auth", /answered 401: bad key; check its key$/],
    [403, { error: { message: "your organisation may not" } }, "auth", /answered 403: your organisation may not/],
    [404, { error: { message: 'model "x" not found' } }, "not found", /answered 404: model "x" not found; check its base_url and the name/],
    [404, { detail: "Not Found" }, "not found", /answered 404: Not Found;/],
    [400, { error: { message: "no such model", code: "model_not_found" } }, "not found", /400/],
    [501, {}, "not found", /501/],
    [402, { error: "no credit" }, "quota", /answered 402: no credit; add credit/],
    [429, { error: { message: "pay", code: "insufficient_quota" } }, "quota", /pay; add credit/],
    [429, { error: { message: "slow down", code: "rate_limit_exceeded" } }, "rate", /slow down; lower the concurrency/],
    [400, { error: { message: "bad temperature" } }, "bad request", /bad temperature; check the parameters/],
    [422, { message: "extra_forbidden" }, "bad request", /extra_forbidden/],
    [400, { error: { message: "this is too long", code: "context_length_exceeded" } }, "bad request", /longer than the model's context/],
    [400, { error: { message: "exceeds the available context size" } }, "bad request", /longer than the model's context/],
    [400, { error: { message: "filtered", code: "content_filter" } }, "content filter", /filtered/],
    [400, { error: { message: "x", innererror: { code: "ResponsibleAIPolicyViolation" } } }, "content filter", /400/],
    [500, { error: { message: "oops" } }, "transient", /answered 500: oops/],
    [503, { error: { message: "loading" } }, "transient", /loading/],
  ])("%i %j", async (status, body, kind, message) => {
    const fault = faultOf(await thrown(json(status, body)), WHERE);
    expect(fault).toBeInstanceOf(EndpointFault);
    expect(fault.kind).toBe(kind);
    expect(fault.message).toMatch(message);
    expect(fault.message.startsWith(WHERE)).toBe(true);
  });
});

test("an HTML page is told in a line", async () => {
  const { message } = faultOf(await thrown(html(502)), WHERE);
  expect(message).toMatch(/answered 502: an HTML page "Bad gateway nginx nginx/);
  expect(message).not.toMatch(/[<>\n]/);
  expect(message.length).toBeLessThan(400);
});

test("a refused connection, a cut answer and an unknown host say what they are", async () => {
  const at = (baseURL: string): Promise<unknown> =>
    new OpenAI({ baseURL, apiKey: KEY, maxRetries: 0 }).models.list().then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(faultOf(await at(await nobody()), WHERE)).toMatchObject({
    kind: "transient",
    message: expect.stringContaining("refused the connection; start the server"),
  });
  expect(faultOf(await at("http://nowhere.invalid/v1"), WHERE).message).toMatch(/host/);
  expect(faultOf(await thrown(cut), WHERE)).toMatchObject({ kind: "transient", message: expect.stringContaining("broke the connection") });
});

test("a timeout is a timeout, wherever it was raised", () => {
  expect(faultOf(new OpenAI.APIConnectionTimeoutError(), WHERE).kind).toBe("timeout");
  expect(
    faultOf(new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "UND_ERR_HEADERS_TIMEOUT" }) }), WHERE).kind,
  ).toBe("timeout");
  expect(faultOf(new DOMException("no answer within 2 s", "TimeoutError"), WHERE).message).toMatch(/gave no answer within 2 s/);
});

test("a fault of ours inside the client's error is kept as it is", () => {
  const ours = new EndpointFault("offline", "not in the cache");
  expect(faultOf(new OpenAI.APIConnectionError({ cause: ours }), WHERE)).toBe(ours);
});

test("no secret is in a message, though the endpoint repeats it", async () => {
  const { message } = faultOf(await thrown(json(401, { error: { message: `wrong key ${KEY} and hidden-value` } })), WHERE, [
    "hidden-value",
  ]);
  expect(message).not.toContain(KEY);
  expect(message).not.toContain("hidden-value");
  expect(redact("Authorization: Bearer abcdef123456", [])).toBe("Authorization: Bearer ***");
});

test("an excerpt is one line of at most 200 characters", () => {
  const line = excerpt(`a\n\n b${"x".repeat(500)}`);
  expect(line).toMatch(/^a bx+…$/);
  expect(line).toHaveLength(200);
});
