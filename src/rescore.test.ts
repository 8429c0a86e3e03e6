/** `llmopt rescore`: stored answers under other scorers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engine, llmopt, project, riverCases, riverExperiment } from "./cli.fixture.ts";
import type { Summary } from "./types.ts";
import { serve, type Behaviour } from "./wire/server.fixture.ts";

const summaryOf = (text: string): Summary => JSON.parse(text) as Summary;
const run = (folder: string, ...args: readonly string[]) => llmopt(folder, [...args, "--json", "-q"]);

async function ran(): Promise<{ readonly folder: string; readonly first: Summary; readonly asked: () => number }> {
  const folder = project({ "cases.jsonl": riverCases(60) });
  const { url, count } = await engine(folder);
  writeFileSync(join(folder, "rivers.yaml"), riverExperiment(url));
  const { stdout, stderr, code } = await run(folder, "run", "rivers.yaml");
  expect(code, stderr).toBe(0);
  return { folder, first: summaryOf(stdout), asked: count };
}

/** A judge that says of every answer what `verdict` says of its place in the queue. */
const judge =
  (verdict: (n: number) => string): Behaviour =>
  (response, seen) => {
    const said = verdict(seen.body.length);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        choices: [{ finish_reason: "stop", message: { content: said } }],
        usage: { prompt_tokens: 10, completion_tokens: 5 },
      }),
    );
  };

test("the scorers of the run give the means of the run, without one call to the model", async () => {
  const { folder, first, asked } = await ran();
  const before = asked();
  const { stdout, stderr, code } = await run(folder, "rescore", "rivers", "--evals", "rivers.yaml");
  expect(code, stderr).toBe(0);
  const second = summaryOf(stdout);
  expect(asked()).toBe(before);
  expect(second.run).not.toBe(first.run);
  expect(second.rungs.map(({ name, status, scores }) => [name, status, scores.test])).toEqual(
    first.rungs.map(({ name, status, scores }) => [name, status, scores.test]),
  );
  expect(second.winner).toBe(first.winner);
});

test("other scorers make a run that does not compare with the old one, but with another graded so", async () => {
  const { folder, first } = await ran();
  writeFileSync(
    join(folder, "evals.yaml"),
    "evals: { primary: near, scorers: [{ use: levenshtein, as: near }, { use: bleu }] }\ngates: [{ metric: near, min: 0.01 }]\n",
  );
  const graded = summaryOf((await run(folder, "rescore", first.run, "--evals", "evals.yaml")).stdout);
  expect(Object.keys(graded.rungs[0]?.scores.test ?? {})).toEqual(["near", "bleu"]);
  const old = await run(folder, "compare", first.run, graded.run);
  expect(old.code).toBe(3);
  const again = await run(folder, "rescore", first.run, "--evals", "evals.yaml", "--fresh");
  const same = await run(folder, "compare", graded.run, summaryOf(again.stdout).run);
  expect(same.code, same.stdout).toBe(0);
});

test("judges are asked and counted apart; one that cannot be read is an error, and never a 0", async () => {
  const { folder, first } = await ran();
  const server = await serve(judge((n) => (n % 2 === 0 ? '{"reason": "fine", "grade": 4}' : "verdict 5")));
  writeFileSync(
    join(folder, "judged.yaml"),
    `models: { judge: court/j }
endpoints: { court: { base_url: "${server.url}", prices: { j: { in: 1, out: 1 } } } }
evals: { scorers: [{ use: rubric, criteria: "says where the mouth is" }] }
max_errors: 1
`,
  );
  const { stdout, stderr, code } = await run(folder, "rescore", first.run, "--evals", "judged.yaml");
  expect(code, stderr).toBe(0);
  const { rungs, totals } = summaryOf(stdout);
  const mean = rungs[0]?.scores.test?.["rubric"];
  expect((mean?.n ?? 0) + (mean?.errors ?? 0)).toBe(readCases(folder, first));
  expect(mean?.mean ?? 0.75).toBe(0.75);
  expect(totals.usd).toBe(0);
  expect(totals.judging.calls - totals.judging.cached_calls).toBe(server.seen.length);
  expect(totals.judging.usd).toBeCloseTo((server.seen.length * 15) / 1e6, 12);
});

test("a judge that is never understood ends with 4, and no gate passes on what is left", async () => {
  const { folder, first } = await ran();
  const server = await serve(judge(() => "It is fine, I think."));
  const court = `models: { judge: court/j }\nendpoints: { court: { base_url: "${server.url}" } }\n`;
  const scorers =
    'evals: { primary: near, scorers: [{ use: levenshtein, as: near }, { use: rubric, as: tone, criteria: "is friendly" }] }\n';
  writeFileSync(join(folder, "lost.yaml"), `${court}evals: { scorers: [{ use: rubric, criteria: "is friendly" }] }\n`);
  writeFileSync(join(folder, "gated.yaml"), `${court}${scorers}gates: [{ metric: tone, min: 0.1 }]\n`);
  const lost = await run(folder, "rescore", first.run, "--evals", "lost.yaml");
  expect(lost.code, lost.stderr).toBe(4);
  expect(summaryOf(lost.stdout).rungs[0]).toMatchObject({ unjudged: true, scores: { test: { rubric: { mean: null } } } });
  expect((await run(folder, "rescore", first.run, "--evals", "gated.yaml")).code).toBe(3);
});

test("what was paid before the budget ended it is known when it goes on", async () => {
  const { folder, first } = await ran();
  const server = await serve(judge((n) => (n % 2 === 0 ? '{"reason": "fine", "grade": 4}' : '{"reason": "fine", "grade": 5}')));
  writeFileSync(
    join(folder, "paid.yaml"),
    `models: { judge: court/j }
endpoints: { court: { base_url: "${server.url}", concurrency: 1, prices: { j: { in: 1, out: 1 } } } }
evals: { primary: better, scorers: [{ use: answer-accuracy, as: better }] }
`,
  );
  const rescored = (...args: readonly string[]) => run(folder, "rescore", first.run, "--evals", "paid.yaml", "--no-cache", ...args);
  expect((await rescored("--max-calls", "5")).code).toBe(5);
  const before = server.seen.length;
  // The unreadable grades make errors; what counts here is who paid for them.
  const { stdout } = await rescored();
  expect(server.seen.length).toBeGreaterThan(before);
  const { judging, calls, cached_calls } = summaryOf(stdout).totals;
  expect(judging.calls + calls - cached_calls).toBe(server.seen.length);
});

test("nothing that can be judged is said so: a missing file, no scorers, a metric without values, a refused key", async () => {
  const { folder, first } = await ran();
  const evals = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  const code = async (file: string): Promise<number | null> => (await run(folder, "rescore", first.run, "--evals", file)).code;
  expect(await code("nowhere.yaml")).toBe(2);
  expect(await code(evals("a.yaml", "evals: { scorers: [tokenf1] }\n"))).toBe(2);
  expect(await code(evals("b.yaml", "eval: { scorers: [exact] }\n"))).toBe(2);
  expect(await code(evals("c.yaml", "evals: { scorers: [recall] }\n"))).toBe(3);
  const closed = await serve((response) => response.writeHead(401).end("{}"));
  const court = `models: { judge: court/j }\nendpoints: { court: { base_url: "${closed.url}" } }\n`;
  expect(await code(evals("d.yaml", `${court}evals: { scorers: [{ use: closed-qa, criterion: "is polite" }] }\n`))).toBe(4);
  expect((await run(folder, "rescore", first.run)).code).toBe(2);
  expect((await run(folder, "rescore", "no-such-run", "--evals", "rivers.yaml")).code).toBe(3);
});

function readCases(folder: string, { run: path }: Summary): number {
  return readFileSync(join(folder, path, "test-cases.jsonl"), "utf8")
    .trim()
    .split("\n").length;
}
