/**
 * What scripts rely on, of the built command: exit codes, what stands on stdout, how many calls a misbehaving endpoint gets, and
 * that all reports say the same. All commands run side by side before the tests look at them.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, BUILT, type Ended, folderOf, llmopt } from "./cli.fixture.ts";
import type { Calibration } from "./ladder/aa.ts";
import { mapPool } from "./ladder/pool.ts";
import { readAnswers } from "./runs/journal.ts";
import { readTestReads } from "./runs/test-reads.ts";
import type { Summary } from "./types.ts";
import { MOST_ATTEMPTS } from "./wire/retry.ts";
import { cut, hang, html, json, listen, says, type Behaviour, type Seen } from "./wire/server.fixture.ts";

/** Calls in flight; cases of select, confirm and test. */
const WIDTH = 4;
const SIZES = { select: 10, confirm: 20, test: 12 };
const ALL = SIZES.select + SIZES.confirm + SIZES.test;

const sums = Object.entries(SIZES)
  .flatMap(([split, count]) => Array.from({ length: count }, () => split))
  .map((split, i) => `${split}-${i},case ${split}-${i}: ${i * 37} + ${i * 53 + 5},${i * 90 + 5},${split}\n`)
  .join("");

/** Adds; the judge finds everything right. */
const adder: Behaviour = (response, seen) => {
  const { model, text } = asked(seen);
  const [, x = "", y = ""] = /: (\d+) \+ (\d+)/u.exec(text) ?? [];
  says(model === "judge" ? '{"reason": "it is a number", "verdict": "yes"}' : String(Number(x) + Number(y)))(response, seen);
};

function asked({ body }: Seen): { readonly model: string; readonly text: string } {
  const { model, messages } = JSON.parse(body) as { model: string; messages: { content: string }[] };
  return { model, text: messages.map(({ content }) => content).join("\n") };
}

/** The adder, but for requests that are told by what they hold. */
const except =
  (broken: (request: { readonly model: string; readonly text: string }, count: number) => boolean, behaviour: Behaviour): Behaviour =>
  (response, seen) => {
    const count = (counts.get(broken) ?? 0) + 1;
    counts.set(broken, count);
    (broken(asked(seen), count) ? behaviour : adder)(response, seen);
  };
const counts = new Map<unknown, number>();

const yaml = (url: string, more = "", scorers = "[{ use: exact, as: right }]", seconds = 1): string => `name: sums
model: local/adder
models: { judge: local/judge }
endpoints: { local: { base_url: "${url}", api_key: "\${SUMS_KEY}", concurrency: ${WIDTH}, timeout_s: ${seconds}, deadline_s: ${seconds} } }
data: { file: sums.csv, input: sum, expected: answer, split: split }
program: { user: "{{sum}}", variants: { brief: { system: Be brief. } } }
evals: { primary: right, scorers: ${scorers} }
ladder: [{ use: prompt, operators: false, write: false }]
${more}`;
const patient = (url: string, more = "", scorers?: string): string => yaml(url, more, scorers, 30);
const judged = "[{ use: closed-qa, as: right, criterion: It is a number. }]";
const error = (message: string, code: string) => ({ error: { message, code, type: code } });

interface Scenario {
  readonly behaviour: Behaviour;
  readonly yaml?: (url: string) => string;
  readonly args?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly during?: (kill: (signal: NodeJS.Signals) => void, output: () => string) => void;
  /** Commands after the first one, in the same folder, against the same server. */
  readonly after?: readonly (readonly string[])[];
}

interface Outcome extends Ended {
  readonly folder: string;
  readonly calls: number;
  readonly url: string;
  readonly next: readonly Ended[];
}

const nothing: Behaviour = (response) => void response.destroy();
const stop =
  (signal: NodeJS.Signals): NonNullable<Scenario["during"]> =>
  (kill, output) =>
    void (output().includes("baseline: ") && kill(signal));
/** Slow enough to be stopped in the middle. */
const slow: Behaviour = (response, seen) => void setTimeout(() => adder(response, seen), 150);

const ENDPOINTS = {
  "401": { behaviour: json(401, error("bad key", "invalid_api_key")) },
  "403": { behaviour: json(403, error("not yours", "forbidden")) },
  "404": { behaviour: json(404, error("no such model", "model_not_found")) },
  "429, no credit": { behaviour: json(429, error("pay first", "insufficient_quota")) },
  "429": { behaviour: json(429, error("slow down", "rate_limit_exceeded")) },
  "429, at once": { behaviour: json(429, error("slow down", "rate_limit_exceeded"), { "retry-after": "0" }) },
  "429, in an hour": { behaviour: json(429, error("slow down", "rate_limit_exceeded"), { "retry-after": "3600" }) },
  "500": { behaviour: json(500, error("broken", "server_error")) },
  "a page": { behaviour: html(200, "Login") },
  "a closed connection": { behaviour: nothing },
  "a cut body": { behaviour: cut },
  silence: { behaviour: hang },
  "no JSON": { behaviour: (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"choices": [') },
  "no choices": { behaviour: json(200, { choices: [] }) },
} as const satisfies Record<string, Scenario>;

const SCENARIOS = {
  ...ENDPOINTS,
  good: {
    behaviour: adder,
    yaml: (url) => patient(url),
    args: ["-o", "r.json", "-o", "r.xml", "-o", "r.md"],
    after: [
      ["compare", "latest", "latest"],
      ["report", "latest"],
      ["run", "e.yaml", "--json", "-q", "--against", "latest", "--gate"],
    ],
  },
  "good, --json": { behaviour: adder, yaml: (url) => patient(url), args: ["--json", "-q"] },
  "one test case fails": {
    behaviour: except(({ text }) => text.includes("case test-41:"), json(400, error("no", "bad_request"))),
    yaml: (url) => patient(url),
    args: ["--json", "-o", "r.xml"],
  },
  "a gate fails": {
    behaviour: except(({ text }) => text.includes("case test-3"), says("no idea")),
    yaml: (url) => patient(url, "gates: [{ metric: right, min: 0.95 }]\n"),
    args: ["-o", "r.xml"],
  },
  "401 after a while": {
    behaviour: except((_, count) => count > SIZES.select + 5, json(401, error("revoked", "invalid_api_key"))),
    yaml: (url) => patient(url, "gates: [{ metric: right, min: 0 }]\n"),
    after: [
      ["report", "latest"],
      ["compare", "latest", "latest"],
    ],
  },
  "401, --json": { behaviour: json(401, error("bad key", "invalid_api_key")), args: ["--json"] },
  "a rung that cannot be judged": {
    // The variant wins the race, and then fails on confirm.
    behaviour: (response, seen) => {
      const { text } = asked(seen);
      const brief = text.includes("Be brief.");
      const broken = brief && text.includes("case confirm");
      (broken ? json(400, error("no", "bad_request")) : brief || text.includes("0:") ? adder : says("no idea"))(response, seen);
    },
    yaml: (url) => patient(url, "gates: [{ metric: right, min: 0 }]\n").replace("write: false }]", "write: false }, few-shot]"),
    args: ["-o", "r.xml", "-o", "r.json"],
  },
  "nothing selected": { behaviour: adder, args: ["--filter", "zzz-nothing"] },
  "every score an error": {
    behaviour: adder,
    yaml: (url) => patient(url, "plugins: [./ill.ts]\n", "[{ use: ill, as: right }]"),
    files: {
      "ill.ts": `import { defineScorer, z } from "llmopt";
export default defineScorer({ name: "ill", about: "is ill", axis: "behaviour", options: z.strictObject({}), score: () => ({ error: "ill today" }) });\n`,
    },
  },
  "an unknown scorer": { behaviour: adder, yaml: (url) => yaml(url).replace("use: exact", "use: exat") },
  "a threshold above 1": { behaviour: adder, yaml: (url) => yaml(url).replace("as: right", "as: right, threshold: 1.5") },
  "a max_errors that is neither share nor count": { behaviour: adder, yaml: (url) => yaml(url, "max_errors: 2.5\n") },
  budget: {
    behaviour: adder,
    yaml: (url) => patient(url),
    args: ["--max-calls", "12"],
    after: [["run", "e.yaml", "-q"]],
  },
  "budget, --json": { behaviour: adder, yaml: (url) => patient(url), args: ["--max-calls", "12", "--json"] },
  SIGINT: { behaviour: slow, yaml: (url) => patient(url), during: stop("SIGINT"), after: [["run", "e.yaml", "-q"]] },
  SIGTERM: { behaviour: slow, yaml: (url) => patient(url), during: stop("SIGTERM"), args: ["--json"] },
  "a judge: 401": {
    behaviour: except(({ model }) => model === "judge", json(401, error("bad key", "invalid_api_key"))),
    yaml: (url) => patient(url, "", judged),
  },
  "a judge: 500 on some": {
    behaviour: except(({ model, text }) => model === "judge" && text.includes("case select-0:"), json(500, error("ill", "server_error"))),
    yaml: (url) => yaml(url, "max_errors: 2\n", judged, 3),
    args: ["--json", "-q"],
  },
  "a judge: 500 on all": {
    behaviour: except(({ model }) => model === "judge", json(500, error("ill", "server_error"))),
    yaml: (url) => yaml(url, "", judged),
  },
  "a judge: prose": {
    behaviour: except(({ model }) => model === "judge", says("Well, that depends.")),
    yaml: (url) => patient(url, "", judged),
  },
  "--aa of a program that never varies": { behaviour: adder, yaml: (url) => patient(url), args: ["--aa", "--json"] },
  "--aa of a program that varies": {
    behaviour: (response, seen) => (Math.random() < 0.3 ? says("no idea") : adder)(response, seen),
    yaml: (url) => patient(url),
    args: ["--aa"],
    after: [["run", "e.yaml", "--aa", "--json", "-q"]],
  },
  "--aa with few cases": { behaviour: adder, yaml: (url) => patient(url), args: ["--aa", "--limit", "4"] },
  "--aa and 401": { behaviour: json(401, error("bad key", "invalid_api_key")), args: ["--aa"] },
  "--aa and a gate": { behaviour: adder, args: ["--aa", "--dry-run"] },
} as const satisfies Record<string, Scenario>;

const outcomes = new Map<string, Outcome>();
const endings: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  await build();
  const scenarios: readonly (readonly [string, Scenario])[] = Object.entries(SCENARIOS);
  // What waits for a deadline takes no processor, so more of them run than there are.
  await mapPool(scenarios, 6, async ([name, scenario]) => void outcomes.set(name, await play(scenario)));
});
afterAll(async () => {
  for (const end of endings) await end();
});

async function play({ behaviour, yaml: text = (url) => yaml(url), args = [], files = {}, during, after = [] }: Scenario): Promise<Outcome> {
  const { url, seen, close } = await listen(behaviour);
  const folder = folderOf({ "e.yaml": text(url), "sums.csv": `id,sum,answer,split\n${sums}`, ...files });
  endings.push(close, () => rmSync(folder, { recursive: true, force: true }));
  const options = { cli: BUILT, env: { SUMS_KEY: "a-secret-key" } };
  const first = await llmopt(folder, ["run", "e.yaml", ...args], during === undefined ? options : { ...options, during });
  const calls = seen.length;
  const next: Ended[] = [];
  for (const command of after) next.push(await llmopt(folder, command, options));
  return { ...first, folder, calls, url, next };
}

function of(name: keyof typeof SCENARIOS): Outcome {
  const outcome = outcomes.get(name);
  if (outcome === undefined) throw new Error(`${name} was not run`);
  return outcome;
}

function runIn(folder: string): string {
  const [run = ""] = readdirSync(join(folder, "runs/sums")).sort();
  return join(folder, "runs/sums", run);
}

function summaryIn(folder: string): Summary {
  return JSON.parse(readFileSync(join(runIn(folder), "summary.json"), "utf8")) as Summary;
}

describe("an endpoint that answers", () => {
  test.each(["401", "403", "404", "429, no credit"] as const)(
    "%s ends the run at once with 4 and is named; only calls that were in flight are made",
    (name) => {
      const { code, stdout, stderr, calls, url } = of(name);
      expect([code, stdout], stderr).toEqual([4, ""]);
      expect(stderr).toContain(name.slice(0, 3));
      expect(stderr).toContain(url);
      expect(stderr).not.toContain("a-secret-key");
      expect(calls).toBeGreaterThan(0);
      expect(calls).toBeLessThanOrEqual(WIDTH);
    },
  );

  test.each([
    ["429", MOST_ATTEMPTS],
    ["429, at once", MOST_ATTEMPTS],
    ["429, in an hour", 1],
    ["500", MOST_ATTEMPTS],
    ["a page", 1],
    ["a closed connection", MOST_ATTEMPTS],
    ["a cut body", MOST_ATTEMPTS],
    ["silence", MOST_ATTEMPTS],
    ["no JSON", 1],
    ["no choices", 1],
  ] as const)("%s to everything ends the run with 4, never with a score; a case is asked for %i times at the most", (name, attempts) => {
    const { code, stdout, stderr, calls, folder } = of(name);
    expect([code, stdout], stderr).toEqual([4, ""]);
    expect(stderr).toMatch(/of \d+ select cases have no value of right, more than max_errors 0.1 allows; first select-\d/);
    // Two failures alone end nothing; when the third is known, others are in flight.
    expect(calls).toBeLessThanOrEqual(attempts * (3 + WIDTH));
    const rows = readAnswers(join(runIn(folder), "0-baseline"));
    expect(rows.every((row) => row.error !== undefined && Object.keys(row.scores).length === 0)).toBe(true);
    expect(readdirSync(runIn(folder))).not.toContain("summary.json");
  });

  test("401 when it had answered before turns no gate green, and leaves nothing to compare with", () => {
    const { code, stdout, stderr, next } = of("401 after a while");
    expect([code, stdout], stderr).toEqual([4, ""]);
    expect(stderr).toContain("401");
    expect(next.map((ended) => [ended.code, ended.stdout])).toEqual([
      [3, ""],
      [3, ""],
    ]);
  });

  test("401 with --json leaves one document that says failed", () => {
    const { code, stdout } = of("401, --json");
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ status: "failed", name: "sums", rungs: [] });
  });
});

describe("a run that ends well", () => {
  test("prints its table on stdout, its progress on stderr and nothing else; makes a call for each case and program", () => {
    const { code, stdout, stderr, calls } = of("good");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^sums {2}complete, winner: baseline/);
    expect(stderr).toContain("baseline: ");
    // The variant is raced on select, and its answers there stand for it on test.
    expect(calls).toBe(ALL + SIZES.select + SIZES.test);
  });

  test("is the same in summary.json, on stdout, in JSON and in JUnit", () => {
    const { folder, stdout } = of("one test case fails");
    const summary = summaryIn(folder);
    expect(JSON.parse(stdout)).toEqual(summary);
    const xml = readFileSync(join(folder, "r.xml"), "utf8");
    for (const rung of summary.rungs) {
      const mean = rung.scores.test?.["right"];
      expect(mean).toMatchObject({ n: SIZES.test - 1, errors: 1, skipped: 0 });
      const failures = Math.round((mean?.n ?? 0) * (1 - (mean?.mean ?? 0)));
      expect(xml).toContain(
        `<testsuite name="${rung.name}" tests="${SIZES.test}" failures="${failures}" errors="${mean?.errors}" skipped="${mean?.skipped}">`,
      );
    }
    expect(readFileSync(join(runIn(folder), "report.md"), "utf8")).toContain(`n ${SIZES.test - 1}, 1 error`);
  });

  test("says the same in every file, and --json is nothing but the document", () => {
    const { folder } = of("good");
    expect(JSON.parse(readFileSync(join(folder, "r.json"), "utf8"))).toEqual(summaryIn(folder));
    const { code, stdout, stderr, folder: other } = of("good, --json");
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual(summaryIn(other));
  });

  test("tells of every look at its test split, comparisons included", () => {
    const { folder, next } = of("good");
    expect(next.map(({ code }) => code)).toEqual([0, 0, 0]);
    const reads = readTestReads(runIn(folder));
    expect(reads.map(({ by }) => by)).toEqual(["run", "run", "compare", "compare", "compare"]);
    expect(reads[4]?.with).toContain("runs/sums/");
    expect(next[1]?.stdout).toContain("Test was read 4 times: 2 by run, 2 by compare.");
  });

  test("whose gate fails ends with 1, and a low score is a failure in JUnit, not an error", () => {
    const { code, stdout, stderr, folder } = of("a gate fails");
    expect(code, stderr).toBe(1);
    expect(stdout).toContain("right");
    const { gates, rungs } = summaryIn(folder);
    expect(gates).toMatchObject([{ metric: "right", passed: false }]);
    const failures = Math.round(SIZES.test * (1 - (rungs[0]?.scores.test?.["right"]?.mean ?? 0)));
    expect(failures).toBeGreaterThan(0);
    const counts = `tests="${SIZES.test}" failures="${failures}" errors="0" skipped="0"`;
    expect(readFileSync(join(folder, "r.xml"), "utf8")).toContain(`<testsuite name="baseline" ${counts}>`);
  });
});

test("a rung that cannot be judged ends the run with 4 when all is done and printed, whatever the gates say", () => {
  const { code, stdout, stderr, folder } = of("a rung that cannot be judged");
  expect(code, stderr).toBe(4);
  expect(stdout).toContain("complete, winner: baseline");
  const reason = `cannot be judged: ${SIZES.confirm} of ${SIZES.confirm} confirm cases have no value (max_errors 0.1)`;
  expect(stderr).toContain(`prompt: ${reason}; first: confirm-`);
  const summary = summaryIn(folder);
  expect(summary.rungs[1]).toMatchObject({ name: "prompt", status: "failed", unjudged: true, reason: expect.stringContaining(reason) });
  expect(summary.rungs[2]).toMatchObject({ name: "few-shot", status: "skipped" });
  expect(summary.gates).toMatchObject([{ passed: true }]);
  expect(JSON.parse(readFileSync(join(folder, "r.json"), "utf8"))).toEqual(summary);
  expect(readFileSync(join(folder, "r.xml"), "utf8")).not.toContain('testsuite name="prompt"');
});

describe("nothing is asked, and nothing printed on stdout, where", () => {
  test.each([
    ["nothing selected", 3, "zzz-nothing"],
    ["an unknown scorer", 2, "exact"],
    ["a threshold above 1", 2, "threshold"],
    ["a max_errors that is neither share nor count", 2, "max_errors"],
    ["--aa and a gate", 2, "--dry-run"],
  ] as const)("%s ends with %i", (name, wanted, text) => {
    const { code, stdout, stderr, calls } = of(name);
    expect([code, stdout, calls], stderr).toEqual([wanted, "", 0]);
    expect(stderr).toContain(text);
  });
});

test("a scorer that gives no case a value ends the run with 3, and says why", () => {
  const { code, stdout, stderr, calls } = of("every score an error");
  expect([code, stdout], stderr).toEqual([3, ""]);
  expect(stderr).toContain("ill today");
  expect(calls).toBe(SIZES.select);
});

describe("stopped", () => {
  test("by the budget ends with 5, after no more calls than it allows, and goes on with more", () => {
    const { code, stdout, stderr, calls, next } = of("budget");
    expect([code, stdout, calls], stderr).toEqual([5, "", 12]);
    expect(next[0]?.code, next[0]?.stderr).toBe(0);
    const { code: other, stdout: document } = of("budget, --json");
    expect(other).toBe(5);
    expect(JSON.parse(document)).toMatchObject({ status: "stopped" });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s ends with %i and says how to go on", (name, wanted) => {
    const { code, stdout, stderr, folder } = of(name);
    expect(code, stderr).toBe(wanted);
    expect(stderr).toContain("run the same command again");
    // Of the two only SIGTERM's command asks for a document.
    if (name === "SIGTERM") expect(JSON.parse(stdout)).toMatchObject({ status: "stopped", name: "sums" });
    else expect(stdout).toBe("");
    expect(readAnswers(join(runIn(folder), "0-baseline")).every((row) => row.error === undefined)).toBe(true);
  });

  test("it ends as a run that was never stopped", () => {
    const { next, folder } = of("SIGINT");
    expect(next[0]?.code, next[0]?.stderr).toBe(0);
    const measured = ({ rungs }: Summary) => rungs.map(({ status, scores }) => ({ status, scores }));
    expect(measured(summaryIn(folder))).toEqual(measured(summaryIn(of("good").folder)));
  });
});

describe("a judge that answers", () => {
  test("401 ends the run with 4", () => {
    const { code, stdout, stderr } = of("a judge: 401");
    expect([code, stdout], stderr).toEqual([4, ""]);
    expect(stderr).toContain("401");
  });

  test("500 on some cases gives those an error, never a 0", () => {
    const { code, stdout, stderr, folder } = of("a judge: 500 on some");
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    for (const rung of summary.rungs) expect(rung.scores.select?.["right"]).toMatchObject({ mean: 1, n: SIZES.select - 1, errors: 1 });
    const row = readAnswers(join(runIn(folder), "0-baseline")).find((one) => one.case === "select-0");
    expect(row).toMatchObject({ answer: "5", scores: { right: { error: expect.stringContaining("500") } } });
  });

  test("500 or prose on all ends the run with 4 after a few cases", () => {
    for (const name of ["a judge: 500 on all", "a judge: prose"] as const) {
      const { code, stdout, stderr, calls } = of(name);
      expect([code, stdout], `${name}: ${stderr}`).toEqual([4, ""]);
      expect(stderr).toContain("max_errors");
      expect(calls).toBeLessThanOrEqual((1 + MOST_ATTEMPTS) * (3 + WIDTH));
    }
  });
});

describe("--aa", () => {
  test("answers select and confirm twice and test never, makes no run, and says that nothing varies", () => {
    const { code, stdout, stderr, calls, folder } = of("--aa of a program that never varies");
    expect(code, stderr).toBe(0);
    expect(calls).toBe(2 * (SIZES.select + SIZES.confirm));
    const found = JSON.parse(stdout) as Calibration;
    expect(found).toMatchObject({ answers_differ: 0, values_differ: 0, confirm: SIZES.confirm, false_alarms: { rate: 0, alpha: 0.05 } });
    expect(readdirSync(folder)).not.toContain("runs");
  });

  test("says how often a program that varies is called better or worse than itself; the cache answers a second time", () => {
    const { code, stdout, stderr, next } = of("--aa of a program that varies");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/false alarms: \d+\.\d % \[/);
    expect(stdout).not.toContain("deterministic");
    const found = JSON.parse(next[0]?.stdout ?? "") as Calibration;
    expect(found.answers_differ).toBeGreaterThan(0.1);
    expect(found.false_alarms.low).toBeLessThanOrEqual(0.05);
    expect(found.spend.cached_calls).toBe(found.spend.calls);
  });

  test("ends with 3 where there are too few cases for any verdict", () => {
    const { code, stdout, stderr } = of("--aa with few cases");
    expect(code, stderr).toBe(3);
    expect(stdout).toContain("too few cases");
  });

  test("ends with 4 where the endpoint refuses the key", () => {
    const { code, stdout, stderr } = of("--aa and 401");
    expect([code, stdout], stderr).toEqual([4, ""]);
  });
});

test("a judge that failed when a run was stopped is asked again when it goes on, without a new answer", async () => {
  let ill = true;
  const { url, seen, close } = await listen((response, request) =>
    (ill && asked(request).model === "judge" && asked(request).text.includes("case select-3:") ? json(400, error("ill", "bad")) : adder)(
      response,
      request,
    ),
  );
  const folder = folderOf({ "e.yaml": patient(url, "max_errors: 3\n", judged), "sums.csv": `id,sum,answer,split\n${sums}` });
  endings.push(close, () => rmSync(folder, { recursive: true, force: true }));
  const options = { cli: BUILT, env: { SUMS_KEY: "k" } };
  expect((await llmopt(folder, ["run", "e.yaml", "--max-calls", "24"], options)).code).toBe(5);
  ill = false;
  const before = seen.length;
  const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "-q"], options);
  expect(code, stderr).toBe(0);
  const again = seen
    .slice(before)
    .map(asked)
    .filter(({ text }) => text.includes("case select-3:") && !text.includes("Be brief."));
  expect(again.map(({ model }) => model)).toEqual(["judge"]);
  expect(summaryIn(folder).rungs[0]?.scores.select?.["right"]).toMatchObject({ n: SIZES.select, errors: 0 });
});
