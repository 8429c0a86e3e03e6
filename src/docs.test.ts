/** The documents beside the README are true: their tables are the registry's, their YAML is what the schema takes, their commands exist. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { llmopt, project } from "./cli.fixture.ts";
import { experimentSchema } from "./experiment/schema.ts";
import { AXES } from "./ladder/diagnose/cause.ts";
import { createRegistry } from "./registry.ts";
import { scorers } from "./scorers/index.ts";
import { stages } from "./stages/index.ts";
import type { Scorer } from "./types.ts";

const FILE = fileURLToPath(new URL("../docs/evaluation.md", import.meta.url));
const document = () => readFileSync(FILE, "utf8");
const all: readonly Scorer[] = scorers;

test("every scorer stands in the table, with what it gives and its options", () => {
  const rows = all.map(({ name, about, axis, options, prompts: templates }) => {
    const names = Object.keys(options.shape).map((option) => `\`${option}\``);
    const prompts = Object.entries(templates ?? {}).map(
      ([prompt, { fields }]) => `\`${prompt}\`: ${fields.map((field) => `{{${field}}}`).join(" ")}`,
    );
    const cells = [`\`${name}\``, about.replaceAll("|", "\\|"), axis, names.join(", ") || "–", prompts.join("; ") || "–"];
    return `| ${cells.join(" | ")} |`;
  });
  const table = ["| scorer | what it gives | axis | options | prompts |", "|---|---|---|---|---|", ...rows].join("\n");
  // LLMOPT_UPDATE_README=1 writes the table anew instead of comparing it.
  if (process.env["LLMOPT_UPDATE_README"] === "1") {
    const [before = "", rest = ""] = document().split("<!-- scorers:begin -->\n");
    writeFileSync(FILE, `${before}<!-- scorers:begin -->\n${table}\n${rest.slice(rest.indexOf("<!-- scorers:end -->"))}`);
  }
  expect(document().split("<!-- scorers:begin -->\n")[1]?.split("\n<!-- scorers:end -->")[0]).toBe(table);
});

test("the judges' table names every judge, and no scorer that asks nobody", () => {
  const asking = all.filter((scorer) => scorer.asks !== undefined).map(({ name }) => name);
  const rows = document().split("### Judges")[1]?.split("### Your own")[0] ?? "";
  expect([...rows.matchAll(/^\| `([a-z-]+)` \|/gmu)].map(([, name]) => name).toSorted()).toEqual(asking.toSorted());
});

test("every bucket of the diagnosis stands in its table, on its axis", () => {
  const rows = Object.entries(AXES).map(([bucket, axis]) => [bucket, axis ?? "–"]);
  const table = document().split("| bucket | axis |")[1]?.split("\n\n")[0] ?? "";
  expect([...table.matchAll(/^\| `([a-z ]+)` \| ([a-z–]+) \|/gmu)].map(([, bucket, axis]) => [bucket, axis])).toEqual(rows);
});

test("every piece of YAML is what the experiment file takes", () => {
  const { evals, gates, models } = experimentSchema(createRegistry([...stages, ...scorers])).shape;
  const blocks = [...document().matchAll(/```yaml\n([^]*?)```/gu)].map(([, text = ""]) => text);
  expect(blocks.length).toBeGreaterThan(2);
  for (const text of blocks) {
    const result = z.strictObject({ evals: evals.optional(), gates, models }).safeParse(parse(text));
    expect(result.error?.issues, text).toBeUndefined();
  }
});

test("every command and flag that is named exists", async () => {
  const folder = project({});
  const commands = [...new Set([...document().matchAll(/llmopt ([a-z]+)/gu)].map(([, command = ""]) => command))];
  const help = (await Promise.all(commands.map((command) => llmopt(folder, [command, "--help"])))).map(({ code, stdout, stderr }) => {
    expect(code, stderr).toBe(0);
    return stdout;
  });
  for (const [flag] of document().matchAll(/(?<=[\s`])--[a-z][a-z-]+/gu)) expect(help.join("\n"), flag).toContain(flag);
});
