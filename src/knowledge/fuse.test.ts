import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import { convex, reciprocal } from "./fuse.ts";
import type { Hit } from "./store.ts";

const list = (...ids: readonly string[]): readonly Hit[] => ids.map((id, i) => ({ id, score: 1 - i / 10 }));
const ids = (hits: readonly Hit[]) => hits.map(({ id }) => id);
const random = seeded("fuse");
const lists = Array.from({ length: 30 }, () =>
  Array.from({ length: 12 }, (_, i): Hit => ({ id: `c${i}`, score: random() }))
    .filter(() => random() < 0.7)
    .sort((a, b) => b.score - a.score),
);

test("a chunk's reciprocal rank score is the sum over lists of 1 / (constant + rank)", () => {
  const fused = new Map(reciprocal([list("a", "b", "c"), list("c", "a")], 60).map(({ id, score }) => [id, score]));
  expect(fused.get("a")).toBeCloseTo(1 / 61 + 1 / 62, 12);
  expect(fused.get("b")).toBeCloseTo(1 / 62, 12);
  expect(fused.get("c")).toBeCloseTo(1 / 63 + 1 / 61, 12);
});

test("among equals the first list decides", () => {
  expect(ids(reciprocal([list("b", "a"), list("a", "b")], 60))).toEqual(["b", "a"]);
  expect(ids(reciprocal([list("x"), list("y")], 60))).toEqual(["x", "y"]);
  expect(ids(reciprocal([list("y"), list("x")], 60))).toEqual(["y", "x"]);
});

test("fusion finds each chunk of a list once, best first, keeps one list's order, and ranks no lower what both rank higher", () => {
  for (const [i, one] of lists.entries()) {
    const other = lists[i + 1] ?? [];
    for (const fused of [reciprocal([one, other], 60), reciprocal([one, other], 1), convex(one, other, 0.5), convex(one, other, 0.2)]) {
      expect(ids(fused).toSorted()).toEqual([...new Set([...ids(one), ...ids(other)])].toSorted());
      expect(fused.map(({ score }) => score)).toEqual(fused.map(({ score }) => score).toSorted((a, b) => b - a));
      const rank = (hits: readonly Hit[], id: string) => (ids(hits).includes(id) ? ids(hits).indexOf(id) : Infinity);
      for (const a of ids(fused))
        for (const b of ids(fused))
          if (rank(one, a) < rank(one, b) && rank(other, a) < rank(other, b)) expect(rank(fused, a)).toBeLessThan(rank(fused, b));
    }
    expect(ids(reciprocal([one], 60))).toEqual(ids(one));
    expect(ids(convex(one, [], 1))).toEqual(ids(one));
    expect(ids(convex([], one, 0))).toEqual(ids(one));
  }
});

test("a convex combination is within 0..1, 1 for what is best in both, and does not change with the unit of BM25", () => {
  const dense = [
    { id: "a", score: 0.5 },
    { id: "b", score: -1 },
    { id: "c", score: 0 },
  ];
  const words = [
    { id: "a", score: 12 },
    { id: "c", score: 3 },
  ];
  expect(convex(dense, words, 0.5)).toEqual([
    { id: "a", score: 1 },
    { id: "c", score: 0.5 * (1 / 1.5) + 0.5 * 0.25 },
    { id: "b", score: 0 },
  ]);
  expect(
    convex(
      dense,
      words.map(({ id, score }) => ({ id, score: score * 8 })),
      0.3,
    ),
  ).toEqual(convex(dense, words, 0.3));
});
