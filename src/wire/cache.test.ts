import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cache, type CacheOptions } from "./cache.ts";
import { checkCompletion } from "./check.ts";
import { compose, type Fetch } from "./fetch.ts";
import { openStore } from "./store.ts";

const URL = "http://local.invalid/v1/chat/completions";
const answer = (text: string): string => JSON.stringify({ choices: [{ finish_reason: "stop", message: { content: text } }] });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "llmopt-cache-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "cache");
}

/** An endpoint that counts, behind a cache in the folder. */
function open(
  at: string,
  reply: (n: number) => Response | Promise<Response> = (n) => ok(answer(`answer ${n}`)),
  more: Partial<CacheOptions> = {},
) {
  const calls: string[] = [];
  const warnings: string[] = [];
  const store = openStore(at, (text) => warnings.push(text));
  onTestFinished(() => store.close());
  const accept: CacheOptions["accept"] = (_, __, body) => "value" in checkCompletion(body);
  const fetch: Fetch = async (input) => reply(calls.push(String(input)));
  const send = compose(fetch, cache({ store, scope: "local", where: "endpoint local", offline: false, accept, secrets: [], ...more }));
  const ask = async (body: object, headers: Record<string, string> = {}): Promise<{ text: string; cached: boolean; ms: string | null }> => {
    const response = await send(URL, { method: "POST", body: JSON.stringify(body), headers });
    const read = { cached: response.headers.has("x-llmopt-cached"), ms: response.headers.get("x-llmopt-ms") };
    return { text: await response.text(), ...read };
  };
  return { calls, warnings, store, send, ask };
}

const ok = (body: string): Response => new Response(body, { headers: { "x-llmopt-ms": "812" } });
const hello = { model: "m", messages: [{ role: "user", content: "hello" }], temperature: 0 };

test("the same request is answered by the endpoint once, in this process and in later ones, with its first time", async () => {
  const at = folder();
  const first = open(at);
  expect(await first.ask(hello)).toEqual({ text: answer("answer 1"), cached: false, ms: "812" });
  expect(await first.ask(hello)).toEqual({ text: answer("answer 1"), cached: true, ms: "812" });
  const later = open(at);
  expect(await later.ask(hello)).toEqual({ text: answer("answer 1"), cached: true, ms: "812" });
  expect([first.calls.length, later.calls.length]).toEqual([1, 0]);
});

test("the order of keys makes no difference; everything else does", async () => {
  const { ask, calls } = open(folder());
  await ask(hello);
  await ask({ temperature: 0, messages: [{ content: "hello", role: "user" }], model: "m" });
  expect(calls).toHaveLength(1);
  await ask({ ...hello, model: "n" });
  await ask({ ...hello, temperature: 1 });
  await ask({ ...hello, messages: [...hello.messages, ...hello.messages] });
  await ask(hello, { "x-llmopt-repeat": "1" });
  await ask(hello, { "x-llmopt-repeat": "2" });
  expect(calls).toHaveLength(6);
  await ask(hello, { "x-llmopt-repeat": "1" });
  expect(calls).toHaveLength(6);
});

test("endpoints do not share answers", async () => {
  const at = folder();
  await open(at).ask(hello);
  const other = open(at, undefined, { scope: "other" });
  await other.ask(hello);
  expect(other.calls).toHaveLength(1);
});

test.each([
  ["an error", () => new Response(answer("x"), { status: 500 })],
  ["an empty answer", () => ok(answer(""))],
  ["a filtered answer", () => ok(JSON.stringify({ choices: [{ finish_reason: "content_filter", message: { content: "I" } }] }))],
  ["HTML", () => ok("<html>hi</html>")],
])("%s is never kept", async (_, reply) => {
  const at = folder();
  const { ask, calls } = open(at, reply);
  await ask(hello);
  await ask(hello);
  expect(calls).toHaveLength(2);
  expect(() => readdirSync(at)).toThrow("ENOENT");
});

test("an answer that holds the key is not kept, and the key is in no file", async () => {
  const at = folder();
  const key = "key-not-to-be-seen";
  const { ask, calls } = open(at, (n) => ok(answer(n === 1 ? `your key is ${key}` : "hello")), { secrets: [key] });
  await ask(hello, { authorization: `Bearer ${key}` });
  await ask(hello, { authorization: `Bearer ${key}` });
  await ask(hello, { authorization: `Bearer ${key}` });
  expect(calls).toHaveLength(2);
  const kept = readdirSync(at).map((name) => readFileSync(join(at, name), "utf8"));
  expect(kept.join("")).toContain("hello");
  expect(kept.join("")).not.toContain(key);
});

test("identical requests at the same time make one call, and only one of them is paid for", async () => {
  const { ask, calls } = open(folder(), () => new Promise((done) => setImmediate(() => done(ok(answer("one"))))));
  const replies = await Promise.all(Array.from({ length: 10 }, () => ask(hello)));
  expect(calls).toHaveLength(1);
  expect(replies.filter((reply) => !reply.cached)).toHaveLength(1);
  expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
});

test("a call that failed is not shared with later ones", async () => {
  const { ask, calls } = open(folder(), (n) => (n === 1 ? Promise.reject(new Error("broken")) : ok(answer("fine"))));
  await expect(ask(hello)).rejects.toThrow("broken");
  expect((await ask(hello)).text).toBe(answer("fine"));
  expect(calls).toHaveLength(2);
});

test("neither reading nor paid creation is ever answered from the cache", async () => {
  const { send, calls } = open(folder());
  for (const [path, method] of [
    ["files", "POST"],
    ["fine_tuning/jobs", "POST"],
    ["models", "GET"],
  ]) {
    const body = method === "POST" ? { body: JSON.stringify(hello) } : {};
    for (let i = 0; i < 2; i++)
      expect((await send(`http://local.invalid/v1/${path}`, { method: method ?? "", ...body })).headers.has("x-llmopt-cached")).toBe(false);
  }
  expect(calls).toHaveLength(6);
});

test("a last line that is torn costs that answer alone", async () => {
  const at = folder();
  const { ask, store } = open(at);
  await ask(hello);
  await ask({ ...hello, model: "n" });
  store.close();
  const [name = ""] = readdirSync(at);
  const whole = readFileSync(join(at, name), "utf8");
  for (const torn of [whole.slice(0, -1), whole.slice(0, -20), whole.slice(0, whole.indexOf("\n") + 30)]) {
    writeFileSync(join(at, name), torn);
    const later = open(at);
    expect((await later.ask(hello)).cached).toBe(true);
    expect((await later.ask({ ...hello, model: "n" })).cached).toBe(false);
    later.store.close();
    for (const other of readdirSync(at).filter((each) => each !== name)) rmSync(join(at, other));
  }
});

test("lines and files that are not the cache's own are passed over", async () => {
  const at = folder();
  const { ask, store } = open(at);
  await ask(hello);
  store.close();
  const [name = ""] = readdirSync(at);
  appendFileSync(join(at, name), `not json\n\n{"key":"${"0".repeat(64)}","status":"?"}\n`);
  writeFileSync(join(at, "notes.txt"), "mine");
  expect((await open(at).ask(hello)).cached).toBe(true);
});

test("an answer whose line is damaged is asked for once more and kept anew", async () => {
  const at = folder();
  const { ask, store } = open(at);
  await ask(hello);
  store.close();
  const file = join(at, readdirSync(at)[0] ?? "");
  writeFileSync(file, readFileSync(file, "utf8").replace('"status":200', '"status":"?"'));
  expect((await open(at).ask(hello)).cached).toBe(false);
  expect((await open(at).ask(hello)).cached).toBe(true);
});

test("an answer longer than a read, and one in any script, comes back as it was", async () => {
  const at = folder();
  const long = answer("愛ß🙂\n".repeat(400_000));
  const first = open(at, (n) => ok(n === 1 ? long : answer(`small ${n}`)));
  const asked = [hello, { ...hello, model: "b" }, { ...hello, model: "c" }];
  const before = [];
  for (const each of asked) before.push((await first.ask(each)).text);
  const later = open(at);
  for (const [i, each] of asked.entries()) expect(await later.ask(each)).toMatchObject({ text: before[i], cached: true });
});

test("two caches on one folder lose nothing", async () => {
  const at = folder();
  const both = [open(at), open(at)];
  await Promise.all(both.flatMap(({ ask }, i) => Array.from({ length: 50 }, (_, n) => ask({ ...hello, model: `${i}-${n}` }))));
  expect(readdirSync(at)).toHaveLength(2);
  const later = open(at);
  for (let n = 0; n < 50; n++) for (const i of [0, 1]) await later.ask({ ...hello, model: `${i}-${n}` });
  expect(later.calls).toHaveLength(0);
});

test("where nothing can be written, it is said once and answers go on", async () => {
  const at = folder();
  writeFileSync(at, "a file in the place of the folder");
  const { ask, calls, warnings } = open(at);
  for (const model of ["a", "b", "c"]) expect((await ask({ ...hello, model })).cached).toBe(false);
  expect(calls).toHaveLength(3);
  expect(warnings).toEqual([expect.stringMatching(/^cache .*; going on without keeping new answers$/)]);
});

test.skipIf(process.getuid?.() === 0)("a folder that can only be read still answers", async () => {
  const at = folder();
  await open(at).ask(hello);
  chmodSync(at, 0o500);
  onTestFinished(() => chmodSync(at, 0o700));
  const { ask, warnings } = open(at);
  expect((await ask(hello)).cached).toBe(true);
  expect((await ask({ ...hello, model: "n" })).cached).toBe(false);
  expect(warnings).toHaveLength(1);
});

test("off-line, what is kept is answered and what is not is a fault that says what was asked", async () => {
  const at = folder();
  await open(at).ask(hello);
  const { ask, send, calls } = open(at, undefined, { offline: true });
  expect((await ask(hello)).cached).toBe(true);
  await expect(ask({ ...hello, model: "other" })).rejects.toMatchObject({
    kind: "offline",
    message: 'endpoint local: offline, and the cache has no answer to model other on "hello"; run once without --offline',
  });
  await expect(send("http://local.invalid/v1/models")).rejects.toMatchObject({ kind: "offline" });
  expect(calls).toHaveLength(0);
});
