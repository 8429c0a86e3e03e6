/** The `knowledge` section: what of the documents is read, and what an experiment says of the rest. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { formats } from "../knowledge/formats/index.ts";
import { complaintsOf, reading, registry, YAML } from "./project.fixture.ts";
import { experimentSchema } from "./schema.ts";

const section = (knowledge: string) => `${YAML}knowledge: ${knowledge}\n`;
const good = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k/good${i}.md`, `text ${i}`]));

test("one in ten may be broken unless it is said otherwise; each is a warning by its name, of many the first ones and how many more", async () => {
  const broken = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k/bad${i}.md`, ""]));
  const few = await reading(section("{ files: k }"), { ...good, ...broken(6) });
  expect(few.documents).toHaveLength(60);
  for (const name of Object.keys(broken(6)))
    expect(few.warnings).toContain(`knowledge: skipped ${name}: is empty; remove it or exclude it`);
  const lines = await complaintsOf(section("{ files: k }"), { ...good, ...broken(7) });
  expect(lines).toHaveLength(8);
  for (const line of lines) expect(line).toMatch(/^experiment\.yaml:6:21: knowledge: /);
  const many = await reading(section("{ files: k/, max_errors: 30 }"), { ...good, ...broken(30) });
  expect(many.skipped).toHaveLength(30);
  expect(many.warnings.filter((warning) => warning.startsWith("knowledge: skipped "))).toHaveLength(21);
  expect(many.warnings.join("\n")).toContain("skipped 10 more, 30 beside 60 documents that were read; `llmopt doctor` names them all");
});

test("a case whose source could not be read is told why", async () => {
  const cases = JSON.stringify({ id: "c", question: "What?", answer: "A", docs: ["bad"] });
  const yaml = section("{ files: k }").replace("expected: answer", "expected: answer, sources: docs");
  expect(await complaintsOf(yaml, { ...good, "k/bad.md": "a\0b", "cases.jsonl": cases })).toContain(
    'cases.jsonl:1: source "bad" could not be read: k/bad.md: is not text but binary data; remove it or exclude it',
  );
});

test("a case whose source is no document is told the ones that it may mean, else some of all and what was skipped", async () => {
  const row = (...docs: readonly string[]) => JSON.stringify({ id: "c", question: "What?", answer: "A", docs });
  const yaml = section("{ files: k }").replace("expected: answer", "expected: answer, sources: docs");
  const files = { ...good, "k/de/refunds.md": "x", "k/en/refunds.md": "y", "k/bad.csv": "id,id\n1,2\n" };
  const near = await complaintsOf(yaml, { ...files, "cases.jsonl": row("refunds.md", "k/de/refunds.md", "en/refund") });
  expect(near).toEqual([
    'cases.jsonl:1: source "refunds.md" is no document of the knowledge; did you mean "de/refunds" or "en/refunds"?',
    'cases.jsonl:1: source "k/de/refunds.md" is no document of the knowledge; did you mean "de/refunds"?',
    'cases.jsonl:1: source "en/refund" is no document of the knowledge; did you mean "en/refunds" or "de/refunds"?',
  ]);
  const [none, ...others] = await complaintsOf(yaml, { ...files, "cases.jsonl": row("SKU-000-17") });
  expect(none).toMatch(/source "SKU-000-17" is no document of the knowledge; known: de\/refunds, good\d.*, … \(62 in all\)$/);
  expect(others).toEqual([expect.stringMatching(/^knowledge: skipped k\/bad\.csv: has two columns named "id"/)]);
});

test("documents of rows, exclusions and columns are as the section says", async () => {
  const files = { "k/a.csv": "sku,about,text\ns1,One,x\n", "k/drafts/b.md": "draft" };
  const { documents } = await reading(section("{ files: k, exclude: k/drafts, columns: { id: sku, title: about } }"), files);
  expect(documents).toEqual([{ id: "s1", title: "One", text: "x", file: "k/a.csv" }]);
});

test("a folder that holds the cases does not give their answers away, unless their file is named", async () => {
  const cases = JSON.stringify({ id: "c", question: "What?", answer: "A", text: "t" });
  const rows = Array.from({ length: 60 }, (_, i) => cases.replace('"c"', `"c${i}"`).replace("What", `What ${i}`)).join("\n");
  const inFolder = await reading(section("{ files: . }"), { "cases.jsonl": rows });
  expect(inFolder.documents.map(({ file }) => file)).not.toContain("cases.jsonl");
  expect(inFolder.warnings.join("\n")).toMatch(/knowledge: cases\.jsonl holds the cases and is left out; /);
  const named = await reading(section("{ files: cases.jsonl }"), { "cases.jsonl": rows });
  expect(named.documents).toHaveLength(60);
});

test.each([
  ["{ files: docs, exlude: k }", /unknown key .*"exclude"/],
  ["{ files: docs, max_errors: 1.5 }", /max_errors: is neither a share, 0 to 1, nor a count/],
  ["{ files: docs, max_errors: -1 }", /max_errors/],
  ["{ files: docs, columns: { txt: a } }", /unknown key .*txt.*"text"/],
  ["{ files: [] }", /files/],
  ["{ files: docs, store: pgvector }", /is the text "pgvector"; it needs options: write \{ use: pgvector, url: … \}$/],
  ["{ files: docs, store: sqllite }", /did you mean "sqlite"/],
  ["{ files: docs, store: 7 }", /is the number 7; known: vectra, sqlite, pgvector$/],
  ["{ files: docs, store: { use: pgvectr, url: x } }", /unknown store "pgvectr"; did you mean "pgvector"/],
  ["{ files: photo.png }", /knowledge: photo\.png: unknown format "\.png"; known are \.md/],
  ["{ files: docz }", /knowledge: docz: there is no such file or folder/],
])("%s is refused with its place", async (knowledge, what) => {
  const lines = await complaintsOf(section(knowledge), { "photo.png": "x" });
  expect(lines).toEqual([expect.stringMatching(/^experiment\.yaml:6:\d+: /)]);
  expect(lines[0]).toMatch(what);
});

test("the documentation names every format, and what it shows is what the experiment file takes", () => {
  const text = readFileSync(new URL("../../docs/knowledge.md", import.meta.url), "utf8");
  const [table = ""] = /\| format [^]*?\n\n/u.exec(text) ?? [];
  const named = [...table.matchAll(/`(\.[a-z]+)`/gu)].map(([, extension]) => extension);
  expect(named).toEqual(formats.flatMap(({ extensions }) => extensions));
  for (const [, yaml = ""] of text.matchAll(/```yaml\n(knowledge:[^]*?)```/gu)) {
    const { knowledge }: { readonly knowledge?: unknown } = parse(yaml);
    expect(experimentSchema(registry).shape.knowledge.safeParse(knowledge).error?.issues, yaml).toBeUndefined();
  }
});
