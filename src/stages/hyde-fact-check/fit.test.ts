import { afterEach, beforeEach, expect, test } from "vitest";
import { experimentOf, temporary, walk } from "../../ladder/world.fixture.ts";
import type { Rung } from "../../types.ts";
import rag from "../rag/index.ts";
import stage from "./index.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const tablesOf = (rung: Rung | undefined) => {
  const tables = rung?.tables ?? [];
  const named = (part: string) => tables.find(({ title }) => title.includes(part));
  return { retrieval: named("hypothetical"), check: named("fact-check on"), answers: named("with and without") };
};
const column = (table: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] } | undefined, name: string) =>
  new Map((table?.rows ?? []).map((row) => [row[0], row[table?.columns.indexOf(name) ?? -1]]));

test("neither, HyDE, the check and both are told apart on the same cases, and what is told adds up", async () => {
  const experiment = experimentOf([{ stage: rag, options: { top_k: 2, size: 60 } }, { stage }]);
  const { summary, journal } = await walk(place.folder, experiment);
  const rung = summary?.rungs[2];
  const { retrieval, check, answers } = tablesOf(rung);
  const names = [...column(answers, "n").keys()];
  expect(names).toHaveLength(4);
  expect(names.slice(0, 3)).toEqual(["as it was", expect.stringMatching(/^hyde (mean|fused)$/u), "fact-check"]);
  expect(names[3]).toBe(`${String(names[1])} + fact-check`);
  expect(new Set(column(answers, "n").values())).toEqual(new Set([experiment.splits.select.length]));
  expect([...column(retrieval, "n").keys()].toSorted()).toEqual(["hyde fused", "hyde mean", "the question"]);
  // The way that was raced is the one that the table has first.
  expect(retrieval?.rows[2]?.[0]).toBe(names[1]);
  for (const [, , mean, , , , n] of retrieval?.rows ?? []) {
    expect(n).toBe(experiment.splits.select.length);
    expect(Number(mean)).toBeGreaterThan(0);
  }
  for (const name of [names[2], names[3]]) {
    const of = (key: string) => Number(column(check, key).get(name));
    expect(of("claims")).toBe(of("supported") + of("contradicted") + of("not found"));
    expect(of("support rate")).toBeCloseTo(of("supported") / of("claims"), 9);
    expect(of("unchecked")).toBe(0);
    expect(1 - Number(column(answers, "answered").get(name))).toBeGreaterThanOrEqual(
      (of("abstained") - 0.5) / experiment.splits.select.length,
    );
  }
  const verdicts = journal
    .rows("hyde-fact-check")
    .flatMap(({ notes }) => (notes?.["fact_check"] === undefined ? [] : [notes["fact_check"]]));
  expect(verdicts.length).toBeGreaterThan(0);
  for (const note of verdicts) expect(JSON.stringify(note).length).toBeLessThan(8000);
});

test("where the program did not retrieve, retrieval alone is an arm too, so that it is not taken for HyDE or the check", async () => {
  const { summary } = await walk(place.folder, experimentOf([{ stage }]));
  const { answers } = tablesOf(summary?.rungs[1]);
  expect([...column(answers, "n").keys()].slice(0, 2)).toEqual(["as it was", "retrieval alone"]);
  expect(column(answers, "against").get("fact-check")).toMatch(/^retrieval alone/u);
});

test("without cases that name sources ways to search are raced, and there is no table of retrieval", async () => {
  const { splits } = experimentOf([]);
  const bare = { ...splits, select: splits.select.map((kase) => ({ ...kase, sources: undefined })) };
  const { summary, progress } = await walk(place.folder, experimentOf([{ stage, options: { parts: "hyde" } }], { splits: bare }));
  const { retrieval, check, answers } = tablesOf(summary?.rungs[1]);
  expect(retrieval).toBeUndefined();
  expect(check).toBeUndefined();
  expect(answers).toBeDefined();
  expect(progress.some((one) => one.type === "note" && one.text.includes("raced with answers"))).toBe(true);
});

test("a race never has more candidates than the plan was told", () => {
  const arms = (given: object) => stage.arms?.(stage.options.parse(given), { variants: {} });
  expect(arms({ parts: "fact-check" })).toBeLessThan(arms({}) ?? 0);
  expect(arms({ documents: [1, 2] })).toBeGreaterThan(arms({}) ?? 0);
  expect(stage.asks?.(stage.options.parse({ parts: "hyde", documents: [1, 8] }))).toEqual([{ model: "writer", calls: 8, tokens: 20 }]);
});
