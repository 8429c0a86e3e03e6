/** The contract that scripts rely on: exit codes, stdout and stderr, resuming. Each test runs the command itself. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { mapPool } from "./ladder/pool.ts";
import type { Summary } from "./types.ts";
import { engine, type Fault, llmopt, project, riverCases, riverExperiment } from "./cli.fixture.ts";

const ESCAPE = "\u001B";
const refuse =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Fault =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    return true;
  };
const error = (message: string, code: string) => JSON.stringify({ error: { message, code, type: code } });

async function atEndpoint(fault: Fault, args: readonly string[] = []) {
  const folder = project({ "cases.jsonl": riverCases(60) });
  const { url, count } = await engine(folder, fault);
  const file = project({ "e.yaml": riverExperiment(url), "cases.jsonl": riverCases(60) });
  const ended = await llmopt(file, ["run", "e.yaml", ...args]);
  return { ...ended, calls: count(), url, folder: file };
}

describe("run", () => {
  test("climbs, prints the table on stdout and progress on stderr, without ANSI when piped", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(60) });
    const { code, stdout, stderr } = await llmopt(folder, ["run", "e.yaml"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("baseline");
    expect(stdout).toMatch(/Run: runs\/rivers\//);
    expect(stderr).toContain("prompt: ");
    expect(stdout + stderr).not.toContain(ESCAPE);
  });

  test("--json prints one document on stdout and nothing else there, and it is summary.json", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(60) });
    const { code, stdout } = await llmopt(folder, ["run", "e.yaml", "--json", "-q"]);
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    expect(summary).toMatchObject({ name: "rivers", status: "complete", baseline: "baseline", primary: "f1" });
    expect(JSON.parse(readFileSync(join(folder, summary.run, "summary.json"), "utf8"))).toEqual(summary);
    expect(readdirSync(join(folder, summary.run)).sort()).toEqual(
      [
        "0-baseline",
        "1-prompt",
        "experiment.yaml",
        "leaks.json",
        "report.html",
        "report.md",
        "run.json",
        "time.jsonl",
        "splits.json",
        "summary.json",
        "test-cases.jsonl",
        "test-reads.jsonl",
      ].sort(),
    );
  });

  test("--dry-run prints a plan and makes no call", async () => {
    const { code, stdout, calls } = await atEndpoint(refuse(500, "{}"), ["--dry-run"]);
    expect(code).toBe(0);
    expect(calls).toBe(0);
    expect(stdout).toContain("No call was made");
  });

  test("a second run answers from the cache, also offline; without a cache offline ends with 4", async () => {
    const { code, folder, url } = await atEndpoint(() => false);
    expect(code).toBe(0);
    const again = await llmopt(folder, ["run", "e.yaml", "--json", "-q", "--offline"]);
    expect(again.code, again.stderr).toBe(0);
    const { totals } = JSON.parse(again.stdout) as Summary;
    expect(totals.cached_calls).toBe(totals.calls);
    const empty = project({ "e.yaml": riverExperiment(url), "cases.jsonl": riverCases(60) });
    expect((await llmopt(empty, ["run", "e.yaml", "--offline"])).code).toBe(4);
  });

  test("an unfilled placeholder, an unknown key and an unknown scorer are all named with their places, before any call", async () => {
    const broken = riverExperiment(undefined, "serd: 3\n").replace("{{question}}", "{{qestion}}").replace("use: token-f1", "use: token-f2");
    const { code, stdout, stderr } = await llmopt(project({ "e.yaml": broken, "cases.jsonl": riverCases(20) }), ["run", "e.yaml"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/e\.yaml:\d+:\d+: .*serd.*seed/);
    expect(stderr).toMatch(/e\.yaml:\d+:\d+: .*token-f2.*token-f1/);
    expect(stderr).toMatch(/e\.yaml:\d+:\d+: .*qestion.*question/);
  });

  test.each([
    [["run"], 2],
    [["run", "e.yaml", "--nonsense"], 2],
    [["run", "missing.yaml"], 2],
    [["run", "e.yaml", "--limit", "many"], 2],
    [["run", "e.yaml", "--shard", "1/2"], 2],
    [["run", "e.yaml", "--only", "promt"], 2],
    [["run", "e.yaml", "-o", "result.docx"], 2],
    [["run", "e.yaml", "--offline", "--no-cache"], 2],
    [["runs", "--runs", "cases.jsonl"], 2],
    [["run", "e.yaml", "--filter", "zzz-nothing"], 3],
    [["climb"], 2],
    [["compare", "latest", "latest"], 3],
  ])("%j ends with %i and says why on stderr", async (args, wanted) => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(60) });
    const { code, stdout, stderr } = await llmopt(folder, args);
    expect(code, stderr).toBe(wanted);
    expect(stdout).toBe("");
    expect(stderr.trim()).not.toBe("");
    expect(stderr).not.toMatch(/at .*\.ts:\d+/);
  });

  test("--json prints one document where a command fails too, with its exit code; people read the same on stderr", async () => {
    const folder = project({
      "e.yaml": riverExperiment(),
      "broken.yaml": "name: [\n",
      "faulty.yaml": riverExperiment(undefined, "serd: 3\n"),
      "cases.jsonl": riverCases(20),
    });
    const commands = [
      ["run", "broken.yaml"],
      ["run", "faulty.yaml", "--dry-run"],
      ["run", "missing.yaml"],
      ["run", "e.yaml", "--nonsense"],
      ["compare", "latest", "latest"],
      ["report", "nowhere"],
      ["diagnose", "nowhere"],
      ["rescore", "nowhere"],
      ["runs", "--runs", "cases.jsonl"],
      ["serve", "--port", "many"],
      ["doctor", "e.yaml", "--nonsense"],
      ["doctor"],
    ];
    const all = await mapPool(commands, 3, async (command) => ({ command, ...(await llmopt(folder, [...command, "--json"])) }));
    for (const { command, code, stdout, stderr } of all) {
      const { error } = JSON.parse(stdout) as { readonly error: { readonly code: number; readonly message: string } };
      expect(error.code, command.join(" ")).toBe(code);
      expect(code).toBeGreaterThan(1);
      expect(stderr).toContain(error.message.split("\n")[0]);
    }
    const asked = await llmopt(folder, ["report", "nowhere"], { env: { LLMOPT_JSON: "1" } });
    expect(JSON.parse(asked.stdout)).toMatchObject({ error: { code: asked.code } });
  });

  test("--json prints no second document where a report cannot be written", async () => {
    const folder = project({
      "e.yaml": riverExperiment().replace("ladder: [prompt]", "ladder: []"),
      "cases.jsonl": riverCases(40),
      taken: "",
    });
    const { code, stdout } = await llmopt(folder, ["run", "e.yaml", "--json", "-q", "-o", "taken/report.md"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ status: "complete" });
  });

  test("a limit in dollars that cannot be kept is refused before any call and before a run is made", async () => {
    const { code, stderr, calls, folder } = await atEndpoint(() => false, ["--max-usd", "1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("price of local/reader is unknown");
    expect(calls).toBe(0);
    expect(readdirSync(folder)).not.toContain("runs");
    expect((await llmopt(folder, ["run", "e.yaml", "--max-usd", "1", "--dry-run"])).code).toBe(2);
  });

  test("a primary scorer that has no value for any case ends with 3, and says why", async () => {
    const folder = project({
      "e.yaml": riverExperiment().replace("use: token-f1, as: f1", "use: recall, as: f1"),
      "cases.jsonl": riverCases(60),
    });
    const { code, stderr } = await llmopt(folder, ["run", "e.yaml"]);
    expect(code).toBe(3);
    expect(stderr).toContain("no value for any of the");
  });

  test("--only may stand before the file, and takes several rungs", async () => {
    const yaml = riverExperiment().replace("ladder: [prompt]", "ladder: [prompt, few-shot]");
    const folder = project({ "e.yaml": yaml, "cases.jsonl": riverCases(60) });
    const { code, stdout } = await llmopt(folder, ["run", "--only", "few-shot", "e.yaml", "--json", "-q"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Summary).rungs.map(({ name }) => name)).toEqual(["baseline", "few-shot"]);
    expect((await llmopt(folder, ["run", "--only", "few-shot"])).code).toBe(2);
  });

  test("a failed gate ends with 1", async () => {
    const folder = project({ "e.yaml": riverExperiment(undefined, "gates: [{ metric: f1, min: 1 }]\n"), "cases.jsonl": riverCases(60) });
    const { code, stdout } = await llmopt(folder, ["run", "e.yaml"]);
    expect(code).toBe(1);
    expect(stdout).toContain("f1");
  });

  test("flags are also read from LLMOPT_ variables", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(60) });
    const { stdout } = await llmopt(folder, ["run", "e.yaml"], { env: { LLMOPT_DRY_RUN: "1" } });
    expect(stdout).toContain("No call was made");
  });
});

describe("an endpoint that", () => {
  test.each([
    ["refuses the key", refuse(401, error("bad key", "invalid_api_key")), "401"],
    ["forbids", refuse(403, error("no", "forbidden")), "403"],
    ["does not know the model", refuse(404, error("no such model", "model_not_found")), "404"],
    ["has no credit left", refuse(429, error("pay first", "insufficient_quota")), "429"],
  ])("%s ends the run at once with 4, named", async (_name, fault, status) => {
    const { code, stderr, stdout, calls, url } = await atEndpoint(fault);
    expect(code).toBe(4);
    expect(stdout).toBe("");
    expect(stderr).toContain(status);
    expect(stderr).toContain(url);
    expect(calls).toBeLessThanOrEqual(4);
  });

  test.each([
    ["always fails", refuse(500, error("broken", "server_error"))],
    ["answers HTML", refuse(200, "<html><body>Login</body></html>", { "content-type": "text/html" })],
    ["answers nothing", refuse(200, "")],
    ["answers without choices", refuse(200, JSON.stringify({ choices: [] }))],
    ["closes the connection", (response) => (response.destroy(), true)],
    ["never answers", () => true],
  ] as [string, Fault][])("%s ends the run with 4, not with a score of 0", async (_name, fault) => {
    const { code, stdout, stderr } = await atEndpoint(fault, ["--concurrency", "30"]);
    expect(code, stderr).toBe(4);
    expect(stdout).toBe("");
    expect(stderr).toContain("max_errors");
  });

  test("cannot train makes the rung fail by name, and the walk goes on; so does a run offline", async () => {
    const files: Fault = (response, _count, url) =>
      (url.includes("/fine_tuning") || url.includes("/files")) && refuse(404, "no such route")(response, 1, url);
    const server = project({});
    const { url } = await engine(server, files);
    const yaml = riverExperiment(url).replace("ladder: [prompt]", "ladder: [fine-tune, prompt]");
    const folder = project({ "e.yaml": yaml, "cases.jsonl": riverCases(60) });
    for (const more of [[], ["--offline"]]) {
      const { code, stdout, stderr } = await llmopt(folder, ["run", "e.yaml", "--json", "-q", ...more]);
      expect(code, stderr).toBe(0);
      const [, tuned, prompt] = (JSON.parse(stdout) as Summary).rungs;
      expect(tuned).toMatchObject({ status: "failed", reason: expect.stringMatching(/fine-tuning API|never answered from the cache/) });
      expect(prompt?.status).toMatch(/^(kept|rejected)$/);
    }
  });

  test("is busy for a while costs time, not answers", async () => {
    const busy: Fault = (response, count) =>
      count % 5 === 0 && refuse(429, error("slow down", "rate_limit_exceeded"), { "retry-after": "0" })(response, count, "");
    const { code, stderr, folder } = await atEndpoint(busy);
    expect(code, stderr).toBe(0);
    const { stdout } = await llmopt(folder, ["report", "latest", "--json"]);
    for (const rung of (JSON.parse(stdout) as Summary).rungs) expect(rung.scores.test?.["f1"]?.errors).toBe(0);
  });
});

describe("a plugin", () => {
  const example = fileURLToPath(new URL("../examples/lexical-rerank.yaml", import.meta.url));

  test("of an outsider, in TypeScript and without a build, is a rung like any other", async () => {
    const folder = project({});
    const { code, stdout, stderr } = await llmopt(folder, ["run", example, "--json", "-q", "--limit", "150"]);
    expect(code, stderr).toBe(0);
    const rung = (JSON.parse(stdout) as Summary).rungs.at(-1);
    expect(rung).toMatchObject({ name: "lexical-rerank", use: "lexical-rerank" });
    expect(rung?.status).toMatch(/^(kept|rejected)$/);
    expect(rung?.calls).toBeGreaterThan(0);
  });

  test("may lie anywhere: its import of llmopt is the llmopt that runs it", async () => {
    const source = readFileSync(example.replace(".yaml", ".ts"), "utf8");
    const experiment = riverExperiment(undefined, "plugins: [./mine.ts]\nknowledge: { files: doc.md }\n").replace(
      "ladder: [prompt]",
      "ladder: [rag, lexical-rerank]",
    );
    const folder = project({
      "e.yaml": experiment,
      "mine.ts": source,
      "doc.md": "# Rivers\n\nThey flow to the sea.",
      "cases.jsonl": riverCases(60),
    });
    const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "-q"]);
    expect(code, stderr).toBe(0);
  });

  test("has its options checked and is in the schema; --no-plugins does not know it", async () => {
    const broken = readFileSync(example, "utf8")
      .replace("keep: 3", "keeep: 3")
      .replaceAll("../", `${dirname(dirname(example))}/`)
      .replace("./lexical", `${dirname(example)}/lexical`);
    const folder = project({ "e.yaml": broken });
    const typo = await llmopt(folder, ["run", "e.yaml"]);
    expect(typo.code).toBe(2);
    expect(typo.stderr).toMatch(/e\.yaml:\d+:\d+: .*keeep.*keep/);
    expect((await llmopt(folder, ["schema", example])).stdout).toContain("lexical-rerank");
    const without = await llmopt(folder, ["run", example, "--no-plugins"]);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain("lexical-rerank");
  });

  test.each([
    ["export const stage = 1;", "default export"],
    ["export default { name: 'x', about: 'y' };", "options"],
    ["throw new Error('boom');", "boom"],
    ["export default {{", "cannot be loaded"],
  ])("that is broken (%s) is named", async (source, why) => {
    const folder = project({ "p.ts": source, "e.yaml": riverExperiment(undefined, "plugins: [./p.ts]\n"), "cases.jsonl": riverCases(60) });
    const { code, stderr } = await llmopt(folder, ["run", "e.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("p.ts");
    expect(stderr).toContain(why);
  });
});

describe("stopped", () => {
  /** What two runs of one experiment must have in common, however often they were stopped. */
  const essence = ({ rungs, winner, diagnosis }: Summary) => ({
    winner,
    diagnosis,
    rungs: rungs.map(({ name, status, reason, scores, versus }) => ({ name, status, reason, scores, versus })),
  });

  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "by %s, the same command goes on and ends as if nothing had been",
    async (signal) => {
      const folder = project({ "cases.jsonl": riverCases(80) });
      const { url, count } = await engine(folder);
      const files = { "e.yaml": riverExperiment(url), "cases.jsonl": riverCases(80) };
      const whole = await llmopt(project(files), ["run", "e.yaml", "--json", "--no-cache"]);
      const calls = count();
      const stopped = project(files);
      const first = await llmopt(stopped, ["run", "e.yaml", "--no-cache"], {
        during: (kill, output) => output().includes("baseline: diagnose") && kill(signal),
      });
      if (signal === "SIGKILL") expect(first.signal).toBe("SIGKILL");
      else expect(first.code).toBe(signal === "SIGINT" ? 130 : 143);
      const before = count();
      const second = await llmopt(stopped, ["run", "e.yaml", "--json", "--no-cache"]);
      expect(second.code, second.stderr).toBe(0);
      expect(second.stderr).toContain("going on with");
      expect(essence(JSON.parse(second.stdout) as Summary)).toEqual(essence(JSON.parse(whole.stdout) as Summary));
      expect(count() - before).toBeLessThan(calls);
    },
  );

  test("by the budget ends with 5, and more budget goes on where it stopped", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(80) });
    const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "--max-calls", "20"]);
    expect(code).toBe(5);
    expect(stderr).toContain("budget");
    const more = await llmopt(folder, ["run", "e.yaml"]);
    expect(more.code).toBe(0);
    expect(more.stderr).toContain("going on with");
  });
});

describe("files", () => {
  test("--env-file is read by llmopt itself; one that is missing is named", async () => {
    const yaml = riverExperiment().replace(
      "model: embedded/reader",
      'model: embedded/reader\nmodels: { judge: far/j }\nendpoints: { far: { base_url: "http://127.0.0.1:9/v1", api_key: "${FAR_KEY}" } }',
    );
    const folder = project({ "e.yaml": yaml, "cases.jsonl": riverCases(60), ".env.test": "FAR_KEY=k-123\n" });
    expect((await llmopt(folder, ["run", "e.yaml", "--env-file", ".env.test", "-q"])).code).toBe(0);
    const missing = await llmopt(folder, ["run", "e.yaml", "--env-file", "nope"]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("--env-file nope");
    expect((await llmopt(folder, ["run", "e.yaml"])).stderr).toContain("FAR_KEY");
  });

  test("a store that cannot be written stops the run, and it goes on once it can", async () => {
    const experiment = riverExperiment(undefined, "knowledge: { files: doc.md }\n").replace("ladder: [prompt]", "ladder: [rag, prompt]");
    const folder = project({
      "e.yaml": experiment,
      "cases.jsonl": riverCases(60),
      "doc.md": "# Rivers\n\nThey flow.",
      store: "a file in its place",
    });
    const stopped = await llmopt(folder, ["run", "e.yaml", "--store", "store", "--no-cache"]);
    expect(stopped.code, stopped.stderr).not.toBe(0);
    expect(stopped.stdout).toBe("");
    const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "--no-cache"]);
    expect(code, stderr).toBe(0);
  });

  test.each([
    ["prompt.md", Buffer.from("Antworte kurz: gr\u00fc\u00dfe", "latin1")],
    ["e.yaml", Buffer.from("name: gr\u00fcn\n", "latin1")],
  ])("%s that is not UTF-8 is refused by name", async (name, bytes) => {
    const folder = project({
      "e.yaml": riverExperiment().replace("system: Answer from the passage.", "system: prompt.md"),
      "prompt.md": "Answer.",
      "cases.jsonl": riverCases(60),
    });
    writeFileSync(join(folder, name), bytes);
    const { code, stderr } = await llmopt(folder, ["run", "e.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain(name);
    expect(stderr).toContain("UTF-8");
  });

  test("escape sequences of a server never reach the terminal", async () => {
    const { code, stderr } = await atEndpoint(refuse(400, error(`${ESCAPE}[31mred${ESCAPE}[2J`, "bad")));
    expect(code).toBe(4);
    expect(stderr).toContain("red");
    expect(stderr).not.toContain(ESCAPE);
  });

  test("-o is written after the table was printed, and a place that cannot be written is named", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(60), taken: "a file" });
    const { code, stdout, stderr } = await llmopt(folder, ["run", "e.yaml", "-o", "taken/report.md"]);
    expect(code).toBe(2);
    expect(stdout).toContain("baseline");
    expect(stderr).toContain("taken/report.md");
  });
});

describe("a run goes on", () => {
  test("after the budget was raised in the file, as it says; a new prompt is a new run", async () => {
    const small = riverExperiment(undefined, "budget: { calls: 20 }\n");
    const folder = project({ "e.yaml": small, "cases.jsonl": riverCases(80) });
    expect((await llmopt(folder, ["run", "e.yaml"])).code).toBe(5);
    writeFileSync(join(folder, "e.yaml"), `# more\n${small.replace("calls: 20", "calls: 2000")}`);
    const more = await llmopt(folder, ["run", "e.yaml"]);
    expect(more.code).toBe(0);
    expect(more.stderr).toContain("going on with");
    expect((await llmopt(folder, ["run", "e.yaml", "--max-calls", "20", "--no-cache", "--fresh"])).code).toBe(5);
    writeFileSync(join(folder, "e.yaml"), small.replace("calls: 20", "calls: 2000").replace("short phrase", "brief phrase"));
    expect((await llmopt(folder, ["run", "e.yaml"])).stderr).not.toContain("going on with");
  });

  test("nowhere while another process works on it; a lock that a dead process left is no lock", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(80) });
    await llmopt(folder, ["run", "e.yaml", "--max-calls", "20"]);
    const [run = ""] = readdirSync(join(folder, "runs/rivers"));
    const lock = join(folder, "runs/rivers", run, "run.lock");
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname() }));
    const refused = await llmopt(folder, ["run", "e.yaml"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`process ${process.pid}`);
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    expect((await llmopt(folder, ["run", "e.yaml"])).code).toBe(0);
    expect(readdirSync(join(folder, "runs/rivers", run))).not.toContain("run.lock");
  });

  test("while a name still means its newest complete run", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(80) });
    expect((await llmopt(folder, ["run", "e.yaml", "-q"])).code).toBe(0);
    expect((await llmopt(folder, ["run", "e.yaml", "--fresh", "--no-cache", "--max-calls", "20"])).code).toBe(5);
    expect((await llmopt(folder, ["report", "latest", "-q"])).code).toBe(0);
    const gated = await llmopt(folder, ["run", "e.yaml", "--against", "rivers", "--gate"]);
    expect(gated.stderr).toContain("going on with");
    expect(gated.code).toBe(0);
  });

  test("stopped by the budget with --json, it says on stdout what there is so far", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(80) });
    const { code, stdout } = await llmopt(folder, ["run", "e.yaml", "--json", "--max-calls", "30"]);
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ status: "stopped", name: "rivers" });
  });
});

describe("compare and report", () => {
  test("a worse prompt is a regression: exit 1; the other way round 0; unlike cases 3", async () => {
    const folder = project({
      "good.yaml": riverExperiment(),
      "bad.yaml": riverExperiment()
        .replace("name: rivers", "name: bad")
        .replace("Passage: {{passage}}\\n\\n", "")
        .replace("input: [passage, question]", "input: [question]")
        .replace('  variants:\n    short: { system: "Answer from the passage with a short phrase, not with a sentence.\\n" }\n', "")
        .replace("ladder: [prompt]", "ladder: [few-shot]"),
      "other.yaml": riverExperiment(undefined, "seed: 99\n").replace("name: rivers", "name: other"),
      "cases.jsonl": riverCases(90),
    });
    for (const file of ["good.yaml", "bad.yaml", "other.yaml"]) expect((await llmopt(folder, ["run", file, "-q"])).code).toBe(0);
    const worse = await llmopt(folder, ["compare", "rivers", "bad", "--json"]);
    const same = await llmopt(folder, ["compare", "rivers", "rivers", "--json"]);
    expect([worse.code, same.code]).not.toContain(2);
    expect(JSON.parse(same.stdout)).toMatchObject({ comparable: true, verdict: "no evidence" });
    expect(same.code).toBe(0);
    const rungs = await llmopt(folder, ["compare", "bad", "bad", "--rung", "baseline", "--json"]);
    expect(JSON.parse(rungs.stdout)).toMatchObject({ a: expect.stringMatching(/ baseline$/), metrics: { f1: { delta: 0 } } });
    expect((await llmopt(folder, ["compare", "rivers", "bad", "--rung", "prompt", "few-shots"])).stderr).toContain(
      'did you mean "few-shot"?',
    );
    const unlike = await llmopt(folder, ["compare", "rivers", "other"]);
    expect(unlike.code).toBe(3);
  });

  test("reports of every kind are written by extension", async () => {
    const folder = project({ "e.yaml": riverExperiment(), "cases.jsonl": riverCases(60) });
    const files = ["r.json", "r.md", "r.html", "r.xml"];
    await llmopt(folder, ["run", "e.yaml", "-q", ...files.flatMap((file) => ["-o", file])]);
    for (const file of files) expect(readFileSync(join(folder, file), "utf8").length).toBeGreaterThan(100);
  });

  test("schema prints a JSON Schema that knows the rungs", async () => {
    const { code, stdout } = await llmopt(project({}), ["schema"]);
    expect(code).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain("hyde-fact-check");
  });
});
