import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { mapPool } from "./pool.ts";

test("results keep the order of the items and no more than the width are under way", async () => {
  let under = 0;
  let most = 0;
  const results = await mapPool([5, 1, 4, 2, 3, 0], 3, async (item) => {
    most = Math.max(most, ++under);
    for (let i = 0; i < item; i++) await setImmediate();
    under--;
    return item * 2;
  });
  expect(results).toEqual([10, 2, 8, 4, 6, 0]);
  expect(most).toBe(3);
});

test("after a failure nothing new is started, and the failure is thrown when all has come to rest", async () => {
  const started: number[] = [];
  const work = mapPool([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await setImmediate();
    if (item === 1) throw new Error("no");
    await setImmediate();
    return item;
  });
  await expect(work).rejects.toThrow("no");
  expect(started).toEqual([0, 1]);
});
