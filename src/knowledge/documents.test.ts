import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readDocuments } from "./documents.ts";

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

/** The documents of a single file, or the message of the error. */
async function read(name: string, content: string | Uint8Array) {
  return await readDocuments([name], await folderOf({ [name]: content }));
}

test("a document's id is its path below the fixed part of the pattern, and documents come sorted by id", async () => {
  const dir = await folderOf({
    "k/returns/refunds.md": "b",
    "k/returns/a.v2.txt": "c",
    "k/äpfel.md": "d",
    "other.md": "e",
    "k/.hidden.md": "f",
  });
  const ids = async (...patterns: string[]) => (await readDocuments(patterns, dir)).map(({ id }) => id);
  expect(await ids("k/**/*.{md,txt}")).toEqual(["returns/a.v2", "returns/refunds", "äpfel"]);
  expect(await ids("./k/returns/*")).toEqual(["a.v2", "refunds"]);
  expect(await ids(join(dir, "k/returns/*.md"), "other.md")).toEqual(["other", "refunds"]);
  expect(await ids("**/*.md")).toEqual(["k/returns/refunds", "k/äpfel", "other"]);
});

test("a file that two patterns match is one document, named by the first", async () => {
  const dir = await folderOf({ "k/a/x.md": "text" });
  expect((await readDocuments(["k/**/*.md", "k/a/x.md"], dir)).map(({ id }) => id)).toEqual(["a/x"]);
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

test("line breaks and byte order marks of other systems do not show", async () => {
  expect(await read("a.md", "\ufeff---\r\ntitle: T\r\n---\r\none\r\ntwo\r")).toEqual([{ id: "a", title: "T", text: "one\ntwo" }]);
});

test("HTML gives the text that a browser shows, with headings as Markdown", async () => {
  const page = `<!doctype html><html><head><title> Returns &amp; refunds </title><style>p { color: red }</style>
    <script>alert("<p>no</p>")</script></head><body><h1>Returns</h1><p>A refund takes
    5&nbsp;days &lt; 1 week,<br>or <b>more</b><i>!</i></p><ul><li><p>one</p></li><li>two</li><li>three</li></ul>
    <table><tr><th>Plan</th><th>Price</th></tr><tr><td><p>A</p></td><td>1 €</td></tr></table><pre>x = 1
  y = 2</pre><p>退款<span>需要</span>五天。</body></html>`;
  expect(await read("a.html", page)).toEqual([
    {
      id: "a",
      title: "Returns & refunds",
      text: "# Returns\n\nA refund takes 5\u00a0days < 1 week,\nor more!\n\n- one\n\n- two\n- three\n\nPlan | Price\nA | 1 €\n\nx = 1\n  y = 2\n\n退款需要五天。",
    },
  ]);
});

test("JSONL gives a document a row", async () => {
  expect(await read("a.jsonl", '{"id": "b", "title": "B", "text": "two", "more": 1}\n\n{"id": 1, "text": "one"}\n')).toEqual([
    { id: "1", title: "1", text: "one" },
    { id: "b", title: "B", text: "two" },
  ]);
});

test("all faults are named at once, each with its file", async () => {
  const dir = await folderOf({
    "k/empty.md": " \n",
    "k/latin.txt": Uint8Array.of(0x63, 0x61, 0x66, 0xe9),
    "k/binary.md": "a\0b",
    "k/photo.png": "x",
    "k/front.md": "---\nid: [1]\n---\ntext",
    "k/yaml.md": "---\nid: 'x\n---\ntext",
    "k/a.md": "---\nid: same\n---\ntext",
    "k/b.md": "---\nid: same\n---\ntext",
    "k/rows.jsonl": '{"id": "x", "text": "y"}\n{"id": "z"}\n{oops\n[]\n{"id": "e", "text": ""}',
    "k/nothing.jsonl": "\n",
    "k/README": "x",
  });
  const message = await readDocuments(["k/**", "none/*.md", "missing.md", "k"], dir).then(
    () => "",
    (error: Error) => `${error.name}\n${error.message}`,
  );
  expect(message.split("\n")[0]).toBe("UserError");
  for (const [file, what] of [
    ["k/empty.md", "has no text"],
    ["k/latin.txt", "is not UTF-8"],
    ["k/binary.md", "binary"],
    ["k/photo.png", '".png"'],
    ["k/front.md", "id must be a text"],
    ["k/yaml.md", "front matter"],
    ["k/b.md", 'has the id "same" of k/a.md'],
    ["k/rows.jsonl:2", '"text" must be a text'],
    ["k/rows.jsonl:3", "is not JSON"],
    ["k/rows.jsonl:4", "must be an object"],
    ["k/rows.jsonl:5", "has no text"],
    ["k/nothing.jsonl", "is empty"],
    ["k/README", "without extension"],
    ["none/*.md", "matches no file"],
    ["missing.md", "no such file"],
    ["k", "is a folder"],
  ])
    expect(message.split("\n").filter((line) => line.startsWith(`  ${file}: `))).toEqual([expect.stringContaining(what ?? "")]);
});

test("a single fault is a single line", async () => {
  await expect(read("a.md", "")).rejects.toThrow(/^knowledge: a\.md: has no text; [^\n]*$/);
});
