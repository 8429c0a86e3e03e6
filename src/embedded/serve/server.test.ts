/** Laws of the server: whatever the client, the wire is the same, and nothing that a client does ends it. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { largestBody } from "./guard.ts";
import { serve, type ServeOptions, type Served } from "./server.ts";

let folder = "";
let served: Served;
let url = "";
let client: OpenAI;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "embedded-serve-"));
  served = await start({});
  url = `http://127.0.0.1:${served.port}/v1`;
  client = clientOf(url);
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (more: Partial<ServeOptions>): Promise<Served> =>
  serve({ host: "127.0.0.1", port: 0, key: undefined, workers: 2, folder, ...more });
const clientOf = (baseURL: string, apiKey = "none"): OpenAI => new OpenAI({ baseURL, apiKey, maxRetries: 0 });

const question = {
  model: "reader",
  messages: [{ role: "user", content: "Context: Ann lives in Rome. Bob lives in Paris.\n\nQuestion: Where does Bob live?" }],
} satisfies OpenAI.ChatCompletionCreateParamsNonStreaming;
/** Many megabytes of events, more than the buffers of a connection hold. */
const flood = {
  model: "reader",
  messages: [
    { role: "system", content: "Answer in a full sentence." },
    { role: "user", content: `Context: Ann lives in Rome${", and Bob lives in Paris".repeat(400)}.\n\nQuestion: Where does Ann live?` },
  ],
  n: 128,
  stream: true,
} satisfies OpenAI.ChatCompletionCreateParamsStreaming;
/** Keeps a thread busy for a while. */
const labour = {
  model: "lexical",
  input: Array.from({ length: 1_000 }, (_, i) => `text ${i} ${"of many words about rivers, kites and lighthouses ".repeat(80)}`),
};

const rows = ["great", "lovely", "fine", "superb", "grand", "awful", "bad", "poor", "dull", "dire", "nasty", "weak"].map((word, i) =>
  JSON.stringify({
    messages: [
      { role: "user", content: `What a ${word} film` },
      { role: "assistant", content: i < 5 ? "up" : "down" },
    ],
  }),
);

const post = (
  at: string,
  body: NonNullable<RequestInit["body"]>,
  headers: Record<string, string> = { "content-type": "application/json" },
): Promise<Response> =>
  fetch(`${url}${at}`, { method: "POST", body, headers, ...(body instanceof ReadableStream ? { duplex: "half" } : {}) });
const errorOf = async (response: Response): Promise<unknown> => [
  response.status,
  ((await response.json()) as { readonly error: unknown }).error,
];

async function raw(send: (socket: Socket) => void): Promise<string> {
  const socket = connect(served.port, "127.0.0.1");
  send(socket);
  return text(socket);
}

describe("the official client", () => {
  test("chats, whole and in a stream", async () => {
    expect((await client.chat.completions.create(question)).choices[0]?.message.content).toBe("Paris");
    const stream = client.chat.completions.stream(question);
    expect(await stream.finalContent()).toBe("Paris");
  });

  test("embeds, and the default and float are the same", async () => {
    const [usual, floats] = [
      await client.embeddings.create({ model: "lexical", input: ["a kite", "rivers"] }),
      await client.embeddings.create({ model: "lexical", input: ["a kite", "rivers"], encoding_format: "float" }),
    ];
    expect(usual.data.map((d) => [...d.embedding])).toEqual(floats.data.map((d) => [...Float32Array.from(d.embedding)]));
  });

  test("trains: file, job, events, a model that every thread answers with, and that a later server knows", async () => {
    const file = await client.files.create({ purpose: "fine-tune", file: await toFile(Buffer.from(rows.join("\n")), "films.jsonl") });
    expect(await (await client.files.content(file.id)).text()).toBe(rows.join("\n"));
    let job = await client.fineTuning.jobs.create({ model: "reader", training_file: file.id, suffix: "films" });
    while (!["succeeded", "failed", "cancelled"].includes(job.status)) {
      expect((await client.chat.completions.create(question)).choices[0]?.message.content).toBe("Paris");
      job = await client.fineTuning.jobs.retrieve(job.id);
    }
    const model = job.fine_tuned_model ?? "";
    expect(model).toMatch(/^ft:reader:films:/);
    const events = await client.fineTuning.jobs.listEvents(job.id, { limit: 100 });
    expect(events.data.filter((e) => e.message === "Fine-tuning job started")).toHaveLength(1);
    const ask = { model, messages: [{ role: "user" as const, content: "What a superb film" }] };
    const later = await start({ workers: 1 });
    onTestFinished(() => later.close());
    const asked = [client, client, client, clientOf(`http://127.0.0.1:${later.port}/v1`)];
    for (const answer of await Promise.all(asked.map((from) => from.chat.completions.create(ask))))
      expect(answer.choices[0]?.message.content).toBe("up");
    expect((await Array.fromAsync(client.models.list())).map((m) => m.id)).toContain(model);
  });
});

test("too many at once are told to come later, and the others are answered", async () => {
  const small = await start({ workers: 1 });
  onTestFinished(() => small.close());
  const own = clientOf(`http://127.0.0.1:${small.port}/v1`);
  const long = own.embeddings.create(labour);
  const outcomes = await Promise.all(
    Array.from({ length: 400 }, () =>
      own.chat.completions.create(question).then(
        (answer) => answer.choices[0]?.message.content,
        (error: unknown) => (error instanceof OpenAI.APIError ? `${error.status} ${error.code}` : String(error)),
      ),
    ),
  );
  expect(new Set(outcomes)).toEqual(new Set(["Paris", "503 overloaded"]));
  expect((await long).data).toHaveLength(labour.input.length);
});

test("an answer does not wait for a longer one that was asked before", async () => {
  const done: string[] = [];
  const long = client.embeddings.create(labour).then(() => done.push("long"));
  await setTimeout(20);
  const short = client.chat.completions.create(question).then(() => done.push("short"));
  await Promise.all([long, short]);
  expect(done).toEqual(["short", "long"]);
});

describe.skipIf(spawnSync("curl", ["--version"]).status !== 0)("curl (skipped where there is none)", () => {
  const curl = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)("curl", ["-sS", "-m", "60", ...args])).stdout;
  const json = ["-H", "content-type: application/json", "-d"] as const;

  test("chat, stream, embeddings, models", async () => {
    expect(JSON.parse(await curl(`${url}/chat/completions`, ...json, JSON.stringify(question)))).toMatchObject({
      choices: [{ message: { content: "Paris" } }],
    });
    const stream = await curl("-N", `${url}/chat/completions`, ...json, JSON.stringify({ ...question, stream: true }));
    expect(stream).toMatch(/^data: \{.*\n\n[^]*data: \[DONE\]\n\n$/);
    expect(JSON.parse(await curl(`${url}/embeddings`, ...json, '{"model":"lexical","input":"kite","dimensions":256}'))).toMatchObject({
      data: [{ embedding: { length: 256 } }],
    });
    expect(JSON.parse(await curl(`${url}/models/reader`))).toMatchObject({ id: "reader", object: "model" });
  });

  test("files, a job, cancelled without a body", async () => {
    const at = path.join(folder, "rows.jsonl");
    await writeFile(at, rows.join("\n"));
    const file = JSON.parse(await curl(`${url}/files`, "-F", "purpose=fine-tune", "-F", `file=@${at}`)) as { readonly id: string };
    expect(await curl(`${url}/files/${file.id}/content`)).toBe(await readFile(at, "utf8"));
    const asked = JSON.stringify({ model: "reader", training_file: file.id });
    const job = JSON.parse(await curl(`${url}/fine_tuning/jobs`, ...json, asked)) as { readonly id: string };
    const cancelled = await curl("-X", "POST", `${url}/fine_tuning/jobs/${job.id}/cancel`);
    expect(cancelled).toMatch(/"status":"cancelled"|has already ended: succeeded/);
  });

  test("a body that is too large is refused before it is sent", async () => {
    const at = path.join(folder, "large");
    await writeFile(at, Buffer.alloc(largestBody + 1, 32));
    const said = await curl(
      "-w",
      "\n%{http_code} %{size_upload}",
      `${url}/chat/completions`,
      ...json.slice(0, 2),
      "--data-binary",
      `@${at}`,
    );
    expect(said).toContain("request_too_large");
    expect(said.split("\n").at(-1)).toBe("413 0");
  });
});

describe("a key", () => {
  test("is wanted in every request but the one for health", async () => {
    const locked = await start({ key: "sesame", workers: 1 });
    onTestFinished(() => locked.close());
    const base = `http://127.0.0.1:${locked.port}`;
    for (const wrong of ["wrong", "sesam", "sesame1"])
      await expect(clientOf(`${base}/v1`, wrong).models.list()).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    expect(await errorOf(await fetch(`${base}/v1/models`))).toMatchObject([
      401,
      { code: "invalid_api_key", type: "invalid_request_error" },
    ]);
    expect((await clientOf(`${base}/v1`, "sesame").models.list()).data).not.toHaveLength(0);
    expect(await (await fetch(`${base}/health`)).json()).toMatchObject({ status: "ok" });
  });

  test("without one a web page of others is refused, whether by its origin or by its name", async () => {
    expect(await errorOf(await fetch(`${url}/models`, { headers: { origin: "https://example.com" } }))).toMatchObject([403, {}]);
    expect((await fetch(`${url}/models`, { headers: { origin: "http://localhost:3000" } })).status).toBe(200);
    const rebound = await raw((socket) => socket.write("GET /v1/models HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n"));
    expect(rebound).toMatch(/^HTTP\/1\.1 403 [^]*only this machine/);
  });
});

describe("what is wrong is said in OpenAI's shape, and the connection goes on", () => {
  const tooLarge = { error: expect.objectContaining({ code: "request_too_large", type: "invalid_request_error" }) };

  test("a body that is too large, said or not said before", async () => {
    const whole = await post("/chat/completions", new Uint8Array(largestBody + 1));
    expect([whole.status, await whole.json()]).toEqual([413, tooLarge]);
    const chunk = new Uint8Array(1024 * 1024);
    const chunks = await post("/chat/completions", ReadableStream.from(Array.from({ length: 65 }, () => chunk)));
    expect([chunks.status, await chunks.json()]).toEqual([413, tooLarge]);
  });

  test.each<[number, string, () => Promise<Response>]>([
    [400, "JSON", () => post("/chat/completions", '{"model": "reader", ')],
    [400, "JSON", () => post("/embeddings", "")],
    [400, "body", () => post("/chat/completions", "null")],
    [400, "body", () => post("/fine_tuning/jobs", "[1]")],
    [400, "multipart", () => post("/files", "--x\r\nnonsense", { "content-type": "multipart/form-data; boundary=x" })],
    [400, "multipart", () => post("/files", "nonsense", { "content-type": "multipart/form-data" })],
    [
      400,
      "file",
      () =>
        post("/files", "--x\r\ncontent-disposition: form-data; name=purpose\r\n\r\nfine-tune\r\n--x--\r\n", {
          "content-type": "multipart/form-data; boundary=x",
        }),
    ],
    [415, "application/json", () => post("/chat/completions", "model=reader", { "content-type": "application/x-www-form-urlencoded" })],
    [415, "multipart/form-data", () => post("/files", "{}")],
    [415, "content-encoding", () => post("/embeddings", "x", { "content-type": "application/json", "content-encoding": "gzip" })],
    [404, "route", () => fetch(`${url}/responses`)],
    [404, "route", () => fetch(url.replace("/v1", "/elsewhere"))],
    [404, "route", () => fetch(`${url}/chat/completions`, { method: "OPTIONS" })],
    [403, "deleted", () => fetch(`${url}/models/reader`, { method: "DELETE" })],
    [404, "model", () => fetch(`${url}/models/%zz`)],
    [404, "file", () => fetch(`${url}/files/..%2F..%2Fetc%2Fpasswd`)],
  ])("%i: %s", async (status, named, send) => {
    expect(await errorOf(await send())).toMatchObject([
      status,
      { message: expect.stringContaining(named), type: expect.stringMatching(/_error$/) },
    ]);
    expect((await client.chat.completions.create(question)).choices[0]?.message.content).toBe("Paris");
  });

  test("HEAD is GET without a body", async () => {
    const [head, get] = [await fetch(`${url}/models`, { method: "HEAD" }), await fetch(`${url}/models`)];
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, get.headers.get("content-length"), ""]);
    await get.text();
  });

  test("what is no HTTP, and headers without end", async () => {
    expect(await raw((socket) => socket.write("HELLO\r\n\r\n"))).toMatch(/^HTTP\/1\.1 400 [^]*\{"error":/);
    expect(await raw((socket) => socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(70_000)}`))).toMatch(
      /^HTTP\/1\.1 431 [^]*\{"error":/,
    );
  });

  test("one connection takes one request after another, refused ones between them", async () => {
    const request = (body: string): string =>
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const good = JSON.stringify(question);
    const said = await raw((socket) =>
      socket.write(`${request(good)}${request("{")}${request(good)}GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
    );
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400", "HTTP/1.1 200", "HTTP/1.1 200"]);
  });
});

describe("a client that goes away", () => {
  test("in the middle of a stream, of a body, or of waiting, takes nothing with it", async () => {
    for (let i = 0; i < 3; i++) {
      const stream = await client.chat.completions.create(flood);
      for await (const _ of stream) break;
      stream.controller.abort();
      await raw((socket) => {
        socket.write(
          "POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 1000\r\n\r\n--x",
        );
        socket.end();
      });
      const waiting = Array.from({ length: 8 }, () => {
        const abort = new AbortController();
        const asked = client.chat.completions.create(question, { signal: abort.signal }).catch(() => undefined);
        queueMicrotask(() => abort.abort());
        return asked;
      });
      await Promise.all(waiting);
    }
    expect((await client.chat.completions.create(question)).choices[0]?.message.content).toBe("Paris");
  });

  test("closing ends what is at work first, and takes no more", async () => {
    const closing = await start({ workers: 1 });
    const own = clientOf(`http://127.0.0.1:${closing.port}/v1`);
    await own.models.list();
    const asked = own.embeddings.create(labour);
    await setTimeout(50);
    const closed = closing.close();
    expect((await asked).data).toHaveLength(labour.input.length);
    await closed;
    await expect(own.models.list()).rejects.toThrow("Connection error");
  });
});
