/** Gates as CI meets them: the built command, real runs, and what it exits with. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { build, BUILT, type Ended, llmopt, project, riverCases, riverExperiment } from "./cli.fixture.ts";
import type { RunManifest } from "./runs/types.ts";
import type { CompareResult, Summary } from "./types.ts";
import { json, says, serve, type Behaviour } from "./wire/server.fixture.ts";

beforeAll(build);

const built = async (folder: string, ...args: readonly string[]): Promise<Ended> => await llmopt(folder, args, { cli: BUILT });

/** Adds two numbers, except in the cases that the model's name tells: `local/but-3-7` is wrong about cases 3 and 7. */
const adder: Behaviour = (response, seen) => {
  const { model, messages } = JSON.parse(seen.body) as { model: string; messages: { content: string }[] };
  const [, id = "", x = "", y = ""] = /case (\d+): (\d+) \+ (\d+)/u.exec(messages.at(-1)?.content ?? "") ?? [];
  const wrong = model.split("-").slice(1).includes(id);
  says(wrong ? "no idea" : String(Number(x) + Number(y)))(response, seen);
};

const TEST_CASES = 16;

/** Cases 0..15 are in test; 3 and 4 are critical. */
const sums = Array.from({ length: TEST_CASES + 8 }, (_, i) => ({
  id: `s${i}`,
  sum: `case ${i}: ${i * 37} + ${i * 53 + 5}`,
  answer: String(i * 37 + i * 53 + 5),
  split: i < TEST_CASES ? "test" : i % 2 === 0 ? "select" : "confirm",
  kind: i === 3 || i === 4 ? "critical" : "plain",
}));

const adding = (url: string, model: string, more = ""): string => `name: ${model}
model: local/${model}
endpoints: { local: { base_url: "${url}" } }
data: { file: sums.csv, input: sum, expected: answer, split: split, tags: kind }
program: { user: "{{sum}}" }
evals: { primary: right, scorers: [{ use: exact, as: right }] }
ladder: [prompt]
${more}`;

const csv = (rows: readonly Readonly<Record<string, string>>[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map((cells) => `${cells.join(",")}\n`).join("");

/** A folder with an experiment for each model, and a run of the first one as a baseline. */
async function against(models: readonly string[], gates = "") {
  const { url, seen } = await serve(adder);
  const files = models.map((model) => [`${model}.yaml`, adding(url, model, gates)] as const);
  const folder = project({ "sums.csv": csv(sums), ...Object.fromEntries(files) });
  const [baseline = ""] = models;
  const made = await built(folder, "run", `${baseline}.yaml`, "-q");
  expect([0, 1, 3], made.stderr).toContain(made.code);
  return { folder, url, calls: () => seen.length };
}

const gatesOf = ({ stdout }: Ended): readonly string[] =>
  (JSON.parse(stdout) as Summary).gates.map(({ gate, outcome }) => `${gate}: ${outcome}`);

describe("runs of the embedded engine", () => {
  test("an equal run passes, a worse one fails, a better one passes, with compare and with run alike", async () => {
    const numbers = riverCases(240)
      .split("\n")
      .filter((line) => line.includes("How many"))
      .join("\n");
    const good = riverExperiment();
    const bad = good.replace("name: rivers", "name: bad").replace("Passage: {{passage}}\\n\\n", "");
    const folder = project({ "cases.jsonl": numbers, "good.yaml": good, "bad.yaml": bad });
    for (const file of ["good.yaml", "bad.yaml"]) expect((await built(folder, "run", file, "-q")).code).toBe(0);
    const codes = async (a: string, b: string, file: string) => [
      (await built(folder, "compare", a, b)).code,
      (await built(folder, "compare", a, b, "--gate")).code,
      (await built(folder, "run", file, "-q", "--against", a, "--gate")).code,
    ];
    expect(await codes("rivers", "rivers", "good.yaml")).toEqual([0, 0, 0]);
    expect(await codes("rivers", "bad", "bad.yaml")).toEqual([1, 1, 1]);
    expect(await codes("bad", "rivers", "good.yaml")).toEqual([0, 0, 0]);
  });
});

describe("a gate", () => {
  test("says the same on stdout, in summary.json, in Markdown and in JUnit", async () => {
    const gates = "gates: [{ metric: right, max_drop: 0.02 }, { metric: right, min: 0.5 }, { metric: latency_p95, max: 60000 }]\n";
    const worse = "but-0-1-2-5-6-7";
    const { folder } = await against(["all", worse], gates);
    const run = await built(folder, "run", `${worse}.yaml`, "-q", "--against", "all", "--gate", "--json", "-o", "r.md", "-o", "r.xml");
    expect(run.code, run.stderr).toBe(1);
    const summary = JSON.parse(run.stdout) as Summary;
    expect(summary).toMatchObject({ gate: "failed", comparison: { comparable: true, verdict: "worse" } });
    expect(gatesOf(run)).toEqual(["right max_drop 0.02: failed", "right min 0.5: passed", "latency_p95 max 60000: passed"]);
    expect(JSON.parse(readFileSync(join(folder, summary.run, "summary.json"), "utf8"))).toEqual(summary);
    expect(readFileSync(join(folder, "r.md"), "utf8")).toMatch(/\*\*failed\*\*.*significant fall[^]*## b against a: worse/u);
    expect(readFileSync(join(folder, "r.xml"), "utf8")).toMatch(/<testsuite name="gates" tests="3" failures="1" errors="0"/u);
    const text = await built(folder, "compare", "all", worse, "--gate");
    expect(text.stdout).toMatch(/✗ right max_drop 0\.02: -0\.375 .* significant fall/u);
    expect(text.stdout).toMatch(/llmopt:\S*\|metric:right=exact:1\|cases:/u);
  });

  test("is judged each for itself, and together they end with 1 before 3 before 0", async () => {
    const demands = [
      ["{ metric: right, max_drop: 0.05 }", "failed"],
      ["{ metric: right, max_drop: 0.07 }", "passed"],
      ["{ metric: right, max_breaks: 0 }", "failed"],
      ["{ metric: right, max_breaks: 1 }", "passed"],
      ["{ must_pass: [s3, s5] }", "passed"],
      ["{ must_pass: [s4, s5] }", "failed"],
      ["{ must_pass: { tag: critical } }", "failed"],
      ["{ metric: right, min: 0.93 }", "passed"],
      ["{ metric: right, min: 0.94 }", "failed"],
      ["{ metric: latency_p50, max: 0 }", "failed"],
      ["{ metric: tokens_per_answer, max: 12 }", "passed"],
      ["{ metric: tokens_per_answer, max: 11 }", "failed"],
      ["{ metric: error_rate, max: 0 }", "passed"],
      ["{ metric: usd_per_answer, max: 1000 }", "not judged"],
      ["{ metric: usd_per_correct, max: 1000 }", "not judged"],
    ] as const;
    const { folder, url } = await against(["all"]);
    const gated = async (chosen: readonly string[]): Promise<Ended> => {
      writeFileSync(join(folder, "new.yaml"), adding(url, "but-4", `gates: [${chosen.join(", ")}]\n`));
      return await built(folder, "run", "new.yaml", "-q", "--json", "--against", "all", "--gate");
    };
    const all = await gated(demands.map(([gate]) => gate));
    // The primary metric is guarded by the gate of the first demand, so no other is added.
    expect((JSON.parse(all.stdout) as Summary).gates.map(({ outcome }) => outcome)).toEqual(demands.map(([, outcome]) => outcome));
    const of = (wanted: string): readonly string[] => demands.flatMap(([gate, outcome]) => (outcome === wanted ? [gate] : []));
    expect(all.code).toBe(1);
    expect((await gated([...of("passed"), ...of("not judged")])).code).toBe(3);
    expect((await gated(of("passed"))).code).toBe(0);
  });

  test("compares with the run's own baseline where no other is named", async () => {
    const { url } = await serve(adder);
    const yaml = adding(url, "all", "gates: [{ metric: right, max_drop: 0, max_breaks: 0 }]\n");
    const run = await built(project({ "sums.csv": csv(sums), "e.yaml": yaml }), "run", "e.yaml", "-q", "--json");
    expect(run.code, run.stderr).toBe(0);
    expect(gatesOf(run)).toEqual(["right max_drop 0 max_breaks 0: passed"]);
  });

  test("is about cases that are there and are tested, by metrics that are there, which is said before any call", async () => {
    const { url, seen } = await serve(adder);
    const folder = project({ "sums.csv": csv(sums) });
    for (const [gate, why] of [
      ["{ must_pass: [s3, s99] }", /e\.yaml:8:\d+: .*no case has the id "s99"; did you mean "s9"/u],
      ["{ must_pass: [s20] }", /e\.yaml:8:\d+: .*case "s20" is not in test/u],
      ["{ must_pass: { tag: critcal } }", /e\.yaml:8:\d+: .*no case has the tag "critcal"; did you mean "critical"/u],
      ["{ metric: latency_p59, max: 1 }", /e\.yaml:8:\d+: unknown metric "latency_p59"; did you mean "latency_p50" or "latency_p95"/u],
      ["{ metric: latency_p95, min: 1 }", /which has only max/u],
      ["{ metric: right, max: 1 }", /write min/u],
      ["{ max_drop: 0.1 }", /names no metric/u],
      ["{ must_pass: [s3], min: 0.5 }", /write a gate of its own for min/u],
      ["{ metric: right, break: 0.2 }", /add max_breaks/u],
      ["{ metric: right, max_breaks: 0, break: 1 }", /it must be below 1/u],
      ["{ metric: right, min: 1.5 }", /at most 1/u],
      ["{ metric: right, min: much }", /must be a number/u],
    ] as const) {
      writeFileSync(join(folder, "e.yaml"), adding(url, "all", `gates: [${gate}]\n`));
      const { code, stderr } = await built(folder, "run", "e.yaml");
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(why);
    }
    expect(seen).toHaveLength(0);
  });
});

/** A folder with complete runs of these models; each answers the test cases after its first "-" wrongly. */
async function compared(models: Readonly<Record<string, string>>) {
  const { url } = await serve(adder);
  const files = Object.entries(models).map(([model, more]) => [`${model}.yaml`, adding(url, model, more)] as const);
  const folder = project({ "sums.csv": csv(sums), ...Object.fromEntries(files) });
  for (const model of Object.keys(models)) expect((await built(folder, "run", `${model}.yaml`, "-q")).stderr).toBe("");
  return folder;
}

describe("compare --gate", () => {
  test("looks at the answers alone, not at what the summary says of them", async () => {
    const folder = await compared({ all: "", "but-3-4-5": "gates: [{ metric: right, min: 0.9 }, { metric: latency_p50, max: 60000 }]\n" });
    const [run = ""] = readdirSync(join(folder, "runs/but-3-4-5"));
    const file = join(folder, "runs/but-3-4-5", run, "summary.json");
    const summary = JSON.parse(readFileSync(file, "utf8")) as Summary;
    const shiny = { ...summary.rungs[0]?.scores.test?.["right"], mean: 1 };
    const rungs = summary.rungs.map((rung) => ({ ...rung, scores: { test: { right: shiny } }, latency_ms: { p50: 1e9, p95: 1e9 } }));
    writeFileSync(file, JSON.stringify({ ...summary, rungs }));
    const { code, stdout } = await built(folder, "compare", "all", "but-3-4-5", "--gate", "--json");
    const { gates, latency } = JSON.parse(stdout) as CompareResult;
    expect(code).toBe(1);
    expect(gates?.map(({ gate, outcome }) => `${gate}: ${outcome}`)).toContain("right min 0.9: failed");
    expect(gates?.map(({ gate, outcome }) => `${gate}: ${outcome}`)).toContain("latency_p50 max 60000: passed");
    expect(latency.b).toBeLessThan(1e6);
  });

  test("fails by a bound that needs no baseline, also where the runs do not compare, and cannot be judged where that bound holds", async () => {
    const gates = (min: number) => `gates: [{ metric: right, min: ${min} }]\n`;
    const folder = await compared({ all: "", "but-3": gates(0.99), "but-4": gates(0.5) });
    for (const name of ["but-3", "but-4"]) {
      const [run = ""] = readdirSync(join(folder, "runs", name));
      const file = join(folder, "runs", name, run, "run.json");
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace('"use": "exact",\n        "version": 1', '"use": "exact",\n        "version": 9'),
      );
    }
    expect((await built(folder, "compare", "all", "but-3", "--gate")).code).toBe(1);
    expect((await built(folder, "compare", "all", "but-4", "--gate")).code).toBe(3);
    expect((await built(folder, "compare", "all", "but-3")).code).toBe(3);
  });
});

test("the order of the rows in the data file changes neither the hash of the cases nor a number", async () => {
  const folder = await compared({ all: "", "but-3": "" });
  writeFileSync(join(folder, "sums.csv"), csv(sums.toReversed()));
  const again = await built(folder, "run", "but-3.yaml", "-q", "--json");
  const { run } = JSON.parse(again.stdout) as Summary;
  const results = await Promise.all(
    ["but-3", run].map(async (b) => JSON.parse((await built(folder, "compare", "all", b, "--json")).stdout) as CompareResult),
  );
  expect(results[1]?.signature).toBe(results[0]?.signature);
  expect(results[1]?.signature).toMatch(/\|cases:[0-9a-f]{8}\|/u);
  expect(results[1]?.metrics).toEqual(results[0]?.metrics);
});

describe("a file of -o never keeps an older result:", () => {
  test("of a run that ended without one, JUnit says why and the others are gone", async () => {
    const { folder, url } = await against(["all"]);
    const files = ["r.xml", "r.json", "r.md", "r.html"];
    const outputs = files.flatMap((file) => ["-o", file]);
    const there = () => files.filter((file) => readdirSync(folder).includes(file));
    const { url: refusing } = await serve(json(401, { error: { message: "revoked" } }));
    const failing: readonly (readonly [string, number, RegExp])[] = [
      [adding(refusing, "all"), 4, /<error message="[^"]*revoked/u],
      [adding(url, "all").replace("evals:", "evil:"), 2, /<error message="[^"]*evil/u],
      [adding(url, "all", "budget: { calls: 3 }\n"), 5, /<error message="[^"]*budget/u],
    ];
    for (const [yaml, code, why] of failing) {
      expect((await built(folder, "run", "all.yaml", "-q", "--fresh", ...outputs)).code).toBe(0);
      expect(there()).toEqual(files);
      writeFileSync(join(folder, "e.yaml"), yaml);
      const failed = await built(folder, "run", "e.yaml", "-q", "--fresh", "--no-cache", ...outputs);
      expect(failed.code, failed.stderr).toBe(code);
      expect(there()).toEqual(["r.xml"]);
      expect(readFileSync(join(folder, "r.xml"), "utf8")).toMatch(why);
      expect(readFileSync(join(folder, "r.xml"), "utf8")).toMatch(/tests="1" failures="0" errors="1"/u);
    }
  });

  test("nor of a comparison or a report that cannot be made; a plan takes nothing away", async () => {
    const { folder } = await against(["all"]);
    const old = () => writeFileSync(join(folder, "r.md"), "green");
    for (const args of [
      ["compare", "all", "gone"],
      ["report", "gone"],
    ]) {
      old();
      expect((await built(folder, ...args, "-o", "r.md")).code).toBe(3);
      expect(readdirSync(folder)).not.toContain("r.md");
    }
    old();
    expect((await built(folder, "run", "all.yaml", "--dry-run", "-o", "r.md")).code).toBe(0);
    expect(readFileSync(join(folder, "r.md"), "utf8")).toBe("green");
  });
});

test("a judge that fails on every answer is told on stderr and in all reports, though its scorer decides nothing", async () => {
  const judge: Behaviour = (response, seen) => {
    const { model } = JSON.parse(seen.body) as { model: string };
    (model === "judge" ? json(400, { error: { message: "no such tone" } }) : adder)(response, seen);
  };
  const { url } = await serve(judge);
  const yaml = adding(url, "all", "models: { judge: local/judge }\n").replace(
    "as: right }]",
    "as: right }, { use: closed-qa, as: tone, criterion: It is polite. }]",
  );
  const folder = project({ "sums.csv": csv(sums), "e.yaml": yaml });
  const { code, stdout, stderr } = await built(folder, "run", "e.yaml", "-q", "-o", "r.md", "-o", "r.html");
  const line = /baseline, tone: 16 of 16 test cases have no value, first: .*no such tone/u;
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(line);
  expect(stdout.replaceAll(/\s+/gu, " ")).toMatch(line);
  for (const file of ["r.md", "r.html"]) expect(readFileSync(join(folder, file), "utf8")).toMatch(line);
});

describe("what cannot be judged ends with 3 before any paid call:", () => {
  test("no baseline, one that is not complete, one of another form", async () => {
    const { folder, calls } = await against(["all"]);
    const [run = ""] = readdirSync(join(folder, "runs/all"));
    const before = calls();
    expect((await built(folder, "run", "all.yaml", "--against", "gone", "--gate")).code).toBe(3);
    const place = join(folder, "runs/all", run);
    const manifest = readFileSync(join(place, "run.json"), "utf8");
    writeFileSync(join(place, "run.json"), manifest.replace('"format": 2', '"format": 1'));
    const old = await built(folder, "run", "all.yaml", "--against", "all", "--gate");
    expect([old.code, old.stderr]).toEqual([3, expect.stringContaining("its format is 1, not 2")]);
    writeFileSync(join(place, "run.json"), manifest);
    rmSync(join(place, "summary.json"));
    const stopped = await built(folder, "run", "all.yaml", "--against", "all", "--gate", "--fresh");
    expect([stopped.code, stopped.stderr]).toEqual([3, expect.stringContaining("not complete")]);
    expect((await built(folder, "compare", "all", "all", "--gate")).code).toBe(3);
    expect(calls()).toBe(before);
  });

  test.each([
    [
      "other cases",
      (yaml: string) => yaml,
      (rows: typeof sums) => rows.map((row) => ({ ...row, id: `x${row.id}` })),
      "0 cases are in both test splits",
    ],
    [
      "another expected answer",
      (yaml: string) => yaml,
      (rows: typeof sums) => rows.map((row) => ({ ...row, answer: "1" })),
      "expected answer",
    ],
    [
      "another primary scorer",
      (yaml: string) => yaml.replaceAll("right", "same"),
      (rows: typeof sums) => rows,
      "different metrics, right and same",
    ],
    [
      "a scorer of other options",
      (yaml: string) => yaml.replace("as: right", "as: right, not: true"),
      (rows: typeof sums) => rows,
      "other options of exact",
    ],
  ])("%s", async (_, edit, change, why) => {
    const { folder, calls, url } = await against(["all"]);
    const before = calls();
    writeFileSync(join(folder, "sums.csv"), csv(change(sums)));
    writeFileSync(join(folder, "new.yaml"), edit(adding(url, "all")).replace("name: all", "name: new"));
    const { code, stderr, stdout } = await built(folder, "run", "new.yaml", "--against", "all", "--gate");
    expect([code, stdout], stderr).toEqual([3, ""]);
    expect(stderr).toContain(why);
    expect(calls()).toBe(before);
    expect(readdirSync(join(folder, "runs"))).toEqual(["all"]);
  });

  test("a choice that leaves nothing, while one that leaves too few is known only from the result", async () => {
    const { folder } = await against(["all"]);
    const few = csv(sums.filter(({ split }, i) => split !== "test" || i < 9));
    expect((await built(folder, "run", "all.yaml", "--against", "all", "--gate", "--filter", "nothing")).code).toBe(3);
    writeFileSync(join(folder, "sums.csv"), few);
    const { code, stdout } = await built(folder, "run", "all.yaml", "-q", "--json", "--against", "all", "--gate");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ gate: "not judged", gates: [{ gate: "right not worse", outcome: "not judged" }] });
  });
});

test("a refused key is neither a pass nor a regression, also with a gate that would pass on nothing: 4", async () => {
  const { folder } = await against(["all"], "gates: [{ metric: right, min: 0 }, { metric: error_rate, max: 1 }]\n");
  for (const status of [401, 403, 404]) {
    const { url } = await serve(json(status, { error: { message: "revoked" } }));
    writeFileSync(join(folder, "e.yaml"), adding(url, "all", "gates: [{ metric: right, min: 0 }]\n"));
    const { code, stdout } = await built(folder, "run", "e.yaml", "--against", "all", "--gate", "--no-cache", "--fresh");
    expect([code, stdout]).toEqual([4, ""]);
  }
});

test("gates that changed before a run goes on are those that it keeps", async () => {
  const { url } = await serve(adder);
  const folder = project({
    "sums.csv": csv(sums),
    "e.yaml": adding(url, "all", "gates: [{ metric: right, min: 0.1 }]\nbudget: { calls: 9 }\n"),
  });
  expect((await built(folder, "run", "e.yaml", "-q")).code).toBe(5);
  writeFileSync(join(folder, "e.yaml"), adding(url, "all", "gates: [{ metric: right, min: 0.2 }]\n"));
  const { stdout, stderr } = await built(folder, "run", "e.yaml", "--json");
  expect(stderr).toContain("going on with");
  const { run, gates } = JSON.parse(stdout) as Summary;
  const manifest = JSON.parse(readFileSync(join(folder, run, "run.json"), "utf8")) as RunManifest;
  expect([manifest.gates, gates.map(({ gate }) => gate)]).toEqual([[{ metric: "right", min: 0.2 }], ["right min 0.2"]]);
});

test("compare --json holds the contract's keys, and what was added to them", async () => {
  const { folder } = await against(["all", "but-3"]);
  await built(folder, "run", "but-3.yaml", "-q");
  const { code, stdout } = await built(folder, "compare", "all", "but-3", "--json");
  const result = JSON.parse(stdout) as CompareResult;
  expect(code).toBe(0);
  expect(Object.keys(result).sort()).toEqual(
    [
      "a",
      "b",
      "comparable",
      "reasons",
      "primary",
      "metrics",
      "slices",
      "flips",
      "cost",
      "latency",
      "prompt_diff",
      "baseline",
      "signature",
      "verdict",
    ].sort(),
  );
  expect(result.flips).toMatchObject([{ case: "s3", broken: true, a: { answer: "275", value: 1 }, b: { answer: "no idea", value: 0 } }]);
  expect(result.slices).toMatchObject({ plain: { n: 14 }, critical: { n: 2, p_holm: null } });
  expect(result.prompt_diff).toContain("+model: local/but-3");
});
