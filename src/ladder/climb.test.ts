import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineStage } from "../plugin.ts";
import rag from "../stages/rag/index.ts";
import fewShot from "../stages/few-shot/index.ts";
import prompt from "../stages/prompt/index.ts";
import { UserError } from "../errors.ts";
import type { Case, Lab } from "../types.ts";
import { experimentOf, temporary, walk } from "./world.fixture.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const none = z.strictObject({});

/** Does what it is told with the lab, and keeps the program. */
const spying = (look: (lab: Lab) => void | Promise<void>) =>
  defineStage({
    name: "spy",
    about: "looks at what it may see",
    options: none,
    async fit(program, _options, lab) {
      await look(lab);
      return program;
    },
  });

test("a stage sees train and select, and nothing that it is handed leads to confirm or test", async () => {
  let seen = "";
  const experiment = experimentOf([{ stage: spying((lab) => void (seen = JSON.stringify({ ...lab, knowledge: undefined }))) }]);
  await walk(place.folder, experiment);
  const { train, select, confirm, test: held } = experiment.splits;
  for (const kase of [...train, ...select]) expect(seen).toContain(`"${kase.id}"`);
  for (const kase of [...confirm, ...held]) expect(seen).not.toContain(`"${kase.id}"`);
});

test("a stage cannot have confirm or test cases answered", async () => {
  const experiment = experimentOf([]);
  const stolen: readonly Case[] = experiment.splits.test.slice(0, 1);
  const stage = spying(async (lab) => void (await lab.answer(experiment.program, stolen)));
  const { summary } = await walk(place.folder, experimentOf([{ stage }]));
  expect(summary?.rungs[1]).toMatchObject({ status: "failed", reason: expect.stringContaining("neither in train nor in select") });
});

test("test cases are answered once by each program, and only after every decision", async () => {
  const experiment = experimentOf([
    { stage: rag, options: { top_k: 2, size: 60 } },
    { stage: fewShot, options: { k: [2], choose: "random" } },
  ]);
  const { journal, progress } = await walk(place.folder, experiment);
  const rows = ["baseline", "rag", "few-shot"].flatMap((rung) => journal.rows(rung)).filter((row) => row.split === "test");
  const keys = rows.map((row) => `${row.program} ${row.case}`);
  expect(new Set(keys).size).toBe(keys.length);
  const phases = progress.flatMap((one) => (one.type === "progress" ? [one.phase] : []));
  expect(phases.slice(phases.indexOf("test")).every((phase) => phase === "test")).toBe(true);
});

test("retrieval that brings the answer is kept, and its numbers come from the rows", async () => {
  const experiment = experimentOf([{ stage: rag, options: { top_k: 2, size: 60 } }]);
  const { summary, journal } = await walk(place.folder, experiment);
  const rung = summary?.rungs[1];
  expect(rung).toMatchObject({ name: "rag", status: "kept" });
  expect(summary?.winner).toBe("rag");
  expect(rung?.scores.test?.["f1"]?.mean ?? 0).toBeGreaterThan(summary?.rungs[0]?.scores.test?.["f1"]?.mean ?? 1);
  expect(rung?.calls).toBe([...journal.rows("rag"), ...journal.spends("rag")].reduce((total, { calls }) => total + calls, 0));
});

test("a rung that does not help is rejected, and the incumbent goes on", async () => {
  const spoil = defineStage({
    name: "spoil",
    about: "always gives a worse program",
    options: none,
    fit: async (program) => ({
      ...program,
      user: "Say nothing about this: {{question}}",
      steps: [],
      system: "Answer with the word banana only.",
    }),
  });
  const experiment = experimentOf([{ stage: rag, options: { top_k: 2, size: 60 } }, { stage: spoil }, { stage: spying(() => {}) }]);
  const { summary, events } = await walk(place.folder, experiment);
  expect(summary?.rungs.map(({ status }) => status)).toEqual(["kept", "kept", "rejected", "rejected"]);
  expect(summary?.winner).toBe("rag");
  const programs = events.flatMap((event) => (event.type === "rung" ? [event.program] : []));
  expect(programs[3]).toEqual(programs[1]);
});

test("rungs whose needs are missing are skipped with a reason", async () => {
  const { summary } = await walk(
    place.folder,
    experimentOf([{ stage: rag }, { stage: prompt, options: { operators: false } }], { documents: [] }),
  );
  expect(summary?.rungs.slice(1).map(({ status, reason }) => [status, reason.split(";")[0]])).toEqual([
    ["skipped", "no knowledge"],
    ["skipped", "nothing to race: no variant is named and no operator applies"],
  ]);
});

test("a run that was stopped anywhere ends, when run again, as one that was never stopped", async () => {
  const experiment = experimentOf([
    { stage: rag, options: { top_k: [1, 2], size: 60 } },
    { stage: fewShot, options: { k: [2, 4], choose: "random" } },
  ]);
  const whole = await walk(place.folder, experiment);
  const total = whole.progress.length;
  for (const share of [0.05, 0.3, 0.5, 0.8, 0.97]) {
    const { folder, remove } = temporary();
    const stopped = await walk(folder, experiment, { stopAfter: Math.max(1, Math.round(total * share)) });
    expect(stopped.summary).toBeUndefined();
    const { summary } = await walk(folder, experiment);
    // What is asked again after a stop costs again; all that is measured must be the same.
    const measured = (of: typeof summary) =>
      of?.rungs.map(({ name, status, reason, scores, versus }) => ({ name, status, reason, scores, versus }));
    expect(measured(summary)).toEqual(measured(whole.summary));
    remove();
  }
});

test("the budget stops the walk with code 5, and a larger one goes on from there", async () => {
  const ladder = [{ stage: rag, options: { top_k: 2, size: 60 } }];
  const stop = walk(place.folder, experimentOf(ladder, { budget: { calls: 15 } }));
  await expect(stop).rejects.toSatisfy((error) => error instanceof UserError && error.code === 5);
  const { summary, journal } = await walk(place.folder, experimentOf(ladder));
  expect(summary?.status).toBe("complete");
  const rows = ["baseline", "rag"].flatMap((rung) => journal.rows(rung)).map((row) => `${row.program} ${row.case}`);
  expect(new Set(rows).size).toBe(rows.length);
});

test("`until-target` stops when confirm has reached it", async () => {
  const experiment = experimentOf([{ stage: rag, options: { top_k: 2, size: 60 } }, { stage: fewShot }], {
    walk: "until-target",
    target: 0.05,
  });
  const { summary } = await walk(place.folder, experiment);
  expect(summary?.rungs.at(-1)).toMatchObject({ status: "skipped", reason: expect.stringContaining("target") });
});

test("`diagnose` skips rungs that treat nothing that was found", async () => {
  const idle = defineStage({ ...spying(() => {}), name: "idle", treats: ["unstable"] });
  const { summary } = await walk(
    place.folder,
    experimentOf([{ stage: idle }, { stage: rag, options: { top_k: 2, size: 60 } }], { walk: "diagnose" }),
  );
  expect(summary?.rungs.map(({ status }) => status)).toEqual(["kept", "skipped", "kept"]);
  expect(summary?.rungs[1]?.reason).toContain("not diagnosed");
});

test("a candidate that cannot answer is a failed rung, and the walk goes on", async () => {
  const lost = defineStage({
    name: "lost",
    about: "names a model that is not there",
    options: none,
    fit: async (program) => ({ ...program, model: "embedded/nobody" }),
  });
  const { summary } = await walk(place.folder, experimentOf([{ stage: lost }, { stage: rag, options: { top_k: 2, size: 60 } }]));
  expect(summary?.rungs.map(({ status }) => status)).toEqual(["kept", "failed", "kept"]);
  expect(summary?.rungs[1]?.reason).toContain("18 of 18 confirm cases have no value");
});

test("what a run is billed for is what its model was asked, but for calls that were under way when it was stopped", async () => {
  const { folder, remove } = temporary();
  const experiment = experimentOf([
    { stage: rag, options: { top_k: 2, size: 60 } },
    { stage: fewShot, options: { k: [2], choose: "random" } },
  ]);
  const stops = [7, 30, 55];
  let asked = 0;
  for (const stopAfter of stops) asked += (await walk(folder, experiment, { stopAfter })).asked();
  const last = await walk(folder, experiment);
  asked += last.asked();
  const billed = last.journal.all().reduce((total, { calls }) => total + calls, 0);
  expect(last.summary?.totals.calls).toBe(billed);
  // Four questions are under way at a time; the fixture does not bill the index.
  const index = 1;
  expect(asked - index - billed).toBeGreaterThanOrEqual(0);
  expect(asked - index - billed).toBeLessThanOrEqual(4 * stops.length);
  remove();
});

test("steps of a repeated case are asked anew for each repeat", async () => {
  const seen: string[] = [];
  const noisy = defineStage({
    name: "noisy",
    about: "asks the writer before the model",
    options: none,
    fit: async (program) => ({ ...program, steps: [{ use: "noisy", with: {} }] }),
    async before(turn, _options, lab) {
      await lab.ask({ model: "writer", messages: [{ role: "user", content: `About ${turn.question.id}` }] });
      seen.push(Object.keys(turn.question).sort().join(","));
      return turn;
    },
  });
  const once = await walk(place.folder, experimentOf([{ stage: noisy }]));
  const { folder, remove } = temporary();
  const thrice = await walk(folder, experimentOf([{ stage: noisy }], { repeat: 3 }));
  const paid = (world: typeof once) => world.journal.rows("noisy").reduce((total, row) => total + row.calls - row.cached_calls, 0);
  expect(paid(thrice)).toBe(paid(once) * 3);
  expect(new Set(seen)).toEqual(new Set(["fields,id"]));
  remove();
});

test("a stage writes only files of its own, in its own folder", async () => {
  for (const name of ["../escaped.txt", "rung.json", "answers.jsonl", "a/b.txt", ".."]) {
    const { folder, remove } = temporary();
    const { summary } = await walk(folder, experimentOf([{ stage: spying(async (lab) => await lab.write(name, "mine")) }]));
    expect(summary?.rungs[1]).toMatchObject({ status: "failed" });
    remove();
  }
});

test("`diagnose` climbs first what treats the largest cause", async () => {
  const tired = defineStage({ ...spying(() => {}), name: "tired", treats: ["format"] });
  const { events } = await walk(
    place.folder,
    experimentOf([{ stage: tired }, { stage: rag, options: { top_k: 2, size: 60 } }], { walk: "diagnose" }),
  );
  const order = events.flatMap((event) => (event.type === "rung" ? [event.rung.name] : []));
  expect(order.slice(0, 3)).toEqual(["baseline", "rag", "tired"]);
});

test("what a stage does to the program that it was handed does nothing to the incumbent", async () => {
  const vandal = defineStage({
    name: "vandal",
    about: "changes what it was handed and returns it",
    options: none,
    async fit(program) {
      Object.assign(program, { system: "Say banana.", user: "banana {{question}}" });
      return program;
    },
  });
  const experiment = experimentOf([{ stage: vandal }, { stage: spying(() => {}) }]);
  const { events } = await walk(place.folder, experiment);
  const programs = events.flatMap((event) => (event.type === "rung" ? [[event.rung.name, event.program.system] as const] : []));
  for (const [name, system] of programs) expect(system).toBe(name === "vandal" ? "Say banana." : "Answer with a short phrase.");
});

const circle: Record<string, unknown> = {};
circle["self"] = circle;
test.each([
  ["nothing", undefined],
  ["an empty object", {}],
  ["a circle", circle],
  ["an unknown endpoint", { model: "nowhere/m" }],
  ["an unknown field", { user: "{{quest}}" }],
  ["a broken template", { user: "{{#question}}" }],
  ["an unknown step", { steps: [{ use: "raag", with: {} }] }],
  ["a step with wrong options", { steps: [{ use: "rag", with: { topk: 1 } }] }],
])("a stage that returns %s fails by name, and the walk goes on", async (_what, made) => {
  const broken = defineStage({
    name: "broken",
    about: "returns what is no program",
    options: none,
    async fit(program) {
      const whole: unknown = made === undefined || Object.keys(made).length === 0 || made === circle ? made : { ...program, ...made };
      return whole as typeof program;
    },
  });
  const { summary } = await walk(place.folder, experimentOf([{ stage: broken }, { stage: rag, options: { top_k: 2, size: 60 } }]));
  expect(summary?.rungs[1]).toMatchObject({ status: "failed", reason: expect.stringContaining("broken returned") });
  expect(summary?.rungs[2]?.status).toBe("kept");
});

test("a rung whose every candidate fails is failed, with the first fault, and not rejected", async () => {
  const deaf = defineStage({
    name: "deaf",
    about: "its step always fails",
    options: none,
    fit: async (program, _options, lab) =>
      (
        await lab.race([
          { name: "as it was", program },
          { name: "deaf", program: { ...program, steps: [{ use: "deaf", with: {} }] } },
        ])
      ).winner.program,
    before: () => Promise.reject(new Error("no ear")),
  });
  const { summary } = await walk(place.folder, experimentOf([{ stage: deaf }]));
  expect(summary?.rungs[1]).toMatchObject({ status: "failed", unjudged: true, reason: expect.stringContaining("no ear") });
});
