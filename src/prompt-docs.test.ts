/** docs/prompts.md is true: its tables are the linter's, its YAML is what the schema takes, its commands exist. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { llmopt, project } from "./cli.fixture.ts";
import { experimentSchema } from "./experiment/schema.ts";
import { badPrompts } from "./lint/bad-prompts.fixture.ts";
import { lint } from "./lint/lint.ts";
import { operators } from "./lint/operators/index.ts";
import { rules } from "./lint/rules/index.ts";
import { textTemplate } from "./lint/source.ts";
import { createRegistry } from "./registry.ts";
import { stages } from "./stages/index.ts";

const FILE = fileURLToPath(new URL("../docs/prompts.md", import.meta.url));
const document = () => readFileSync(FILE, "utf8");
const folder = () => project({});

/** A table as Markdown. LLMOPT_UPDATE_README=1 also writes it in the place of the one in the document. */
function tableOf(name: string, rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "\\<")));
  const table = [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
  if (process.env["LLMOPT_UPDATE_README"] === "1") {
    const [begin, end] = [`<!-- ${name}:begin -->\n`, `<!-- ${name}:end -->`];
    const [before = "", rest = ""] = document().split(begin);
    writeFileSync(FILE, `${before}${begin}${table}\n${rest.slice(rest.indexOf(end))}`);
  }
  return table;
}

function tableIn(name: string): string | undefined {
  return document().split(`<!-- ${name}:begin -->\n`)[1]?.split(`\n<!-- ${name}:end -->`)[0];
}

test("the rules are those that `lint --list` prints", async () => {
  const { code, stdout } = await llmopt(folder(), ["lint", "--list", "--json"]);
  expect(code).toBe(0);
  const listed = JSON.parse(stdout) as readonly { readonly id: string; readonly level: string; readonly about: string }[];
  const rows = listed.map(({ id, level, about }) => [`\`${id}\``, level, about]);
  const table = tableOf("rules", [["rule", "level", "what it finds"], ...rows]);
  expect(tableIn("rules")).toBe(table);
});

test("the operators are those that the prompt rung races", () => {
  const rows = operators.map(({ name, about, rule }) => [`\`${name}\``, about, rule === undefined ? "–" : `\`${rule}\``]);
  const table = tableOf("operators", [["operator", "what it does", "mends"], ...rows]);
  expect(tableIn("operators")).toBe(table);
});

test("what --fix mends is what it is said to mend", () => {
  const said = document().split("**Fixing.**")[1]?.split("\n\n")[0] ?? "";
  const ids = [...said.matchAll(/`([a-z]+\/[a-z-]+)`/gu)].map(([, id = ""]) => id);
  const mending = badPrompts.flatMap(({ text, known }) =>
    lint(textTemplate(text).text, known).flatMap(({ rule, fix }) => (fix === undefined ? [] : [rule])),
  );
  expect([...new Set(mending)].toSorted()).toEqual(ids.toSorted());
});

test("every rule that is named exists", () => {
  const ids = rules.map(({ id }) => id);
  const families = new Set(ids.map((id) => id.split("/")[0] ?? ""));
  const named = [...document().matchAll(/\b([a-z]+)\/[a-z0-9-]+/gu)].filter(([, family = ""]) => families.has(family)).map(([id]) => id);
  expect(named.length).toBeGreaterThan(rules.length);
  for (const id of named) expect(ids).toContain(id);
});

test("every piece of YAML is what the experiment file takes", () => {
  const { ladder } = experimentSchema(createRegistry(stages)).shape;
  const blocks = [...document().matchAll(/```yaml\n([^]*?)```/gu)].map(([, text = ""]) => text);
  expect(blocks.length).toBe(2);
  for (const text of blocks) {
    const value: unknown = parse(text);
    const steps = typeof value === "object" && value !== null && "ladder" in value ? value.ladder : undefined;
    expect(ladder.safeParse(steps).error?.issues, text).toBeUndefined();
  }
  const names = operators.map(({ name }) => name);
  for (const [, listed = ""] of blocks.join("\n").matchAll(/operators: \[([^\]]*)\]/gu))
    for (const name of listed.split(",")) expect(names).toContain(name.trim());
});

test("every flag that is named exists", async () => {
  const { stdout } = await llmopt(folder(), ["lint", "--help"]);
  for (const [flag] of document().matchAll(/(?<=[\s`])--[a-z][a-z-]+/gu)) expect(stdout, flag).toContain(flag);
});
