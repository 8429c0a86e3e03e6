/** What scripts and people rely on of `llmopt lint`: exit codes, what stands on stdout, what is written, what an experiment adds. */
import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../errors.ts";
import { llmopt, project, riverCases, riverExperiment } from "../cli.fixture.ts";
import { lintCommand, type LintFlags } from "./lint.ts";
import { createStdout } from "./stdout.ts";

const GOOD = "---\nversion: 1\n---\nSort the mail by sender.\n";
const WARNED = "---\nversion: 1\n---\nSort the mail!!\n";
const WRONG = "---\nversion: 1\n---\n- TODO: say what to do\n";

interface Document {
  readonly files: readonly string[];
  readonly findings: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly rule: string;
    readonly level: string;
    readonly fix?: object;
  }[];
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** The command in this process, on paths inside of the folder; in what is printed the folder is left out. */
async function lints(
  folder: string,
  paths: readonly string[],
  flags: Partial<LintFlags> = {},
): Promise<{ readonly code: number; readonly stdout: string }> {
  const texts: string[] = [];
  const stdout = createStdout({ write: (text: string | Uint8Array) => texts.push(String(text)) > 0 });
  const code = await lintCommand(
    paths.map((path) => join(folder, path)),
    { color: false, runs: "runs", store: ".llmopt", quiet: true, ...flags, stdout },
  ).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toMatch(/: .*; /);
    return error.code;
  });
  return { code, stdout: texts.join("").replaceAll(`${folder}/`, "").replaceAll(folder, ".") };
}

async function documentOf(folder: string, paths: readonly string[], flags: Partial<LintFlags> = {}): Promise<Document> {
  return JSON.parse((await lints(folder, paths, { ...flags, json: true })).stdout) as Document;
}

test("exit codes: 0 without errors, 1 with one or with too many warnings, 2 where nothing can be looked at", async () => {
  const folder = project({
    "good.md": GOOD,
    "warned.md": WARNED,
    "sub/wrong.md": WRONG,
    "sub/README.md": WRONG,
    "sub/data.json": '{"a": 1}',
    "bad.yaml": "system: [",
  });
  writeFileSync(join(folder, "latin1.md"), Buffer.from([0xe9, 0x20]));
  const wanted: readonly (readonly [readonly string[], Partial<LintFlags>, number])[] = [
    [["good.md", "warned.md"], {}, 0],
    [["sub"], {}, 1],
    [["{good,sub/*}.md"], {}, 1],
    [["warned.md"], { maxWarnings: 0 }, 1],
    [["warned.md"], { maxWarnings: 1 }, 0],
    [["sub/wrong.md"], { rule: ["rules/shouting", "rules/vague"] }, 0],
    [[], { list: true }, 0],
    [[], {}, 2],
    [["god.md"], {}, 2],
    [["*.markdown"], {}, 2],
    [["latin1.md"], {}, 2],
    [["bad.yaml"], {}, 2],
    [["good.md"], { rule: ["rules/shoutin"] }, 2],
    [["good.md"], { json: true, sarif: true }, 2],
    [["good.md"], { convert: "jsn" }, 2],
    [["good.md"], { convert: "json" }, 2],
    [["good.md"], { output: ["x.docx"] }, 2],
  ];
  for (const [paths, flags, code] of wanted) expect((await lints(folder, paths, flags)).code, JSON.stringify([paths, flags])).toBe(code);
});

test("findings are grouped by file, within 80 columns, without ANSI when piped", async () => {
  const { code, stdout } = await llmopt(project({ "a.md": WRONG, "b.md": WARNED }), ["lint", "a.md", "b.md"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^a\.md\n {2}4:3 +error .*\n/);
  expect(stdout).toMatch(/\nb\.md\n {2}4:14 +warning /);
  expect(stdout).toContain("1 error, 1 warning in 2 files.");
  expect(stdout).not.toContain("\u001B");
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("--json, and the same in a file; SARIF beside it", async () => {
  const folder = project({ "a.md": WRONG, "b.md": GOOD });
  const [json, sarif] = [join(folder, "out/lint.json"), join(folder, "lint.sarif")];
  const document = await documentOf(folder, ["."], { output: [json, sarif] });
  expect(document).toMatchObject({ files: ["a.md", "b.md"], errors: 1, warnings: 0, infos: 0 });
  expect(document.findings).toMatchObject([
    { file: "a.md", line: 4, column: 3, end_line: 4, end_column: 8, rule: "ref/leftover", level: "error" },
  ]);
  expect(JSON.parse(readFileSync(json, "utf8").replaceAll(`${folder}/`, ""))).toEqual(document);
  expect(JSON.parse(readFileSync(sarif, "utf8"))).toMatchObject({
    version: "2.1.0",
    runs: [{ results: [{ ruleId: "ref/leftover", level: "error" }] }],
  });
  const { stdout } = await lints(folder, ["a.md"], { sarif: true });
  expect(JSON.parse(stdout)).toMatchObject({ version: "2.1.0" });
});

test("--fix mends the file once, says what it did, and the second time has nothing to do", async () => {
  const faulty = "\uFEFF---\r\nversion: 1\r\n---\r\nUse {text} well.\r\n\r\n{{text}}\r\n";
  const folder = project({ "a.md": faulty, "b.yaml": "system: Use {text}.\nuser: '{{text}}'\n" });
  const { code, stderr } = await llmopt(folder, ["lint", "a.md", "b.yaml", "--fix"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^fixed a\.md:4: .*\n$/);
  expect(readFileSync(join(folder, "a.md"), "utf8")).toBe(faulty.replace("{text}", "{{text}}"));
  expect(readFileSync(join(folder, "b.yaml"), "utf8")).toContain("{text}.");
  const again = await documentOf(folder, ["a.md"], { fix: true });
  expect(again.findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
  expect(readFileSync(join(folder, "a.md"), "utf8")).toBe(faulty.replace("{text}", "{{text}}"));
});

test("--fix keeps a link, says in --json what it did, and writes nothing where a file is write-protected", async () => {
  const faulty = "---\nversion: 1\n---\nUse {text}.\n\n{{text}}\n";
  const folder = project({ "a.md": faulty, "b.md": faulty });
  const [first, second] = [join(folder, "a.md"), join(folder, "b.md")];
  symlinkSync("a.md", join(folder, "link.md"));
  chmodSync(second, 0o444);
  expect((await lints(folder, ["a.md", "b.md"], { fix: true })).code).toBe(2);
  expect(readFileSync(first, "utf8")).toBe(faulty);
  const { stdout } = await lints(folder, ["link.md"], { fix: true, json: true });
  expect(JSON.parse(stdout)).toMatchObject({ findings: [], fixed: [{ file: "link.md", line: 4, rule: "ref/mixed-placeholders" }] });
  expect(lstatSync(join(folder, "link.md")).isSymbolicLink()).toBe(true);
  expect(readFileSync(first, "utf8")).toBe(faulty.replace("Use {text}", "Use {{text}}"));
});

test("a prompt comes through a pipe, and is never mended there", () => {
  const cli = join(import.meta.dirname, "../cli.ts");
  const piped = (input: string | Buffer) => spawnSync(process.execPath, [cli, "lint", "-", "--fix", "--json"], { input, encoding: "utf8" });
  const { status, stdout } = piped(`${WRONG}Use {text}.\n\n{{text}}\n`);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    files: ["stdin"],
    findings: [
      { file: "stdin", line: 4 },
      { file: "stdin", line: 5 },
    ],
    fixed: [],
  });
  expect(JSON.parse(piped(Buffer.from([0x61, 0])).stdout)).toMatchObject({ error: { code: 2 } });
});

test("what holds no prompt is said", async () => {
  const folder = project({
    "empty.md": " \n",
    "foo.yaml": "prompts: [file://a.md]\n",
    "sub/foo.yaml": "prompts: [file://good.md]\n",
    "sub/good.md": GOOD,
  });
  expect((await documentOf(folder, ["empty.md"])).findings).toMatchObject([{ rule: "structure/required", level: "error", line: 1 }]);
  expect((await lints(folder, ["foo.yaml"])).code).toBe(2);
  expect((await documentOf(folder, ["sub"])).files).toEqual(["sub/good.md"]);
});

test("--convert prints the prompt in another format, and back", async () => {
  const prompt = "# Role: Poet\n\n## Goals\n- Rhyme.\n\n## OutputFormat\nFour lines.\n";
  const folder = project({ "p.md": prompt });
  expect(JSON.parse((await lints(folder, ["p.md"], { convert: "json" })).stdout)).toEqual({
    Role: "Poet",
    Goals: ["Rhyme."],
    OutputFormat: "Four lines.",
  });
  expect((await lints(folder, ["p.md"], { convert: "yaml", output: [join(folder, "p.yaml")] })).stdout).toBe("");
  expect((await lints(folder, ["p.yaml"], { convert: "markdown" })).stdout).toBe(prompt);
});

describe("of an experiment", () => {
  const cases = riverCases(60);
  const split = "split: { train: 0.3, select: 0.2, confirm: 0.2, test: 0.3 }";
  const experiment = riverExperiment().replace("expected: answer", `expected: answer, ${split}`);

  test("its prompts and variants are looked at where they stand, and a file that it names once", async () => {
    const folder = project({
      "e.yaml": experiment
        .replace("system: Answer from the passage.", "system: prompts/s.md")
        .replace("not with a sentence.", "not with a sentence!!"),
      "prompts/s.md": WARNED,
      "cases.jsonl": cases,
    });
    const { files, findings } = await documentOf(folder, ["e.yaml", "prompts"], { rule: ["rules/shouting"] });
    expect(files.toSorted()).toEqual(["e.yaml", "prompts/s.md"]);
    const shown = readFileSync(join(folder, "e.yaml"), "utf8").split("\n");
    expect(findings.map(({ file }) => file).toSorted()).toEqual(["e.yaml", "prompts/s.md"]);
    const inline = findings.find(({ file }) => file === "e.yaml");
    expect(shown[(inline?.line ?? 0) - 1]?.slice((inline?.column ?? 0) - 1)).toMatch(/^!!/);
  });

  test("a case of its test split in a prompt is an error, one of train is none", async () => {
    const rows = cases
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly id: string; readonly question: string });
    const variants = rows
      .slice(0, 12)
      .map(({ id, question }) => `    ${id}: { system: ${JSON.stringify(`Answer from the passage. Such as: ${question}`)} }\n`);
    const folder = project({ "e.yaml": experiment.replace("  variants:\n", `  variants:\n${variants.join("")}`), "cases.jsonl": cases });
    const { errors, findings } = await documentOf(folder, ["e.yaml"], { rule: ["examples/leak"] });
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(variants.length);
    const shown = readFileSync(join(folder, "e.yaml"), "utf8").split("\n");
    for (const { line, column } of findings) expect(shown[line - 1]?.slice(column - 1)).toMatch(/^(?:How many|Where)/);
  });

  test("what cannot be read is told as for a run", async () => {
    const folder = project({ "e.yaml": experiment.replace("token-f1", "token-f2"), "cases.jsonl": cases });
    const { code, stderr } = await llmopt(folder, ["lint", "e.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^e\.yaml:\d+:\d+: .*token-f2/);
  });
});

test("the project's own prompts are clean", async () => {
  const root = join(import.meta.dirname, "../..");
  expect(await documentOf(root, ["prompts", "experiment.yaml"])).toMatchObject({ errors: 0, warnings: 0, infos: 0 });
});
