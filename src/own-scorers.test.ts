/** Scorers of the user's own, as a user runs them: the examples in evals/, and what must not happen to a run. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { engine, llmopt, project, riverCases, riverExperiment } from "./cli.fixture.ts";
import type { Answered, Summary } from "./types.ts";

const missing = spawnSync("python3", ["--version"]).status !== 0;
if (missing) console.warn("skipped: python3 is not here");

/** The rivers, graded by these scorers besides f1. */
function rivers(scorers: string, url?: string): string {
  return riverExperiment(url).replace("{ use: token-f1, as: f1 }", `{ use: token-f1, as: f1 }, ${scorers}`);
}

/** Scores of the baseline's answers by a scorer, as they are kept. */
function kept(folder: string, run: string, scorer: string) {
  const lines = readFileSync(join(folder, run, "0-baseline", "answers.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => (JSON.parse(line) as Answered).scores[scorer]);
}

test.skipIf(missing)("the example grades with a file, a file with options, and Python, and decides by their weighted mean", async () => {
  const folder = project({});
  const example = fileURLToPath(new URL("../examples/own-scorers.yaml", import.meta.url));
  const { code, stdout, stderr } = await llmopt(folder, ["run", example, "--json", "-q", "--limit", "60"]);
  expect(code, stderr).toBe(0);
  const { primary, rungs } = JSON.parse(stdout) as Summary;
  expect(primary).toBe("weighted");
  const scores = rungs.at(-1)?.scores.test ?? {};
  expect(Object.keys(scores)).toEqual(["f1", "currency", "units", "grounded-numbers", "direct", "weighted"]);
  expect(Object.values(scores).map(({ errors }) => errors)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(scores["grounded-numbers"]?.n).toBeGreaterThan(0);
});

test("what a scorer prints does not stand in the way of what llmopt prints", async () => {
  const mine = 'console.log("loaded");\nexport default ({ answer }) => { console.log("graded", answer); return 1; };';
  const folder = project({ "e.yaml": rivers("./mine.mjs"), "cases.jsonl": riverCases(60), "mine.mjs": mine });
  const { code, stdout, stderr } = await llmopt(folder, ["run", "e.yaml", "--json", "-q"]);
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as Summary).rungs[0]?.scores.test?.["mine"]?.mean).toBe(1);
  expect(stderr).toContain("loaded\ngraded");
});

test("a case that a scorer fails on is an error of that scorer alone", async () => {
  const mine = 'export default (turn, kase) => { if (kase.id === "r7") throw new Error("seven"); return 1; };';
  const folder = project({ "e.yaml": rivers("./mine.mjs"), "cases.jsonl": riverCases(60), "mine.mjs": mine });
  const { stdout } = await llmopt(folder, ["run", "e.yaml", "--json", "-q"]);
  const scores = kept(folder, (JSON.parse(stdout) as Summary).run, "mine");
  expect(scores).toContainEqual({ error: "./mine.mjs failed: seven" });
  expect(scores).toContainEqual({ value: 1 });
});

test.each([
  ["waits for what never comes", "score: () => new Promise(() => {})", "waits for what never comes"],
  ["ends the process as if all were well", "score: () => process.exit(0)", "ended the process (0)"],
  ["ends the process as if a gate had failed", "score: () => process.exit(1)", "ended the process (1)"],
  ["fails later, outside of any call", "score: () => (setTimeout(() => { throw new Error('late'); }), { value: 1 })", "late"],
])("a scorer that %s ends the run with 2, and says so", async (_, score, why) => {
  const mine = `import { defineScorer, z } from "llmopt";
    export default defineScorer({ name: "mine", about: "mine", axis: "context", options: z.strictObject({}), ${score} });`;
  const folder = project({ "e.yaml": rivers("./mine.mjs"), "cases.jsonl": riverCases(60), "mine.mjs": mine });
  const { code, stdout, stderr } = await llmopt(folder, ["run", "e.yaml", "-q"]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(why);
});

test.each([
  ["a program that is not there", "{ use: command, argv: [no-such-program] }", "no-such-program: no such program on the PATH"],
  ["a missing scorer", "./mien.mjs", "mien.mjs: no such file"],
  ["labels that are none", "{ use: human, file: labels.csv }", 'labels.csv:2: "good" is no number'],
])("%s ends with 2 before any call, and no run is made", async (_, scorers, why) => {
  const server = project({});
  const { url, count } = await engine(server);
  const folder = project({ "e.yaml": rivers(scorers, url), "cases.jsonl": riverCases(60), "labels.csv": "case,value\nr1,good\n" });
  const { code, stderr } = await llmopt(folder, ["run", "e.yaml"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^e\.yaml:\d+:\d+: /);
  expect(stderr).toContain(why);
  expect(count()).toBe(0);
  expect(readdirSync(folder)).not.toContain("runs");
});

test("a broken file does not break the schema, which knows the options of the others", async () => {
  const files = { "broken.mjs": "export default (", "cases.jsonl": "", "e.yaml": rivers("./broken.mjs") };
  const { code, stdout } = await llmopt(project(files), ["schema", "e.yaml"]);
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(stdout) as object)).toContain("properties");
});
