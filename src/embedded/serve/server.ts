/** The embedded engine over HTTP: answers come from worker threads, files and jobs from one thread that owns them. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { engineVersion } from "../version.ts";
import { fail, Fault, json } from "../wire.ts";
import { type Answer, answerOf } from "./exchange.ts";
import { admit, bodyOf } from "./guard.ts";
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
    const { pathname: path, search } = URL.parse(request.url ?? "", "http://embedded.invalid") ?? { pathname: "", search: "" };
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    if (method === "GET" && (path === "/" || path === "/health")) return answerOf(json(about));
    admit(request, key);
    if (request.headers.expect !== undefined) response.writeContinue();
    const body = await bodyOf(request);
    const pool = /^(?:\/v1)?\/(?:files|fine_tuning)(?:\/|$)/.test(path) ? owner : answers;
    return pool.ask({ method, url: path + search, contentType: request.headers["content-type"], body }, signal);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    response.on("close", () => abort.abort());
    const { status, headers, body } = await answer(request, response, abort.signal).catch((error: unknown) => {
      // What is still sent of a refused body is let go by, so that the connection can be used again.
      request.resume();
      return answerOf(fail(error instanceof Fault ? error : new Fault(500, "the request could not be answered")));
    });
    if (abort.signal.aborted) return void (body instanceof ReadableStream && (await body.cancel()));
    const connection = draining ? { connection: "close" } : {};
    if (body instanceof Uint8Array) {
      response.writeHead(status, { ...headers, ...connection, "content-length": body.length }).end(body);
    } else {
      response.writeHead(status, { ...headers, ...connection });
      await pipeline(Readable.fromWeb(body), response);
    }
  }

  const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval: 5_000 });
  // Whoever goes away gets nothing more, and that is all.
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void respond(request, response).catch(() => response.destroy());
  server.on("request", listener).on("checkContinue", listener).on("clientError", refuseNonsense);
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

/** What is no HTTP, has headers too large, or takes too long. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const [status, what] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "the headers are too large"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["408 Request Timeout", "the request took too long to arrive"]
        : ["400 Bad Request", "this is not HTTP"];
  const body = JSON.stringify({ error: { message: what, type: "invalid_request_error", param: null, code: null } });
  socket.end(`HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
}
