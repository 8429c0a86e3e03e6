import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { UserError } from "../errors.ts";
import type { Spend } from "../types.ts";
import { nothing, sum } from "../spend.ts";
import { createPurse } from "./budget.ts";

const call = (usd: number | null, cached = 0): Spend => ({
  calls: 1,
  cached_calls: cached,
  tokens: { in: 10, out: 5 },
  usd,
  list_usd: usd,
});
const stops = async (reserve: Promise<void>): Promise<boolean> =>
  await reserve.then(
    () => false,
    (error: unknown) => error instanceof UserError && error.code === 5,
  );

test("never more calls than the limit, those in flight and those of earlier processes included", async () => {
  const purse = createPurse({ calls: 5 }, [{ ...nothing, calls: 4, cached_calls: 2 }], 0, () => 0);
  await purse.reserve();
  await purse.reserve();
  await purse.reserve();
  let fourth = "waiting";
  const waiting = stops(purse.reserve()).then((stopped) => (fourth = stopped ? "stopped" : "reserved"));
  await setImmediate();
  expect(fourth).toBe("waiting");
  for (let i = 0; i < 3; i++) purse.book(call(0));
  await waiting;
  expect(fourth).toBe("stopped");
  expect(purse.left().calls).toBe(0);
});

test("a call that waits goes on when one in flight turns out to have cost nothing", async () => {
  const purse = createPurse({ calls: 1 }, [], 0, () => 0);
  await purse.reserve();
  const second = purse.reserve();
  purse.book(call(0, 1));
  await second;
  purse.book(call(0));
  expect(await stops(purse.reserve())).toBe(true);
});

test("calls from the cache cost nothing, now and when the run goes on", async () => {
  const cached = Array.from({ length: 10 }, () => call(0, 1));
  const now = createPurse({ calls: 1, tokens: 1 }, [], 0, () => 0);
  for (const one of cached) {
    await now.reserve();
    now.book(one);
  }
  const later = createPurse({ calls: 1, tokens: 1 }, cached, 0, () => 0);
  expect(await stops(now.reserve())).toBe(false);
  expect(await stops(later.reserve())).toBe(false);
});

test("what one call of unknown price cost does not make what is known forgotten", async () => {
  const purse = createPurse({ usd: 5 }, [call(4.99), call(null), call(0.01)], 0, () => 0);
  expect(await stops(purse.reserve())).toBe(true);
});

test("dollars, tokens and minutes stop the walk", async () => {
  const dollars = createPurse({ usd: 0.02 }, [], 0, () => 0);
  await dollars.reserve();
  dollars.book(call(0.02));
  expect(await stops(dollars.reserve())).toBe(true);
  const tokens = createPurse({ tokens: 15 }, [], 0, () => 0);
  await tokens.reserve();
  tokens.book(call(null));
  expect(await stops(tokens.reserve())).toBe(true);
  let now = 0;
  const minutes = createPurse({ minutes: 2 }, [], 1, () => now);
  await minutes.reserve();
  now = 60_000;
  expect(await stops(minutes.reserve())).toBe(true);
});

test("one unknown cost makes the sum unknown, never 0", () => {
  expect(sum([call(1), call(2)]).usd).toBe(3);
  expect(sum([call(1), call(null)]).usd).toBeNull();
  expect(sum([])).toEqual(nothing);
});
