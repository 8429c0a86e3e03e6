import { expect, test } from "vitest";
import type { Comparison } from "../types.ts";
import { decide } from "./confirm.ts";

const comparison = (delta: number, low: number, high: number, verdict: Comparison["verdict"]): Comparison => ({
  delta,
  low,
  high,
  verdict,
  p: 0.5,
  n: 50,
  wins: 5,
  losses: 5,
  ties: 40,
  mde: 0.1,
  more_cases: null,
});

test("better is kept, worse is rejected, whatever it costs", () => {
  expect(decide(comparison(0.1, 0.02, 0.2, "better"), -5, 0.01, false).keep).toBe(true);
  expect(decide(comparison(-0.1, -0.2, -0.02, "worse"), 0.9, 0.01, false).keep).toBe(false);
});

test("no evidence is no reason to keep, unless it is cheaper and surely not worse than the margin", () => {
  expect(decide(comparison(0.05, -0.03, 0.1, "no evidence"), 0, 0.01, false).keep).toBe(false);
  expect(decide(comparison(0, -0.005, 0.005, "no evidence"), 0.3, 0.01, false).keep).toBe(true);
  expect(decide(comparison(0, -0.005, 0.005, "no evidence"), -0.3, 0.01, false).keep).toBe(false);
  expect(decide(comparison(0, -0.02, 0.02, "no evidence"), 0.3, 0.01, false).keep).toBe(false);
});

test("too few cases never keep a rung", () => {
  expect(decide(comparison(0.9, 0.5, 1, "too few cases"), 0.5, 0.01, false)).toMatchObject({ keep: false });
});

test("an exploratory decision says so", () => {
  expect(decide(comparison(0.1, 0.02, 0.2, "better"), 0, 0.01, true).reason).toContain("exploratory");
});
