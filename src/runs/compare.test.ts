import { describe, expect, test } from "vitest";
import { nothing } from "../spend.ts";
import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import type { Answered, Case, CompareResult, Program, Rung, Score, Summary } from "../types.ts";
import { compareRuns, exitCodeOf } from "./compare.ts";
import type { Comparability, RunManifest, ScorerIdentity, StoredRun } from "./types.ts";

const program: Program = { model: "embedded/reader", params: {}, system: "Answer.", user: "{{question}}", demos: [], steps: [] };
const casesOf = (from: number, to: number): Case[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: `c${from + i}`, fields: { question: `q${from + i}` }, expected: `e${from + i}` }));

function row(id: string, score: Score | undefined, more: Partial<Answered> = {}): Answered {
  const spend = { usage: { in: 1, out: 1 }, calls: 1, cached_calls: 0, usd: 0.5, list_usd: 0.5, ms: 10, cached: false };
  const scores: Record<string, Score> = score === undefined ? {} : { f1: score };
  return { case: id, split: "test", repeat: 0, program: "p", answer: `answer of ${id}`, scores, passages: [], ...spend, ...more };
}

const identity: ScorerIdentity = {
  use: "token-f1",
  version: 1,
  options: {},
  not: false,
  hash: "h",
  models: [],
  pooled: false,
  threshold: 0.5,
  axis: "context",
};

interface Parts {
  readonly cases?: readonly Case[];
  readonly rows: readonly Answered[];
  readonly status?: Summary["status"];
  readonly comparability?: Partial<Comparability>;
  readonly manifest?: Partial<RunManifest>;
  readonly program?: Partial<Program>;
  readonly unjudged?: true;
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
    unjudged: parts.unjudged,
  };
  const totals = { calls: 0, cached_calls: 0, tokens: { in: 0, out: 0 }, usd: null, list_usd: null, judging: nothing, seconds: 1 };
  const comparability: Comparability = {
    cases: "c".repeat(64),
    primary: "f1",
    repeat: 1,
    scorers: { f1: identity },
    embed: "embedded/lexical",
    params: {},
    ...parts.comparability,
  };
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
      engine: "1",
      node: "v24",
      format: 2,
      file: "support.yaml",
      gates: [],
      max_errors: 0.1,
      name: "support",
      created: "2026-01-01T00:00:00Z",
      seed: 7,
      repeat: 1,
      concurrency: null,
      models: {},
      comparability,
      hashes: { experiment: "", data: "", prompts: "", plugins: "p", knowledge: "" },
      ...parts.manifest,
    },
  };
}

/** b against a, 36 hours after a was made. */
const compared = (
  a: StoredRun,
  b: StoredRun,
  seed: number,
  scorers: Parameters<typeof compareRuns>[2]["scorers"] = new Map(),
): CompareResult => compareRuns(a, b, { seed, now: new Date("2026-01-02T12:00:00Z"), scorers });

/** A run over cases from..to that gets the first `right` of them right. */
const scored = (path: string, right: number, more: Partial<Parts> = {}): StoredRun => {
  const cases = more.cases ?? casesOf(0, 40);
  return stored(path, { rows: cases.map(({ id }, i) => row(id, { value: i < right ? 1 : 0 })), ...more });
};

describe("two runs of the same cases", () => {
  test("get the primary metric's verdict, its exit code, and the cases that flipped, losses first", () => {
    const better = compared(scored("a", 10), scored("b", 30), 1);
    expect(better).toMatchObject({ comparable: true, reasons: [], verdict: "better", cost: { a: 0.5, b: 0.5 }, latency: { a: 10, b: 10 } });
    expect(better.metrics["f1"]).toMatchObject({ a: 0.25, b: 0.75, delta: 0.5, wins: 20, losses: 0, ties: 20, n: 40 });
    expect(better.flips).toHaveLength(20);
    expect(better.flips[0]).toMatchObject({ fields: { question: "q10" }, a: { answer: "answer of c10", value: 0 }, b: { value: 1 } });
    expect([exitCodeOf(better), exitCodeOf(compared(scored("a", 30), scored("b", 10), 1))]).toEqual([0, 1]);
    expect(compared(scored("a", 20), scored("b", 20), 1)).toMatchObject({ verdict: "no evidence", flips: [], prompt_diff: "" });
  });

  test("give the same result for the same seed", () => {
    const [a, b] = [scored("a", 12), scored("b", 20)];
    expect(compared(a, b, 3)).toEqual(compared(a, b, 3));
  });

  test("mirror each other: b against a is a against b with the signs changed, whatever the order of the rows and cases", () => {
    const graded = (salt: number, turned: boolean): StoredRun => {
      const cases = casesOf(0, 40).map((kase, i) => ({
        ...kase,
        group: i < 12 ? `g${i % 4}` : undefined,
        tags: [i % 3 === 0 ? "x" : "y"],
      }));
      const rows = cases.map(({ id }, i) => row(id, { value: ((i * salt * 7919) % 11) / 10 }));
      return stored("x", turned ? { cases: cases.toReversed(), rows: rows.toReversed() } : { cases, rows });
    };
    for (const turned of [false, true]) {
      const [a, b] = [graded(3, false), graded(5, turned)];
      const [there, back] = [compared(a, b, 7), compared(b, a, 7)];
      const numbers = ({ metrics, slices }: CompareResult) =>
        [metrics["f1"], slices["x"]?.metrics["f1"], slices["y"]?.metrics["f1"]].flatMap((one) => one ?? []);
      expect(numbers(back)).toHaveLength(3);
      for (const [i, { delta, low, high, ...other }] of numbers(back).entries()) {
        const same = { a: other.b, b: other.a, wins: other.losses, losses: other.wins, p: other.p, verdict: other.verdict, mde: other.mde };
        expect(numbers(there)[i]).toMatchObject({ ...same, delta: -delta, low: expect.closeTo(-high, 12), high: expect.closeTo(-low, 12) });
      }
      expect(there.verdict).toBe("no evidence");
    }
  });

  test("say which other metrics are worse, though they decide nothing", () => {
    const both = (f1: number, wc: number) =>
      stored("x", {
        rows: casesOf(0, 40).map(({ id }, i) => ({
          ...row(id, { value: f1 }),
          scores: { f1: { value: f1 }, wc: { value: i % 4 === 0 ? 1 : wc } },
        })),
        comparability: { scorers: { f1: identity, wc: identity } },
      });
    const result = compared(both(1, 1), both(1, 0), 1);
    expect(result).toMatchObject({ verdict: "no evidence", reasons: ["worse: wc -0.750"] });
    expect(exitCodeOf(result)).toBe(0);
    expect(compared(both(1, 0), both(1, 1), 1).reasons).toEqual([]);
  });

  test("say that a rung which could not be judged might have won", () => {
    const a = scored("a", 20);
    const [rung] = a.summary.rungs;
    if (rung === undefined) throw new Error("a rung");
    const rungs = [rung, { ...rung, name: "rag", status: "failed" as const, unjudged: true as const }];
    const { comparable, reasons } = compared({ ...a, summary: { ...a.summary, rungs } }, scored("b", 20), 1);
    expect([comparable, reasons]).toEqual([
      true,
      ['a (a) could not judge rag, which might have won; "baseline" is the best of the others'],
    ]);
  });

  test("with few cases are not judged", () => {
    const few = { cases: casesOf(0, 9) };
    const result = compared(scored("a", 0, few), scored("b", 9, few), 1);
    expect(result.verdict).toBe("too few cases");
    expect(exitCodeOf(result)).toBe(3);
  });

  test("pair only cases that have a value in both, and say how many have not", () => {
    const rows = casesOf(0, 40).map(({ id }, i) => row(id, i < 5 ? { error: "judge" } : i === 5 ? { value: NaN } : { value: 1 }));
    const result = compared(scored("a", 40), stored("b", { rows: [...rows, row("c39", undefined, { error: "timeout" })] }), 1);
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
    const result = compared(scored("a", 0), stored("b", { rows, comparability: { repeat: 2 } }), 1);
    expect(result.metrics["f1"]).toMatchObject({ n: 40, b: 0.5 });
    expect(result.reasons).toEqual(["cases were answered 1 and 2 times each"]);
  });

  test("cost what they cost without a cache, and without a price nothing is known", () => {
    const rows = (more: Partial<Answered>): Answered[] => casesOf(0, 40).map(({ id }) => row(id, { value: 1 }, more));
    const [cached, dear, unpriced] = [{ cached_calls: 1, usd: 0 }, { list_usd: 0.75 }, { list_usd: null }].map((more) =>
      stored("x", { rows: rows(more) }),
    );
    if (cached === undefined || dear === undefined || unpriced === undefined) throw new Error("three runs");
    expect(compared(cached, dear, 1).cost).toEqual({ a: 0.5, b: 0.75, delta: 0.25 });
    expect(compared(cached, unpriced, 1).cost).toEqual({ a: 0.5, b: null, delta: null });
  });

  test("say how old the baseline is, and by what the numbers were made", () => {
    const { baseline, signature } = compared(scored("a", 20), scored("b", 25), 7);
    expect(baseline).toEqual({ created: "2026-01-01T00:00:00Z", days: 1.5 });
    expect(signature).toMatch(/^llmopt:1\.0\.0\|metric:f1=token-f1:1\|cases:c{8}\|split:test\|n:40\|repeat:1\|seed:7\|.*alpha:0\.05$/u);
    const changed = scored("b", 25, { manifest: { version: "1.1.0" } });
    expect(compared(scored("a", 20), changed, 7).signature).toContain("llmopt:1.0.0/1.1.0");
  });

  test("flip at the scorer's threshold, and a fall by more than half is broken", () => {
    const values = (...given: readonly number[]) => casesOf(0, 40).map(({ id }, i) => row(id, { value: given[i] ?? 1 }));
    const scorers = { f1: { ...identity, threshold: 0.9 } };
    const [a, b] = [values(1, 1, 0.6, 0.95), values(0.85, 0.2, 0.1, 0.9)].map((rows) => stored("x", { rows, comparability: { scorers } }));
    if (a === undefined || b === undefined) throw new Error("two runs");
    expect(compared(a, b, 1).flips.map((flip) => [flip.case, flip.broken])).toEqual([
      ["c1", true],
      ["c0", false],
    ]);
  });

  test("count the cases of each side that have no value, and why", () => {
    const rows = casesOf(0, 40).map(({ id }, i) =>
      row(id, i < 2 ? { error: "judge" } : i === 2 ? { skipped: "nothing to say" } : { value: 1 }),
    );
    const { coverage } = compared(scored("a", 40), stored("b", { rows }), 1).metrics["f1"] ?? {};
    expect(coverage).toEqual({ a: { n: 40, errors: 0, skipped: 0 }, b: { n: 37, errors: 2, skipped: 1 } });
  });

  test("compare a metric that applies to few cases on those, and a case to which nothing applies in both is none that is missing", () => {
    const rows = casesOf(0, 40).map(({ id }, i) => row(id, i < 12 ? { value: 1 } : { skipped: "no sources" }));
    const result = compared(stored("a", { rows }), stored("b", { rows }), 1);
    expect(result).toMatchObject({ comparable: true, verdict: "no evidence" });
    expect(result.metrics["f1"]?.n).toBe(12);
  });
});

describe("runs that measured different things do not compare", () => {
  const of = (change: Partial<ScorerIdentity>) => ({ comparability: { scorers: { f1: { ...identity, ...change } } } });
  const a = scored("a", 20);
  const changed = casesOf(0, 40).map((kase, i) => (i === 3 ? { ...kase, expected: "other" } : kase));
  test.each([
    ["an unfinished run", scored("b", 20, { status: "stopped" }), "b (b) is stopped"],
    ["another version of the scorer", scored("b", 20, of({ version: 2 })), "f1: was graded by version 1 of token-f1 in a and 2 in b"],
    ["other options of the scorer", scored("b", 20, of({ hash: "x", options: { k: 5 } })), "f1: was graded with other options of token-f1"],
    ["another prompt of the scorer", scored("b", 20, of({ hash: "x" })), "f1: was graded with other prompts, files, plugin code or parts"],
    ["another scorer of the same name", scored("b", 20, of({ use: "exact" })), "f1: is token-f1 in a and exact in b"],
    [
      "answers to some cases alone",
      stored("b", { rows: scored("x", 20).answers.get("baseline")?.slice(1) ?? [] }),
      "lacks answers to 1 of its 40",
    ],
    ["too many failed cases", scored("b", 20, { unjudged: true }), "more failed cases than its max_errors allows"],
    ["another primary metric", scored("b", 20, { comparability: { primary: "exact" } }), "different metrics, f1 and exact"],
    ["another expected answer", scored("b", 20, { cases: changed }), "1 test cases have another question, expected answer or sources"],
    ["other cases", scored("b", 20, { cases: casesOf(30, 70) }), "only 10 cases are in both test splits, of 40 and 40"],
    ["no answers", stored("b", { rows: [] }), "no test answers"],
    [
      "only errors",
      stored("b", { rows: casesOf(0, 40).map(({ id }) => row(id, { error: "x" })) }),
      "f1: 40 of 40 cases have a value in one run alone",
    ],
  ])("%s", (_, b, reason) => {
    const result = compared(a, b, 1);
    expect(result).toMatchObject({ comparable: false, metrics: {}, flips: [] });
    expect(result.reasons.join("\n")).toContain(reason);
    expect(exitCodeOf(result)).toBe(3);
  });
});

describe("what differs without spoiling the primary metric", () => {
  const both = (id: string, value: number): Answered => ({
    ...row(id, { value }),
    scores: { f1: { value }, rubric: { value: 1 - value } },
  });
  const rows = casesOf(0, 40).map(({ id }, i) => both(id, i % 2));
  const judged = { ...identity, use: "rubric", models: ["j/one"] };
  const run = (comparability: Partial<Comparability>, rubric: Partial<ScorerIdentity> = {}, manifest: Partial<RunManifest> = {}) =>
    stored("x", {
      rows,
      manifest,
      comparability: { scorers: { f1: identity, rubric: { ...judged, ...rubric } }, ...comparability },
    });

  test.each([
    ["another judge", run({}, { models: ["j/two"] }), "rubric: was judged by j/one in a and j/two in b; it is left out"],
    ["another version of a scorer", run({}, { version: 3 }), "rubric: was graded by version 1 of rubric in a and 3 in b; it is left out"],
    ["a scorer that is not there", run({ scorers: { f1: identity } }), "rubric: only run a has this scorer; it is left out"],
  ])("%s leaves its metric out, and says so", (_, b, reason) => {
    const result = compared(run({}), b, 1);
    expect(result).toMatchObject({ comparable: true, reasons: [reason] });
    expect(Object.keys(result.metrics)).toEqual(["f1"]);
  });

  test.each([
    ["parameters", run({ params: { temperature: 1 } }), 'answers were asked for with other parameters, {} and {"temperature":1}'],
    ["the embedder", run({ embed: "far/e" }), "texts were embedded by embedded/lexical and far/e"],
    ["the version", run({}, {}, { version: "1.1.0" }), "the runs were made by llmopt 1.0.0 and 1.1.0"],
    ["the engine", run({}, {}, { engine: "2" }), "the embedded engine was 1 and 2"],
    ["a threshold", run({}, { threshold: 0.9 }), "cases pass at another threshold of rubric; b's counts"],
  ])("%s is a warning", (_, b, reason) => {
    const result = compared(run({}), b, 1);
    expect(result.comparable).toBe(true);
    expect(result.reasons.join("\n")).toContain(reason);
    expect(Object.keys(result.metrics)).toEqual(["f1", "rubric"]);
  });

  test("another judge of the primary metric is no warning", () => {
    const [a, b] = [run({ primary: "rubric" }), run({ primary: "rubric" }, { models: ["j/two"] })];
    expect(compared(a, b, 1)).toMatchObject({ comparable: false, reasons: ["rubric: was judged by j/one in a and j/two in b"] });
  });
});

describe("a pooled metric", () => {
  const micro = defineScorer({
    name: "micro",
    about: "right of all that was asked",
    axis: "behaviour",
    options: z.strictObject({}),
    score: () => ({ skipped: "not here" }),
    pool: ({ right = 0, asked = 0 }) => right / asked,
  });
  const rows = (right: (i: number) => number) =>
    casesOf(0, 40).map(({ id }, i) =>
      row(id, { value: right(i) / (i === 0 ? 60 : 1), counts: { right: right(i), asked: i === 0 ? 60 : 1 } }),
    );
  const pooled = { scorers: { f1: { ...identity, use: "micro", pooled: true } } };
  const a = stored("a", { rows: rows(() => 0), comparability: pooled });
  const b = stored("b", { rows: rows((i) => (i === 0 ? 0 : 1)), comparability: pooled });

  test("is compared by what its scorer makes of the sums, not by the mean", () => {
    const { metrics } = compared(a, b, 1, new Map([["micro", micro]]));
    expect(metrics["f1"]?.b).toBeCloseTo(39 / 99, 12);
    expect(metrics["f1"]?.delta).toBeCloseTo(39 / 99, 12);
  });

  test("of a scorer that is not at hand is not compared by another number", () => {
    expect(compared(a, b, 1)).toMatchObject({ comparable: false, reasons: ["f1: only micro can pool its value, and it is not built in"] });
  });
});

test("tags are compared each for itself, with Holm's correction over those that have enough cases", () => {
  const cases = casesOf(0, 60).map((kase, i) => ({
    ...kase,
    tags: i < 20 ? ["hard"] : i < 40 ? ["easy", "long"] : i < 44 ? ["rare"] : ["easy"],
  }));
  const rows = (right: (i: number) => boolean) => cases.map(({ id }, i) => row(id, { value: right(i) ? 1 : 0 }));
  const a = stored("a", { cases, rows: rows((i) => i >= 20 || i < 8) });
  const b = stored("b", { cases, rows: rows((i) => i >= 20) });
  const { slices, metrics } = compared(a, b, 1);
  expect(Object.entries(slices).map(([tag, { n }]) => [tag, n])).toEqual([
    ["easy", 36],
    ["hard", 20],
    ["long", 20],
    ["rare", 4],
  ]);
  expect(metrics["f1"]?.verdict).toBe("worse");
  const hard = slices["hard"]?.metrics["f1"];
  expect(hard?.p).toBeCloseTo(2 / 256, 10);
  expect(hard).toMatchObject({ verdict: "worse", p_holm: 3 * (hard?.p ?? 0) });
  expect(slices["hard"]?.p_holm).toBe(hard?.p_holm);
  expect(slices["rare"]).toMatchObject({ n: 4, p_holm: null });
  const wide = cases.map((kase, i) => ({ ...kase, tags: [...kase.tags, ...(i >= 20 ? ["x1", "x2", "x3", "x4"] : [])] }));
  const [more, less] = [
    stored("a", { cases: wide, rows: rows((i) => i >= 20 || i < 8) }),
    stored("b", { cases: wide, rows: rows((i) => i >= 20) }),
  ];
  expect(compared(more, less, 1).slices["hard"]?.metrics["f1"]).toMatchObject({ verdict: "no evidence" });
});

test("runs that share at least half of their cases compare on those", () => {
  const result = compared(scored("a", 0), scored("b", 40, { cases: casesOf(10, 50) }), 1);
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
  expect(compared(a, b, 1).prompt_diff).toBe(
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
