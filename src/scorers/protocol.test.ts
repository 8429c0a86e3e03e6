/** What a program of the user's own may say, and what becomes of one that misbehaves. Real programs in a folder of their own. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Case, Score, ScoreLab } from "../types.ts";
import { executeIn } from "../wire/execute.ts";
import command from "./command.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import python from "./python.ts";

const folder = mkdtempSync(join(tmpdir(), "llmopt-protocol-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lab: ScoreLab = { ...labFor(command), execute: executeIn(folder, new AbortController().signal) };
const kase: Case = { id: "c1", fields: { question: "How long?" }, expected: ["45 days"], sources: ["returns"], tags: ["fact"] };
const passage = { id: "returns#0", source: "returns", title: "Returns", text: "45 days.", score: 0.5 };
const turn = turnOf(kase, "30 days", { passages: [passage], notes: { cut: true } });

/** What `node -e script` makes of the answer. */
const said = (script: string, timeout = 30): Promise<Score> =>
  Promise.resolve(command.score(turn, kase, { argv: [process.execPath, "-e", script], timeout }, lab));

test("it is given the case and all that an answer shows, as one JSON document", async () => {
  const score = await said(
    'let text = ""; process.stdin.on("data", (part) => (text += part)).on("end", () => console.log(JSON.stringify({ value: 1, why: text })))',
  );
  expect(JSON.parse("why" in score ? (score.why ?? "") : "")).toEqual({
    case: "c1",
    fields: { question: "How long?" },
    answer: "30 days",
    expected: ["45 days"],
    sources: ["returns"],
    tags: ["fact"],
    passages: [passage],
    notes: { cut: true },
  });
});

test.each([
  ["0.25", { value: 0.25 }],
  ["true", { value: 1 }],
  ["false", { value: 0 }],
  ['{ "value": 0.5, "why": "half" }', { value: 0.5, why: "half" }],
  ['{ "value": true }', { value: 1 }],
  ['{ "error": "no dictionary" }', { error: "no dictionary" }],
  ['{ "skipped": "no number in it" }', { skipped: "no number in it" }],
])("%s is a score", async (printed, score) => {
  expect(await said(`console.log(${JSON.stringify(printed)})`)).toEqual(score);
});

test.each([
  ["nothing", "", "printed nothing"],
  ["a log before it", 'console.log("loading"); console.log(1)', "not one JSON document"],
  ["two documents", "console.log(1); console.log(1)", "not one JSON document"],
  ["Python's true", 'console.log("True")', "not one JSON document"],
  ["NaN", 'console.log("NaN")', "not one JSON document"],
  ["too much", "console.log(5)", "5, which is not in 0..1"],
  ["too little", 'console.log("-0.1")', "not in 0..1"],
  ["a text", `console.log('"0.5"')`, '"0.5"'],
  ["null", "console.log(null)", "null"],
  ["a list", 'console.log("[1]")', "[1]"],
  ["a value that is a text", `console.log('{"value": "1"}')`, '{"value":"1"}'],
  ["an error without a word", `console.log('{"error": ""}')`, '{"error":""}'],
  ["no end of it", 'console.log("1".repeat(10_000_000))', "not in 0..1"],
  [
    "a failure, with the end of what it said",
    'console.log(1); console.error("x".repeat(900) + "\\n\\nValueError: no unit"); process.exitCode = 3',
    "status 3: …x",
  ],
  ["an exception", 'throw new Error("boom")', "boom"],
  ["a killed program", "process.kill(process.pid)", "was killed"],
])("%s is an error, never a 0", async (_, script, why) => {
  expect(await said(script)).toEqual({ error: expect.stringContaining(why) as string });
});

test("more time than it has is an error that says so", async () => {
  expect(await said('console.error("still loading"); setInterval(() => {}, 1000)', 1)).toEqual({
    error: expect.stringMatching(/took longer than 1 s: still loading$/) as string,
  });
});

test("a program that cannot be started is no matter of one answer", async () => {
  const start = async () => await command.score(turn, kase, { argv: ["no-such-program"], timeout: 1 }, lab);
  await expect(start()).rejects.toMatchObject({ code: 2 });
});

test("a script beside the experiment is run where it lies", async () => {
  writeFileSync(join(folder, "check"), "#!/bin/sh\ncat > /dev/null\necho 0.75\n");
  chmodSync(join(folder, "check"), 0o755);
  expect(await command.score(turn, kase, { argv: ["./check"], timeout: 30 }, lab)).toEqual({ value: 0.75 });
});

const missing = spawnSync("python3", ["--version"]).status !== 0;
if (missing) console.warn("skipped: python3 is not here");

describe.skipIf(missing)("python", () => {
  const graded = async (code: string): Promise<Score> => {
    writeFileSync(join(folder, "check.py"), code);
    return await python.score(turn, kase, { file: "check.py", timeout: 30, interpreter: "python3" }, lab);
  };

  test("reads the document and prints the score", async () => {
    const code =
      'import json, sys\nrow = json.load(sys.stdin)\nprint(json.dumps({"value": row["answer"] in row["expected"], "why": row["answer"]}))\n';
    expect(await graded(code)).toEqual({ value: 0, why: "30 days" });
  });

  test("its exception is an error with its last line", async () => {
    expect(await graded('raise ValueError("no unit")')).toEqual({
      error: expect.stringMatching(/status 1: .*ValueError: no unit$/) as string,
    });
  });
});
