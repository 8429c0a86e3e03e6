/** A run folder is believed only where its parts belong together. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { programId } from "../program/hash.ts";
import { nothing } from "../spend.ts";
import type { Answered, Case, Program } from "../types.ts";
import { casesHash } from "./comparability.ts";
import { readRun } from "./read.ts";

const program: Program = { model: "embedded/reader", params: {}, system: "Answer.", user: "{{question}}", demos: [], steps: [] };
const cases: readonly Case[] = ["a", "b", "c"].map((id) => ({ id, fields: { question: `${id}?` }, expected: id, tags: ["x"] }));

/** A run of three test cases, all right. */
function written(): string {
  const folder = mkdtempSync(join(tmpdir(), "llmopt-read-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { tokens, ...cost } = nothing;
  const rows = cases.map(({ id }): Answered => ({
    case: id,
    split: "test",
    repeat: 0,
    program: programId(program),
    answer: id,
    scores: { f1: { value: 1 } },
    passages: [],
    usage: tokens,
    ...cost,
    ms: 1,
    cached: false,
  }));
  const rung = { name: "baseline", status: "kept", scores: {}, versus: {} };
  mkdirSync(join(folder, "0-baseline"));
  const file = (name: string, ...values: readonly unknown[]): void =>
    writeFileSync(join(folder, name), values.map((value) => `${JSON.stringify(value)}\n`).join(""));
  file("run.json", { format: 2, comparability: { cases: casesHash(cases), scorers: {} } });
  file("summary.json", { status: "complete", winner: "baseline", primary: "f1", rungs: [rung] });
  file("test-cases.jsonl", ...cases);
  file("0-baseline/program.json", program);
  file("0-baseline/answers.jsonl", ...rows);
  return folder;
}

/** Changes a file of the run, and says what becomes of reading it. */
async function reading(name: string, change: (text: string) => string): Promise<unknown> {
  const folder = written();
  writeFileSync(join(folder, name), change(readFileSync(join(folder, name), "utf8")));
  return await readRun(folder).catch((error: unknown) => error);
}

const lines = (change: (all: readonly string[]) => readonly string[]) => (text: string) => change(text.trimEnd().split("\n")).join("\n");

test("the order of the test cases is none of their content", async () => {
  expect(
    await reading(
      "test-cases.jsonl",
      lines((all) => all.toReversed()),
    ),
  ).toMatchObject({ cases: cases.toReversed() });
  expect(casesHash(cases.toReversed())).toBe(casesHash(cases));
});

test.each([
  ["was changed", (text: string) => text.replace('"expected":"b"', '"expected":"B"')],
  ["is gone", lines((all) => all.slice(1))],
  ["was cut short", (text: string) => text.slice(0, -20)],
])("a run of which a test case %s cannot be judged: 3", async (_, change) => {
  expect(await reading("test-cases.jsonl", change)).toMatchObject({
    code: 3,
    message: expect.stringMatching(/test-cases\.jsonl: is damaged \(its \d test cases are not those that run\.json says were tested\)/u),
  });
});

test.each(["1.5", "-0.1"])("a run with the value %s, which no scorer gives, cannot be judged: 3", async (value) => {
  expect(await reading("0-baseline/answers.jsonl", (text) => text.replace('"value":1', `"value":${value}`))).toMatchObject({
    code: 3,
    message: expect.stringMatching(/answers\.jsonl: is damaged \(the f1 of case a is .*, not a value in 0\.\.1\)/u),
  });
});
