import { describe, expect, test } from "vitest";
import { comparePaired } from "../stats/compare.ts";
import { seeded } from "../stats/random.ts";
import type { Answered, Case, Gate, GateOutcome, Score } from "../types.ts";
import { type Against, judgeGates, type Tested, withRegression, worst } from "./gates.ts";

const casesOf = (n: number): Case[] =>
  Array.from({ length: n }, (_, i) => ({ id: `c${i}`, fields: {}, tags: i < 3 ? ["critical"] : ["plain"] }));

function row(id: string, score: Score | undefined, more: Partial<Answered> = {}): Answered {
  const spend = { usage: { in: 90, out: 10 }, calls: 1, cached_calls: 0, usd: 0.5, list_usd: 0.5, ms: 10, cached: false };
  const scores: Record<string, Score> = score === undefined ? {} : { f1: score };
  return { case: id, split: "test", repeat: 0, program: "p", answer: "x", scores, passages: [], ...spend, ...more };
}

const rowsOf = (values: readonly number[]): Answered[] => values.map((value, i) => row(`c${i}`, { value }));

/** The winner with these values, against a baseline with those. */
function against(before: readonly number[], after: readonly number[]): Against {
  const pairs = after.map((b, i) => ({ case: `c${i}`, a: before[i] ?? 0, b }));
  return { comparison: comparePaired(pairs, { random: seeded(1) }), before: new Map(before.map((value, i) => [`c${i}`, value])) };
}

function tested(more: Partial<Tested>): Tested {
  const cases = more.cases ?? casesOf(more.rows?.length ?? 0);
  return {
    primary: "f1",
    thresholds: { f1: 0.5 },
    rows: [],
    mean: (metric) => (metric === "f1" ? 0.7 : null),
    maxErrors: 0.1,
    against: () => ({ why: "there is no baseline" }),
    ...more,
    cases,
  };
}

const outcome = (gate: Gate, more: Partial<Tested>): GateOutcome | undefined => judgeGates([gate], tested(more))[0]?.outcome;
const times = (n: number, value: number): number[] => Array.from({ length: n }, () => value);

describe("an absolute gate", () => {
  test("passes at its bound, and fails beyond", () => {
    expect(outcome({ metric: "f1", min: 0.7 }, {})).toBe("passed");
    expect(outcome({ metric: "f1", min: 0.71 }, {})).toBe("failed");
    const rows = [row("c0", { value: 1 }, { ms: 5 }), row("c1", { value: 1 }, { ms: 20 })];
    expect(outcome({ metric: "latency_p95", max: 20 }, { rows })).toBe("passed");
    expect(outcome({ metric: "latency_p95", max: 19 }, { rows })).toBe("failed");
  });

  test("on a mean is not judged where more answers failed than max_errors bears, though every case has one that did not", () => {
    const rows = (failing: number) =>
      casesOf(10).flatMap(({ id }, i) =>
        [0, 1].map((repeat) => row(id, repeat === 0 || i >= failing ? { value: 1 } : { error: "judge" }, { repeat })),
      );
    expect(outcome({ metric: "f1", min: 0.7 }, { rows: rows(2), cases: casesOf(10) })).toBe("passed");
    expect(outcome({ metric: "f1", min: 0.7 }, { rows: rows(3), cases: casesOf(10) })).toBe("not judged");
    expect(judgeGates([{ metric: "f1", min: 0.7 }], tested({ rows: rows(3), cases: casesOf(10) }))[0]?.reason).toContain(
      "3 of 20 test answers have no value (max_errors 0.1)",
    );
    const fell = { against: () => against(times(10, 1), times(10, 1)) };
    expect(outcome({ metric: "f1", max_drop: 1 }, { rows: rows(2), cases: casesOf(10), ...fell })).toBe("passed");
    expect(outcome({ metric: "f1", max_drop: 1 }, { rows: rows(3), cases: casesOf(10), ...fell })).toBe("not judged");
  });

  test.each([null, NaN, Infinity])("never passes on a mean that is %s, however low the bound", (value) => {
    expect(outcome({ metric: "f1", min: 0 }, { mean: () => value })).toBe("not judged");
  });

  test("never passes on a metric that is not there, nor without one answer", () => {
    expect(outcome({ metric: "typo", min: 0 }, {})).toBe("not judged");
    for (const metric of ["usd_per_answer", "usd_per_correct", "tokens_per_answer", "error_rate", "latency_p50", "typo"]) {
      const max = Number.MAX_VALUE;
      expect(outcome({ metric, max }, {}), metric).toBe("not judged");
    }
  });

  test("of cost takes what answers cost without a cache, and an unknown price never passes", () => {
    const rows = [row("c0", { value: 1 }, { usd: 0 }), row("c1", { value: 0 }, { usd: 0 }), row("c2", { value: 1 })];
    expect(outcome({ metric: "usd_per_answer", max: 0.5 }, { rows })).toBe("passed");
    expect(outcome({ metric: "usd_per_answer", max: 0.49 }, { rows })).toBe("failed");
    expect(outcome({ metric: "usd_per_correct", max: 0.75 }, { rows })).toBe("passed");
    expect(outcome({ metric: "usd_per_correct", max: 0.74 }, { rows })).toBe("failed");
    const unpriced = [...rows, row("c3", { value: 1 }, { list_usd: null })];
    expect(outcome({ metric: "usd_per_answer", max: 1e9 }, { rows: unpriced })).toBe("not judged");
    expect(outcome({ metric: "usd_per_correct", max: 1e9 }, { rows: unpriced })).toBe("not judged");
  });

  test("of cost per correct answer fails where money was spent and nothing is correct", () => {
    expect(outcome({ metric: "usd_per_correct", max: 1e9 }, { rows: rowsOf([0, 0.4]) })).toBe("failed");
  });

  test("of errors counts answers that failed and grades that failed, and not what does not apply", () => {
    const rows = [
      row("c0", { value: 1 }),
      row("c1", { skipped: "x" }),
      row("c2", { error: "judge" }),
      row("c3", undefined, { error: "500" }),
    ];
    expect(outcome({ metric: "error_rate", max: 0.5 }, { rows })).toBe("passed");
    expect(outcome({ metric: "error_rate", max: 0.49 }, { rows })).toBe("failed");
  });
});

describe("a drop against the baseline", () => {
  const drop = (max_drop: number, before: readonly number[], after: readonly number[]) =>
    outcome({ metric: "f1", max_drop }, { rows: rowsOf(after), against: () => against(before, after) });

  test("fails beyond its margin, although that may be chance", () => {
    const after = [...times(10, 1), ...times(2, 0)];
    expect(drop(0.1, times(12, 1), after)).toBe("failed");
    expect(drop(0.2, times(12, 1), after)).toBe("passed");
  });

  test("fails where it is significant, also within its margin", () => {
    expect(drop(0.5, times(100, 1), [...times(85, 1), ...times(15, 0)])).toBe("failed");
  });

  test("cannot be judged with few cases, without a baseline, or where most of its cases lost their value", () => {
    expect(drop(1, times(5, 1), times(5, 1))).toBe("not judged");
    expect(outcome({ metric: "f1", max_drop: 1 }, {})).toBe("not judged");
    const half = against(times(12, 1), times(12, 1));
    const before = new Map(times(40, 1).map((value, i) => [`c${i}`, value]));
    expect(outcome({ metric: "f1", max_drop: 1 }, { against: () => ({ ...half, before }) })).toBe("not judged");
  });

  test("is none where the winner is the baseline", () => {
    expect(outcome({ metric: "f1", max_drop: 0 }, { against: () => ({ same: true }) })).toBe("passed");
  });
});

describe("hard breaks", () => {
  const broke = (gate: Gate, before: readonly number[], rows: readonly Answered[]) =>
    outcome({ metric: "f1", ...gate }, { rows, against: () => against(before, before) });

  test("are single cases that fell by more than the break, whatever the mean does", () => {
    const rows = rowsOf([0, 1, 1]);
    expect(broke({ max_breaks: 0 }, [1, 0, 0], rows)).toBe("failed");
    expect(broke({ max_breaks: 1 }, [1, 0, 0], rows)).toBe("passed");
    expect(broke({ max_breaks: 0 }, [0.5, 0, 0], rows)).toBe("passed");
    expect(broke({ max_breaks: 0, break: 0.4 }, [0.5, 0, 0], rows)).toBe("failed");
  });

  test("may hide in a case that has no value any more, so that it does not pass", () => {
    const rows = [row("c0", { error: "judge" }), row("c1", { value: 1 })];
    expect(broke({ max_breaks: 0 }, [1, 1], rows)).toBe("not judged");
    expect(broke({ max_breaks: 1 }, [1, 1], rows)).toBe("passed");
    expect(broke({ max_breaks: 0 }, [], rows)).toBe("not judged");
  });
});

describe("cases that must pass", () => {
  test("fail the gate one by one, by id or by tag, at the scorer's threshold", () => {
    const rows = rowsOf([0.5, 0.5, 0.49, 0, 0]);
    expect(outcome({ must_pass: ["c0", "c1"] }, { rows })).toBe("passed");
    expect(outcome({ must_pass: ["c0", "c2"] }, { rows })).toBe("failed");
    expect(outcome({ must_pass: { tag: "critical" } }, { rows })).toBe("failed");
    expect(outcome({ must_pass: { tag: "critical" } }, { rows: rowsOf([1, 1, 1, 0, 0]) })).toBe("passed");
  });

  test("are not judged where one was not tested or has no value, and failed where another fails all the same", () => {
    const rows = [row("c0", { error: "judge" }), row("c1", { value: 1 }), row("c2", { value: 0 })];
    expect(outcome({ must_pass: ["c0", "c1"] }, { rows })).toBe("not judged");
    expect(outcome({ must_pass: ["c9"] }, { rows })).toBe("not judged");
    expect(outcome({ must_pass: { tag: "gone" } }, { rows })).toBe("not judged");
    expect(outcome({ must_pass: ["c0", "c2"] }, { rows })).toBe("failed");
  });

  test("must pass in every repeat, or in the share that is named; a repeat without a value could have gone either way", () => {
    const rows = (...scores: readonly Score[]) => scores.map((score, repeat) => row("c0", score, { repeat }));
    const [yes, no, error] = [{ value: 1 }, { value: 0 }, { error: "x" }];
    expect(outcome({ must_pass: ["c0"] }, { rows: rows(yes, yes, no) })).toBe("failed");
    expect(outcome({ must_pass: ["c0"], at_least: 0.6 }, { rows: rows(yes, yes, no) })).toBe("passed");
    expect(outcome({ must_pass: ["c0"] }, { rows: rows(yes, yes, error) })).toBe("not judged");
    expect(outcome({ must_pass: ["c0"], at_least: 0.6 }, { rows: rows(yes, yes, error) })).toBe("passed");
    expect(outcome({ must_pass: ["c0"], at_least: 0.6 }, { rows: rows(no, no, error) })).toBe("failed");
  });
});

test("a gate with two demands is as bad as the worse of them", () => {
  const rows = rowsOf([1, 1, 0]);
  expect(outcome({ metric: "f1", min: 0.7, max_drop: 0.1 }, { rows })).toBe("not judged");
  expect(outcome({ metric: "f1", min: 0.8, max_drop: 0.1 }, { rows })).toBe("failed");
  expect(worst([])).toBeUndefined();
});

test("the primary metric is guarded once, also where no gate asks for it", () => {
  expect(withRegression([{ metric: "recall", max_drop: 0.1 }], "f1").map(({ metric }) => metric)).toEqual(["f1", "recall"]);
  expect(withRegression([{ metric: "f1", max_drop: 0.1 }], "f1")).toEqual([{ metric: "f1", max_drop: 0.1 }]);
});
