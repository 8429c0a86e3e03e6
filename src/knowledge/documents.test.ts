import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chunk } from "./chunk.ts";
import { docxOf, paragraph, pdfOf, table } from "./documents.fixture.ts";
import { readDocuments, type Sources } from "./documents.ts";
import { createPlaces } from "./places.ts";

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "documents-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

type Files = Readonly<Record<string, string | Uint8Array>>;

/** The documents of a folder's files, by default of all in "k"; nothing may be broken. */
async function collect(files: Files, sources: Partial<Sources> = {}) {
  return await readDocuments({ files: ["k"], maxErrors: 0, ...sources }, await folderOf(files));
}

/** The documents of a single file without where they stand, or the error. */
async function read(name: string, content: string | Uint8Array, sources: Partial<Sources> = {}) {
  const { documents } = await collect({ [name]: content }, { files: [name], ...sources });
  return documents.map(({ id, title, text }) => ({ id, title, text }));
}

async function messageOf(work: Promise<unknown>): Promise<readonly string[]> {
  return await work.then(
    () => [],
    (error: Error) => [error.name, ...error.message.split("\n")],
  );
}

test("a document's id is its path below the folder or the fixed part of the glob, and documents come sorted by id", async () => {
  const dir = await folderOf({
    "k/returns/refunds.md": "b",
    "k/returns/a.v2.txt": "c",
    "k/äpfel.md": "d",
    "other.md": "e",
    "k/.hidden.md": "f",
    "k/.git/config.md": "g",
  });
  const ids = async (...files: string[]) => (await readDocuments({ files, maxErrors: 0 }, dir)).documents.map(({ id }) => id);
  for (const folder of ["k", "k/", "./k", "k/**", "k/**/*.{md,txt}"])
    expect(await ids(folder)).toEqual(["returns/a.v2", "returns/refunds", "äpfel"]);
  expect(await ids("./k/returns/*")).toEqual(["a.v2", "refunds"]);
  expect(await ids(join(dir, "k/returns/*.md"), "other.md")).toEqual(["other", "refunds"]);
  expect(await ids("**/*.md")).toEqual(["k/returns/refunds", "k/äpfel", "other"]);
  expect(await ids("k/*")).toEqual(["äpfel"]);
  expect(await ids("k/.hidden.md", "k/.git/*")).toEqual([".hidden", "config"]);
});

test("a file that two patterns match is one document, named by the first", async () => {
  const dir = await folderOf({ "k/a/x.md": "text" });
  for (const files of [
    ["k/**/*.md", "k/a/x.md"],
    ["k", "k/a"],
  ])
    expect((await readDocuments({ files, maxErrors: 0 }, dir)).documents.map(({ id }) => id)).toEqual(["a/x"]);
});

test("files that differ in their extension alone keep it in their ids, whichever comes first", async () => {
  const { documents } = await collect({ "k/a.md": "one", "k/a.txt": "two", "k/b.md": "three" });
  expect(documents.map(({ id }) => id)).toEqual(["a.md", "a.txt", "b"]);
});

test("a path that holds marks of a glob is taken as it is where there is such a file", async () => {
  const { documents } = await collect({ "k [old]/a*.md": "text" }, { files: ["k [old]/a*.md"] });
  expect(documents.map(({ file }) => file)).toEqual(["k [old]/a*.md"]);
});

test("exclusions leave out names, folders and globs, and one that leaves nothing out is noted", async () => {
  const files = { "k/a.md": "a", "k/b.tmp.md": "b", "k/drafts/c.md": "c", "k/deep/old/d.md": "d" };
  const exclude = ["*.tmp.md", "./k/drafts/", "k/**/old", "darfts"];
  const { documents, notes } = await collect(files, { exclude });
  expect(documents.map(({ id }) => id)).toEqual(["a"]);
  expect(notes).toEqual([expect.stringMatching(/^knowledge\.exclude: "darfts" leaves nothing out/)]);
});

test("Markdown takes id and title from its front matter, else the title from its first heading, else from its path", async () => {
  expect(await read("a.md", "---\nid: refunds/eu\ntitle: Refunds in the EU\nversion: 3\n---\n\n# Heading\n\nText.\n")).toEqual([
    { id: "refunds/eu", title: "Refunds in the EU", text: "# Heading\n\nText." },
  ]);
  expect(await read("a.md", "```\n# comment\n```\n\nIntro.\n\n## The **real** [title](x) ##\n")).toMatchObject([
    { id: "a", title: "The real title" },
  ]);
  expect(await read("b/c.md", "Only text.")).toEqual([{ id: "c", title: "c", text: "Only text." }]);
  expect(await read("a.md", "---\nA rule above and below\n---\ntext")).toMatchObject([{ text: "---\nA rule above and below\n---\ntext" }]);
});

test("HTML gives the text that a browser shows, with headings and tables as Markdown", async () => {
  const page = `<!doctype html><html><head><title> Returns &amp; refunds </title><style>p { color: red }</style>
    <script>alert("<p>no</p>")</script></head><body><h1>Returns</h1><p>A refund takes
    5&nbsp;days &lt; 1 week,<br>or <b>more</b><i>!</i></p><ul><li><p>one</p></li><li></li><li>two</li><li>three</li></ul>
    <table><tr><th>Plan</th><th>Price</th></tr><tr><td><p>A</p><p>or B</p></td><td>1 €</td></tr></table><pre>x = 1
  y = 2</pre><p>退款<span>需要</span>五天。</body></html>`;
  expect(await read("a.html", page)).toEqual([
    {
      id: "a",
      title: "Returns & refunds",
      text: "# Returns\n\nA refund takes 5\u00a0days < 1 week,\nor more!\n\n- one\n\n- two\n- three\n\n| Plan | Price |\n| --- | --- |\n| A or B | 1 € |\n\nx = 1\n  y = 2\n\n退款需要五天。",
    },
  ]);
});

test("a PDF has pages, headings where letters are larger, and words put together that lines divide", async () => {
  const pages = [
    [{ text: "Handbook", size: 24 }, "", "A refund takes five days and is retriev-", "able at a well-known bank.", "", "A new paragraph."],
    [{ text: "Shipping (EU)", size: 16 }, "It ships on Monday. Some say well known."],
  ];
  const { documents, notes } = await collect({ "a.pdf": pdfOf([...pages, "image"]) }, { files: ["a.pdf"] });
  const [document] = documents;
  const { title, text = "", pages: begins = [] } = document ?? {};
  expect(title).toBe("Handbook");
  expect(begins.map((begin, i) => text.slice(begin, begins[i + 1]).trim())).toEqual([
    "# Handbook\n\nA refund takes five days and is retrievable at a well-known bank.\n\nA new paragraph.",
    "## Shipping (EU)\n\nIt ships on Monday. Some say well known.",
    "",
  ]);
  expect(notes).toEqual(["knowledge: a.pdf: page 3 is an image without text; run OCR on it"]);
  expect(await read("a.pdf", pdfOf([["text"]], { title: "Told" }))).toMatchObject([{ title: "Told" }]);
  expect(await read("a.pdf", pdfOf([["text"]], { title: "Microsoft Word - x.doc" }))).toMatchObject([{ title: "a" }]);
});

test("a Word document keeps headings and tables", async () => {
  const body =
    paragraph("Handbook", "Title") +
    paragraph("Refunds", "Heading1") +
    paragraph("Five days.") +
    table([
      ["Plan", "Price"],
      ["A", "1 €"],
    ]);
  const text = "# Handbook\n\n# Refunds\n\nFive days.\n\n| Plan | Price |\n| --- | --- |\n| A | 1 € |";
  expect(await read("a.docx", docxOf(body))).toEqual([{ id: "a", title: "Handbook", text }]);
});

test("JSONL gives a document a row", async () => {
  expect(await read("a.jsonl", '{"id": "b", "title": "B", "text": "two", "more": 1}\n\n{"id": 1, "text": "one"}\n')).toEqual([
    { id: "1", title: "1", text: "one" },
    { id: "b", title: "B", text: "two" },
  ]);
  expect(await read("a.jsonl", '{"_id": "x", "contents": "one"}')).toEqual([{ id: "x", title: "x", text: "one" }]);
});

test("a table gives a document a row: its text column, else all columns by name", async () => {
  expect(await read("a.csv", 'ID,Title,text\n7,Seven,"some, ""quoted""\ntext"\n\n8,,eight\n')).toEqual([
    { id: "7", title: "Seven", text: 'some, "quoted"\ntext' },
    { id: "8", title: "8", text: "eight" },
  ]);
  for (const [name, mark] of [
    ["a.csv", ";"],
    ["a.csv", "|"],
    ["a.csv", "\t"],
    ["a.tsv", "\t"],
  ] as const)
    expect(await read(name, `plan${mark}price, EUR${mark}note\nA${mark}1,5${mark}\nB${mark}2${mark}old`)).toEqual([
      { id: "a/1", title: "a/1", text: "plan: A\nprice, EUR: 1,5" },
      { id: "a/2", title: "a/2", text: "plan: B\nprice, EUR: 2\nnote: old" },
    ]);
});

test("columns that are named are the ones taken, in tables and in JSON rows", async () => {
  const columns = { id: "sku", title: "name", text: ["text", "price"] };
  const wanted = [{ id: "s1", title: "One", text: "text: good\nprice: 2" }];
  expect(await read("a.csv", "sku,name,text,price,id\ns1,One,good,2,9", { columns })).toEqual(wanted);
  expect(await read("a.jsonl", '{"sku":"s1","name":"One","text":"good","price":2,"id":9}', { columns })).toEqual(wanted);
  await expect(read("a.csv", "sku,nmae,text,price\ns1,One,good,2", { columns })).rejects.toThrow(
    'a.csv: has no column "name"; did you mean "nmae"?',
  );
});

test("a table of another kind has its usual columns as long as one has those that are named; misspelt for all they are refused", async () => {
  const files = {
    "k/prices.csv": "sku,name,about\ns1,One,good\n",
    "k/faq.jsonl": '{"id":"f1","title":"Why","text":"because"}',
    "k/half.csv": "sku,text\ns2,x\n",
  };
  const columns = { id: "sku", title: "name", text: ["about"] };
  const { documents, skipped, notes } = await collect(files, { columns, maxErrors: 1 });
  expect(documents.map(({ id, title, text }) => [id, title, text])).toEqual([
    ["f1", "Why", "because"],
    ["s1", "One", "good"],
  ]);
  expect(notes).toEqual([expect.stringMatching(/1 table has none of knowledge\.columns.*: k\/faq\.jsonl$/)]);
  // What has some of them is of the kind that is meant.
  expect(skipped).toEqual(['k/half.csv: has no column "name"; known: sku, text']);
  await expect(collect(files, { columns: { id: "skuu" } })).rejects.toThrow('k/prices.csv: has no column "skuu"; did you mean "sku"?');
});

test("line breaks, byte order marks and UTF-16 do not show, and each passage knows its bytes in the file", async () => {
  const text = "---\ntitle: Ünïcode\n---\n\n# Größe 😀\n\nEin Satz mit Umlauten: äöü.\n\n退款需要五天。\nNoch eine Zeile 😀 hier.\n";
  const utf16 = (mark: readonly number[], content: string, swap: boolean) => {
    const bytes = Buffer.from(content, "utf16le");
    return Buffer.concat([Buffer.from(mark), swap ? bytes.swap16() : bytes]);
  };
  const windows = text.replaceAll("\n", "\r\n");
  let mixes = 0;
  const mixed = text.replaceAll("\n", () => ["\n", "\r\n", "\r"][mixes++ % 3] ?? "");
  const files: Readonly<Record<string, { readonly bytes: Uint8Array; readonly encoding: string }>> = {
    plain: { bytes: Buffer.from(text), encoding: "utf-8" },
    windows: { bytes: Buffer.from(windows), encoding: "utf-8" },
    marked: { bytes: Buffer.from(`\ufeff${windows}`), encoding: "utf-8" },
    mac: { bytes: Buffer.from(text.replaceAll("\n", "\r")), encoding: "utf-8" },
    mixed: { bytes: Buffer.from(mixed), encoding: "utf-8" },
    little: { bytes: utf16([0xff, 0xfe], windows, false), encoding: "utf-16le" },
    big: { bytes: utf16([0xfe, 0xff], mixed, true), encoding: "utf-16be" },
    long: { bytes: Buffer.from(`${"Lange Zeile 😀😀 mit ä. ".repeat(9000)}\r\n`.repeat(2)), encoding: "utf-8" },
  };
  const { documents } = await collect(Object.fromEntries(Object.entries(files).map(([name, { bytes }]) => [`k/${name}.md`, bytes])));
  expect(documents).toHaveLength(8);
  const placeOf = createPlaces(new Map(documents.map((document) => [document.id, document])));
  for (const document of documents) {
    const { bytes, encoding } = files[document.id] ?? { bytes: Buffer.of(), encoding: "utf-8" };
    if (document.id !== "long") {
      expect(document.title).toBe("Ünïcode");
      expect(document.text).toBe(text.slice(text.indexOf("#")).trimEnd());
    }
    for (const piece of chunk(document, { chunker: "markdown", size: 7, overlap: 2 })) {
      const { bytes: span = [0, 0], file } = placeOf(piece);
      expect(file).toBe(`k/${document.id}.md`);
      const found = new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(...span));
      expect(found.replace(/\r\n?/g, "\n")).toBe(piece.text);
    }
  }
});

test("a passage of a PDF knows its page, and none of its bytes", async () => {
  const { documents } = await collect({ "k/a.pdf": pdfOf([["First page here."], ["Second page here."], ["Third page here."]]) });
  const placeOf = createPlaces(new Map(documents.map((document) => [document.id, document])));
  const pieces = documents.flatMap((document) => chunk(document, { chunker: "markdown", size: 5, overlap: 0 }));
  expect(pieces.map((piece) => [piece.text, placeOf(piece).page, placeOf(piece).bytes])).toEqual([
    ["First page here.", 1, undefined],
    ["Second page here.", 2, undefined],
    ["Third page here.", 3, undefined],
  ]);
});

const whole = pdfOf([["A page of text."]]);
const broken: Readonly<Record<string, readonly [content: string | Uint8Array, what: RegExp]>> = {
  "k/empty.md": ["", /^k\/empty\.md: is empty; /],
  "k/blank.md": [" \n", /^k\/blank\.md: has no text; /],
  "k/latin.txt": [Uint8Array.of(0x63, 0x61, 0x66, 0xe9), /is not UTF-8; save it as UTF-8/],
  "k/binary.md": ["a\0b", /binary data; /],
  "k/junk.txt": [Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 256)), /binary data; /],
  "k/half.txt": [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("halv", "utf16le").subarray(0, 7)]), /UTF-16LE/],
  "k/front.md": ["---\nid: [1]\n---\ntext", /front matter: id must be a text; /],
  "k/yaml.md": ["---\nid: 'x\n---\ntext", /front matter: .*; write it as YAML/],
  "k/nothing.jsonl": ["\n", /is empty; /],
  "k/header.csv": ["id,text\n", /is empty; /],
  "k/quote.csv": ['id,text\n1,"open\n2,x\n', /is not CSV at line \d+; .*every quote is closed/],
  "k/twice.csv": ["id,text,text\n1,2,3", /two columns named "text"; /],
  "k/cut.pdf": [whole.subarray(0, whole.length / 2), /is cut off, its end is missing; /],
  "k/worse.pdf": [Buffer.concat([whole.subarray(0, 200), Buffer.from("%%EOF")]), /is damaged \(.*\); /],
  "k/no.pdf": ["text", /is no PDF, although its name says so; /],
  "k/scan.pdf": [pdfOf(["image", "image"]), /holds no text, its 2 pages are scans or drawings; run OCR/],
  "k/locked.pdf": [pdfOf([["x"]], { encrypted: true }), /is encrypted; save it without a password/],
  "k/cut.docx": [docxOf(paragraph("x")).subarray(0, 900), /is cut off or damaged .*; /],
  "k/locked.docx": [Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1), /is encrypted, or an old \.doc/],
  "k/no.docx": ["text", /is no Word document, although its name says so; /],
};
const brokenFiles: Files = Object.fromEntries(Object.entries(broken).map(([name, [content]]) => [name, content]));

test.each(Object.entries(broken))("%s is refused by its name, on a line that says what would be right", async (name, [content, what]) => {
  const lines = await messageOf(collect({ [name]: content }));
  expect(lines).toEqual(["UserError", expect.stringMatching(/^knowledge: k\/[^\n]*; [^\n]+$/)]);
  expect(lines[1]?.replace("knowledge: ", "")).toMatch(what);
});

test("what is broken is skipped and told as far as max_errors allows; beyond it every fault is named", async () => {
  const good = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k/good${i}.md`, `text ${i}`]));
  for (const maxErrors of [0.5, 20, 1]) {
    const { documents, skipped, missing } = await collect({ ...good, ...brokenFiles }, { maxErrors });
    expect(documents).toHaveLength(20);
    expect(skipped).toHaveLength(20);
    for (const [, what] of Object.values(broken)) expect(skipped.filter((fault) => what.test(fault))).not.toEqual([]);
    expect(missing.get("locked.pdf")).toMatch(/is encrypted/);
  }
  for (const maxErrors of [0, 0.49, 19]) {
    const [, heading, ...lines] = await messageOf(collect({ ...good, ...brokenFiles }, { maxErrors }));
    expect(heading).toMatch(
      new RegExp(`^knowledge: 20 of 40 documents are broken, more than knowledge.max_errors \\(${maxErrors}\\) allows; `),
    );
    expect(lines).toHaveLength(20);
  }
  expect(await messageOf(collect(brokenFiles, { maxErrors: 1 }))).toHaveLength(21);
});

test("rows that are broken are named by their line; a file that is lost whole counts among files, however many rows others have", async () => {
  const rows = Array.from({ length: 100 }, (_, i) => `{"id": "r${i}", "text": "t"}`);
  const jsonl = [...rows, '{"id": "z"}', "{oops", "[]", '{"id": "e", "text": ""}', '{"id": "r1", "text": "again"}'].join("\n");
  const csv = ["id,text", ...Array.from({ length: 100 }, (_, i) => `c${i},t`), "ragged", '"two\nlines",x,more', ",no id"].join("\n");
  const { documents, skipped } = await collect({ "k/a.jsonl": jsonl, "k/b.csv": csv }, { maxErrors: 0.1 });
  expect(documents).toHaveLength(200);
  const expected: readonly (readonly [string, string])[] = [
    ["k/a.jsonl:101", '"text" must be a text'],
    ["k/a.jsonl:102", "is not JSON"],
    ["k/a.jsonl:103", "must be an object"],
    ["k/a.jsonl:104", "has no text"],
    ["k/a.jsonl:105", 'has the id "r1" of k/a.jsonl:2'],
    ["k/b.csv:102", "has 1 value for 2 columns"],
    ["k/b.csv:103", "has 3 values for 2 columns"],
    ["k/b.csv:105", '"id" must be a text or a number'],
  ];
  expect(skipped).toHaveLength(expected.length);
  for (const [where, what] of expected)
    expect(skipped.filter((fault) => fault.startsWith(`${where}: `))).toEqual([expect.stringContaining(what)]);
  await expect(collect({ "k/a.jsonl": rows.join("\n"), "k/b.csv": '"' }, { maxErrors: 0.1 })).rejects.toThrow("k/b.csv: is not CSV");
});

test("files of unknown formats that a folder or a glob takes in are counted and named; one that is named itself is refused", async () => {
  const files = { "k/a.md": "text", "k/photo.png": "x", "k/more/b.PNG": "x", "k/README": "x" };
  for (const pattern of ["k", "k/**"]) {
    const { documents, notes } = await collect(files, { files: [pattern] });
    expect(documents).toHaveLength(1);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^knowledge: 3 files are of unknown formats and not read \(2 \.png, 1 without extension\): /);
    for (const name of ["k/photo.png", "k/more/b.PNG", "k/README"]) expect(notes[0]).toContain(name);
  }
  const lines = await messageOf(
    collect(files, { files: ["k/photo.png", "k/README", "none/*.md", "k/*.png", "missing.md", "k/a.md"], maxErrors: 1 }),
  );
  const expected: readonly (readonly [string, string])[] = [
    ["k/photo.png", 'unknown format ".png"; known are .md'],
    ["k/README", "a file without extension"],
    ["none/*.md", "matches no file"],
    ["k/*.png", "matches no file of a known format"],
    ["missing.md", "there is no such file or folder"],
  ];
  expect(lines).toHaveLength(1 + expected.length);
  for (const [where, what] of expected)
    expect(lines.filter((line) => line.startsWith(`knowledge: ${where}: `))).toEqual([expect.stringContaining(what)]);
});

test("names that are odd are read, links are followed once, and what cannot be opened is named", async () => {
  const names = [
    "with space.md",
    "😀.md",
    "über.md",
    "中文/文件.md",
    "مرحبا.md",
    "x.md/inner.md",
    `${"deep/".repeat(200)}d.md`,
    'it\'s "so".md',
  ];
  const dir = await folderOf({ ...Object.fromEntries(names.map((name) => [`k/${name}`, `text of ${name}`])), "elsewhere/far.md": "far" });
  const link = async (target: string, name: string) => await symlink(target, join(dir, "k", name));
  await link("..", "up");
  await link(".", "loop");
  await link("x.md", "again");
  await link("😀.md", "smile.md");
  await link("../elsewhere", "other");
  await link("nowhere", "broken.md");
  await link("nowhere", "broken.bin");
  const socket = createServer().listen(join(dir, "k/socket.md"));
  await once(socket, "listening");
  const { documents, skipped } = await readDocuments({ files: ["k"], maxErrors: 0.5 }, dir);
  socket.close();
  const ids = [...names.map((name) => name.slice(0, -3)), "other/far"].map((id) => id.normalize("NFC"));
  expect(documents.map(({ id }) => id)).toEqual(ids.toSorted());
  expect(skipped).toHaveLength(2);
  expect(skipped.join("\n")).toMatch(/k\/broken\.md: is a link that leads nowhere; /);
  expect(skipped.join("\n")).toMatch(/k\/socket\.md: is no file but a device, a pipe or a socket; /);
});

test("contradictory versions of a document stand side by side, and one id for two texts is told", async () => {
  const { documents } = await collect({ "k/policy.md": "Five days.", "k/policy-2019.md": "Nine days." });
  expect(documents.map(({ id, text }) => [id, text])).toEqual([
    ["policy", "Five days."],
    ["policy-2019", "Nine days."],
  ]);
  const twice = { "k/a.md": "---\nid: same\n---\nFive.", "k/b.md": "---\nid: same\n---\nNine." };
  await expect(collect(twice)).rejects.toThrow('k/b.md: has the id "same" of k/a.md; give one of them another id');
});

test("what was read of a slow format is kept by its content; what is damaged there is made anew", async () => {
  const dir = await folderOf({ "k/a.pdf": whole, "k/b.docx": docxOf(paragraph("x")), "k/c.md": "text" });
  const kept = join(dir, "kept");
  const readAll = async () => (await readDocuments({ files: ["k"], maxErrors: 0 }, dir, { kept })).documents;
  const first = await readAll();
  const files = (await readdir(kept, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files).toHaveLength(2);
  const contents = await Promise.all(files.map(async (file) => await readFile(file, "utf8")));
  const changed = contents.map((content) => content.replace("A page of text.", "Another text..."));
  for (const damage of ["", "{}", "\n\n", ...contents.map((content) => content.slice(0, -9)), ...changed]) {
    for (const [i, file] of files.entries()) {
      await writeFile(file, damage);
      expect(await readAll()).toEqual(first);
      expect(await readFile(file, "utf8")).toBe(contents[i]);
    }
  }
  const keyOf = (file: string) => basename(dirname(file)) + basename(file, ".json");
  // What is kept is really what is read.
  for (const [i, content] of contents.entries()) {
    const body = content.slice(content.indexOf("\n") + 1, -1).replace("A page of text.", "What was kept.");
    await writeFile(
      files[i] ?? "",
      `${createHash("sha256")
        .update(`${keyOf(files[i] ?? "")}\n${body}`)
        .digest("hex")}\n${body}\n`,
    );
  }
  expect((await readAll()).map(({ text }) => text)).toContain("What was kept.");
  await writeFile(join(dir, "k/a.pdf"), pdfOf([["Other."]]));
  expect((await readAll()).map(({ text }) => text)).toContain("Other.");
  await rm(kept, { recursive: true });
  await writeFile(kept, "a file where the folder should be");
  expect(await readAll()).toHaveLength(3);
});

test("progress tells each file before it is read, and the end", async () => {
  const dir = await folderOf({ "k/a.md": "a", "k/b.md": "b" });
  const told: unknown[] = [];
  await readDocuments({ files: ["k"], maxErrors: 0 }, dir, { progress: (reading) => told.push(reading) });
  expect(told).toEqual([
    { done: 0, total: 2, file: "k/a.md" },
    { done: 1, total: 2, file: "k/b.md" },
    { done: 2, total: 2, file: "" },
  ]);
});
