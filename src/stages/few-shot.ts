import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { Skip } from "../errors.ts";
import type { Case, Demo, Program } from "../types.ts";
import { combinations, oneOrMore } from "../grid.ts";
import { balanced, nearest, shuffled, wantedAnswer } from "../program/demos.ts";

/** Demonstrations that `nearest` chooses from at the most: all of them are compared with every question. */
const MOST_IN_POOL = 2000;

/**
 * Rung 2: demonstrations from the train split. How many (k) and how they are chosen are raced: at `random`; `balanced`, in
 * turn over the distinct answers, so that no class is left out; or `nearest`, the k cases most like each question by the
 * embedder, the most like last (KATE, arXiv 2101.06804), found again for every question.
 */
export default defineStage({
  name: "few-shot",
  about: "shows worked examples; races how many and which",
  options: z.strictObject({
    k: oneOrMore(z.int().min(1)).default([4, 8, 16]).describe("how many demonstrations"),
    choose: oneOrMore(z.enum(["random", "balanced", "nearest"]))
      .default(["random", "balanced", "nearest"])
      .describe("how demonstrations are chosen"),
    pool: z
      .array(z.strictObject({ id: z.string(), fields: z.record(z.string(), z.string()), answer: z.string() }))
      .optional()
      .describe("what `nearest` chooses from; filled in by the rung"),
  }),
  needs: ["train cases"],
  changes: ["demonstrations"],
  treats: ["behaviour", "format"],

  arms: (options) => options.k.length * options.choose.length,

  async fit(program, options, lab) {
    const shown = lab.train.map(demoOf).filter((demo) => demo !== undefined);
    const pool = shuffled(shown, () => lab.random()).slice(0, MOST_IN_POOL);
    if (pool.length === 0) throw new Skip("no train case has an expected answer that can be shown");
    const choices = { random: pool, balanced: balanced(pool) };
    const arms = combinations({ choose: options.choose, k: options.k }).map(({ choose, k }) => ({
      name: `${choose} ${k}`,
      program: choose === "nearest" ? withNearest(program, pool, k) : { ...withoutNearest(program), demos: choices[choose].slice(0, k) },
    }));
    return (await lab.race([{ name: "as it was", program }, ...arms])).winner.program;
  },

  async before(turn, options, lab) {
    const found = await nearest(turn.question, options.pool ?? [], options.k[0] ?? 0, lab);
    return { ...turn, program: { ...turn.program, demos: found.toReversed() } };
  },
});

function withNearest(program: Program, pool: readonly Demo[], k: number): Program {
  const bare = withoutNearest(program);
  return {
    ...bare,
    demos: [],
    steps: [...bare.steps, { use: "few-shot", with: { k, choose: "nearest", pool: pool.map((demo) => ({ ...demo })) } }],
  };
}

/** The program without the step that chooses demonstrations for each question. */
export function withoutNearest(program: Program): Program {
  return { ...program, steps: program.steps.filter((step) => step.use !== "few-shot") };
}

/** A case as a demonstration; undefined where it has no expected answer. */
function demoOf(kase: Case): Demo | undefined {
  const answer = wantedAnswer(kase);
  return answer === undefined ? undefined : { id: kase.id, fields: kase.fields, answer };
}
