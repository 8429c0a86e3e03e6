import { expect, test } from "vitest";
import { options } from "../stages/rag/options.ts";
import { CUT, cutsIn } from "./cuts.ts";

const ladder = (...all: readonly Readonly<Record<string, unknown>>[]) => all.map((one) => ({ options: one }));

test("documents are cut as the first rung that cuts them says, each size in its turn", () => {
  expect(
    cutsIn(ladder({ rounds: 3 }, { chunker: ["fixed", "markdown"], size: [300, 100], overlap: [20] }, { chunker: "fixed", size: 50 })),
  ).toEqual([
    { chunker: "fixed", size: 300, overlap: 20 },
    { chunker: "fixed", size: 100, overlap: 20 },
    { chunker: "fixed", size: 50, overlap: 0 },
  ]);
  expect(cutsIn(ladder({ chunker: "fixed", size: 20, overlap: 40 }))).toEqual([{ chunker: "fixed", size: 20, overlap: 19 }]);
});

test("where none says it, as rung 3 does by default", () => {
  expect(cutsIn(ladder({ rounds: 3 }))).toEqual([CUT]);
  expect(cutsIn(ladder(options.parse({})))).toEqual([CUT]);
});
