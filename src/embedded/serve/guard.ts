/** What is refused before it is read: strangers, web pages of others, bodies too large or of a wrong kind. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Fault } from "../wire.ts";

/** Bytes of a request's body. */
export const largestBody = 64 * 1024 * 1024;

/** Whether only programs on this machine reach a host of such a name. */
export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Throws the 401, 403, 413 or 415 that such a request gets. */
export function admit({ headers, method, url }: IncomingMessage, key: string | undefined): void {
  if (key === undefined) refuseStrangers(headers);
  else if (!isSame(/^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "", key))
    throw new Fault(401, "the api key is missing or wrong; send it as `Authorization: Bearer KEY`", null, "invalid_api_key");
  refuseSize(Number(headers["content-length"] ?? 0));
  if (method !== "POST" || (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0")) return;
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new Fault(415, `content-encoding: "${encoding}" is not read; send the body as it is`);
  const wanted = /\/files\/?(?:\?|$)/.test(url ?? "") ? "multipart/form-data" : "application/json";
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

/** Without a key any page in a browser of this machine could ask, by its own origin or by a name that it made point here. */
function refuseStrangers({ host, origin }: IncomingMessage["headers"]): void {
  for (const [name, url] of [
    ["host", `http://${host ?? ""}`],
    ["origin", origin ?? "http://localhost"],
  ] as const)
    if (!isLoopback(URL.parse(url)?.hostname ?? ""))
      throw new Fault(403, `${name}: only this machine is answered without a key; start the server with an api key`, null, "forbidden");
}

function refuseSize(bytes: number): void {
  if (bytes > largestBody)
    throw new Fault(413, `the body is larger than ${largestBody} bytes; send less at once`, null, "request_too_large");
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
