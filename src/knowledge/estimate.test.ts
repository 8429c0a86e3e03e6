/** An estimate of chunks is near the number that cutting gives, whatever sizes documents have. */
import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import type { Document } from "../types.ts";
import { chunk } from "./chunk.ts";
import { estimateChunks } from "./estimate.ts";

const random = seeded(5);
const words = (count: number) => Array.from({ length: count }, () => "word".slice(0, 1 + Math.floor(random() * 4))).join(" ");
const made = (count: number, of: number): readonly Document[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${of}-${i}`, title: `Title ${i}`, text: `${words(of)}.` }));
const cut = { chunker: "recursive", size: 60, overlap: 6 };

test.each([
  ["one of a size", made(800, 200)],
  ["a large one among small ones", [...made(400, 20), ...made(1, 120_000), ...made(400, 20)]],
  ["many small ones beside large ones", [...made(3000, 30), ...made(4, 40_000)]],
  ["a single one", made(1, 150_000)],
])("%s", (_, documents) => {
  const chunks = documents.reduce((sum, document) => sum + chunk(document, cut).length, 0);
  const estimate = estimateChunks(documents, cut);
  expect(estimate.exact).toBe(false);
  expect(estimate.chunks / chunks).toBeGreaterThan(0.85);
  expect(estimate.chunks / chunks).toBeLessThan(1.15);
});

test("few documents are counted", () => {
  const documents = [...made(10, 500), ...made(1, 0)];
  const chunks = documents.reduce((sum, document) => sum + chunk(document, cut).length, 0);
  expect(estimateChunks(documents, cut)).toEqual({ chunks, exact: true });
  expect(estimateChunks([], cut)).toEqual({ chunks: 0, exact: true });
});
