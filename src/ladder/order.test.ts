import { expect, test } from "vitest";
import { z } from "zod";
import { defineStage } from "../plugin.ts";
import type { Bucket, Diagnosis, Gain, PlannedRung } from "../types.ts";
import { nextRung, reasonAgainst, type Means } from "./order.ts";

const rung = (name: string, treats?: readonly Bucket[]): PlannedRung => ({
  name,
  stage: defineStage({ name, about: name, options: z.strictObject({}), treats, fit: async (program) => program }),
  options: {},
});
const gain = (delta: number, high = delta + 0.05): Gain => ({ delta, low: delta - 0.05, high, n: 30 });
const found = (...buckets: readonly (readonly [Bucket, number, Gain | null])[]): Diagnosis => ({
  probed: 30,
  failing: 40,
  total: 100,
  buckets: buckets.map(([bucket, count, one]) => ({
    bucket,
    axis: null,
    cases: Array.from({ length: count }, (_, i) => `${bucket} ${i}`),
    asks_for: [],
    gain: one,
    examples: [],
  })),
  probes: [],
  calls: 90,
  next: "",
});

const prompt = rung("prompt", ["behaviour", "format"]);
const fewShot = rung("few-shot", ["behaviour", "format"]);
const rag = rung("rag", ["missing knowledge", "wrong retrieval"]);
const own = rung("own");
const ladder = [prompt, fewShot, own, rag];
const free: Means = { margin: 0.01, cost: { calls: 500, usd: 2 }, left: { calls: null, usd: null } };

test("the rung that could gain most is next, then the next best, in the order of the ladder where they promise the same", () => {
  const diagnosis = found(["format", 20, gain(0.1)], ["missing knowledge", 5, gain(0.3)]);
  const order: string[] = [];
  for (let left = ladder; left.length > 0; left = left.filter(({ name }) => name !== order.at(-1)))
    order.push(nextRung(left, "diagnose", diagnosis)?.name ?? "");
  expect(order).toEqual(["rag", "prompt", "few-shot", "own"]);
});

test("without a diagnosis that decides, the ladder does", () => {
  const diagnosis = found(["missing knowledge", 5, gain(0.3)]);
  expect(nextRung(ladder, "all", diagnosis)?.name).toBe("prompt");
  expect(nextRung(ladder, "until-target", diagnosis)?.name).toBe("prompt");
  expect(nextRung(ladder, "diagnose", undefined)?.name).toBe("prompt");
  expect(nextRung([], "diagnose", diagnosis)).toBeUndefined();
});

test("a rung is not tried where nothing that it treats was found, nothing fails, or its gain cannot reach the margin", () => {
  const diagnosis = found(["format", 20, gain(0.002, 0.008)], ["suspect label", 9, null]);
  expect(reasonAgainst(rag, diagnosis, free)).toBe(
    "not diagnosed as useful: none of the 30 probed failures is missing knowledge, wrong retrieval",
  );
  const small = reasonAgainst(prompt, diagnosis, free);
  for (const number of ["+0.002", "-0.048", "0.008", "0.01", "500 calls", "$2"]) expect(small).toContain(number);
  for (const each of ladder) expect(reasonAgainst(each, { ...found(), probed: 0, failing: 0 }, free)).toContain("nothing fails");
});

test("what no probe can measure, and a rung that does not say what it treats, are tried", () => {
  const diagnosis = found(["behaviour", 3, null], ["format", 2, gain(0, 0.001)]);
  expect(reasonAgainst(prompt, diagnosis, free)).toBeUndefined();
  expect(reasonAgainst(own, diagnosis, free)).toBeUndefined();
  expect(reasonAgainst(prompt, { ...found(), probed: 0 }, free)).toBeUndefined();
});

test("a rung that may cost more than is left is not tried, whatever it promises, and the numbers are told", () => {
  const diagnosis = found(["missing knowledge", 25, gain(0.3)]);
  expect(reasonAgainst(rag, diagnosis, { ...free, left: { calls: 500, usd: 2 } })).toBeUndefined();
  const calls = reasonAgainst(rag, diagnosis, { ...free, left: { calls: 499, usd: null } });
  for (const number of ["500 calls", "499 calls", "+0.300 [0.250, 0.350]"]) expect(calls).toContain(number);
  expect(reasonAgainst(rag, diagnosis, { ...free, left: { calls: null, usd: 1.5 } })).toContain("$1.5");
});

test("the probe that imitates a rung ranks it among those that treat the same", () => {
  const shown: PlannedRung = { ...fewShot, stage: { ...fewShot.stage, changes: ["demonstrations"] } };
  const worded: PlannedRung = { ...prompt, stage: { ...prompt.stage, changes: ["prompt"] } };
  const row = (probe: string, imitates: "prompt" | "demonstrations", one: Gain) => ({
    probe,
    about: probe,
    imitates,
    n: 30,
    passed: 0,
    gain: one,
  });
  const probes = [row("wording", "prompt", gain(0)), row("demonstrations", "demonstrations", gain(0.3))];
  const diagnosis = { ...found(["behaviour", 20, gain(0.3)]), probes };
  expect(nextRung([worded, shown], "diagnose", diagnosis)?.name).toBe("few-shot");
  expect(nextRung([worded, shown], "diagnose", { ...diagnosis, probes: [row("wording", "prompt", gain(0.4))] })?.name).toBe("prompt");
});

test("one stray case that nothing seemed to mend opens no rung; two do, and so does one that a probe gained by", () => {
  const stray = found(["missing knowledge", 1, gain(0, 0.05)], ["format", 20, gain(0.2)]);
  expect(reasonAgainst(rag, stray, free)).toContain("but a stray one");
  expect(reasonAgainst(rag, found(["missing knowledge", 1, gain(0.01, 0.05)]), free)).toBeUndefined();
  expect(reasonAgainst(rag, found(["missing knowledge", 2, gain(0, 0.05)]), free)).toBeUndefined();
});

test("what no probe could tell is no reason to skip the rungs that treat it", () => {
  const blind: Diagnosis = { ...found(["unexplained", 30, null]), untold: { cases: 30, buckets: ["missing knowledge"] } };
  expect(reasonAgainst(rag, blind, free)).toBeUndefined();
  expect(reasonAgainst(prompt, blind, free)).toContain("not diagnosed");
  expect(nextRung([prompt, rag], "diagnose", blind)?.name).toBe("rag");
});
