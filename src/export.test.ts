/** `llmopt export`: what it writes gives the very requests, answers and scores of the run, whatever the data holds, and says what it cannot do. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { folderOf, llmopt, project, riverCases, riverExperiment } from "./cli.fixture.ts";
import { serve } from "./embedded/serve/server.ts";
import { labFor, turnOf } from "./scorers/lab.fixture.ts";
import tokenF1 from "./scorers/token-f1.ts";
import type { Summary } from "./types.ts";
import { checkCompletion } from "./wire/check.ts";
import { listen, says, type Seen } from "./wire/server.fixture.ts";

interface Document {
  readonly run: string;
  readonly cases: readonly string[];
  readonly checked: number;
  readonly answers: string;
  readonly scores: Summary["rungs"][number]["scores"];
  readonly not_reproduced: readonly string[];
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

interface Line {
  readonly case: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly messages: readonly { readonly content: string }[];
  readonly reply?: string;
  readonly answer: string;
}

const folders: string[] = [];
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A project whose experiment has been run, with the packages that a snippet imports. */
async function made(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = folderOf(files);
  folders.push(folder);
  symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(folder, "node_modules"));
  const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "-q"], { env });
  expect(code, stderr).toBe(0);
  return folder;
}

async function exported(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Document> {
  const { code, stdout, stderr } = await llmopt(folder, ["export", "latest", "out", "--force", "--json", ...args], { env });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Document;
}

const read = (folder: string, name: string): string => readFileSync(join(folder, "out", name), "utf8");
const linesOf = (folder: string): readonly Line[] =>
  read(folder, "messages.jsonl")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

/** What a program prints that is started in the folder. */
async function output(
  folder: string,
  [command = "", ...args]: readonly string[],
  { stdin = "", env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }> {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } });
  // It may end before it reads.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((closed) => child.on("close", closed));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, code };
}

/** What the snippet prints for each of the arguments: it is imported anew for each, in one process. */
async function answers(folder: string, given: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const script = `const said = []; console.log = (one) => said.push(one);
for (const [i, one] of JSON.parse(await (await import("node:stream/consumers")).text(process.stdin)).entries()) {
  process.argv[2] = one; await import("./out/answer.mts?" + i);
}
process.stdout.write(JSON.stringify(said));`;
  writeFileSync(join(folder, "all.mjs"), script);
  const { stdout, stderr, code } = await output(folder, [process.execPath, "all.mjs"], { stdin: JSON.stringify(given), env });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as readonly string[];
}

async function curled(folder: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout, stderr, code } = await output(folder, ["sh", "out/curl.sh"], { env });
  expect(code, stderr).toBe(0);
  const checked = checkCompletion(stdout);
  return "value" in checked ? checked.value.text : expect.fail(stdout);
}

describe("on data that would do harm if it were read by a shell or a template", () => {
  const HOSTILE = [
    `'; touch pwned; '" && "$(touch pwned)" \`touch pwned\` \${HOME} $HOME \\ \\\\ \\n %s !!`,
    "EOF\nBODY\n'EOF'\n\nEOF",
    "{{passage}} {{#question}}{{/question}} {{ {{{ }} $& $1 $$",
    "line\r\nline\u2028line\u0000\u0007\u001b[31m tab\t",
    "日本語 🙂 e\u0301 \u202e rtl \ufeff",
    '@/etc/passwd ``` */ // <script> {"a": ["b"]}',
  ];
  const hostileCases = HOSTILE.flatMap((piece, i) =>
    Array.from({ length: 8 }, (_, j) =>
      JSON.stringify({ id: `${i}-${j} ${piece}`, question: `${j} ${piece}`, passage: j % 2 === 0 ? "" : piece, answer: `a${j} ${piece}` }),
    ),
  ).join("\n");

  /** A rung whose program shows demonstrations from train, and, with `live`, others to each question and a stamp on each answer. */
  const PLUGIN = `import { defineStage, z } from "llmopt";
  export default defineStage({
    name: "showing", about: "shows two train cases", options: z.strictObject({ live: z.boolean().default(false) }),
    async fit(program, options, lab) {
      const demos = lab.train.slice(0, 2).map(({ id, fields, expected }) => ({ id, fields, answer: String(expected) }));
      return { ...program, demos, steps: options.live ? [{ use: "showing", with: options }] : [] };
    },
    async before(turn) { return { ...turn, program: { ...turn.program, demos: turn.program.demos.toReversed() } }; },
    async after(turn) { return { ...turn, answer: turn.answer.toUpperCase() }; },
  });
  `;
  const yaml = (url: string): string => `name: hostile
model: local/m'"$(touch pwned)
params: { temperature: 0, stop: ["'", "$(touch pwned)"], top_k: 5 }
endpoints: { local: { base_url: "${url}", api_key: "\${LOCAL_KEY}" } }
data: { file: cases.jsonl, input: [question, passage], expected: answer }
plugins: [./showing.ts]
program:
  system: "It's \`so\` $(touch pwned) {{question}}"
  user: "{{#passage}}\\n  {{passage}}\\n{{/passage}}\\nEOF\\n{{question}}"
evals: { primary: f1, scorers: [{ use: token-f1, as: f1 }] }
ladder: [showing, { use: showing, as: live, live: true }]
`;
  const env = { LOCAL_KEY: "sk-not-to-be-seen" };
  const hash = (body: string): string => createHash("sha256").update(body).digest("hex").slice(0, 16);
  let folder = "";
  let seen: readonly Seen[] = [];
  let sent: ReadonlySet<string> = new Set();
  beforeAll(async () => {
    // Its answer tells every byte of the request.
    const server = await listen((response, one) => says(hash(one.body))(response, one));
    ends.push(server.close);
    folder = await made({ "cases.jsonl": hostileCases, "showing.ts": PLUGIN, "e.yaml": yaml(server.url) }, env);
    seen = server.seen;
    sent = new Set(seen.map(({ body }) => body));
  });

  test("curl and the snippet send what the run sent, byte for byte, with a key that is written nowhere", async () => {
    const done = await exported(folder, ["--rung", "showing", "--cases", "99"], env);
    const lines = linesOf(folder);
    expect(lines.length).toBeGreaterThan(5);
    expect(done).toMatchObject({ answers: "template", checked: lines.length, not_reproduced: [] });
    expect(sent).toContain(read(folder, "request.json"));
    expect(done.files).toContain("demos.messages.json");
    for (const name of done.files) expect(read(folder, name), name).not.toContain(env.LOCAL_KEY);

    const asked = seen.length;
    expect(await curled(folder, env)).toBe(lines[0]?.answer);
    const questions = lines.map(({ fields }) => JSON.stringify(fields));
    expect(await answers(folder, questions, env)).toEqual(lines.map(({ answer }) => answer));
    expect(seen.length).toBe(asked + 1 + lines.length);
    for (const { body, headers } of seen.slice(asked)) {
      expect(sent).toContain(body);
      expect(headers.authorization).toBe(`Bearer ${env.LOCAL_KEY}`);
    }
    const byStdin = await output(folder, [process.execPath, "out/answer.mts"], { stdin: questions[1] ?? "", env });
    expect(byStdin.stdout).toBe(`${lines[1]?.answer}\n`);

    // Never the key of another endpoint in its place.
    for (const command of [
      ["sh", "out/curl.sh"],
      [process.execPath, "out/answer.mts", questions[0] ?? ""],
    ]) {
      const unset = await output(folder, command, { env: { LOCAL_KEY: "", OPENAI_API_KEY: "sk-of-another" } });
      expect(unset).toMatchObject({ stdout: "", stderr: expect.stringMatching(/LOCAL_KEY:? is not set/u) });
      expect(unset.code).not.toBe(0);
    }
    expect(seen.length).toBe(asked + 2 + lines.length);
    for (const place of [folder, join(folder, "out")]) expect(readdirSync(place)).not.toContain("pwned");
  });

  test("the files are the same whoever exports them: without the key, from another folder, by path or id, in a CommonJS project too", async () => {
    await exported(folder, ["--rung", "showing"], env);
    const files = readdirSync(join(folder, "out")).map((name) => [name, read(folder, name)]);
    const [id = ""] = readdirSync(join(folder, "runs/hostile"));
    const other = project({ "package.json": '{ "type": "commonjs" }' });
    symlinkSync(join(folder, "node_modules"), join(other, "node_modules"));
    const run = join(folder, "runs/hostile", id);
    expect(
      await llmopt(other, ["export", run, "out", "--rung", "showing", "--store", join(folder, ".llmopt")], { env: { LOCAL_KEY: "" } }),
    ).toMatchObject({ code: 0 });
    const rewritten = (name: string, text: string) =>
      name === "README.md" ? text.replace(` --store '${join(folder, ".llmopt")}'`, "") : text;
    expect(readdirSync(join(other, "out")).map((name) => [name, rewritten(name, read(other, name))])).toEqual(files);
    for (const [name = "", text = ""] of files) expect(text, name).not.toContain(dirname(folder));
    const byId = await llmopt(folder, ["export", id, join(other, "again"), "--rung", "showing"]);
    expect(byId.code, byId.stderr).toBe(0);
    for (const [name = "", text] of files) expect(readFileSync(join(other, "again", name), "utf8"), name).toBe(text);

    const [line] = linesOf(other);
    const answered = await output(other, [process.execPath, "out/answer.mts", JSON.stringify(line?.fields)], { env });
    expect(answered).toMatchObject({ stdout: `${line?.answer}\n`, stderr: "" });
  });

  test("steps that change demonstrations and answers: only exported cases are sent again, and it is said what is not done", async () => {
    const done = await exported(folder, ["--rung", "live", "--cases", "3"], env);
    expect(done).toMatchObject({ answers: "messages", checked: 3 });
    expect(done.not_reproduced.join("\n")).toMatch(/step showing .*changed 3 of 3[^]*no public function/u);
    for (const missing of done.not_reproduced) expect(read(folder, "README.md")).toContain(missing);
    const lines = linesOf(folder);
    for (const { reply, answer } of lines) expect(reply?.toUpperCase()).toBe(answer);
    expect(sent).toContain(read(folder, "request.json"));
    expect(await curled(folder, env)).toBe(lines[0]?.reply);
    const ids = lines.map((line) => line.case);
    expect(await answers(folder, ids, env)).toEqual(lines.map(({ reply }) => reply));
    const unknown = await output(folder, [process.execPath, "out/answer.mts", "nobody"], { env });
    expect(unknown).toMatchObject({ stdout: "", stderr: expect.stringContaining("no case nobody") });
    const bare = await llmopt(folder, ["export", "latest", "bare", "--rung", "live", "--cases", "0", "--no-plugins"], { env });
    expect(bare).toMatchObject({ code: 3, stderr: expect.stringContaining('"showing"') });
  });

  test("the snippet is strict TypeScript", async () => {
    for (const rung of ["showing", "live"]) {
      await exported(folder, ["--rung", rung, "--cases", "1"], env);
      writeFileSync(join(folder, `${rung}-answer.mts`), read(folder, "answer.mts"));
    }
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const strict = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--noUnusedLocals", "--erasableSyntaxOnly"];
    const flags = [...strict, "--noEmit", "--module", "nodenext", "--target", "es2024", "--skipLibCheck", "--types", "node"];
    const files = ["showing-answer.mts", "live-answer.mts"];
    const tsc = await output(folder, [process.execPath, "node_modules/typescript/bin/tsc", ...flags, ...files]);
    expect(tsc, tsc.stdout).toMatchObject({ code: 0, stdout: "" });
  });
});

test("through `llmopt serve` the exported form of the engine gives the answers of the run, and the run's scorer the same score", async () => {
  const rows = riverCases(RIVERS).trim().split("\n");
  const parsed = rows.map((row) => JSON.parse(row) as { readonly id: string; readonly passage: string });
  const documents = parsed.map(({ id, passage }) => [`docs/${id}.md`, `# ${id}\n\n${passage}\n`]);
  const yaml = riverExperiment(undefined, "knowledge: { files: docs/*.md }\n")
    .replace("input: [passage, question]", "input: [question]")
    .replace("Passage: {{passage}}\\n\\nQuestion", "Question")
    .replace("ladder: [prompt]", `ladder: [${LADDER.join(", ")}]`);
  const folder = await made({ ...Object.fromEntries(documents), "cases.jsonl": riverCases(RIVERS), "e.yaml": yaml });
  const engine = await serve({ host: "127.0.0.1", port: 0, key: undefined, workers: 1, folder: join(folder, ".llmopt/embedded") });
  ends.push(engine.close);
  const at = ["--base-url", `http://127.0.0.1:${engine.port}/v1`, "--cases", "99"];

  for (const [rung, reach] of [
    ["baseline", "template"],
    ["near", "messages"],
    ["rag", "passages"],
    ["fine-tune", "passages"],
  ] as const) {
    const done = await exported(folder, ["--rung", rung, ...at]);
    const lines = linesOf(folder);
    expect(done).toMatchObject({ answers: reach, checked: lines.length });
    const { mean, n } = done.scores.select?.["f1"] ?? {};
    expect(lines.length).toBe(n);
    expect(await curled(folder)).toBe(lines[0]?.answer);
    const given = await answers(
      folder,
      lines.map(({ case: id, fields }) => (reach === "messages" ? id : JSON.stringify(fields))),
    );
    expect(given).toEqual(lines.map(({ answer }) => answer));
    expect(await f1Of(given, lines)).toBeCloseTo(mean ?? NaN, 12);
    expect(done.files.includes("demos.jsonl")).toBe(rung === "near");
    expect(done.files, "what a step chooses stands in no file of its own").not.toContain("demos.messages.json");
    if (rung === "rag") expect(mean).toBeGreaterThan(0.2);
    const { select } = JSON.parse(readFileSync(join(folder, done.run, "splits.json"), "utf8")) as { readonly select: readonly string[] };
    expect(done.cases.toSorted(), "and no case of another split").toEqual(select.toSorted());
  }

  const notes = read(folder, "README.md");
  expect(notes).toContain("llmopt serve");
  expect(notes).toMatch(/step rag .* is not in these files[^]*`passages`/u);
  for (const { fields } of linesOf(folder)) expect(fields["passages"]).toMatch(/^\[1\] /u);
  const without = await output(folder, [process.execPath, "out/answer.mts", JSON.stringify({ question: "Where?" })]);
  expect(without).toMatchObject({ stdout: "", stderr: expect.stringContaining('the field "passages" is not given') });
});

const RIVERS = 40;
/** Rungs whose programs show what they choose for each question, passages, and a tuned model. */
const LADDER = [
  "{ use: few-shot, as: near, choose: nearest, k: 3, source: gold, order: best-last, mmr: 1, verify: 0 }",
  "{ use: rag, top_k: 2 }",
  "{ use: fine-tune, hyperparameters: { n_epochs: 1 } }",
];

/** The mean of the run's scorer over the river cases. */
async function f1Of(given: readonly string[], lines: readonly Line[]): Promise<number> {
  const rows = riverCases(RIVERS).trim().split("\n");
  const expected = new Map(rows.map((row) => JSON.parse(row) as { id: string; answer: string[] }).map(({ id, answer }) => [id, answer]));
  const values = await Promise.all(
    lines.map(async ({ case: id, fields }, i) => {
      const kase = { id, fields, expected: expected.get(id) };
      const score = await tokenF1.score(turnOf(kase, given[i] ?? ""), kase, tokenF1.options.parse({}), labFor(tokenF1));
      return "value" in score ? score.value : NaN;
    }),
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("what stands in the way", () => {
  let folder = "";
  const go = async (...args: readonly string[]) => await llmopt(folder, ["export", "latest", "out", ...args]);
  const there = (): readonly string[] => readdirSync(join(folder, "out")).toSorted();
  beforeAll(async () => {
    const idle = "walk: until-target\ntarget: { f1: 0 }\n";
    folder = await made({ "cases.jsonl": riverCases(24), "e.yaml": riverExperiment(undefined, idle) });
  });
  beforeEach(() => rmSync(join(folder, "out"), { recursive: true, force: true }));

  test("a folder with something in it is left alone unless forced, and then nothing of an earlier export stays", async () => {
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out", "notes.txt"), "mine");
    expect(await go()).toMatchObject({ code: 2, stderr: expect.stringContaining("--force") });
    expect(there()).toEqual(["notes.txt"]);
    const whole = await exported(folder, []);
    expect(there()).toEqual([...whole.files, "notes.txt"].toSorted());
    expect(whole.files).toEqual(expect.arrayContaining(["messages.jsonl", "request.json", "curl.sh", "answer.mts", "README.md"]));
    const bare = await exported(folder, ["--cases", "0"]);
    expect(there()).toEqual([...bare.files, "notes.txt"].toSorted());
    expect(bare.files.toSorted()).toEqual(["README.md", "answer.mts", "program.json", "system.md", "user.md"]);
  });

  test("a place that cannot be written is said, and is a fault of usage", async () => {
    expect(await llmopt(folder, ["export", "latest", " "])).toMatchObject({ code: 2, stderr: expect.stringContaining("is empty") });
    expect(await llmopt(folder, ["export", "latest", "e.yaml"])).toMatchObject({ code: 2, stderr: expect.stringContaining("no folder") });
    mkdirSync(join(folder, "out", "README.md"), { recursive: true });
    expect(await go("--force", "--cases", "0")).toMatchObject({ code: 2, stderr: expect.stringContaining("README.md: cannot be written") });
  });

  test.each([
    [["--rung", "prompts"], 2, 'did you mean "prompt"'],
    [["--rung", "prompt"], 3, "skipped"],
    [["--cases", "-1"], 2, "0 or more"],
    [["--base-url", "http://me:pw@x/v1"], 2, "--base-url"],
  ] as const)("%j exits with %d", async (args, code, said) => {
    expect(await go(...args)).toMatchObject({ code, stderr: expect.stringContaining(said) });
    expect(readdirSync(folder)).not.toContain("out");
  });

  test("messages that another version of llmopt made are shown only where the cache knows them", async () => {
    const manifest = join(folder, "runs/rivers", readdirSync(join(folder, "runs/rivers"))[0] ?? "", "run.json");
    const written = readFileSync(manifest, "utf8");
    const { version } = JSON.parse(written) as { readonly version: string };
    writeFileSync(manifest, written.replace(`"version": "${version}"`, '"version": "0.0.0-other"'));
    expect((await exported(folder, [])).checked).toBe(5);
    const empty = ["--store", join(folder, "empty")];
    expect(await go("--force", ...empty)).toMatchObject({ code: 3, stderr: expect.stringContaining("llmopt itself changed since") });
    writeFileSync(manifest, written);
    expect(await exported(folder, empty)).toMatchObject({ checked: 5 });
  });

  test("cases that changed since are left out; without its experiment a run is exported without cases; an unfinished one is not", async () => {
    const rows = riverCases(24).trim().split("\n");
    const changed = rows.map((row, i) => (i % 2 === 0 ? row : row.replace("rises", "springs")));
    writeFileSync(join(folder, "cases.jsonl"), changed.join("\n"));
    const some = await exported(folder, ["--cases", "99"]);
    expect(some.warnings.join()).toContain("changed since");
    expect(some.cases.length).toBeGreaterThan(0);
    for (const id of some.cases) expect(Number(id.slice(1)) % 2, id).toBe(0);

    rmSync(join(folder, "e.yaml"));
    expect(await go("--force")).toMatchObject({ code: 3, stderr: expect.stringContaining("--cases 0") });
    expect((await go("--force", "--cases", "0")).code).toBe(0);

    rmSync(join(folder, "runs/rivers", readdirSync(join(folder, "runs/rivers"))[0] ?? "", "summary.json"));
    expect(await go("--force")).toMatchObject({ code: 3, stderr: expect.stringContaining("not complete") });
  });
});
