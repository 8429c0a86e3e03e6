/** The whole rung against a model that answers as it is told, behind a real server. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { asking, labelOf, labels, lastLine, messages, type Simulated, walked } from "../../ladder/diagnose/planted.fixture.ts";
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

test.each([330, 420])("of %i calls it takes no more than half of what is left, the bank's and the embedder's included", async (calls) => {
  const { journal, summary } = await climbed(thinks, {}, { budget: { calls } });
  const searched = journal.rows("few-shot").filter(({ split }) => split === "train" || split === "select");
  const spent = searched.reduce((sum, row) => sum + row.calls, 0);
  // What its winner is asked on select, confirm and test is laid aside before.
  expect(spent).toBeLessThanOrEqual((calls - (summary.rungs[0]?.calls ?? 0) - 3 * 24) / 2);
  expect(spent).toBeGreaterThan(24);
});

test.each([310, 340, 380, 420, 480])("what the first race found is not lost where %i calls pay for no second one", async (calls) => {
  const { rung, races } = await climbed(copies, { k: 4 }, { budget: { calls } });
  expect(races[0]?.length).toBe(5);
  expect(rung.status, rung.reason).toBe("kept");
});

describe("a bank", () => {
  const pooled = async (bank: unknown) => {
    const { program, notes, experiment } = await climbed(copies, { k: 2, choose: "nearest", source: "gold", bank });
    const pool = fewShot.options.parse(program.steps[0]?.with).pool ?? [];
    return { pool, notes: notes.join("\n"), train: experiment.splits.train };
  };

  test("holds so many train cases of each answer, or so many of all", async () => {
    const { pool, notes } = await pooled({ per_answer: 2 });
    expect([...Map.groupBy(pool, ({ answer }) => answer).values()].map((demos) => demos.length)).toEqual([2, 2, 2, 2]);
    expect(notes).toContain("bank: 8 of 24 train cases, with 4 answers");
    expect((await pooled(6)).pool).toHaveLength(6);
  });

  test("holds each input once, whoever says it how often, and tells numbers apart", async () => {
    const part = (from: number) => few.slice(from, from + 24);
    const ways = ["3 - 4", "3 / 4", "(3 - 4)!"];
    const train = part(0).flatMap((kase) =>
      ways.map((way): Case => ({ ...kase, id: kase.id + way, fields: { text: `${way} ${kase.fields["text"]}` } })),
    );
    const splits = { train, select: part(24), confirm: part(48), test: part(72) };
    const { program } = await climbed(copies, { k: 2, choose: "nearest", source: "gold" }, { splits });
    const inputs = fewShot.options.parse(program.steps[0]?.with).pool?.map(({ fields }) => fields["text"] ?? "") ?? [];
    expect(inputs).toHaveLength(48);
    expect(inputs.filter((text) => text.startsWith("3 / 4"))).toHaveLength(24);
  });

  test("that has nothing to show says of each source why", async () => {
    const cases = few.map(({ id, fields }): Case => ({ id, fields }));
    const never = defineScorer({ ...contains, name: "never", score: () => ({ value: 0 }) });
    const { rung } = await climbed(copies, { k: 2 }, { cases, scorer: never });
    expect(rung.status).toBe("skipped");
    expect(rung.reason).toMatch(
      /gold: nothing is expected of any train case; bootstrapped: of 24 .* 0 are right; hard: of 24 .* none is wrong/,
    );
  });
});

test("has nothing to show where the user template names no field", async () => {
  const program = { ...asking("text"), system: "Label: {{text}}", user: "Which label?" };
  expect((await climbed(() => "praise", {}, { program })).rung).toMatchObject({
    status: "skipped",
    reason: expect.stringContaining("names no field"),
  });
});

test("an embedder that does not answer fails the rung with its name", async () => {
  const models = { task: "local/sim", writer: "local/sim", judge: "local/sim", embed: "embedded/nobody" };
  // Where nothing fails nothing is probed, so the rung is the first to embed.
  const { rung } = await climbed((asked) => labelOf(lastLine(asked)), {}, { models });
  expect(rung).toMatchObject({ status: "failed", reason: expect.stringContaining('"nobody" does not exist') });
});
