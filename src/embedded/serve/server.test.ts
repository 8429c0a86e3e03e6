/** Laws of the server: whatever the client, the wire is the same, and nothing that a client does ends it. */
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Asked } from "./exchange.ts";
import { largestBody } from "./guard.ts";
import { createPool } from "./pool.ts";
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

function called(at: string, body: object): Asked {
  return { method: "POST", url: at, contentType: "application/json", body: new TextEncoder().encode(JSON.stringify(body)) };
}

/** An embeddings request that the server has begun to read. */
async function atWork(port: number, body: string): Promise<ClientRequest> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), expect: "100-continue" };
  const asked = request({ host: "127.0.0.1", port, path: "/v1/embeddings", method: "POST", headers });
  asked.on("error", () => undefined).flushHeaders();
  await once(asked, "continue");
  await new Promise<void>((sent) => asked.end(body, sent));
  await setTimeout(100);
  return asked;
}

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

  test("without one a web page of others is refused, by its origin, by its name, or as a stranger's image", async () => {
    for (const origin of ["https://example.com", "null", "http://localhost.example.com", "file://"])
      expect(await errorOf(await fetch(`${url}/models`, { headers: { origin } })), origin).toMatchObject([403, { code: "forbidden" }]);
    const image = "GET /v1/fine_tuning/jobs HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: cross-site\r\nconnection: close\r\n\r\n";
    expect(await raw((socket) => socket.write(image))).toMatch(/^HTTP\/1\.1 403 /);
    for (const path of ["/v1/models", "/health"]) {
      const rebound = await raw((socket) => socket.write(`GET ${path} HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n`));
      expect(rebound).toMatch(/^HTTP\/1\.1 403 [^]*only this machine/);
    }
  });
});

describe("a browser", () => {
  const preflight = (at: string, origin: string): Promise<Response> =>
    fetch(at, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization, x-stainless-lang" },
    });
  const allowed = (response: Response): string | null => response.headers.get("access-control-allow-origin");

  test("lets pages of this machine ask and read, errors too, and no others", async () => {
    const own = "http://localhost:3000";
    const asked = await preflight(`${url}/chat/completions`, own);
    expect([asked.status, allowed(asked), asked.headers.get("vary")]).toEqual([204, own, "origin"]);
    expect(asked.headers.get("access-control-allow-methods")).toBe("POST, OPTIONS");
    expect(asked.headers.get("access-control-allow-headers")).toBe("authorization, x-stainless-lang");
    const headers = { origin: own, "content-type": "application/json" };
    for (const [body, status] of [
      [JSON.stringify(question), 200],
      [JSON.stringify({ ...question, stream: true }), 200],
      ["{", 400],
    ] as const) {
      const response = await post("/chat/completions", body, headers);
      expect([response.status, allowed(response)]).toEqual([status, own]);
      await response.text();
    }
    const refused = await preflight(`${url}/chat/completions`, "https://example.com");
    expect([refused.status, allowed(refused)]).toEqual([403, null]);
    const bare = await fetch(`${url}/models/reader`, { method: "OPTIONS" });
    expect([bare.status, bare.headers.get("allow"), allowed(bare)]).toEqual([204, "GET, DELETE, OPTIONS", null]);
  });

  test("lets any page that has the key", async () => {
    const locked = await start({ key: "sesame", workers: 1 });
    onTestFinished(() => locked.close());
    const at = `http://127.0.0.1:${locked.port}/v1/models`;
    const origin = "https://example.com";
    const asked = await preflight(at, origin);
    expect([asked.status, allowed(asked)]).toEqual([204, origin]);
    const known = await fetch(at, { headers: { origin, authorization: "Bearer sesame" } });
    expect([known.status, allowed(known)]).toEqual([200, origin]);
    const unknown = await fetch(at, { headers: { origin } });
    expect([unknown.status, allowed(unknown)]).toEqual([401, origin]);
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

  test("a method that no route has is a 405 that lists those it has, whatever the method", async () => {
    for (const method of ["TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "M-SEARCH", "QUERY", "HEAD"]) {
      const said = await raw((socket) =>
        socket.write(`${method} /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
      );
      expect(said, method).toMatch(/^HTTP\/1\.1 405 [^]*\r\nallow: POST\r\n/);
      if (method !== "HEAD") expect(said, method).toContain(`method: /chat/completions takes no ${method}; it takes POST`);
    }
    expect(await raw((socket) => socket.write("CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n"))).toMatch(
      /^HTTP\/1\.1 405 [^]*\{"error":/,
    );
  });

  test("a GET with a body is answered as one without, and files and jobs belong to one thread under whatever base", async () => {
    const body = JSON.stringify(question);
    const get = `GET /v1/models/reader HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    expect(await raw((socket) => socket.write(get))).toMatch(/^HTTP\/1\.1 200 [^]*"id":"reader"/);
    const other = await fetch(url.replace("/v1", "/any/base/v1/files"));
    expect([other.status, await other.json()]).toEqual([200, await (await fetch(`${url}/files`)).json()]);
  });

  test("a body that is shorter or longer than it says, or stops half-way", async () => {
    const good = JSON.stringify(question);
    const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    const longer = await raw((socket) => socket.write(`${head}content-length: ${good.length - 10}\r\n\r\n${good}`));
    expect(new Set(longer.match(/HTTP\/1\.1 \d+/g))).toEqual(new Set(["HTTP/1.1 400"]));
    for (const body of [
      `${head}content-length: ${good.length + 10}\r\n\r\n${good}`,
      `${head}transfer-encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good.slice(0, 20)}`,
      `${head}transfer-encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good}\r\n`,
    ])
      expect(await raw((socket) => socket.end(body))).toMatch(/^(?:HTTP\/1\.1 400 [^]*\{"error":[^]*)?$/);
    const nonsense = await raw((socket) => socket.write(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n${good}\r\n`));
    expect(nonsense).toMatch(/^HTTP\/1\.1 400 /);
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

  test("frees the thread that worked for it", async () => {
    const alone = await start({ workers: 1 });
    onTestFinished(() => alone.close());
    const own = clientOf(`http://127.0.0.1:${alone.port}/v1`);
    await own.models.list();
    // A third of the work, begun before, is the clock.
    const clock = createPool({ folder, threads: 1, each: 1 });
    onTestFinished(() => clock.close());
    const works = (times: number) => ({
      model: "lexical",
      input: Array.from({ length: 2_000 }, (_, i) => `${i} ${"rivers and kites ".repeat(times)}`),
    });
    let struck = false;
    const third = clock.ask(called("/v1/embeddings", works(200)), new AbortController().signal);
    third.then(() => (struck = true)).catch(() => undefined);
    (await atWork(alone.port, JSON.stringify(works(600)))).destroy();
    expect((await own.chat.completions.create(question)).choices[0]?.message.content).toBe("Paris");
    expect(struck).toBe(false);
  });

  test("breaks no stream of another that comes from the same thread", async () => {
    const alone = await start({ workers: 1 });
    onTestFinished(() => alone.close());
    const at = `http://127.0.0.1:${alone.port}/v1/chat/completions`;
    const headers = { "content-type": "application/json" };
    const stream = await fetch(at, { method: "POST", headers, body: JSON.stringify({ ...flood, n: 32 }) });
    (await atWork(alone.port, JSON.stringify(labour))).destroy();
    const own = clientOf(`http://127.0.0.1:${alone.port}/v1`);
    expect((await own.chat.completions.create(question)).choices[0]?.message.content).toBe("Paris");
    expect(await stream.text()).toMatch(/"index":31,"delta":\{\},"logprobs":null,"finish_reason":"stop"\}\]\}\n\ndata: \[DONE\]\n\n$/);
  });

  test("closing ends what is at work first, and takes no more", async () => {
    const closing = await start({ workers: 1 });
    await clientOf(`http://127.0.0.1:${closing.port}/v1`).models.list();
    const some = { ...labour, input: labour.input.slice(0, 200) };
    const asked = await atWork(closing.port, JSON.stringify(some));
    const answered = once(asked, "response") as Promise<[IncomingMessage]>;
    const closed = closing.close();
    const [response] = await answered;
    expect(JSON.parse(await text(response))).toMatchObject({ data: { length: some.input.length } });
    await closed;
    await expect(clientOf(`http://127.0.0.1:${closing.port}/v1`).models.list()).rejects.toThrow("Connection error");
  });
});

test("a thread that breaks down breaks the streams that it has not sent to their ends, and the next call has another", async () => {
  const pool = createPool({ folder, threads: 1, each: 1 });
  const ask = (body: object) => pool.ask(called("/v1/chat/completions", body), new AbortController().signal);
  const { body } = await ask(flood);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await pool.close();
  await expect(
    Array.fromAsync({ [Symbol.asyncIterator]: () => ({ next: () => reader.read() as Promise<IteratorResult<unknown>> }) }),
  ).rejects.toThrow("broke down");
  expect((await ask(question)).status).toBe(200);
  await pool.close();
});
