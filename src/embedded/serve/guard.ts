/**
 * What is refused before it is read: strangers, web pages of others, bodies too large or of a wrong kind.
 *
 * A browser lets any page send requests to this machine, so pages are told apart by what browsers write and pages cannot. Without a key,
 * only pages that this machine serves (an origin of `localhost`, `127.x.x.x` or `[::1]`) are answered, and only under such a name in `Host`,
 * since a page can make its own name point here (DNS rebinding). With a key, pages of every origin are: one that has the key was given it,
 * and browsers do not send it by themselves. Pages that are answered may read the answer (CORS); a preflight is answered like any request,
 * but for the key, which it cannot bear.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Fault } from "../wire.ts";

/** Bytes of a request's body. */
export const largestBody = 64 * 1024 * 1024;

/** Whether only programs on this machine reach a host of such a name. */
export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Throws the 403 of a request that a page of others may have sent. */
export function refuseStrangers({ headers }: IncomingMessage, key: string | undefined): void {
  if (key !== undefined) return;
  const { host, origin } = headers;
  // Browsers name no origin where the page cannot read the answer, as of an image, but say that it is another's.
  const from = origin ?? (headers["sec-fetch-site"] === "cross-site" ? "" : "http://localhost");
  for (const [name, url] of [
    ["host", `http://${host ?? ""}`],
    ["origin", from],
  ] as const)
    if (!isLoopback(URL.parse(url)?.hostname ?? ""))
      throw new Fault(403, `${name}: only this machine is answered without a key; start the server with an api key`, null, "forbidden");
}

/** Headers by which a browser lets the page that asked read the answer; none where no page asked. */
export function corsHeaders({ headers: { origin } }: IncomingMessage): Readonly<Record<string, string>> {
  return origin === undefined ? {} : { "access-control-allow-origin": origin, vary: "origin" };
}

/** The answer to OPTIONS, a browser's preflight or not. */
export function preflight({ headers }: IncomingMessage, methods: readonly string[]): Response {
  const allow = [...methods, "OPTIONS"].join(", ");
  const asked = headers["access-control-request-method"];
  const wanted = headers["access-control-request-headers"] ?? "authorization, content-type";
  const cors = { "access-control-allow-methods": allow, "access-control-allow-headers": wanted, "access-control-max-age": "600" };
  return new Response(null, { status: 204, headers: { allow, ...(asked === undefined ? {} : cors) } });
}

/** Throws the 401 of a request without the key. */
export function refuseKeyless({ headers }: IncomingMessage, key: string | undefined): void {
  if (key === undefined || isSame(/^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "", key)) return;
  throw new Fault(401, "authorization: the api key is missing or wrong; send `Authorization: Bearer KEY`", null, "invalid_api_key");
}

/** Throws the 413 or 415 of a body that is not read; `path` is that of the route. */
export function refuseBody({ headers, method }: IncomingMessage, path: string): void {
  refuseSize(Number(headers["content-length"] ?? 0));
  if (method !== "POST" || (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0")) return;
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new Fault(415, `content-encoding: "${encoding}" is not read; send the body as it is`);
  const wanted = path === "/files" ? "multipart/form-data" : "application/json";
  const kind = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (kind !== wanted) throw new Fault(415, `content-type: "${kind}" is not read here; send ${wanted}`, null, "unsupported_content_type");
}

/** The body, or a 413 as soon as it is too large; undefined where there is none. */
export async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    refuseSize(size);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  // A buffer of its own, since it is handed to another thread.
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function refuseSize(bytes: number): void {
  if (bytes > largestBody) throw new Fault(413, `body: is larger than ${largestBody} bytes; send less at once`, null, "request_too_large");
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
