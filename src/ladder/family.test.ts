import { expect, test } from "vitest";
import { UNKNOWN } from "../stats/conclude.ts";
import { nothing } from "../spend.ts";
import type { Comparison, Program, Rung } from "../types.ts";
import { correctedRungs } from "./family.ts";

const program = (system: string): Program => ({ model: "embedded/reader", params: {}, system, user: "", demos: [], steps: [] });
const better = (p: number): Comparison => ({ ...UNKNOWN, delta: 0.1, low: 0.01, n: 50, p, verdict: "better" });
const climbed = (name: string, system: string, comparison?: Comparison): { readonly rung: Rung; readonly program: Program } => ({
  program: program(system),
  rung: {
    name,
    use: name,
    status: "rejected",
    reason: "",
    scores: {},
    versus: comparison === undefined ? {} : { baseline: { split: "test", f1: comparison, other: better(0.04) } },
    calls: 0,
    cached_calls: 0,
    tokens: { in: 0, out: 0 },
    usd: 0,
    list_usd: 0,
    judging: nothing,
    seconds: 0,
    latency_ms: { p50: 1, p95: 1 },
  },
});
const verdicts = (rungs: readonly Rung[]) =>
  rungs.map(({ versus }) => {
    const found = versus.baseline?.["f1"];
    return typeof found === "object" ? [found.verdict, found.p_holm] : undefined;
  });

test("what one rung alone would show is not shown when several were tried", () => {
  const alone = correctedRungs([climbed("baseline", "a"), climbed("one", "b", better(0.03))], "f1", program("a"));
  expect(verdicts(alone)).toEqual([undefined, ["better", 0.03]]);
  const three = [climbed("one", "b", better(0.03)), climbed("two", "c", better(0.01)), climbed("three", "d", better(0.6))];
  expect(verdicts(correctedRungs([climbed("baseline", "a"), ...three], "f1", program("a")))).toEqual([
    undefined,
    ["no evidence", 0.06],
    ["better", 0.03],
    ["no evidence", 0.6],
  ]);
});

test("a program that stands for two rungs is one test, the baseline's own and one with too few cases are none", () => {
  const rungs = [
    climbed("one", "b", better(0.02)),
    climbed("two", "b", better(0.02)),
    climbed("same", "a", better(0.5)),
    climbed("few", "c", { ...better(0.001), verdict: "too few cases" }),
    climbed("three", "d", better(0.04)),
  ];
  expect(verdicts(correctedRungs(rungs, "f1", program("a")))).toEqual([
    ["better", 0.04],
    ["better", 0.04],
    ["better", undefined],
    ["too few cases", undefined],
    ["better", 0.04],
  ]);
});

test("only the metric that decides is corrected", () => {
  const [rung] = correctedRungs([climbed("one", "b", better(0.03)), climbed("two", "c", better(0.9))], "f1", program("a"));
  expect(rung?.versus.baseline?.["other"]).toEqual(better(0.04));
});
