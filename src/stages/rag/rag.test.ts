/** The rung as it is climbed: real engine, real knowledge, and a real server where a writer, a judge or a cross-encoder is asked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { experimentOf, temporary, walk } from "../../ladder/world.fixture.ts";
import type { Experiment, Program, RaceResult } from "../../types.ts";
import { endpoint, json, says, serve, type Behaviour } from "../../wire/server.fixture.ts";
import rag, { retrievalOf, retrieving } from "./index.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const climbed = async (options: object, more: Partial<Experiment> = {}, walking: Parameters<typeof walk>[2] = {}) => {
  const world = await walk(place.folder, experimentOf([{ stage: rag, options }], more), walking);
  const program = world.events.flatMap((event) => (event.type === "rung" && event.index === 1 ? [event.program] : []))[0] as Program;
  const rows = world.journal.rows("rag").filter(({ split }) => split === "select");
  const notes = world.progress.flatMap((event) => (event.type === "note" ? [event.text] : []));
  const race = (n = "") => JSON.parse(readFileSync(join(world.run, `1-rag/race${n}.json`), "utf8")) as Pick<RaceResult, "arms">;
  return { ...world, program, rows, notes, race, rung: world.summary?.rungs[1] };
};

/** The world with a writer, a judge and a cross-encoder on a server. */
const served = async (behaviour: Behaviour) => {
  const { url, seen } = await serve(behaviour);
  const { models, endpoints } = experimentOf([]);
  return { seen, more: { models: { ...models, writer: "local/w", judge: "local/j" }, endpoints: { ...endpoints, local: endpoint(url) } } };
};
const asked = (body: string) => (JSON.parse(body) as { messages: { content: string }[] }).messages.map(({ content }) => content).join("\n");

test("a program that was never fitted retrieves by the defaults, and one that retrieves stays as it is", () => {
  const { program } = experimentOf([]);
  expect(retrievalOf(program)).toBeUndefined();
  expect(retrievalOf(retrieving(program))).toMatchObject({ top_k: 5, size: 160, overlap: 16, search: "hybrid" });
  expect(retrieving(retrieving(program))).toEqual(retrieving(program));
});

test("a step of an older program, with fewer options, still retrieves as it says", () => {
  const { program } = experimentOf([]);
  const old = { ...program, steps: [{ use: "rag", with: { top_k: 3, size: 80, overlap: 10 } }] };
  expect(retrievalOf(old)).toMatchObject({ top_k: 3, size: 80, overlap: 10, search: "hybrid", fusion: { dense: 0.5 } });
});

test("what was retrieved is stored with each answer, best first, and shown with numbers that an answer cites when asked to", async () => {
  const { rows, program } = await climbed({ top_k: 2, size: 60, cite: true });
  const found = rows.filter(({ passages }) => passages.length > 0);
  expect(found.length).toBeGreaterThan(0);
  for (const { passages } of found)
    expect(passages.map(({ score }) => score)).toEqual(passages.map(({ score }) => score).toSorted((a, b) => b - a));
  expect(program.system).toContain("[n]");
  expect(found.filter(({ answer }) => /\[[12]\]/.test(answer)).length).toBeGreaterThan(found.length / 2);
});

test("ways to search are measured before any answer, and the best are raced; the rung reports retrieval apart", async () => {
  const { rung, race } = await climbed({ top_k: [1, 2], size: [20, 40, 60], search: ["bm25", "dense", "hybrid"], race: 3 });
  const [sweep, shown] = rung?.tables ?? [];
  expect(sweep?.title).toContain("9 ways to search on 18 cases");
  expect(sweep?.columns).toEqual(["arm", "recall@2", "nDCG@2", "n", "tokens shown", "then"]);
  const ndcg = (sweep?.rows ?? []).map((row) => Number(row[2]));
  expect(ndcg).toEqual(ndcg.toSorted((a, b) => b - a));
  expect(sweep?.rows.filter((row) => row.at(-1) === "raced").length).toBe(3);
  expect(race().arms.map(({ name }) => name)).toEqual([
    "as it was",
    ...race()
      .arms.slice(1)
      .map(({ name }) => name),
  ]);
  expect(race().arms.length).toBe(4);
  // Then the number of passages, around the best of them.
  expect(race("-2").arms.length).toBe(3);
  expect(race("-2").arms.map(({ name }) => name)).toEqual(["as it was", "top 1", "top 2"]);
  expect(shown?.columns).toEqual(["arm", "measure", "mean", "low", "high", "n"]);
  for (const [, , mean, low, high] of shown?.rows ?? []) {
    expect(Number(low)).toBeLessThanOrEqual(Number(mean));
    expect(Number(high)).toBeGreaterThanOrEqual(Number(mean));
  }
});

test("without sources nothing is measured, a capped number of candidates is raced, and a note says so", async () => {
  const { splits } = experimentOf([]);
  const bare = Object.fromEntries(
    Object.entries(splits).map(([name, cases]) => [name, cases.map((kase) => ({ ...kase, sources: [] }))]),
  ) as unknown as Experiment["splits"];
  const { rung, notes, race } = await climbed(
    { top_k: [1, 2, 3], size: [20, 40, 60], search: ["bm25", "hybrid"], race: 2 },
    { splits: bare },
  );
  expect(notes.join("\n")).toContain("no select case names sources");
  expect(notes.join("\n")).toMatch(/\d other values of .* are not tried/);
  expect(rung?.tables).toBeUndefined();
  const programs = ["", "-2", "-3"].flatMap((n) =>
    race(n)
      .arms.slice(1)
      .map((arm) => arm.program),
  );
  expect(new Set(programs).size).toBe(4);
});

test("what needs a model that writes is refused with the reason while the rest is raced, and nothing but that is skipped", async () => {
  const { race, rung } = await climbed({ top_k: 2, size: 60, expand: ["none", "multi-query"], rerank: ["none", "listwise"] });
  const refused = race().arms.filter((arm) => arm.refused !== undefined);
  expect(refused.map(({ name }) => name)).toEqual(["multi-query", "listwise judge of 20"]);
  for (const arm of refused) expect(arm.refused).toMatch(/only reads; name a language model under models\.(writer|judge)/);
  expect(rung?.status).toMatch(/kept|rejected/);
  place.remove();
  place = temporary();
  const only = await climbed({ top_k: 2, size: 60, expand: "multi-query" });
  expect(only.rung).toMatchObject({ status: "skipped", reason: expect.stringContaining("expand: the writer is the embedded engine") });
});

test("a listwise ranking decides what is shown; one that cannot be read leaves the order as it was found, and says so", async () => {
  // What is last comes first; of colours nothing can be read.
  const { seen, more } = await served((response, one) => {
    const text = asked(one.body);
    const n = [...text.matchAll(/^\[\d+\] /gm)].length;
    const order = Array.from({ length: n }, (_, i) => n - i);
    says(text.includes("Question: Which colour") ? "I would rather not." : JSON.stringify({ ranking: order }))(response, one);
  });
  const { rows, rung } = await climbed({ top_k: 2, size: 60, rerank: { use: "listwise", depth: 6 } }, more);
  const ranked = rows.filter(({ passages }) => passages.length > 0);
  const faults = ranked.filter(({ notes }) => notes?.["rerank"] !== undefined);
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.length).toBeLessThan(ranked.length);
  for (const { case: id, passages, notes, calls } of ranked) {
    const [thing] = id.split("-");
    // The last of six never is the thing that was asked for.
    expect(passages.some(({ source }) => source === thing)).toBe(notes?.["rerank"] !== undefined);
    expect(passages.length).toBe(2);
    if (notes?.["rerank"] === undefined) expect(passages.map(({ score }) => score)).toEqual([1, 1 / 2]);
    expect(calls).toBeGreaterThanOrEqual(2);
  }
  expect(seen.length).toBeGreaterThan(0);
  expect(rung?.status).toMatch(/kept|rejected/);
});

test("further queries are searched for too, noted and paid for by the answer", async () => {
  // Whatever is asked, the writer also looks for the tent.
  const { more } = await served(says('{"queries": ["warranty and price and colour of the tent", "tent", "tent tent"]}'));
  const { rows } = await climbed({ top_k: 4, size: 60, search: "bm25", rrf_k: 1, expand: "multi-query", queries: 2 }, more);
  const found = rows.filter(({ passages }) => passages.length > 0);
  expect(found.length).toBeGreaterThan(0);
  for (const { passages, notes, case: id } of found) {
    expect(notes?.["queries"]).toEqual(["warranty and price and colour of the tent", "tent"]);
    expect(passages.map(({ source }) => source)).toContain("tent");
    expect(passages.map(({ source }) => source)).toContain(id.split("-")[0]);
  }
});

test("a cross-encoder's scores rank and cut; where it fails that is the case's error", async () => {
  const { more } = await served((response, one) => {
    // The diagnosis may ask the writer and the judge.
    if (one.path !== "/v1/rerank") return says("?")(response, one);
    const { query, documents } = JSON.parse(one.body) as { query: string; documents: string[] };
    if (query.includes("colour")) return json(400, { error: "no colours" })(response, one);
    const thing = /the (\w+)\b/.exec(query.replace("warranty has", ""))?.[1] ?? "";
    json(200, { results: documents.map((text, index) => ({ index, relevance_score: text.includes(`The ${thing} comes`) ? 0.9 : 0.1 })) })(
      response,
      one,
    );
  });
  const { rows } = await climbed({ top_k: 3, size: 60, rerank: { use: "cross-encoder", model: "local/x" }, min_score: 0.5 }, more);
  const answered = rows.filter(({ retrieved }) => retrieved === true);
  expect(answered.length).toBeGreaterThan(0);
  for (const { passages, case: id } of answered)
    expect(passages.map(({ source, score }) => [source, score])).toEqual([[id.split("-")[0], 0.9]]);
  const failed = rows.filter(({ error }) => error !== undefined);
  expect(failed.length).toBeGreaterThan(0);
  for (const { error, case: id } of failed)
    expect([error, id]).toEqual([expect.stringContaining("no colours"), expect.stringContaining("colour")]);
});

test("what is recorded is what was shown: the budget takes the worst away", async () => {
  const { rows } = await climbed({ top_k: 6, size: 60, context_tokens: 70, order: "ends" });
  const found = rows.filter(({ retrieved }) => retrieved === true);
  expect(found.length).toBeGreaterThan(0);
  for (const { passages } of found) {
    expect(passages.length).toBeGreaterThan(0);
    expect(passages.length).toBeLessThan(6);
  }
});

test("interrupted and run again it races the same arms to the same end", async () => {
  const options = { top_k: [1, 2], size: [20, 60], search: ["bm25", "hybrid"], order: ["rank", "ends"] };
  const whole = await climbed(options);
  const races = ["", "-2", "-3"].map((n) => whole.race(n).arms.map(({ name }) => name));
  place.remove();
  place = temporary();
  await walk(place.folder, experimentOf([{ stage: rag, options }]), { stopAfter: 60 });
  const again = await climbed(options);
  expect(["", "-2", "-3"].map((n) => again.race(n).arms.map(({ name }) => name))).toEqual(races);
  expect(again.program).toEqual(whole.program);
  expect(again.rung?.tables).toEqual(whole.rung?.tables);
});
