/** The whole rung against a model that answers as it is told, behind a real server. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { labelOf, labels, lastLine, messages, type Simulated, walked } from "../../ladder/diagnose/planted.fixture.ts";
import { temporary } from "../../ladder/world.fixture.ts";
import { defineScorer } from "../../plugin.ts";
import contains from "../../scorers/contains.ts";
import type { Case, Experiment, Journal, Program, Rung, Summary } from "../../types.ts";
import fewShot from "./index.ts";

interface Climbed {
  readonly rung: Rung;
  readonly program: Program;
  readonly notes: readonly string[];
  /** Names of the arms of each race. */
  readonly races: readonly (readonly string[])[];
  readonly experiment: Experiment;
  readonly texts: readonly string[];
  readonly journal: Journal;
  readonly summary: Summary;
}

/** A quarter of them is train. */
const few = messages.slice(0, 96);

async function climbed(model: Simulated, options: object, more: Parameters<typeof walked>[1] = {}): Promise<Climbed> {
  const { folder, remove } = temporary();
  onTestFinished(remove);
  const settings = { cases: few, scorer: contains, rungs: [{ stage: fewShot, options }], ...more };
  const { run, summary, events, progress, heard, experiment, journal } = await walked(model, settings, folder);
  const rung = summary?.rungs[1];
  const made = events.findLast((event) => event.type === "rung" && event.index === 1);
  if (summary === undefined || rung === undefined || made?.type !== "rung") throw new Error("no rung");
  const races = ["race.json", "race-2.json"]
    .map((name) => join(run, "1-few-shot", name))
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, "utf8")) as { arms: { name: string }[] }).arms.map(({ name }) => name));
  const notes = progress.flatMap((one) => (one.type === "note" ? [one.text] : []));
  return { rung, program: made.program, notes, races, experiment, texts: heard.map(({ text }) => text), journal, summary };
}

/** Right where it was shown the label of the message; without demonstrations it is right for two of the four. */
const copies: Simulated = (asked) => {
  const label = labelOf(lastLine(asked));
  return asked.demos.some((answer) => answer.includes(label)) || labels.indexOf(label) < 2 ? label : "unknown";
};

/** The same, but it thinks aloud where it is shown how, and is right only then where there are demonstrations. */
const thinks: Simulated = (asked) => {
  const label = labelOf(lastLine(asked));
  const aloud = `They write about it.\nAnswer: ${label}`;
  if (asked.demos.length === 0) return labels.indexOf(label) < 2 ? aloud : "They write.\nAnswer: unknown";
  return asked.demos.every((answer) => answer.includes("Answer:")) ? aloud : "unknown";
};

test("demonstrations come from train, never show a question itself, and help", async () => {
  const { rung, texts, experiment } = await climbed(copies, {});
  expect(rung.status, rung.reason).toBe("kept");
  const textsOf = (cases: readonly Case[]) => new Set(cases.map(({ fields }) => fields["text"] ?? ""));
  const held = textsOf([...experiment.splits.select, ...experiment.splits.confirm, ...experiment.splits.test]);
  for (const text of texts) {
    const lines = text.split("\n");
    const question = lines.pop() ?? "";
    expect(lines).not.toContain(question);
    expect(lines.filter((line) => held.has(line))).toEqual([]);
  }
});

describe("what the program gets right itself", () => {
  test("is shown with its reasoning where that is better, by cases of train that it answered right", async () => {
    const { rung, program, notes, races, experiment } = await climbed(thinks, { k: [2, 4], choose: ["balanced", "nearest"] });
    expect(rung.status, rung.reason).toBe("kept");
    const step = program.steps.find(({ use }) => use === "few-shot");
    const shown = step === undefined ? program.demos : fewShot.options.parse(step.with).pool;
    expect(shown?.length).toBeGreaterThan(0);
    for (const demo of shown ?? []) {
      const kase = experiment.splits.train.find(({ id }) => id === demo.id);
      expect(demo.answer).toBe(`They write about it.\nAnswer: ${String(kase?.expected)}`);
    }
    expect(notes.join("\n")).toMatch(/bootstrapped: \d+ of \d+ train cases are answered right, \d+ wrong, in \d+ calls$/m);
    expect(races[1]?.some((name) => name.endsWith("bootstrapped"))).toBe(true);
  });

  test("is no candidate where it says no more than what is expected", async () => {
    const { notes, races } = await climbed(copies, { k: 2, choose: "balanced" });
    expect(notes.join("\n")).toContain("they say what is expected");
    expect(races[1]).toEqual(["as it was", "balanced 2", "balanced 2, hard", "balanced 2, best-first"]);
  });

  test("is shown where nothing is expected of train cases", async () => {
    const right = defineScorer({
      name: "right",
      about: "knows the labels without being told",
      axis: "behaviour",
      options: z.strictObject({}),
      score: ({ answer, question }) => ({ value: answer.endsWith(labelOf(question.fields["text"] ?? "")) ? 1 : 0 }),
    });
    const cases = few.map(({ id, fields }): Case => ({ id, fields }));
    const { rung, program } = await climbed(thinks, { k: 2, choose: "balanced" }, { cases, scorer: right });
    expect(rung.status, rung.reason).toBe("kept");
    expect(program.demos.map(({ answer }) => answer)).toEqual([expect.stringContaining("Answer:"), expect.stringContaining("Answer:")]);
  });
});

test("races as many candidates as it says", async () => {
  const options = { k: [0, 2, 4], choose: ["nearest"], mmr: [0.7, 1], order: ["best-last", "best-first"] };
  const { races } = await climbed(thinks, options);
  const names = new Set(races.flat().filter((name) => name !== "as it was"));
  expect(names.size).toBe(fewShot.arms?.(fewShot.options.parse(options), { variants: {} }));
  expect(fewShot.arms?.(fewShot.options.parse({}), { variants: {} })).toBeLessThanOrEqual(16);
});

test("has nothing to try where no demonstrations are wanted and none are shown", async () => {
  expect((await climbed(copies, { k: 0 })).rung).toMatchObject({ status: "skipped", reason: expect.stringContaining("k is 0") });
});

test("takes no more than half of the calls that are left, the bank's included", async () => {
  const calls = 600;
  const { journal, summary } = await climbed(thinks, {}, { budget: { calls } });
  const searched = journal.rows("few-shot").filter(({ split }) => split === "train" || split === "select");
  // Its winner is answered on all of select once more.
  expect(searched.length).toBeLessThanOrEqual((calls - (summary.rungs[0]?.calls ?? 0)) / 2 + 24);
  expect(searched.length).toBeGreaterThan(48);
});

test("an embedder that does not answer fails the rung with its name", async () => {
  const models = { task: "local/sim", writer: "local/sim", judge: "local/sim", embed: "embedded/nobody" };
  // Where nothing fails nothing is probed, so the rung is the first to embed.
  const { rung } = await climbed((asked) => labelOf(lastLine(asked)), {}, { models });
  expect(rung).toMatchObject({ status: "failed", reason: expect.stringContaining('"nobody" does not exist') });
});
