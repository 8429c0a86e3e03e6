/** Confirm decides and test is reported: what a walk does with cases that a search must not see. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { wantedAnswer } from "../program/demos.ts";
import { programId } from "../program/hash.ts";
import { readTestReads } from "../runs/test-reads.ts";
import fewShot from "../stages/few-shot/index.ts";
import rag from "../stages/rag/index.ts";
import type { Case, Lab, Program, TrainingRow } from "../types.ts";
import { experimentOf, temporary, walk } from "./world.fixture.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

/** A stage of somebody who has the test file, as a plugin that reads files has. */
const cheating = (fit: (program: Program, lab: Lab, stolen: readonly Case[]) => Program | Promise<Program>) => {
  const stolen = experimentOf([]).splits.test.slice(0, 4);
  return defineStage({
    name: "cheat",
    about: "knows the test cases",
    options: z.strictObject({}),
    fit: async (program, _, lab) => await fit(program, lab, structuredClone(stolen)),
  });
};
const demoOf = (kase: Case) => ({ id: "mine", fields: kase.fields, answer: wantedAnswer(kase) ?? "" });

describe("a stage that knows test cases fails, and the case is named, where it", () => {
  test.each([
    ["shows them", cheating((program, _, stolen) => ({ ...program, demos: stolen.map(demoOf) })), "as a demonstration"],
    [
      "quotes them",
      cheating((program, _, [one]) => ({
        ...program,
        system: `${program.system} When asked: How many years of warranty has the ${one?.sources?.[0]}?`,
      })),
      "quotes",
    ],
    [
      "trains on them",
      cheating(async (program, lab, stolen) => {
        const row = async (kase: Case): Promise<TrainingRow> => ({
          messages: [...(await lab.show(program, kase)).messages, { role: "assistant", content: wantedAnswer(kase) ?? "" }],
        });
        const rows = await Promise.all([...lab.train, ...stolen].map(row));
        return { ...program, model: await lab.tune({ trainer: "openai", options: {}, model: program.model, rows, hyperparameters: {} }) };
      }),
      "training row",
    ],
  ])("%s", async (_what, stage, how) => {
    const { summary } = await walk(place.folder, experimentOf([{ stage }, { stage: rag, options: { top_k: 2, size: 60 } }]));
    expect(summary?.rungs[1]).toMatchObject({ status: "failed", reason: expect.stringMatching(/^leak: .*the test case "\w+-\w+"/) });
    expect(summary?.rungs[1]?.reason).toContain(how);
    expect(summary?.rungs[2]?.status).toBe("kept");
  });
});

describe("test is looked at", () => {
  const ladder = [
    { stage: rag, options: { top_k: 2, size: 60 } },
    { stage: fewShot, options: { k: [2], choose: "random" } },
  ];

  test("by nothing but the end of the walk, and each look is written down before it", async () => {
    const whole = await walk(place.folder, experimentOf(ladder));
    const reads = readTestReads(whole.run);
    expect(reads.map(({ by, rung, cases }) => [by, rung, cases])).toEqual(["baseline", "rag", "few-shot"].map((rung) => ["run", rung, 18]));
    const rows = ["baseline", "rag", "few-shot"].flatMap((rung) => whole.journal.rows(rung)).filter(({ split }) => split === "test");
    expect(reads.reduce((total, { answered }) => total + answered, 0)).toBe(rows.length);
    expect(new Set(rows.map(({ program }) => program)).isSubsetOf(new Set(reads.map(({ program }) => program)))).toBe(true);
    expect(reads[0]?.program).toBe(programId(experimentOf([]).program));

    const first = whole.progress.findIndex((one) => one.type === "progress" && one.phase === "test");
    for (const [stopAfter, looks] of [
      [first, 0],
      [first + 1, 1],
    ] as const) {
      const { folder, remove } = temporary();
      const { run, journal } = await walk(folder, experimentOf(ladder), { stopAfter });
      expect(readTestReads(run)).toHaveLength(looks);
      const seen = ["baseline", "rag", "few-shot"].flatMap((rung) => journal.rows(rung)).filter(({ split }) => split === "test");
      if (looks === 0) expect(seen).toEqual([]);
      remove();
    }
  });

  test("again by a run that goes on, which says how much was there already", async () => {
    const whole = await walk(place.folder, experimentOf(ladder));
    const again = await walk(place.folder, experimentOf(ladder));
    expect(again.summary?.rungs.map(({ scores }) => scores)).toEqual(whole.summary?.rungs.map(({ scores }) => scores));
    expect(readTestReads(again.run).slice(3)).toMatchObject([{ answered: 0 }, { answered: 0 }, { answered: 0 }]);
  });
});
