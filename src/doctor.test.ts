/** `llmopt doctor` through the command line, on projects in folders of their own. */
import { createServer, type RequestListener } from "node:http";
import { chmodSync, mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { llmopt, project } from "./cli.fixture.ts";
import { probeEndpoint } from "./probe.ts";
import type { Endpoint } from "./types.ts";

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

interface Document {
  readonly well: boolean;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly detail: string; readonly hint?: string }[];
  readonly prompts: readonly {
    readonly honoured: readonly { readonly text: string }[];
    readonly ignored: readonly { readonly text: string }[];
  }[];
}

async function doctor(files: Readonly<Record<string, string>>, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const folder = project({ "cases.jsonl": cases, ...files });
  const ended = await llmopt(folder, ["doctor", "e.yaml", "--json", ...args], { env });
  return { ...ended, document: (ended.stdout === "" ? {} : JSON.parse(ended.stdout)) as Document };
}

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

  test("what is wrong in the file is said as `run` says it", async () => {
    const { code, stderr, stdout } = await doctor({ "e.yaml": experiment("model: embedded/reader\nladdder: []") });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/e\.yaml:\d+:\d+: .*laddder/);
  });

  test("a model that is not there and a limit that cannot be kept fail, each with what would be right", async () => {
    const unknown = await doctor({ "e.yaml": experiment("model: embedded/raeder") });
    expect(unknown.code).toBe(2);
    expect(unknown.document.checks.find(({ status }) => status === "fail")).toMatchObject({
      name: "models",
      hint: expect.stringContaining("embedded/reader"),
    });
    const priceless = await doctor({
      "e.yaml": experiment("model: local/m\nendpoints: { local: { base_url: http://127.0.0.1:9/v1 } }\nbudget: { usd: 1 }"),
    });
    expect(priceless.code).toBe(2);
    expect(priceless.document.checks.find(({ status }) => status === "fail")?.detail).toContain("price");
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
    const { code, stdout } = await doctor({ "e.yaml": file }, [], { OPENAI_API_KEY: secret });
    expect(code).toBe(0);
    expect(stdout).toContain("key set");
    expect(stdout).not.toContain(secret);
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

  test.each([
    ["that lists the model is well", ok, "right-key", "small-model", "ok", "answers"],
    ["that does not list the model is looked at", ok, "right-key", "smal-model", "warn", "does not list"],
    ["that refuses the key fails", ok, "wrong-key", "small-model", "fail", "key is refused"],
    ["that answers with a page fails", html, "k", "m", "fail", "HTML page"],
    ["without a list of models is looked at", nothing, "k", "m", "warn", "no list of models (404)"],
    ["that answers something else fails", odd, "k", "m", "fail", "no list of models"],
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
    const { code, document } = await doctor({ "e.yaml": file }, ["--probe"]);
    expect(code).toBe(4);
    expect(document.checks.find(({ name }) => name === "endpoint local")?.detail).toContain("cannot be reached");
    expect((await doctor({ "e.yaml": file })).code).toBe(0);
  });
});

async function endpointOf(listener: RequestListener, apiKey: string, closed = false): Promise<Endpoint> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  if (closed) await new Promise((resolve) => server.close(resolve));
  else onTestFinished(() => void server.close());
  return { name: "local", baseUrl: `http://127.0.0.1:${port}/v1/`, apiKey, compat: "generic", concurrency: 1, timeout: 5, deadline: 10 };
}
