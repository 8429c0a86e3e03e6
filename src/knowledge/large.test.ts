/** Files as large as people have them: what would be quadratic would not end. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Document } from "../types.ts";
import { chunk } from "./chunk.ts";
import { readDocuments } from "./documents.ts";
import { createPlaces } from "./places.ts";

/** In bytes. */
const SIZE = 20_000_000;
const CUT = { chunker: "markdown", size: 160, overlap: 30 };
let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "large-"));
});
afterAll(async () => await rm(dir, { recursive: true }));

async function read(name: string, unit: string, before = ""): Promise<readonly Document[]> {
  await writeFile(join(dir, name), before + unit.repeat(Math.ceil(SIZE / Buffer.byteLength(unit))));
  return (await readDocuments({ files: [name], maxErrors: 0 }, dir)).documents;
}

test.each([
  ["of lines", "lines.txt", `${"A refund of the äther takes 5 days, and\r\nit ships on Monday, says the plan.\r\n".repeat(9)}\r\n`],
  ["of one line of Chinese", "zh.md", "退款需要五個工作天。如果您使用信用卡付款,則需要更長的時間!"],
])("20 MB of text %s are cut into chunks that know their bytes", async (_, name, unit) => {
  const documents = await read(name, unit);
  const bytes = Buffer.from(unit.repeat(Math.ceil(SIZE / Buffer.byteLength(unit))));
  const placeOf = createPlaces(new Map(documents.map((document) => [document.id, document])));
  const chunks = documents.flatMap((document) => chunk(document, CUT));
  expect(chunks.length).toBeGreaterThan(20_000);
  // Each of them compared by itself would be most of the test.
  for (const piece of chunks.filter((_, i) => i % 97 === 0)) {
    const { bytes: span = [0, 0] } = placeOf(piece);
    expect(bytes.toString("utf8", ...span).replaceAll("\r\n", "\n")).toBe(piece.text);
  }
});

test.each([
  ["marks that open links and never close them", "links.md", "[a (", "# "],
  ["inline tags on one line", "inline.html", "<b>word</b> &amp; ", "<p>"],
])("20 MB of %s are one document", async (_, name, unit, before) => {
  expect(await read(name, unit, before)).toHaveLength(1);
});

test("20 MB of CSV are a document a row", async () => {
  const rows = await read("table.csv", '"some ""note"" that goes on, for a while",12,it is short\n', "note,price,more\n");
  expect(rows).toHaveLength(Math.ceil(SIZE / 57));
  expect(rows[0]?.text).toBe('note: some "note" that goes on, for a while\nprice: 12\nmore: it is short');
});
