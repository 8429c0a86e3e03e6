/** The README is true: its commands, flags, example, dependencies and the quickstart's output. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { llmopt, project } from "./cli.fixture.ts";

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readme = () => readFileSync(at("README.md"), "utf8");

/** LLMOPT_UPDATE_README=1 writes the blocks anew instead of comparing them. */
const updating = process.env["LLMOPT_UPDATE_README"] === "1";

test("the example of a stage is the file that it names", () => {
  const source = readFileSync(at("examples/lexical-rerank.ts"), "utf8");
  if (updating) writeBlock("example", `\`\`\`ts\n${source}\`\`\``);
  expect(block("example")).toBe(`\`\`\`ts\n${source}\`\`\``);
});

test("every flag and command that the README names exists", async () => {
  const folder = project({});
  const commands = ["run", "compare", "diagnose", "rescore", "report", "runs", "schema", "doctor", "serve", "lint", "export"];
  const help = (await Promise.all(commands.map((command) => llmopt(folder, [command, "--help"])))).map(({ stdout }) => stdout).join("\n");
  const text = readme().replace(/## What is not there yet[^#]*/, "");
  for (const [flag] of text.matchAll(/(?<=[\s`])--[a-z][a-z-]+/g)) if (!["--text-field"].includes(flag)) expect(help, flag).toContain(flag);
  for (const [, command] of text.matchAll(/llmopt ([a-z]+)(?= [A-Za-z\-`])/g)) expect([...commands, "walks"], command).toContain(command);
});

test("every dependency has its line, and every line its dependency", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(at("package.json"), "utf8")) as Record<string, Record<string, string>>;
  const rows =
    readme()
      .split("## Dependencies")[1]
      ?.match(/^\| [@a-z].*? \|/gm) ?? [];
  const named = rows
    .flatMap((row) =>
      row
        .replaceAll("|", "")
        .replace("(development)", "")
        .split(",")
        .map((name) => name.trim()),
    )
    .filter((name) => name !== "package");
  const installed = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})].filter(
    (name) => !name.startsWith("@types/"),
  );
  expect(named.toSorted()).toEqual(installed.toSorted());
});

test("the quickstart prints what the README shows, but for times and the run's name", async () => {
  const folder = project({});
  for (const part of ["experiment.yaml", "prompts", "datasets"]) cpSync(at(part), `${folder}/${part}`, { recursive: true });
  const { code, stdout, stderr } = await llmopt(folder, ["run", "experiment.yaml", "-q"]);
  expect(code, stderr).toBe(0);
  const shown = `\`\`\`\n${stdout.trimEnd()}\n\`\`\``;
  if (updating) writeBlock("quickstart", shown);
  expect(timeless(block("quickstart"))).toEqual(timeless(shown));
});

/** Lines without what differs from machine to machine: durations and the run's folder. */
function timeless(text: string): readonly string[] {
  return text
    .replaceAll(/\b[\d.,]+ (ms|s|min)\b/g, "TIME")
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{8}/g, "RUN")
    .split("\n")
    .map((line) => line.replaceAll(/ {2,}/g, " ").replaceAll(/─+/g, "─").trimEnd());
}

function block(name: string): string {
  return readme().split(`<!-- ${name}:begin -->\n`)[1]?.split(`\n<!-- ${name}:end -->`)[0] ?? "";
}

function writeBlock(name: string, text: string): void {
  const [before = "", rest = ""] = readme().split(`<!-- ${name}:begin -->\n`);
  const after = rest.slice(rest.indexOf(`<!-- ${name}:end -->`));
  writeFileSync(at("README.md"), `${before}<!-- ${name}:begin -->\n${text}\n${after}`);
}
