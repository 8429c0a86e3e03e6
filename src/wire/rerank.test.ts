/** Cross-encoders on the wire: whichever server, a text gets the score that is its own, or the call fails. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EndpointFault } from "../errors.ts";
import type { Endpoint } from "../types.ts";
import type { ModelsOptions } from "./models.ts";
import { html, json, modelsAt, serve, type Behaviour } from "./server.fixture.ts";

const MODEL = "local/BAAI/bge-reranker-base";

function models(url: string, more: Partial<ModelsOptions> = {}, local: Partial<Endpoint> = {}) {
  const made = modelsAt(url, { prices: { [MODEL]: { in: 1, out: 0 } }, ...more }, local);
  onTestFinished(() => made.close());
  return made;
}

/** Scores a text by its length, best first, as TEI and as all others write it. */
const tei: Behaviour = (response, { body }) => {
  const { texts } = JSON.parse(body) as { texts: string[] };
  const ranks = texts.map((text, index) => ({ index, score: text.length })).toSorted((a, b) => b.score - a.score);
  json(200, ranks)(response, { method: "", path: "", headers: {}, body });
};
const cohere: Behaviour = (response, { body }) => {
  const { documents } = JSON.parse(body) as { documents: string[] };
  const results = documents
    .map((text, index) => ({ index, relevance_score: text.length, document: { text } }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score);
  json(200, { id: "r", model: "m", results, usage: { total_tokens: 70 } })(response, { method: "", path: "", headers: {}, body });
};

const texts = ["ab", "abcd", "a"];

test("scores come back in the order of the texts, in both dialects, and nothing is sent that the server does not know", async () => {
  const one = await serve(cohere);
  expect((await models(one.url).rerank(MODEL, "q", texts)).scores).toEqual([2, 4, 1]);
  expect(one.seen[0]).toMatchObject({ method: "POST", path: "/v1/rerank", headers: { authorization: "Bearer key-not-to-be-seen" } });
  expect(JSON.parse(one.seen[0]?.body ?? "")).toEqual({ model: "BAAI/bge-reranker-base", query: "q", documents: texts, top_n: 3 });
  const other = await serve(tei);
  expect((await models(other.url, {}, { compat: "tei" }).rerank(MODEL, "q", texts)).scores).toEqual([2, 4, 1]);
  expect(JSON.parse(other.seen[0]?.body ?? "")).toEqual({ query: "q", texts });
});

test("a server that takes so many texts at once gets them in parts, and every score is its text's", async () => {
  const { url, seen } = await serve(tei);
  const many = Array.from({ length: 70 }, (_, i) => "x".repeat(1 + ((i * 7) % 31)));
  const { scores, spend } = await models(url, {}, { compat: "tei" }).rerank(MODEL, "q", many);
  expect(scores).toEqual(many.map(({ length }) => length));
  expect(seen.length).toBe(3);
  expect(spend.calls).toBe(3);
  expect((await models(url, {}, { compat: "tei" }).rerank(MODEL, "q", [])).spend.calls).toBe(0);
});

test("tokens and price are booked as the server counts them, by their length where it does not", async () => {
  const one = await serve(cohere);
  expect((await models(one.url).rerank(MODEL, "q", texts)).spend).toMatchObject({ calls: 1, tokens: { in: 70, out: 0 }, usd: 70 / 1e6 });
  const other = await serve(tei);
  const { spend } = await models(other.url, {}, { compat: "tei" }).rerank(MODEL, "q".repeat(40), texts);
  expect(spend.tokens.in).toBeGreaterThan(30);
});

test("a good answer is asked for once: the cache has it afterwards, off-line too, and never a bad one", async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), "llmopt-rerank-"));
  onTestFinished(() => rmSync(cacheFolder, { recursive: true, force: true }));
  const { url, seen } = await serve(json(200, { results: [{ index: 0, relevance_score: 1 }] }), cohere);
  await expect(models(url, { cacheFolder }).rerank(MODEL, "q", texts)).rejects.toThrow("gave 1 scores for 3 texts");
  await models(url, { cacheFolder }).rerank(MODEL, "q", texts);
  const again = await models(url, { cacheFolder, offline: true }).rerank(MODEL, "q", texts);
  expect(again).toMatchObject({ scores: [2, 4, 1], spend: { calls: 1, cached_calls: 1, usd: 0 } });
  expect(seen.length).toBe(2);
  await expect(models(url, { cacheFolder, offline: true }).rerank(MODEL, "other", texts)).rejects.toThrow(/offline.*"other"/);
});

test("it is sent again where that may help, and not where it may not", async () => {
  const busy = await serve(json(503, { error: "loading" }), json(429, { error: "slow down" }), cohere);
  expect((await models(busy.url).rerank(MODEL, "q", texts)).scores).toEqual([2, 4, 1]);
  const wrong = await serve((response) => response.writeHead(422).end("Failed to deserialize the JSON body: missing field `texts`"));
  const fault = await models(wrong.url)
    .rerank(MODEL, "q", texts)
    .catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(EndpointFault);
  expect(String(fault)).toMatch(/422.*missing field `texts`.*compat/);
  expect(wrong.seen.length).toBe(1);
});

const ranks = (...entries: readonly unknown[]) => json(200, { results: entries });
const good = [0, 1, 2].map((index) => ({ index, relevance_score: index }));

test.each([
  ["a page of HTML", html(200), "gave no JSON, but an HTML page"],
  ["an empty body", ((response) => response.writeHead(200).end()) satisfies Behaviour, "gave an empty body"],
  ["an error in 200", json(200, { error: "no such model" }), "gave no ranking"],
  ["null", json(200, null), "gave no ranking"],
  [
    "a text that was not sent",
    ranks(good[0], good[1], { index: 3, relevance_score: 1 }),
    "ranked a text number 3 (from 0), where 3 were sent",
  ],
  ["an index below 0", ranks(good[0], good[1], { index: -1, relevance_score: 1 }), "gave no ranking (results.2.index"],
  ["half an index", ranks(good[0], good[1], { index: 1.5, relevance_score: 1 }), "gave no ranking (results.2.index"],
  ["a text twice", ranks(good[0], good[1], good[1]), "ranked a text twice"],
  ["a text without a score", ranks(good[0], good[1]), "gave 2 scores for 3 texts"],
  ["a score that is none", ranks(good[0], good[1], { index: 2, relevance_score: null }), "gave no ranking (results.2.relevance_score"],
  ["an entry without a score", ranks(good[0], good[1], { index: 2 }), "results.2.relevance_score: is missing"],
  ["nothing ranked", ranks(), "gave 0 scores for 3 texts"],
])("%s is an error that says so", async (_, behaviour, message) => {
  const { url } = await serve(behaviour);
  await expect(models(url).rerank(MODEL, "q", texts)).rejects.toThrow(message);
});

test("Voyage's data and a nonsensical usage do not matter", async () => {
  const { url } = await serve(json(200, { object: "list", data: good, usage: { total_tokens: -1 } }));
  expect((await models(url).rerank(MODEL, "q", texts)).scores).toEqual([0, 1, 2]);
});
