/** Scorers by path: what a file may hold, what is said of one that is wrong, and what makes it another experiment. */
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { project, riverCases, riverExperiment } from "../cli.fixture.ts";
import { labFor, turnOf } from "../scorers/lab.fixture.ts";
import { messageOf } from "../errors.ts";
import { prepare, type Prepared } from "../prepare.ts";
import type { Score } from "../types.ts";

/** What files of a scorer import; "llmopt" itself is found by the command alone. */
const ZOD = import.meta.resolve("zod");

const kase = { id: "c1", fields: { question: "How long?" }, expected: ["45 days", "30 days"] };

/** The experiment with these scorers, in a folder with these files. */
async function prepared(scorers: string, files: Readonly<Record<string, string>>, own = true): Promise<Prepared> {
  const yaml = riverExperiment().replace("primary: f1, scorers: [{ use: token-f1, as: f1 }]", `scorers: [${scorers}]`);
  const folder = project({ "e.yaml": yaml, "cases.jsonl": riverCases(60), ...files });
  return await prepare(join(folder, "e.yaml"), { plugins: own }).catch((error: unknown) => {
    throw new Error(messageOf(error).replaceAll(`${folder}/`, ""), { cause: error });
  });
}

/** The score that a file with this code gives an answer. */
async function graded(code: string, answer = "45 days"): Promise<Score> {
  const { experiment } = await prepared("./mine.mjs", { "mine.mjs": code });
  const [named] = experiment.scorers;
  if (named === undefined) throw new Error("no scorer was read");
  return await named.scorer.score(turnOf(kase, answer), kase, named.options, labFor(named.scorer));
}

describe("a plain function", () => {
  test.each([
    ["a number", "({ answer }) => answer.length / 10", { value: 0.7 }],
    ["true", "({ answer }, { expected }) => expected.includes(answer)", { value: 1 }],
    ["a score", '() => ({ value: 0, why: "rude" })', { value: 0, why: "rude" }],
    ["a promise of one", "async () => 0.5", { value: 0.5 }],
    ["an error", '() => ({ error: "no dictionary" })', { error: "no dictionary" }],
    ["that it does not apply", '() => ({ skipped: "no question" })', { skipped: "no question" }],
  ])("gives %s", async (_, code, score) => {
    expect(await graded(`export default ${code};`)).toEqual(score);
  });

  test.each([
    ["not a number", "() => Number.NaN", "gave NaN, which is not in 0..1"],
    ["more than 1", "() => 7", "gave 7, which is not in 0..1"],
    ["a text", '() => "0.5"', 'gave "0.5"; a score is a number 0..1'],
    ["nothing", "() => {}", "gave nothing; a score is a number 0..1"],
    ["a function", "() => () => 1", "gave a function"],
    ["what goes in circles", "() => { const a = {}; a.a = a; return a; }", "gave [object Object]"],
    ["an exception", '() => { throw new TypeError("boom"); }', "failed: boom"],
    ["an exception without a word", "() => { throw new Error(); }", "it threw without a word"],
    ["a rejection", 'async () => { throw "late"; }', "failed: late"],
  ])("that gives %s is an error, never a 0", async (_, code, why) => {
    expect(await graded(`export default ${code};`)).toEqual({ error: expect.stringContaining(why) as string });
  });

  test("that never comes to an end is an error after its time", async () => {
    const { experiment } = await prepared("./mine.mjs", { "mine.mjs": "export default () => new Promise(() => {});" });
    const [named] = experiment.scorers;
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const score = named?.scorer.score(turnOf(kase, "45 days"), kase, {}, labFor(named.scorer));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await score).toEqual({ error: "./mine.mjs failed: it took longer than 60 s" });
  });

  test("cannot change what other scorers see", async () => {
    await graded('export default (turn, kase) => { kase.expected.sort(); turn.answer = ""; return 1; };');
    expect(kase.expected).toEqual(["45 days", "30 days"]);
  });
});

test("a scorer with options has them checked, and goes by the name of its file", async () => {
  const code = `import { z } from "${ZOD}";
    import { limit } from "./limit.mjs";
    export default { name: "brief", about: "is brief", axis: "behaviour", options: z.strictObject({ most: z.int().default(limit) }), score: ({ answer }, _, { most }) => ({ value: answer.length <= most ? 1 : 0 }) };`;
  const files = { "evals/short.ts": code, "evals/limit.mjs": "export const limit = 20;" };
  const { experiment } = await prepared("evals/short.ts, { use: ./evals/short.ts, as: shorter, most: 3, weight: 1 }", files);
  expect(experiment.scorers.map(({ name, options }) => ({ name, options }))).toMatchObject([
    { name: "short", options: { most: 20 } },
    { name: "shorter", options: { most: 3 } },
    { name: "weighted" },
  ]);
  await expect(prepared("{ use: evals/short.ts, moost: 3 }", files)).rejects.toThrow(
    /e\.yaml:\d+:\d+: unknown option "moost" in evals\.scorers\[0\]; did you mean "most"\?/,
  );
});

test.each([
  ["a file that is not there", "./evals/polit.ts", 'evals/polit.ts: no such file; did you mean "polite.ts"?'],
  ["a folder", "./evals", "evals: is neither JavaScript nor TypeScript"],
  ["a Python file", "./evals/check.py", "a Python file goes by { use: python, file: … }"],
  ["broken TypeScript", "./evals/broken.ts", "evals/broken.ts: cannot be loaded ("],
  ["an import that is not there", "./evals/lonely.mjs", "Cannot find module"],
  ["an exception at once", "./evals/thrown.mjs", "evals/thrown.mjs: cannot be loaded (line 3: boom); mend it"],
  ["no default export", "./evals/empty.mjs", "its default export is no scorer; export default (turn, kase) => a number 0..1"],
  ["a stage", "./evals/stage.mjs", "its default export is no scorer"],
  ["options that are none", "./evals/options.mjs", 'its plugin "x" has no "options"; give a zod object'],
  ["no axis", "./evals/axis.mjs", 'its scorer "x" has no "axis"'],
])("%s is complained of with its place and what else is wrong", async (_, path, why) => {
  const complaint = await prepared(`${path}, sme`, {
    "evals/polite.ts": "export default () => 1;",
    "evals/broken.ts": "export default (\n{ answer }: { answer: string) => 1;",
    "evals/lonely.mjs": 'import "./nowhere.mjs";\nexport default () => 1;',
    "evals/thrown.mjs": '\n\nthrow new Error("boom");',
    "evals/empty.mjs": "export const score = () => 1;",
    "evals/stage.mjs": `import { z } from "${ZOD}";\nexport default { name: "x", about: "x", options: z.object({}), fit: async (p) => p };`,
    "evals/options.mjs":
      'export default { name: "x", about: "x", axis: "context", options: { safeParse() {} }, score: () => ({ value: 1 }) };',
    "evals/axis.mjs": `import { z } from "${ZOD}";\nexport default { name: "x", about: "x", options: z.object({}), score: () => ({ value: 1 }) };`,
  }).catch(messageOf);
  expect(complaint).toMatch(/^e\.yaml:\d+:\d+: evals\.scorers\[0\]\.use: /);
  expect(complaint).toContain(why);
  expect(complaint).toContain('unknown scorer "sme"');
});

test("--no-plugins loads none, and says so", async () => {
  await expect(prepared("./mine.mjs", { "mine.mjs": "process.exit(7);" }, false)).rejects.toThrow(
    "./mine.mjs: is code of the experiment's own, which --no-plugins does not load; run without that flag, or take the scorer out",
  );
});

describe("another experiment is one with", () => {
  const files = { "evals/short.ts": 'import { n } from "./n.mjs";\nexport default () => n;', "evals/n.mjs": "export const n = 1;" };
  const hashOf = async (scorers: string, more: Readonly<Record<string, string>> = {}) =>
    (await prepared(scorers, { ...files, ...more })).hash;
  const base = "evals/short.ts";

  test.each([
    ["another scorer", base, { "evals/short.ts": "export default () => 1;" }],
    ["another file that a scorer imports", base, { "evals/n.mjs": "export const n = 0.5;" }],
    ["the opposite of it", `{ use: ${base}, not: true }`, {}],
    ["a weight", `{ use: ${base}, weight: 1 }`, {}],
  ])("%s", async (_, scorers, more) => {
    const same = await hashOf(base);
    expect(await hashOf(base)).toBe(same);
    expect(await hashOf(scorers, more)).not.toBe(same);
  });

  test.each([
    ["labels", "{ use: human, file: labels.csv }", "labels.csv", "case,value\nr1,1\n", "case,value\nr1,0\n"],
    ["a program", "{ use: command, argv: [node, check.mjs] }", "check.mjs", "console.log(1)", "console.log(0)"],
  ])("other %s", async (_, scorers, name, before, after) => {
    expect(await hashOf(scorers, { [name]: before })).not.toBe(await hashOf(scorers, { [name]: after }));
  });
});
