import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Endpoint } from "../types.ts";
import type { ModelsOptions } from "./models.ts";
import { json, modelsAt, serve, stillClock, vectors, type Behaviour, type Seen } from "./server.fixture.ts";

const MODEL = "local/e";

function models(url: string, more: Partial<ModelsOptions> = {}, local: Partial<Endpoint> = {}) {
  const warnings: string[] = [];
  const made = modelsAt(url, { prices: { [MODEL]: { in: 1_000_000, out: 0 } }, warn: (text) => warnings.push(text), ...more }, local);
  onTestFinished(() => made.close());
  return { warnings, embed: (texts: readonly string[], model = MODEL) => made.embed(model, texts) };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "llmopt-embed-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "cache");
}

const inputOf = (seen: Seen): readonly string[] => (JSON.parse(seen.body) as { input: string[] }).input;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `${"x".repeat(i + 1)}`);
/** Answers by what the texts of a request are. */
const by =
  (choose: (input: readonly string[]) => Behaviour): Behaviour =>
  (response, seen) =>
    choose(inputOf(seen))(response, seen);
const refuses = (message: string, status = 400): Behaviour => json(status, { error: { message } });
const embeds = (...embedding: readonly number[]): Behaviour =>
  by((input) => json(200, { data: input.map((_, index) => ({ index, embedding })), usage: { prompt_tokens: 1 } }));

describe("a text is embedded once", () => {
  test("whatever texts stood beside it, in this process and in later ones, with the same vector", async () => {
    const { url, seen } = await serve(vectors);
    const cacheFolder = folder();
    const { embed } = models(url, { cacheFolder });
    const fresh = await embed(["a", "bb", "ccc"]);
    const changed = await embed(["a", "changed", "ccc"]);
    expect(seen.map(inputOf)).toEqual([["a", "bb", "ccc"], ["changed"]]);
    expect([changed.vectors[0], changed.vectors[2]]).toEqual([fresh.vectors[0], fresh.vectors[2]]);
    const later = await models(url, { cacheFolder }).embed(["changed", "ccc", "bb", "a"]);
    expect(later.vectors).toEqual([changed.vectors[1], ...fresh.vectors.toReversed()]);
    expect(seen).toHaveLength(2);
  });

  test("and is kept once: no answer is kept beside its vectors", async () => {
    const { url } = await serve(vectors);
    const cacheFolder = folder();
    await models(url, { cacheFolder }).embed(["a text that is not to be kept", "b"]);
    const [name = "", ...others] = readdirSync(cacheFolder);
    expect(others).toEqual([]);
    expect(readFileSync(join(cacheFolder, name), "latin1")).not.toContain("a text");
  });

  test("by those who ask for it at the same time, and what fails for one is not kept from those that come later", async () => {
    const { url, seen } = await serve(refuses("broken"), vectors);
    const { embed } = models(url, { cacheFolder: folder() });
    const both = await Promise.allSettled([embed(["a"]), embed(["a"])]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(seen).toHaveLength(1);
    const replies = await Promise.all([embed(["a", "b"]), embed(["b", "a"]), embed(["c", "a"])]);
    expect(seen.map(inputOf)).toEqual([["a"], ["a", "b"], ["c"]]);
    expect(replies[1].vectors).toEqual(replies[0].vectors.toReversed());
    expect(replies.map(({ spend }) => spend.calls - spend.cached_calls)).toEqual([1, 0, 1]);
  });

  test("by each model and endpoint, and each time where nothing is kept", async () => {
    const { url, seen } = await serve(vectors);
    const cacheFolder = folder();
    await models(url, { cacheFolder }).embed(["a"]);
    await models(url, { cacheFolder }).embed(["a"], "local/f");
    await models(`${url}/`, { cacheFolder }).embed(["a"]);
    expect(seen).toHaveLength(3);
    const { embed } = models(url);
    await Promise.all([embed(["a"]), embed(["a"])]);
    expect(seen).toHaveLength(5);
  });
});

test("texts from the cache cost nothing, and what was paid is told apart from what all would cost", async () => {
  const { url } = await serve(vectors);
  const cacheFolder = folder();
  const { embed } = models(url, { cacheFolder });
  const texts = numbered(300);
  const fresh = await embed(texts);
  expect(fresh.spend).toEqual({ calls: 2, cached_calls: 0, tokens: { in: 300, out: 0 }, usd: 300, list_usd: 300 });
  const kept = { calls: 2, cached_calls: 2, tokens: { in: 300, out: 0 }, usd: 0, list_usd: 300 };
  expect((await models(url, { cacheFolder }).embed(texts)).spend).toEqual(kept);
  const partly = await models(url, { cacheFolder }).embed([...texts, "new"]);
  expect(partly.spend).toEqual({ calls: 3, cached_calls: 2, tokens: { in: 1, out: 0 }, usd: 1, list_usd: 301 });
});

test("off-line, kept texts are answered and one that is not is a fault that names it, before anything else", async () => {
  const { url, seen } = await serve(vectors);
  const cacheFolder = folder();
  await models(url, { cacheFolder }).embed(["a", "b"]);
  const { embed } = models(url, { cacheFolder, offline: true });
  expect((await embed(["b", "a"])).vectors).toHaveLength(2);
  await expect(embed(["a", "never seen"])).rejects.toMatchObject({
    kind: "offline",
    message: expect.stringMatching(/offline, and the cache has no answer to model e on "never seen"; run once without --offline$/),
  });
  expect(seen).toHaveLength(1);
});

test("where an endpoint gives up in the middle, what came back is kept and paid once", async () => {
  const limited = json(429, { error: { message: "slow down" } }, { "retry-after": "7000" });
  const { url, seen } = await serve(vectors, vectors, limited, vectors);
  const cacheFolder = folder();
  const texts = numbered(700);
  const { embed } = models(url, { cacheFolder }, { concurrency: 1 });
  await expect(embed(texts)).rejects.toMatchObject({
    kind: "rate",
    spend: { calls: 3, cached_calls: 0, tokens: { in: 512, out: 0 }, usd: 512 },
  });
  const { vectors: all, spend } = await models(url, { cacheFolder }).embed(texts);
  expect(seen.map((each) => inputOf(each).length)).toEqual([256, 256, 188, 188]);
  expect(all.map(([x = 0, y = 1]) => Math.round(x / y))).toEqual(texts.map(({ length }) => length));
  expect(spend).toMatchObject({ calls: 3, cached_calls: 2, usd: 188, list_usd: 700 });
});

test("a limit on the rate is waited for as long as the endpoint asks", async () => {
  const clock = stillClock();
  const { url, seen } = await serve(json(429, {}, { "retry-after": "7" }), vectors);
  const { vectors: all } = await models(url, { clock }).embed(numbered(10));
  expect([all.length, seen.length, clock.waits]).toEqual([10, 2, [7000]]);
});

describe("an endpoint that takes fewer texts in a request", () => {
  const takes = (most: number, message: string, status: number): Behaviour =>
    by((input) => (input.length > most ? refuses(message, status) : vectors));

  test.each([
    [32, "batch size 256 > maximum allowed batch size 32", 422],
    [10, "batch size is invalid, it should not be larger than 10.: input.contents", 400],
    [96, "total number of texts must be at most 96", 400],
    [1, "only one input is supported", 400],
    [100, "<html>413 Request Entity Too Large</html>", 413],
  ])("%i: gets as many, once it has said so, and the user is told", async (most, message, status) => {
    const { url, seen } = await serve(takes(most, message, status));
    const { embed, warnings } = models(url);
    const texts = numbered(600);
    const { vectors: all, spend } = await embed(texts);
    expect(all.map(([x = 0, y = 1]) => Math.round(x / y))).toEqual(texts.map(({ length }) => length));
    expect(spend.calls).toBe(seen.length);
    expect(spend.tokens.in).toBe(600);
    const size = 2 ** Math.floor(Math.log2(most));
    expect(warnings).toContainEqual(
      expect.stringMatching(new RegExp(`answered ${status}: .*; texts to embed go ${size} at a time from here on$`)),
    );
    seen.length = 0;
    await embed(numbered(3 * size));
    expect(seen.map((each) => inputOf(each).length)).toEqual([size, size, size]);
  });

  test("and refuses one text costs few calls, and later texts go together as before", async () => {
    const { url, seen } = await serve(
      by((input) => (input.includes("x".repeat(200)) ? refuses("input must have less than 190 tokens") : vectors)),
    );
    const { embed, warnings } = models(url);
    await expect(embed(numbered(256))).rejects.toMatchObject({
      kind: "bad request",
      message: expect.stringMatching(
        /^endpoint local .* answered 400: input must have less than 190 tokens; the text that begins "x{60}" \(200 characters\) is longer than the model takes: cut smaller chunks/,
      ),
    });
    expect(seen.length).toBeLessThan(20);
    expect(warnings).toEqual([]);
    seen.length = 0;
    await embed(numbered(150));
    expect(seen).toHaveLength(1);
  });

  test("by a fault that has nothing to do with texts costs few calls and says what the endpoint says", async () => {
    const { url, seen } = await serve(refuses("encoding_format: unknown field", 422));
    await expect(models(url).embed(numbered(256))).rejects.toMatchObject({
      kind: "bad request",
      message: expect.stringMatching(/encoding_format: unknown field; the text that begins "x" \(1 characters\) is refused by itself/),
    });
    expect(seen).toHaveLength(9);
  });

  test("llama.cpp's 500 for a text that is too long is not tried again", async () => {
    const { url, seen } = await serve(refuses("input is too large to process. increase the physical batch size", 500));
    await expect(models(url).embed(["long ".repeat(1000)])).rejects.toMatchObject({
      message: expect.stringContaining("cut smaller chunks"),
    });
    expect(seen).toHaveLength(1);
  });
});

describe("vectors that cannot be right", () => {
  const of = (...data: readonly unknown[]): Behaviour => json(200, { data });
  test.each<[string, Behaviour, RegExp]>([
    ["not finite", (r) => r.writeHead(200).end('{"data":[{"embedding":[NaN,1]},{"embedding":[1,2]}]}'), /no JSON/],
    ["infinite", (r) => r.writeHead(200).end('{"data":[{"embedding":[1e999,1]},{"embedding":[1,2]}]}'), /data\.0\.embedding/],
    ["null", of({ embedding: [1, 2] }, { embedding: [1, null] }), /data\.1\.embedding\.1/],
    ["texts in the place of numbers", of({ embedding: ["1", "2"] }, { embedding: [1, 2] }), /data\.0\.embedding/],
    ["base64", of({ embedding: "AACAPw==" }, { embedding: "AACAPw==" }), /base64, where numbers were asked for/],
    ["only zeros", of({ embedding: [1, 0] }, { embedding: [0, 0] }), /only zeros for text 2 of 2/],
    ["of different lengths", of({ embedding: [1, 0] }, { embedding: [1, 0, 0] }), /2 numbers for one text and 3 for another/],
    ["too few", of({ embedding: [1, 0] }), /1 vectors for 2 texts/],
    ["too many", of({ embedding: [1, 0] }, { embedding: [1, 0] }, { embedding: [1, 0] }), /3 vectors for 2 texts/],
    ["twice of one text", of({ index: 1, embedding: [1, 0] }, { index: 1, embedding: [0, 1] }), /indexes do not match/],
    ["of a text far away", of({ index: 4e9, embedding: [1, 0] }, { index: 0, embedding: [0, 1] }), /indexes do not match/],
  ])("%s are a fault and are not kept", async (_, behaviour, message) => {
    const { url, seen } = await serve(behaviour);
    const cacheFolder = folder();
    const { embed } = models(url, { cacheFolder });
    for (let i = 0; i < 2; i++)
      await expect(embed(["a", "b"])).rejects.toMatchObject({ kind: "parse", message: expect.stringMatching(message) });
    expect(seen).toHaveLength(2);
    expect(() => readdirSync(cacheFolder)).toThrow("ENOENT");
  });

  test("of other lengths in one answer than in another are a fault and are not kept", async () => {
    const { url } = await serve(embeds(1, 2), embeds(1, 2, 3), embeds(2, 1));
    const { embed } = models(url, { cacheFolder: folder() });
    await embed(["a"]);
    await expect(embed(["b"])).rejects.toMatchObject({ message: expect.stringMatching(/2 numbers for one text and 3 for another/) });
    expect((await embed(["a", "b"])).vectors.map(({ length }) => length)).toEqual([2, 2]);
  });

  test("since the model behind the name is another one than before are embedded anew and told", async () => {
    const { url, seen } = await serve(embeds(1, 2), embeds(1, 2, 3));
    const cacheFolder = folder();
    await models(url, { cacheFolder }).embed(["a", "b"]);
    const { embed, warnings } = models(url, { cacheFolder });
    expect((await embed(["a", "b", "c"])).vectors.map(({ length }) => length)).toEqual([3, 3, 3]);
    expect(seen.map(inputOf)).toEqual([["a", "b"], ["c"], ["a", "b"]]);
    expect(warnings).toEqual([expect.stringContaining("another length")]);
    expect((await models(url, { cacheFolder }).embed(["a", "b", "c"])).spend.cached_calls).toBe(1);
    expect(seen).toHaveLength(3);
  });
});

test("vectors have length 1, however large or small their numbers are, kept or not", async () => {
  for (const scale of [1, 1e-300, 1e300, 1e-40, 3e38]) {
    const { url } = await serve(embeds(3 * scale, 4 * scale));
    const cacheFolder = folder();
    for (let i = 0; i < 2; i++) {
      const [[x = 0, y = 0] = []] = (await models(url, { cacheFolder }).embed(["a"])).vectors;
      expect([x, y]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
      expect(Math.hypot(x, y)).toBeCloseTo(1, 14);
    }
  }
});

test("vectors come in the order of the texts, whatever the order of the answer", async () => {
  const shuffled: Behaviour = by((input) =>
    json(200, { data: input.map((text, index) => ({ index, embedding: [text.length, 1] })).toReversed(), usage: { total_tokens: 12 } }),
  );
  const { url } = await serve(shuffled);
  const { vectors: all, spend } = await models(url).embed(["a", "bb", "ccc", "bb"]);
  expect(all.map(([x = 0, y = 1]) => Math.round(x / y))).toEqual([1, 2, 3, 2]);
  expect(spend.tokens.in).toBe(12);
});

test("a text of any length and script is told apart from all others", async () => {
  const { url, seen } = await serve(vectors);
  const cacheFolder = folder();
  const huge = "愛🙂".repeat(300_000);
  const texts = ["e\u0301", "\u00e9", "a ", "a", "\ud83d", "\ud83e", huge, `${huge}.`];
  const fresh = await models(url, { cacheFolder }).embed(texts);
  expect(seen.flatMap(inputOf)).toHaveLength(texts.length);
  expect(seen.length).toBeGreaterThan(2);
  const { vectors: kept, spend } = await models(url, { cacheFolder }).embed(texts);
  expect(kept).toEqual(fresh.vectors);
  expect(spend.cached_calls).toBe(spend.calls);
});

test("kept vectors leave room for signals, and an abort ends with its own reason", async () => {
  const { url } = await serve(vectors);
  const cacheFolder = folder();
  const stop = new AbortController();
  const { embed } = models(url, { cacheFolder, signal: stop.signal });
  await embed(["a"]);
  setImmediate(() => stop.abort(new Error("interrupted")));
  const forever = async (): Promise<never> => {
    for (;;) await embed(["a"]);
  };
  await expect(forever()).rejects.toThrow("interrupted");
});
