/** What is tried: every way once, by a name of its own, and a step that does the same when it is read back. */
import { expect, test } from "vitest";
import { first } from "../../grid.ts";
import { complaints } from "./check.ts";
import { mostArms } from "./fit.ts";
import { ANSWERED, keyOf, measurable, MEASURED, variants } from "./grid.ts";
import { namesOf } from "./names.ts";
import { options } from "./options.ts";
import { listsOf, retrieverOf, settingsOf, stepOf, type Lists } from "./settings.ts";
import { finalists, sweep } from "./sweep.ts";

const lists = (given: object, measured = true) => listsOf(options.parse(given), measured);
const rich = {
  top_k: [3, 5],
  size: [100, 200],
  overlap: [0, 20],
  search: ["bm25", "dense", "hybrid"],
  fusion: ["rrf", "convex"],
  rrf_k: [10, 60],
  weight: [0.3, 0.7],
  expand: ["none", "multi-query"],
  queries: [2, 4],
  rerank: ["none", "mmr", "listwise", { use: "cross-encoder", model: "tei/x" }, { use: "listwise", model: "writer", depth: 10 }],
  order: ["rank", "ends"],
  abstain: [false, true],
};
const all = () => variants(first(lists(rich)), [...MEASURED, ...ANSWERED.filter(([key]) => key !== "rerank")].flat(), lists(rich));

test("settings that do different things have different names and steps, and those that do the same are one", () => {
  const settings = all();
  expect(new Set(settings.map(keyOf)).size).toBe(settings.length);
  expect(new Set(namesOf(settings)).size).toBe(settings.length);
  // Of bm25 and dense neither the fusion nor its numbers count, of hybrid only those of its own fusion.
  const searches = variants(first(lists(rich)), MEASURED[2] ?? [], lists(rich));
  expect(searches.map(({ search, fusion }) => (search === "hybrid" ? fusion : search))).toEqual([
    "bm25",
    "dense",
    "rrf",
    "rrf",
    "convex",
    "convex",
  ]);
});

test("a step read back is the same settings where they count", () => {
  for (const settings of all().filter((_, i) => i % 7 === 0)) {
    const step = JSON.parse(JSON.stringify(stepOf(settings))) as object;
    const back = settingsOf(options.parse(step));
    expect(stepOf(back)).toEqual(step);
  }
});

test("names say only what differs, and what an option does not do only where nothing else is said", () => {
  const names = (given: object, ...keys: (keyof Lists)[]) => namesOf(variants(first(lists(given)), keys, lists(given)));
  expect(names({ top_k: [5], size: 320 }, "top_k", "size")).toEqual(["top 5 · 320 tokens · hybrid"]);
  expect(names({ top_k: [3, 5], size: 320 }, "top_k", "size")).toEqual(["top 3", "top 5"]);
  expect(names({ size: [120, 240], search: ["bm25", "hybrid"] }, "size", "search")).toEqual([
    "120 tokens · bm25",
    "120 tokens · hybrid",
    "240 tokens · bm25",
    "240 tokens · hybrid",
  ]);
  expect(names({ rerank: ["none", "mmr"] }, "rerank")).toEqual(["not reranked", "mmr 0.7"]);
  expect(names({ order: ["rank", "ends"], abstain: [false, true] }, "order", "abstain")).toEqual([
    "plain",
    "may abstain",
    "best at both ends",
    "best at both ends · may abstain",
  ]);
});

/** A search whose every query finds the source at a rank that depends on the retriever, so that one combination is best. */
const scored = (rank: (retriever: ReturnType<typeof retrieverOf>) => number) => {
  let searches = 0;
  return {
    searches: () => searches,
    async search(retriever: ReturnType<typeof retrieverOf>, _: unknown, k: number) {
      searches++;
      return Array.from({ length: k }, (__, i) => {
        const source = i + 1 === rank(retriever) ? "gold" : `other ${i}`;
        return { id: `${source}#1`, source, title: source, text: "w ".repeat(retriever.size), score: 1 };
      });
    },
  };
};
const cases = [{ id: "c", fields: { question: "?" }, sources: ["gold"] }];

test("few ways to search are all measured; of many the best is found group by group, with far fewer searches", async () => {
  const few = scored(({ size }) => (size === 200 ? 1 : 3));
  const small = await sweep(measurable(lists({ size: [100, 200, 300], top_k: 5 })), cases, () => "?", few);
  expect([small.whole, few.searches(), small.measured[0]?.settings.size]).toEqual([true, 3, 200]);
  const many = {
    chunker: "markdown",
    size: [50, 100, 200, 400],
    overlap: [0, 10, 20],
    search: ["bm25", "hybrid"],
    fusion: ["rrf", "convex"],
    pool: [10, 50],
  };
  const lab = scored(
    ({ size, overlap, fusion, search }) =>
      (size === 200 ? 1 : 3) + (overlap === 20 ? 0 : 1) + (search === "hybrid" && "dense" in fusion && fusion.dense === 0.6 ? 0 : 1),
  );
  const large = await sweep(measurable(lists({ ...many, top_k: 8 })), cases, () => "?", lab);
  expect(large.whole).toBe(false);
  expect(large.measured[0]?.settings).toMatchObject({ size: 200, overlap: 20, search: "hybrid", fusion: "convex", weight: 0.6 });
  expect(lab.searches()).toBeLessThan(40);
});

test("of ways that rank alike the one that shows fewer tokens is best, and every way to cut comes before a second way to search the same", async () => {
  const { measured } = await sweep(
    measurable(lists({ size: [300, 100, 200], search: ["hybrid", "bm25"], top_k: 5 })),
    cases,
    () => "?",
    scored(({ search }) => (search === "bm25" ? 2 : 1)),
  );
  expect(measured.map(({ settings: { size, search } }) => `${search} ${size}`)).toEqual([
    "hybrid 100",
    "hybrid 200",
    "hybrid 300",
    "bm25 100",
    "bm25 200",
    "bm25 300",
  ]);
  expect(finalists(measured, 4).map(({ size, search }) => `${search} ${size}`)).toEqual([
    "hybrid 100",
    "hybrid 200",
    "hybrid 300",
    "bm25 100",
  ]);
});

test("the estimate has all combinations where they are few, else one arm for each further value", () => {
  const arms = (given: object) => mostArms(options.parse(given));
  expect(arms({})).toBe(2);
  expect(arms({ top_k: [3, 5], size: [120, 240] })).toBe(4);
  expect(arms({ top_k: [1, 2, 3, 4, 5] })).toBe(5);
  // Four of the ways to search and one more for each further value; without sources one for each value, twice as many as a race at the most.
  const sizes = [50, 100, 200, 400, 800, 1600];
  expect(arms({ top_k: [2, 3, 4, 5], size: sizes, order: ["rank", "ends"], cite: [false, true] })).toBe(4 + 3 + 1 + 1);
  expect(arms({ top_k: [3, 5], size: sizes })).toBe(1 + 5 + 1);
  expect(arms({ top_k: [3, 5], size: sizes, race: 3 })).toBe(2 * 3);
});

test.each([
  [{ size: [60, 200], overlap: 60 }, "overlap: 60 tokens are as long as a chunk of 60"],
  [{ fusion: "rrf", weight: 0.3 }, "weight: is that of a convex fusion"],
  [{ search: "bm25", fusion: "rrf" }, "fusion: joins the two lists"],
  [{ search: "dense", rrf_k: 10 }, "rrf_k: is the constant"],
  [{ queries: 2 }, "queries: is how many"],
  [{ fusion: "rrf", min_score: 0.5 }, "min_score: 0.5 is more than a fusion by ranks ever scores"],
  [{ template: "{{titel}} {{text}}" }, 'template: unknown placeholder {{titel}}; did you mean "title"?'],
  [{ template: "{{title}}" }, "template: does not show the passage"],
  [{ template: "{{text" }, "template: {{ is never closed"],
  [{ rerank: { use: "cross-encoder", model: "tie/x" } }, 'rerank: unknown endpoint "tie" of the model "tie/x"; did you mean "tei"?'],
  [{ rerank: { use: "cross-encoder", model: "embedded/reader" } }, "rerank: the embedded engine has no model for cross-encoder"],
] as const)("%j is refused before any call", (given, complaint) => {
  const found = complaints(options.parse(given), { endpoints: ["embedded", "openai", "tei"] });
  expect(found.join("\n")).toContain(complaint);
});

test("what makes sense together is not complained of", () => {
  for (const given of [
    {},
    rich,
    { min_score: 0.5, fusion: "convex" },
    { search: "bm25", expand: "decompose", rrf_k: 10 },
    { min_score: 3, search: "bm25" },
  ]) {
    expect(complaints(options.parse(given), { endpoints: ["tei"] })).toEqual([]);
  }
});
