/** `answer.mts` fills templates as llmopt does. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "../cli.fixture.ts";
import { renderTemplate } from "../program/template.ts";
import { seeded } from "../stats/random.ts";
import type { Program } from "../types.ts";
import { endpoint } from "../wire/server.fixture.ts";
import { snippet } from "./snippet.ts";

const program: Program = { model: "local/m", params: {}, system: "s", user: "{{a}}", demos: [], steps: [] };
const written = (): string =>
  snippet({
    title: "t",
    reach: "template",
    program,
    place: { endpoint: endpoint("http://127.0.0.1:1/v1"), key: undefined, keyHeader: undefined },
    body: "{}",
  });

const TAGS = [
  "{{a}}",
  "{{ b }}",
  "{{\tempty }}",
  "{{#a}}",
  "{{/a}}",
  "{{#empty}}",
  "{{/empty}}",
  "{{ # b }}",
  "{{/b}}",
  "{{#missing}}",
  "{{missing}}",
];
const TEXTS = ["\n", "\n", "\r\n", " ", "\t", "{", "}", "{{", "}}", "text", "$1", "$&", "é", "🙂", "\u2028", "\uFEFF"];
const PIECES = [...TAGS, ...TEXTS];
const fields = { a: "{{b}} $& $1 {{#empty}}", b: "line\n  {{/a}}\n", empty: "" };

test("any template, broken ones too, gives what llmopt makes of it, or the complaint about a field that is not given", () => {
  const next = seeded("templates");
  const templates = Array.from({ length: 3000 }, () =>
    Array.from({ length: 1 + Math.floor(next() * 12) }, () => PIECES[Math.floor(next() * PIECES.length)] ?? "").join(""),
  );
  const outcome = (render: () => string): string | null => {
    try {
      return render();
    } catch {
      return null;
    }
  };
  const wanted = templates.map((template) => outcome(() => renderTemplate(template, fields).trim()));
  expect(wanted.filter((one) => one === null).length).toBeGreaterThan(150);
  expect(wanted.filter((one) => one !== null && one !== "").length).toBeGreaterThan(750);

  const source = written();
  const folder = project({ "given.json": JSON.stringify({ templates, fields }) });
  const main = `const { templates, fields } = JSON.parse(readFileSync("given.json", "utf8"));
const outcomes = templates.map((template: string) => { try { return render(template, fields); } catch { return null; } });
writeFileSync("outcomes.json", JSON.stringify(outcomes));`;
  writeFileSync(
    join(folder, "fill.ts"),
    `import { readFileSync, writeFileSync } from "node:fs";\n${source.slice(source.indexOf("function render"))}\n${main}\n`,
  );
  execFileSync(process.execPath, ["fill.ts"], { cwd: folder });
  expect(JSON.parse(readFileSync(join(folder, "outcomes.json"), "utf8"))).toEqual(wanted);
});

test("the part that asks stays below thirty lines", () => {
  expect(written().split("\nfunction render")[0]?.split("\n").length).toBeLessThan(30);
});
