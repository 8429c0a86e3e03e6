/** docs/retrieval.md is true: its YAML is what the schema takes, its table of chunkers is the list's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { experimentSchema } from "./experiment/schema.ts";
import { chunkers } from "./knowledge/chunkers/index.ts";
import { createRegistry } from "./registry.ts";
import { scorers } from "./scorers/index.ts";
import { stages } from "./stages/index.ts";

const document = readFileSync(new URL("../docs/retrieval.md", import.meta.url), "utf8");

test("every piece of YAML is what the experiment file takes", () => {
  const { knowledge, ladder, models } = experimentSchema(createRegistry([...stages, ...scorers])).shape;
  const blocks = [...document.matchAll(/```yaml\n([^]*?)```/gu)].map(([, text = ""]) => text);
  expect(blocks.length).toBeGreaterThan(2);
  for (const text of blocks) {
    const result = z
      .strictObject({ knowledge: knowledge.optional(), ladder: ladder.optional(), models: models.optional() })
      .safeParse(parse(text));
    expect(result.error?.issues, text).toBeUndefined();
  }
});

test("every chunker stands in the table, in the order of the list", () => {
  const rows = document.split("| chunker | where it cuts |")[1]?.split("\n\n")[0] ?? "";
  expect([...rows.matchAll(/^\| `([a-z]+)` \|/gmu)].map(([, name]) => name)).toEqual(chunkers.map(({ name }) => name));
});
