import { expect, test } from "vitest";
import { UserError } from "../errors.ts";
import type { Spend } from "../types.ts";
import { createPurse, nothing, sum } from "./budget.ts";

const call = (usd: number | null, cached = 0): Spend => ({ calls: 1, cached_calls: cached, tokens: { in: 10, out: 5 }, usd });
const stops = (act: () => void) => {
  try {
    act();
  } catch (error) {
    return error instanceof UserError && error.code === 5;
  }
  return false;
};

test("never more calls than the limit, those in flight and those of earlier sessions included", () => {
  const purse = createPurse({ calls: 5 }, { ...nothing, calls: 4, cached_calls: 2 }, 0, () => 0);
  purse.reserve();
  purse.reserve();
  purse.reserve();
  expect(stops(() => purse.reserve())).toBe(true);
  purse.book(undefined);
  purse.reserve();
  expect(stops(() => purse.reserve())).toBe(true);
});

test("cached calls cost nothing", () => {
  const purse = createPurse({ calls: 1, tokens: 1 }, nothing, 0, () => 0);
  for (let i = 0; i < 10; i++) {
    purse.reserve();
    purse.book(call(0, 1));
  }
  purse.reserve();
  purse.book(call(0));
  expect(stops(() => purse.reserve())).toBe(true);
});

test("dollars, tokens and minutes stop the walk", () => {
  const dollars = createPurse({ usd: 0.02 }, nothing, 0, () => 0);
  dollars.reserve();
  dollars.book(call(0.02));
  expect(stops(() => dollars.reserve())).toBe(true);
  const tokens = createPurse({ tokens: 15 }, nothing, 0, () => 0);
  tokens.reserve();
  tokens.book(call(null));
  expect(stops(() => tokens.reserve())).toBe(true);
  let now = 0;
  const minutes = createPurse({ minutes: 2 }, nothing, 1, () => now);
  minutes.reserve();
  now = 60_000;
  expect(stops(() => minutes.reserve())).toBe(true);
});

test("one unknown cost makes the sum unknown, never 0", () => {
  expect(sum([call(1), call(2)]).usd).toBe(3);
  expect(sum([call(1), call(null)]).usd).toBeNull();
  expect(sum([])).toEqual(nothing);
});
