/** The embedded engine over HTTP: answers come from worker threads, files and jobs from one thread that owns them. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { engineVersion } from "../version.ts";
import { refuseMethod, routeOf } from "../routes.ts";
import { fail, Fault, json } from "../wire.ts";
import { type Answer, answerOf } from "./exchange.ts";
import { bodyOf, corsHeaders, preflight, refuseBody, refuseKeyless, refuseStrangers } from "./guard.ts";
import { createPool } from "./pool.ts";

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What every request must bear; undefined answers this machine's programs without. */
  readonly key: string | undefined;
  /** Threads that answer, 1 or more; one for files and jobs comes on top. */
  readonly workers: number;
  /** Where uploaded files, jobs and tuned models are kept. */
  readonly folder: string;
}

export interface Served {
  readonly port: number;
  /** Takes no more requests, and ends when those at work are answered, after ten seconds at the latest. */
  close(): Promise<void>;
}

/** Milliseconds. */
const headersTimeout = 10_000;
const requestTimeout = 300_000;
const drainTimeout = 10_000;

/** Listens; throws what `listen` of node:net throws. */
export async function serve({ host, port, key, workers, folder }: ServeOptions): Promise<Served> {
  const answers = createPool({ folder, threads: workers, each: 1 });
  // Training goes on in the thread that started it, so that a job runs once; answers find its model in the folder.
  const owner = createPool({ folder, threads: 1, each: Number.POSITIVE_INFINITY });
  let draining = false;

  async function answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<Answer> {
    const { pathname, search } = URL.parse(request.url ?? "", "http://embedded.invalid") ?? { pathname: "", search: "" };
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    const isHealth = pathname === "/" || pathname === "/health";
    if (method === "GET" && isHealth) return answerOf(json(about));
    if (method !== "OPTIONS") refuseKeyless(request, key);
    const asked = isHealth ? { path: pathname, methods: ["GET"] } : routeOf(pathname);
    if (method === "OPTIONS") return answerOf(preflight(request, asked.methods));
    refuseMethod(method, asked);
    refuseBody(request, asked.path);
    if (request.headers.expect !== undefined) response.writeContinue();
    const body = await bodyOf(request);
    const pool = /^\/(?:files|fine_tuning)/.test(asked.path) ? owner : answers;
    return pool.ask({ method, url: `/v1${asked.path}${search}`, contentType: request.headers["content-type"], body }, signal);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    response.on("close", () => abort.abort());
    let cors: Readonly<Record<string, string>> = {};
    const admitted = async (): Promise<Answer> => {
      refuseStrangers(request, key);
      cors = corsHeaders(request);
      return answer(request, response, abort.signal);
    };
    const { status, headers, body } = await admitted().catch((error: unknown) => {
      // What is still sent of a refused body is let go by, so that the connection can be used again.
      request.resume();
      return answerOf(fail(error instanceof Fault ? error : new Fault(500, "the request could not be answered")));
    });
    if (abort.signal.aborted) return void (body instanceof ReadableStream && (await body.cancel()));
    const more = { ...headers, ...cors, ...(draining ? { connection: "close" } : {}) };
    if (body instanceof Uint8Array) {
      response.writeHead(status, status === 204 ? more : { ...more, "content-length": body.length }).end(body);
    } else {
      response.writeHead(status, more);
      await pipeline(Readable.fromWeb(body), response);
    }
  }

  const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval: 5_000 });
  // Whoever goes away gets nothing more, and that is all.
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void respond(request, response).catch(() => response.destroy());
  server.on("request", listener).on("checkContinue", listener).on("connect", refuseTunnel).on("clientError", refuseNonsense);
  await new Promise<void>((listening, failed) => server.once("error", failed).listen(port, host, listening));
  answers.warm();
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      draining = true;
      const late = setTimeout(() => server.closeAllConnections(), drainTimeout);
      await new Promise((closed) => server.close(closed));
      clearTimeout(late);
      await Promise.all([answers.close(), owner.close()]);
    },
  };
}

const about = {
  status: "ok",
  name: "llmopt embedded engine",
  version: engineVersion,
  about: "a small trainable reader, classifier and embedder behind the OpenAI wire; not a language model",
};

/** CONNECT, which Node hands over without a response. */
function refuseTunnel(_: IncomingMessage, socket: Duplex): void {
  sayLast(socket, "405 Method Not Allowed", "method: CONNECT is not taken; this is no proxy", "allow: GET, POST, DELETE, OPTIONS\r\n");
}

/** What is no HTTP, has headers too large, or takes too long. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const [status, what] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "headers: are too large; send fewer"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["408 Request Timeout", "request: took too long to arrive; send it again"]
        : ["400 Bad Request", "request: is not HTTP/1.1; send what the OpenAI API takes"];
  sayLast(socket, status, what);
}

function sayLast(socket: Duplex, status: string, message: string, more = ""): void {
  const body = JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null } });
  const head = `HTTP/1.1 ${status}\r\n${more}content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}
