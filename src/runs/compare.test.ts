import { describe, expect, test } from "vitest";
import { nothing } from "../spend.ts";
import type { Answered, Case, Program, Rung, Score, Summary } from "../types.ts";
import { compareRuns, exitCodeOf } from "./compare.ts";
import type { Comparability, StoredRun } from "./types.ts";

const program: Program = { model: "embedded/reader", params: {}, system: "Answer.", user: "{{question}}", demos: [], steps: [] };
const casesOf = (from: number, to: number): Case[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: `c${from + i}`, fields: { question: `q${from + i}` }, expected: `e${from + i}` }));

function row(id: string, score: Score | undefined, more: Partial<Answered> = {}): Answered {
  const spend = { usage: { in: 1, out: 1 }, calls: 1, cached_calls: 0, usd: 0.5, list_usd: 0.5, ms: 10, cached: false };
  const scores: Record<string, Score> = score === undefined ? {} : { f1: score };
  return { case: id, split: "test", repeat: 0, program: "p", answer: `answer of ${id}`, scores, passages: [], ...spend, ...more };
}

interface Parts {
  readonly cases?: readonly Case[];
  readonly rows: readonly Answered[];
  readonly status?: Summary["status"];
  readonly comparability?: Partial<Comparability>;
  readonly program?: Partial<Program>;
}

function stored(path: string, parts: Parts): StoredRun {
  const rung: Rung = {
    name: "baseline",
    use: "baseline",
    status: "kept",
    reason: "",
    scores: {},
    versus: {},
    calls: 0,
    cached_calls: 0,
    tokens: { in: 0, out: 0 },
    usd: null,
    list_usd: null,
    judging: nothing,
    seconds: 1,
    latency_ms: { p50: 12, p95: 20 },
  };
  const totals = { calls: 0, cached_calls: 0, tokens: { in: 0, out: 0 }, usd: null, list_usd: null, judging: nothing, seconds: 1 };
  const comparability = { cases: "c", scorers: "s", primary: "f1", repeat: 1, ...parts.comparability };
  return {
    path,
    program: { ...program, ...parts.program },
    cases: parts.cases ?? casesOf(0, 40),
    answers: new Map([["baseline", parts.rows]]),
    summary: {
      run: path,
      name: "support",
      status: parts.status ?? "complete",
      baseline: "baseline",
      winner: "baseline",
      primary: comparability.primary,
      exploratory: false,
      rungs: [rung],
      diagnosis: null,
      gates: [],
      totals,
      warnings: [],
    },
    manifest: {
      version: "1.0.0",
      node: "v24",
      format: 1,
      name: "support",
      created: "2026-01-01T00:00:00Z",
      seed: 7,
      repeat: 1,
      concurrency: null,
      models: {},
      comparability,
      hashes: { experiment: "", data: "", prompts: "", plugins: "p", knowledge: "" },
    },
  };
}

/** A run over cases from..to that gets the first `right` of them right. */
const scored = (path: string, right: number, more: Partial<Parts> = {}): StoredRun => {
  const cases = more.cases ?? casesOf(0, 40);
  return stored(path, { rows: cases.map(({ id }, i) => row(id, { value: i < right ? 1 : 0 })), ...more });
};

describe("two runs of the same cases", () => {
  test("get the primary metric's verdict, its exit code, and the cases that flipped, losses first", () => {
    const better = compareRuns(scored("a", 10), scored("b", 30), 1);
    expect(better).toMatchObject({ comparable: true, reasons: [], verdict: "better", cost: { a: 0.5, b: 0.5 }, latency: { a: 12, b: 12 } });
    expect(better.metrics["f1"]).toMatchObject({ a: 0.25, b: 0.75, delta: 0.5, wins: 20, losses: 0, ties: 20, n: 40 });
    expect(better.flips).toHaveLength(20);
    expect(better.flips[0]).toMatchObject({ fields: { question: "q10" }, a: { answer: "answer of c10", value: 0 }, b: { value: 1 } });
    expect([exitCodeOf(better), exitCodeOf(compareRuns(scored("a", 30), scored("b", 10), 1))]).toEqual([0, 1]);
    expect(compareRuns(scored("a", 20), scored("b", 20), 1)).toMatchObject({ verdict: "no evidence", flips: [], prompt_diff: "" });
  });

  test("give the same result for the same seed", () => {
    const [a, b] = [scored("a", 12), scored("b", 20)];
    expect(compareRuns(a, b, 3)).toEqual(compareRuns(a, b, 3));
  });

  test("with few cases are not judged", () => {
    const few = { cases: casesOf(0, 9) };
    const result = compareRuns(scored("a", 0, few), scored("b", 9, few), 1);
    expect(result.verdict).toBe("too few cases");
    expect(exitCodeOf(result)).toBe(3);
  });

  test("pair only cases that have a value in both, and say how many have not", () => {
    const rows = casesOf(0, 40).map(({ id }, i) => row(id, i < 5 ? { error: "judge" } : i === 5 ? { value: NaN } : { value: 1 }));
    const result = compareRuns(scored("a", 40), stored("b", { rows: [...rows, row("c39", undefined, { error: "timeout" })] }), 1);
    expect(result.metrics["f1"]).toMatchObject({ n: 33, delta: 0 });
    expect(result.reasons).toEqual(["f1: 7 of 40 cases have no value in one run or both and are left out"]);
  });

  test("with repeats count each case once, by its mean, and a repeated row once", () => {
    const rows = casesOf(0, 40).flatMap(({ id }) => [
      row(id, { value: 0 }),
      row(id, { value: 1 }),
      row(id, { value: 0 }, { repeat: 1 }),
      row(id, { value: 1 }, { split: "select" }),
    ]);
    const result = compareRuns(scored("a", 0), stored("b", { rows, comparability: { repeat: 2 } }), 1);
    expect(result.metrics["f1"]).toMatchObject({ n: 40, b: 0.5 });
    expect(result.reasons).toEqual(["cases were answered 1 and 2 times each"]);
  });

  test("do not know a cost that came from the cache or has no price", () => {
    const rows = (more: Partial<Answered>): Answered[] => casesOf(0, 40).map(({ id }) => row(id, { value: 1 }, more));
    const result = compareRuns(stored("a", { rows: rows({ cached_calls: 1, usd: 0 }) }), stored("b", { rows: rows({ usd: null }) }), 1);
    expect(result.cost).toEqual({ a: null, b: null });
  });
});

describe("runs that measured different things do not compare", () => {
  const a = scored("a", 20);
  const changed = casesOf(0, 40).map((kase, i) => (i === 3 ? { ...kase, expected: "other" } : kase));
  test.each([
    ["an unfinished run", scored("b", 20, { status: "stopped" }), "b (b) is stopped"],
    ["other scorers", scored("b", 20, { comparability: { scorers: "x" } }), "different scorers"],
    ["another primary metric", scored("b", 20, { comparability: { primary: "exact" } }), "different metrics, f1 and exact"],
    ["another expected answer", scored("b", 20, { cases: changed }), "1 test cases have another question or expected answer"],
    ["other cases", scored("b", 20, { cases: casesOf(30, 70) }), "only 10 cases are in both test splits, of 40 and 40"],
    ["no answers", stored("b", { rows: [] }), "no test answers"],
    ["only errors", stored("b", { rows: casesOf(0, 40).map(({ id }) => row(id, { error: "x" })) }), "f1: 40 of 40 cases have no value"],
  ])("%s", (_, b, reason) => {
    const result = compareRuns(a, b, 1);
    expect(result).toMatchObject({ comparable: false, metrics: {}, flips: [] });
    expect(result.reasons.join("\n")).toContain(reason);
    expect(exitCodeOf(result)).toBe(3);
  });
});

test("runs that share at least half of their cases compare on those", () => {
  const result = compareRuns(scored("a", 0), scored("b", 40, { cases: casesOf(10, 50) }), 1);
  expect(result).toMatchObject({
    comparable: true,
    verdict: "better",
    reasons: ["30 cases are in both test splits, of 40 and 40; only those are compared"],
  });
  expect(result.metrics["f1"]?.n).toBe(30);
});

test("the diff of two programs shows what changed and what is around it", () => {
  const system = ["Be brief.", "1", "2", "3", "4", "5", "Cite."].join("\n");
  const a = scored("a", 1, { program: { system } });
  const demos = [{ id: "c7", fields: {}, answer: "x" }];
  const b = scored("b", 1, {
    program: { system: system.replace("Cite.", "Cite [n]."), demos, steps: [{ use: "rag", with: { top_k: 3 } }] },
  });
  expect(compareRuns(a, b, 1).prompt_diff).toBe(
    [
      "--- a",
      "+++ b",
      " model: embedded/reader",
      "-demonstrations: 0",
      '+step: rag {"top_k":3}',
      "+demonstrations: 1",
      "+  c7",
      " system:",
      "   Be brief.",
      "   1",
      "@@",
      "   3",
      "   4",
      "   5",
      "-  Cite.",
      "+  Cite [n].",
      " user:",
      "   {{question}}",
    ].join("\n"),
  );
});
