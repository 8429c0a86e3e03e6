import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import { diverse } from "./mmr.ts";
import type { Hit } from "./store.ts";

const ids = (hits: readonly Hit[]) => hits.map(({ id }) => id);
const random = seeded("mmr");
const lists = Array.from({ length: 20 }, () =>
  ["a", "a2", "b", "c", "unknown"].map((id): Hit => ({ id, score: random() * 2 - 0.5 })).sort((a, b) => b.score - a.score),
);
const vectors = new Map([
  ["a", [1, 0]],
  ["a2", [1, 0]],
  ["b", [0, 1]],
  ["c", [0.6, 0.8]],
]);
const pool: readonly Hit[] = [
  { id: "a", score: 10 },
  { id: "a2", score: 9 },
  { id: "b", score: 5 },
  { id: "c", score: 4 },
];

test("mmr with weight 1 is the list as it was, and with less it passes over what says the same", () => {
  expect(ids(diverse(pool, vectors, 1, 4))).toEqual(["a", "a2", "b", "c"]);
  expect(ids(diverse(pool, vectors, 0.5, 2))).toEqual(["a", "b"]);
  expect(diverse(pool, vectors, 0.5, 2)).toEqual([
    { id: "a", score: 0.5 },
    { id: "b", score: 0.25 },
  ]);
});

test("mmr gives k of the list or all of it, begins with the best, its scores never rise, and fewer are the first of more", () => {
  for (const weight of [0, 0.3, 0.7, 1]) {
    for (const hits of [...lists, pool, pool.map(({ id }) => ({ id, score: 0 })), []]) {
      const all = diverse(hits, vectors, weight, 100);
      expect(ids(all).toSorted()).toEqual(ids(hits).toSorted());
      expect(all[0]?.id).toBe(hits[0]?.id);
      for (const [i, { score }] of all.entries()) expect(score).toBeLessThanOrEqual((all[i - 1]?.score ?? Infinity) + 1e-12);
      expect(diverse(hits, vectors, weight, 3)).toEqual(all.slice(0, 3));
    }
  }
});
