/** A real server on a free port of this machine that answers as it is told, and counts. For tests. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Endpoint } from "../types.ts";
import type { Clock } from "./clock.ts";
import { createModels, type Models, type ModelsOptions } from "./models.ts";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behaviour = (response: ServerResponse, seen: Seen) => void;

/** Answers the n-th request by the n-th behaviour, and all later ones by the last. Closed at the end of the test. */
export async function serve(...behaviours: readonly Behaviour[]): Promise<{ url: string; seen: Seen[] }> {
  const { url, seen, close } = await listen(...behaviours);
  onTestFinished(close);
  return { url, seen };
}

/** The same server, closed by who asked for it. */
export async function listen(...behaviours: readonly Behaviour[]): Promise<{ url: string; seen: Seen[]; close: () => Promise<void> }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const now = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(now);
      behaviours[Math.min(seen.length, behaviours.length) - 1]?.(response, now);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen, close };
}

/** Models of that server as the endpoint "local", which wait for nothing and say nothing. */
export function modelsAt(url: string, more: Partial<ModelsOptions> = {}, local: Partial<Endpoint> = {}): Models {
  return createModels({
    endpoints: { local: endpoint(url, local) },
    inProcess: {},
    offline: false,
    prices: {},
    signal: new AbortController().signal,
    clock: stillClock(),
    random: () => 0,
    warn: () => {},
    ...more,
  });
}

/** The base URL of a port on which nothing listens. */
export async function nobody(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}/v1`;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (response) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function html(status: number, text = "Bad gateway"): Behaviour {
  const page = `<!DOCTYPE html><html><head><style>b{}</style></head><body><h1>${text}</h1>${"<p>nginx</p>".repeat(100)}</body></html>`;
  return (response) => response.writeHead(status, { "content-type": "text/html" }).end(page);
}

export function says(
  content: string | null,
  finish_reason = "stop",
  usage: unknown = { prompt_tokens: 10, completion_tokens: 2 },
): Behaviour {
  return json(200, { choices: [{ index: 0, finish_reason, message: { role: "assistant", content } }], usage });
}

/** One vector a text: its length and 1. */
export const vectors: Behaviour = (response, seen) => {
  const { input } = JSON.parse(seen.body) as { input: string[] };
  const data = input.map((text, index) => ({ object: "embedding", index, embedding: [text.length, 1] }));
  json(200, { data, usage: { prompt_tokens: input.length, total_tokens: input.length } })(response, seen);
};

/** Sends half of what it promised. */
export const cut: Behaviour = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" }).write('{"choices":[');
  setImmediate(() => response.destroy());
};

export const hang: Behaviour = () => {};

export function endpoint(url: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    name: "local",
    baseUrl: url,
    apiKey: "key-not-to-be-seen",
    compat: "generic",
    concurrency: 4,
    timeout: 30,
    deadline: 600,
    ...more,
  };
}

/** Time that stands still but for the sleeps, which are over at once. */
export function stillClock(): Clock & { readonly waits: number[] } {
  let now = Date.parse("2026-11-22T12:00:00Z");
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}
