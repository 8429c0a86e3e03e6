/** `llmopt doctor` through the command line, on projects in folders of their own. */
import { createServer, type RequestListener } from "node:http";
import { chmodSync, mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import stringWidth from "string-width";
import { llmopt, project } from "../cli.fixture.ts";
import { checksText } from "../report/checks.ts";
import type { Endpoint } from "../types.ts";
import { refuseUnknownModels } from "../models.ts";
import { prepare } from "../prepare.ts";
import { exitCodeOf } from "./check.ts";
import { type Examined, examine } from "./examine.ts";
import { probeEmbedder, probeEndpoint } from "./probe.ts";

const cases = Array.from({ length: 60 }, (_, i) =>
  JSON.stringify({ id: `c${i}`, question: `Who made thing ${i}?`, answer: `maker ${i}` }),
).join("\n");
const experiment = (more = "", system = "Answer in one word. Think step by step."): string => `
name: small
data: { file: cases.jsonl, expected: answer }
program: { system: "${system}", user: "Question: {{question}}" }
evals: { primary: exact, scorers: [exact] }
ladder: [prompt]
${more === "" ? "model: embedded/reader" : more}
`;

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly runs?: string;
  readonly probe?: boolean;
}

/** What doctor finds in a folder with these files, and what it would end with. */
async function doctor(files: Readonly<Record<string, string>>, { env = {}, runs = "runs", probe = false }: Given = {}) {
  const folder = project({ "cases.jsonl": cases, ...files });
  const [file, store] = [join(folder, "e.yaml"), join(folder, "store")];
  const document = await examine(file, { runs: join(folder, runs), store, env, probe, signal: new AbortController().signal });
  return { document, code: exitCodeOf(document.checks), file, store };
}

const failures = ({ checks }: Examined) => checks.filter(({ status }) => status === "fail");

describe("without a network", () => {
  test("nothing is written, and every check says what it found", async () => {
    const { code, document } = await doctor({ "e.yaml": experiment() });
    expect(code).toBe(0);
    expect(document.well).toBe(true);
    for (const { detail } of document.checks) expect(detail).not.toBe("");
    expect(document.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["node", "splits", "knowledge", "plan", "run folder", "model embedded/reader"]),
    );
  });

  test("the embedded engine's reading of each prompt is told, with a hint for what comes near", async () => {
    const { document } = await doctor({ "e.yaml": experiment() });
    expect(document.prompts[0]?.honoured.map(({ text }) => text)).toEqual(["Answer in one word."]);
    expect(document.prompts[0]?.ignored.map(({ text }) => text)).toEqual(["Think step by step."]);
    expect(document.checks.find(({ name }) => name === "prompt program")).toMatchObject({
      status: "warn",
      hint: expect.stringContaining("step"),
    });
  });

  test("each fault of the files is a check; folders are looked at all the same", async () => {
    const { code, document } = await doctor({
      "e.yaml": experiment("model: openai/gpt-4.1-mini\nladdder: []").replace("scorers: [exact]", "scorers: [exat]"),
    });
    expect(code).toBe(2);
    expect(document).toMatchObject({ name: null, well: false, prompts: [] });
    const found = failures(document).map(({ detail, hint }) => `${detail}; ${hint}`);
    expect(found).toHaveLength(3);
    for (const what of [/e\.yaml:\d+:\d+: .*laddder.*"ladder"/, /exat.*"exact"/, /OPENAI_API_KEY.*--env-file/])
      expect(found.join("\n")).toMatch(what);
    expect(document.checks.map(({ name }) => name)).toContain("run folder");
  });

  test.each([
    ["YAML that is none", { "e.yaml": "a: [" }, 2],
    ["no such file", {}, 2],
    ["three cases", { "e.yaml": experiment(), "cases.jsonl": cases.split("\n").slice(0, 3).join("\n") }, 3],
    ["no document", { "e.yaml": experiment('model: embedded/reader\nknowledge: { files: "docs/**/*.md" }') }, 2],
  ] as const)("%s is one document with a failed check, and ends with what `run` ends with", async (_, files, wanted) => {
    const { code, document, file } = await doctor(files);
    expect([code, document.well, failures(document).length]).toEqual([wanted, false, 1]);
    await expect(prepare(file)).rejects.toMatchObject({ code: wanted });
  });

  test("what was read of the documents is told by format, with about how many chunks; all that was skipped is named", async () => {
    const broken = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`docs/broken${i}.md`, ""]));
    const long = "A sentence of some words that fills the text. ".repeat(20_000);
    const read = { "docs/a.md": long, "docs/b.txt": "b", "docs/zero.txt": " ", "docs/rows.csv": "q,a\n1,2\n3,4\n", "docs/x.png": "" };
    const yaml = experiment("model: embedded/reader\nknowledge: { files: docs, max_errors: 31 }").replace("[prompt]", "[rag]");
    const { code, document } = await doctor({ "e.yaml": yaml, ...read, ...broken });
    expect(code).toBe(0);
    const [about, skipped, blank, ...others] = document.checks.filter(({ name }) => name === "knowledge");
    expect(about?.detail).toMatch(
      /^4 documents \(2 \.csv, 1 \.md, 1 \.txt\), 920k characters, about 1,\d00 chunks of up to \d+ tokens; 0 of 60 cases/,
    );
    expect(skipped).toMatchObject({ status: "warn", detail: expect.stringMatching(/^skipped 30:\n/), hint: "remove it or exclude it" });
    for (const name of Object.keys(broken)) expect(skipped?.detail).toContain(`${name}: is empty`);
    // Each fault stands with what would be right for it.
    expect(blank).toMatchObject({ detail: "skipped 1:\ndocs/zero.txt: has no text", hint: "give it some, or remove it" });
    expect(others.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^1 file is of unknown formats .*docs\/x\.png/)]);
  });

  test("more documents than the store is made for are told before a run, and so is a database that does not answer", async () => {
    const words = Array.from({ length: 4000 }, (_, i) => `word${i}`).join(" ");
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`docs/d${i}.txt`, `${words} ${words} ${words} ${words}`]));
    const small = experiment("model: embedded/reader\nknowledge: { files: docs }").replace("[prompt]", "[{ use: rag, size: 20 }]");
    const refused = await doctor({ "e.yaml": small, ...many });
    expect(refused.code).toBe(2);
    expect(failures(refused.document)).toMatchObject([
      {
        detail: expect.stringMatching(/knowledge\.store: vectra is made for up to 10,000 chunks.* about 20,000$/),
        hint: expect.stringMatching(/sqlite/),
      },
    ]);
    const there = experiment("model: embedded/reader\nknowledge: { files: docs, store: { use: pgvector, url: postgres://127.0.0.1:9/x } }");
    expect(failures((await doctor({ "e.yaml": there, "docs/a.md": "A text." })).document)).toEqual([]);
    const probed = await doctor({ "e.yaml": there, "docs/a.md": "A text." }, { probe: true });
    expect(failures(probed.document)).toMatchObject([
      { name: "knowledge.store pgvector", detail: expect.stringMatching(/^the database at 127\.0\.0\.1:9\/x cannot be used/) },
    ]);
  });

  test("missing keys keep nothing else from being looked at, and each is named", async () => {
    const { code, document } = await doctor(
      {
        "e.yaml": experiment(`model: one/m
models: { embed: two/e }
endpoints:
  one: { base_url: "http://127.0.0.1:9/v1", api_key: "\${FIRST_KEY}" }
  two: { base_url: "http://127.0.0.1:9/v1", api_key: "\${SECOND_KEY}" }
knowledge: { files: docs, store: { use: pgvector, url: "postgres://me:\${PASSWORD}@127.0.0.1:9/x" } }`),
        "docs/a.md": "A text.",
      },
      { probe: true },
    );
    expect(code).toBe(2);
    expect(failures(document)).toMatchObject([
      { name: "key one", detail: expect.stringContaining("FIRST_KEY") },
      { name: "key two", detail: expect.stringContaining("SECOND_KEY") },
      { name: "knowledge.store pgvector", detail: expect.stringContaining("PASSWORD") },
    ]);
    expect(document.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(["splits", "knowledge", "plan", "store"]));
  });

  test.each([
    ["model: embedded/lexical", "model embedded/lexical", "embedded/reader"],
    ["model: embedded/reader\nmodels: { embed: embedded/reader }", "model embedded/reader", "embedded/lexical"],
    ["model: embedded/raeder", "model embedded/raeder", "embedded/reader"],
    ["model: embedded/reader\nmodels: { embed: embedded/lexcial }", "model embedded/lexcial", "embedded/lexical"],
    [
      "model: embedded/reader\nmodels: { writer: 'embedded/ft:reader::0123456789ab' }",
      "model embedded/ft:reader::0123456789ab",
      "embedded/reader",
    ],
  ])("%s is no model for that: `run` and doctor name one that is", async (text, name, right) => {
    const { code, document, file, store } = await doctor({ "e.yaml": experiment(text) });
    expect(code).toBe(2);
    expect(failures(document)).toMatchObject([{ name, hint: expect.stringContaining(right) }]);
    expect(document.checks).not.toContainEqual(expect.objectContaining({ name, status: "ok" }));
    await expect(refuseUnknownModels(await prepare(file), store)).rejects.toMatchObject({
      code: 2,
      message: expect.stringMatching(new RegExp(`e\\.yaml:\\d+:\\d+: .*${right}`)),
    });
  });

  test("a tuned model that a rung takes as it is must be there", async () => {
    const rung = "{ use: fine-tune, trainer: existing, with: { model: 'ft:reader::0123456789ab' } }";
    const { code, document } = await doctor({ "e.yaml": experiment().replace("ladder: [prompt]", `ladder: [prompt, ${rung}]`) });
    expect(code).toBe(2);
    expect(failures(document)).toMatchObject([
      { name: "model embedded/ft:reader::0123456789ab", detail: expect.stringContaining("fine-tune") },
    ]);
  });

  test("a limit that cannot be kept fails, with what would be right", async () => {
    const { code, document } = await doctor({
      "e.yaml": experiment("model: local/m\nendpoints: { local: { base_url: http://127.0.0.1:9/v1 } }\nbudget: { usd: 1 }"),
    });
    expect(code).toBe(2);
    expect(failures(document)).toMatchObject([
      { name: "budget", detail: expect.stringContaining("price"), hint: expect.stringContaining("prices") },
    ]);
  });

  test("what is ignored of a prompt is told without train cases too", async () => {
    const split = "split: { train: 0, select: 0.5, confirm: 0.2, test: 0.3 }";
    const { document } = await doctor({ "e.yaml": experiment().replace("expected: answer }", `expected: answer, ${split} }`) });
    expect(document.checks.find(({ name }) => name === "prompt program")?.detail).toContain('ignores "Think step by step."');
  });

  test("runs that would stand below a file fail", async () => {
    const { code, document } = await doctor({ "e.yaml": experiment() }, { runs: "cases.jsonl" });
    expect(code).toBe(2);
    expect(failures(document)).toMatchObject([{ name: "run folder", detail: expect.stringContaining("is a file") }]);
  });

  test("with --json stdout holds the document, and stderr what failed, as `run` says it", async () => {
    const folder = project({ "cases.jsonl": cases, "e.yaml": experiment("model: openai/gpt-4.1-mini\nladdder: []") });
    const { code, stdout, stderr } = await llmopt(folder, ["doctor", "e.yaml", "--json", "--env-file", "nowhere.env"], {
      env: { OPENAI_API_KEY: "" },
    });
    expect(code).toBe(2);
    const document = JSON.parse(stdout) as Examined;
    expect(failures(document).map(({ name }) => name)).toEqual(["environment", "experiment", "experiment"]);
    expect(stderr).toMatch(/e\.yaml:\d+:\d+: .*laddder.*"ladder"/);
    expect(stderr.trim().split("\n")).toHaveLength(3);
  });

  test.skipIf(process.getuid?.() === 0)("a folder that cannot be written fails", async () => {
    const folder = project({ "cases.jsonl": cases, "e.yaml": experiment() });
    mkdirSync(join(folder, "closed"));
    chmodSync(join(folder, "closed"), 0o500);
    const { code, stdout } = await llmopt(folder, ["doctor", "e.yaml", "--runs", "closed/runs"]);
    expect(code).toBe(2);
    expect(stdout).toContain("--runs");
  });

  test("a key is never shown", async () => {
    const secret = "sk-very-secret-key";
    const file = experiment("model: openai/gpt-4.1-mini");
    const { code, document } = await doctor({ "e.yaml": file }, { env: { OPENAI_API_KEY: secret } });
    expect(code).toBe(0);
    expect(JSON.stringify(document)).toContain("key set");
    expect(JSON.stringify(document)).not.toContain(secret);
  });
});

describe("asked, an endpoint", () => {
  const ok: RequestListener = (request, response) => {
    const known = request.headers.authorization === "Bearer right-key" && request.url === "/v1/models" && request.method === "GET";
    response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
    response.end(
      JSON.stringify(known ? { object: "list", data: [{ id: "small-model" }] } : { error: { message: "bad key right-key-not" } }),
    );
  };
  const html: RequestListener = (_, response) =>
    void response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Hi</title>");
  const nothing: RequestListener = (_, response) => void response.writeHead(404).end("{}");
  const odd: RequestListener = (_, response) => void response.writeHead(200).end('{"ok":true}');
  const tagged: RequestListener = (_, response) => void response.writeHead(200).end('{"data":[{"id":"m:latest"}]}');
  const poor: RequestListener = (_, response) =>
    void response.writeHead(429).end('{"error":{"message":"pay","code":"insufficient_quota"}}');
  const gateway: RequestListener = (_, response) => void response.writeHead(502).end("<html><title>Bad Gateway</title></html>");
  const moved: RequestListener = (_, response) => void response.writeHead(301, { location: "https://there.example/v1/models" }).end();
  const endless: RequestListener = (_, response) => {
    const pour = () => {
      while (!response.destroyed && response.write("x".repeat(1 << 16)));
    };
    response.on("drain", pour);
    pour();
  };

  test.each([
    ["that lists the model is well", ok, "right-key", "small-model", "ok", "answers"],
    ["that does not list the model is looked at", ok, "right-key", "smal-model", "warn", "does not list"],
    ["that refuses the key fails", ok, "wrong-key", "small-model", "fail", "key is refused"],
    ["that answers with a page fails", html, "k", "m", "fail", "HTML page"],
    ["without a list of models is looked at", nothing, "k", "m", "warn", "no list of models (404)"],
    ["that answers something else fails", odd, "k", "m", "fail", "no list of models"],
    ["without credit fails", poor, "k", "m", "fail", "pay"],
    ["behind a broken gateway may be busy", gateway, "k", "m", "warn", "502"],
    ["that sends on fails, and says whereto", moved, "k", "m", "fail", "there.example"],
    ["that never ends its answer fails", endless, "k", "m", "fail", "no list of models"],
    ["that lists the model under its tag is well", tagged, "k", "m", "ok", "answers"],
  ] as const)("%s", async (_, listener, apiKey, id, status, detail) => {
    const probed = await probeEndpoint(await endpointOf(listener, apiKey), [id], new AbortController().signal);
    expect(probed.status).toBe(status);
    expect(probed.detail).toContain(detail);
    expect(`${probed.detail} ${probed.hint ?? ""}`).not.toContain(apiKey === "k" ? "\0" : apiKey);
  });

  test("that nobody listens at fails, and doctor exits with 4", async () => {
    const gone = await endpointOf(ok, "k", true);
    expect((await probeEndpoint(gone, ["m"], new AbortController().signal)).status).toBe("fail");
    const file = experiment(`model: local/m\nendpoints: { local: { base_url: "${gone.baseUrl}" } }`);
    const { code, document } = await doctor({ "e.yaml": file }, { probe: true });
    expect(code).toBe(4);
    expect(document.checks.find(({ name }) => name === "endpoint local")?.detail).toContain("cannot be reached");
    expect((await doctor({ "e.yaml": file })).code).toBe(0);
  });
});

describe("asked for vectors, an embedder on this machine", () => {
  const gives =
    (length: (text: string) => number): RequestListener =>
    (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk));
      request.on("end", () => {
        const { input = [] } = (body === "" ? {} : JSON.parse(body)) as { readonly input?: readonly string[] };
        const data = input.map((text, index) => ({ index, object: "embedding", embedding: new Array(length(text)).fill(1) }));
        const list = { data: [{ id: "e" }, { id: "m" }] };
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify(request.method === "GET" ? list : { data, model: "e" }));
      });
    };

  test.each([
    ["is well where all are alike", gives(() => 8), "ok", "8 numbers"],
    ["fails where texts differ", gives((text) => text.length), "fail", "different lengths"],
    ["fails where calls differ", gives((text) => (text === "ferry" ? 4 : 8)), "fail", "8 numbers for one text and 4"],
    ["fails where there are none", gives(() => 0), "fail", "no embeddings"],
  ] as const)("%s", async (_, listener, status, detail) => {
    const probed = await probeEmbedder(await endpointOf(listener, "k"), "local/e", new AbortController().signal);
    expect(probed).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  test("stands in the way of a run where it fails", async () => {
    const { baseUrl } = await endpointOf(
      gives((text) => text.length),
      "k",
    );
    const file = experiment(`model: local/m\nmodels: { embed: local/e }\nendpoints: { local: { base_url: "${baseUrl}" } }`);
    const { code, document } = await doctor({ "e.yaml": file }, { probe: true });
    expect(code).toBe(4);
    expect(failures(document).map(({ name }) => name)).toEqual(["embedder local/e"]);
  });
});

test("no line is wider than the terminal, whatever names and texts there are", () => {
  const long = "endpoint/a-model-with-a-name-that-is-longer-than-any-line-of-any-terminal-that-anybody-has-ever-seen-on-a-desk";
  const status = ["ok", "warn", "fail"] as const;
  const texts = ["short", long, `two lines\n${long}`, "模型".repeat(60), "words ".repeat(40)];
  const checks = texts.flatMap((name) => texts.map((detail, i) => ({ name, status: status[i % 3] ?? "ok", detail, hint: texts[4 - i] })));
  const text = checksText({ name: long, file: "e.yaml", well: false, checks, prompts: [] }, { width: 80, color: false });
  for (const line of text.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(80);
});

async function endpointOf(listener: RequestListener, apiKey: string, closed = false): Promise<Endpoint> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  if (closed) await new Promise((resolve) => server.close(resolve));
  else
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
  return { name: "local", baseUrl: `http://127.0.0.1:${port}/v1/`, apiKey, compat: "generic", concurrency: 1, timeout: 5, deadline: 10 };
}
