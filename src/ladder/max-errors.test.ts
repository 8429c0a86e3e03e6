/** When too many cases have no value: a rung cannot be judged, and a baseline ends the run. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { defineScorer, defineStage } from "../plugin.ts";
import rag from "../stages/rag/index.ts";
import type { Experiment, Program, Score, Stage } from "../types.ts";
import { experimentOf, namedScorer, temporary, walk } from "./world.fixture.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const none = z.strictObject({});
/** Value 1 where the case is not among `bad`, and there what is given. */
const graded = (bad: (id: string) => boolean, instead: (program: string) => Score, axis: "behaviour" = "behaviour") =>
  defineScorer({
    name: "graded",
    about: "fails on some cases",
    axis,
    options: none,
    score: (turn, kase) => (bad(kase.id) ? instead(turn.answer) : { value: turn.answer.includes("a") ? 1 : 0.5 }),
  });
const polished = (make: (program: Program) => Program = (program) => ({ ...program, system: `${program.system} Be brief.` })): Stage =>
  defineStage({ name: "polish", about: "changes the program", options: none, fit: async (program) => make(program) });
const withScorer = (
  scorer: ReturnType<typeof graded>,
  more: Partial<Experiment> = {},
  ladder: readonly { readonly stage: Stage; readonly options?: object }[] = [],
) => experimentOf(ladder, { scorers: [namedScorer("graded", scorer)], primary: "graded", ...more });
const { splits } = experimentOf([]);
const idsOf = (split: "select" | "confirm" | "test", count: number) => new Set(splits[split].slice(0, count).map(({ id }) => id));

/** A stage whose step fails on the first cases of a split. */
const failing = (split: "confirm" | "test", count: number): Stage => {
  const bad = idsOf(split, count);
  return defineStage({
    name: "failing",
    about: "its step fails on some cases",
    options: none,
    fit: async (program) => ({ ...program, steps: [...program.steps, { use: "failing", with: {} }] }),
    async before(turn) {
      if (bad.has(turn.question.id)) throw new Error("no ear");
      return turn;
    },
  });
};

describe("a rung with too many cases without a value", () => {
  test("on select is rejected with the candidates that lack them, how many, and the first of them", async () => {
    const bad = idsOf("select", 3);
    const stage = defineStage({
      ...failing("confirm", 0),
      fit: async (program, _, lab) => {
        const ill = { ...program, steps: [...program.steps, { use: "failing", with: {} }] };
        return (
          await lab.race([
            { name: "as it was", program },
            { name: "ill", program: ill },
          ])
        ).winner.program;
      },
      async before(turn) {
        if (bad.has(turn.question.id)) throw new Error("no ear");
        return turn;
      },
    });
    const { summary } = await walk(place.folder, experimentOf([{ stage }]));
    const first = splits.select.find(({ id }) => bad.has(id))?.id;
    expect(summary?.rungs[1]).toMatchObject({
      status: "rejected",
      reason: expect.stringMatching(`; ill: 3 of \\d+ select cases have no value; first: ${first}: no ear$`),
    });
  });

  test("on confirm cannot be judged: it fails by name and the walk goes on", async () => {
    const ladder = [{ stage: failing("confirm", 3) }, { stage: rag, options: { top_k: 2, size: 60 } }];
    const { summary } = await walk(place.folder, experimentOf(ladder));
    const first = splits.confirm[0]?.id;
    expect(summary?.rungs[1]).toMatchObject({
      status: "failed",
      unjudged: true,
      reason: `cannot be judged: 3 of 18 confirm cases have no value (max_errors 0.1); first: ${first}: no ear`,
    });
    expect(summary?.rungs[2]).toMatchObject({ status: "kept" });
    expect(summary?.rungs[2]?.unjudged).toBeUndefined();
  });

  test("on test cannot be judged either, and is not the winner", async () => {
    const wins = failing("test", 9);
    const stage = defineStage({
      ...wins,
      fit: async (program, _, lab) => await rag.fit(await wins.fit(program, {}, lab), rag.options.parse({ top_k: 2, size: 60 }), lab),
    });
    const { summary } = await walk(place.folder, experimentOf([{ stage }]));
    expect(summary?.rungs[1]).toMatchObject({ status: "failed", unjudged: true, reason: expect.stringContaining("9 of 18 test cases") });
    expect(summary?.rungs[1]?.versus).toEqual({});
    expect(summary?.winner).toBe("baseline");
    expect(summary?.status).toBe("complete");
  });

  test.each([
    [0.1, 1, false],
    [0.1, 2, true],
    [3, 3, false],
    [3, 4, true],
    [1, 18, false],
    [0, 1, true],
  ])("max_errors %f bears %i of 18: %s", async (maxErrors, count, unjudged) => {
    const { summary } = await walk(place.folder, experimentOf([{ stage: failing("confirm", count) }], { maxErrors }));
    expect(summary?.rungs[1]?.unjudged === true).toBe(unjudged);
  });

  test("is judged by its scores too: an error of the scorer is no value, and what does not apply is none of either", async () => {
    const bad = idsOf("confirm", 6);
    const scorer = (score: Score) =>
      graded(
        (id) => bad.has(id),
        (answer) => (answer.startsWith("Brief") ? score : { value: 0 }),
      );
    const stage = polished((program) => ({ ...program, system: "Say Brief.", steps: [...program.steps, { use: "polish", with: {} }] }));
    const brief = defineStage({ ...stage, after: async (turn) => ({ ...turn, answer: `Brief ${turn.answer}` }) });
    const errors = await walk(place.folder, withScorer(scorer({ error: "the judge is ill" }), {}, [{ stage: brief }]));
    expect(errors.summary?.rungs[1]).toMatchObject({
      status: "failed",
      unjudged: true,
      reason: expect.stringContaining("6 of 18 confirm cases"),
    });
    expect(errors.summary?.rungs[1]?.reason).toContain("the judge is ill");
    const { folder, remove } = temporary();
    const skips = await walk(folder, withScorer(scorer({ skipped: "not asked" }), {}, [{ stage: brief }]));
    expect(skips.summary?.rungs[1]?.unjudged).toBeUndefined();
    remove();
  });
});

describe("a baseline", () => {
  const endOf = async (experiment: Experiment): Promise<unknown> => {
    const error = await walk(place.folder, experiment).catch((error: unknown) => error);
    return error instanceof UserError ? [error.code, error.message] : error;
  };

  test.each(["select", "confirm", "test"] as const)(
    "with too many %s cases that a scorer cannot grade ends the run with 4",
    async (split) => {
      const bad = idsOf(split, 4);
      const scorer = graded(
        (id) => bad.has(id),
        () => ({ error: "ill" }),
      );
      const why = `4 of 18 ${split} cases have no value of graded, more than max_errors 0.1 allows; first ${splits[split][0]?.id}: ill`;
      expect(await endOf(withScorer(scorer))).toEqual([4, `baseline: ${why}`]);
    },
  );

  test("with a count of cases that is allowed goes on", async () => {
    const bad = idsOf("select", 4);
    const scorer = graded(
      (id) => bad.has(id),
      () => ({ error: "ill" }),
    );
    const { summary } = await walk(place.folder, withScorer(scorer, { maxErrors: 4 }));
    expect(summary?.rungs[0]?.scores.select?.["graded"]).toMatchObject({ n: 14, errors: 4 });
  });

  test("of which no answer comes ends with 4 and says why none came, whatever max_errors allows", async () => {
    const program = { ...experimentOf([]).program, model: "embedded/nobody" };
    expect(await endOf(experimentOf([], { program, maxErrors: 1 }))).toEqual([4, expect.stringContaining("nobody")]);
    const throwing = defineStage({
      ...polished(),
      name: "throwing",
      async before() {
        throw new Error("HTTP 500: boom");
      },
    });
    const steps = [{ use: "throwing", with: {} }];
    const all = experimentOf([{ stage: throwing }], { program: { ...experimentOf([]).program, steps }, maxErrors: 1 });
    expect(await endOf(all)).toEqual([
      4,
      `baseline: 18 of 18 select cases have no value of f1, so there is nothing to judge; first ${splits.select[0]?.id}: HTTP 500: boom`,
    ]);
  });

  test.each([{ error: "no number" }, { skipped: "no label" }])(
    "of which a scorer can say nothing at all (%o) ends with 3: another scorer is needed, not another endpoint",
    async (score) => {
      const why = Object.values(score)[0];
      const end = await endOf(
        withScorer(
          graded(
            () => true,
            () => score,
          ),
        ),
      );
      expect(end).toEqual([3, expect.stringContaining(`no value for any of the 18 select cases (${why})`)]);
    },
  );
});

describe("repeats", () => {
  /** Half of the answers to each case have no value. */
  const flaky = () => {
    let calls = 0;
    return graded(
      () => ++calls % 2 === 0,
      () => ({ error: "ill" }),
    );
  };

  test("do not hide what failed: a case counts by the share of its answers that have no value", async () => {
    const end = await walk(place.folder, withScorer(flaky(), { repeat: 2 })).catch((error: unknown) => error);
    expect(end).toMatchObject({
      code: 4,
      message: expect.stringMatching(
        /^baseline: 18 of 36 select answers have no value of graded, more than max_errors 0\.1 allows; first .*: ill$/u,
      ),
    });
  });

  test("of which max_errors bears as many are shown beside the mean, and none of them passes", async () => {
    const { summary } = await walk(place.folder, withScorer(flaky(), { repeat: 4, maxErrors: 0.5 }));
    const mean = summary?.rungs[0]?.scores.test?.["graded"];
    expect(mean).toMatchObject({ n: 18, errors: 0, answers: 72, failed_answers: 36, error: "ill", repeats: { k: 4, pass_hat_k: 0 } });
  });

  test("of a rung are judged likewise", async () => {
    const bad = idsOf("confirm", 18);
    let calls = 0;
    const stage = polished((program) => ({ ...program, steps: [...program.steps, { use: "polish", with: {} }] }));
    const third = defineStage({
      ...stage,
      async before(turn) {
        if (bad.has(turn.question.id) && ++calls % 3 === 0) throw new Error("no ear");
        return turn;
      },
    });
    const { summary } = await walk(place.folder, experimentOf([{ stage: third }], { repeat: 3 }));
    expect(summary?.rungs[1]).toMatchObject({
      status: "failed",
      unjudged: true,
      reason: expect.stringContaining("cannot be judged: 18 of 54 confirm answers have no value (max_errors 0.1); first: "),
    });
  });
});
