import { expect, test } from "vitest";
import { createMemo } from "./memo.ts";

test("what is asked for again stays, what was not asked for longest goes", () => {
  const memo = createMemo<number>(2);
  let computed = 0;
  const ask = (key: string): number => memo.get(key, () => ++computed);
  ask("a");
  ask("b");
  ask("a");
  ask("c");
  expect(ask("a")).toBe(1);
  expect(computed).toBe(3);
  ask("b");
  expect(computed).toBe(4);
});

test("long texts are not kept beyond a sum of their characters", () => {
  const memo = createMemo<number>(1000);
  let computed = 0;
  const ask = (i: number): number => memo.get(`${i}${"x".repeat(500_000)}`, () => ++computed);
  for (let i = 0; i < 100; i++) ask(i);
  ask(99);
  expect(computed).toBe(100);
  ask(0);
  expect(computed).toBe(101);
});
