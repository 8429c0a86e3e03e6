/** Responses and errors in the shape of the OpenAI wire. */
import type { z } from "zod";
import { check } from "./complaint.ts";

export class Fault extends Error {
  override readonly name = "Fault";
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  /** The methods that are taken, of a 405. */
  readonly allow: readonly string[];
  constructor(status: number, message: string, param: string | null = null, code: string | null = null, allow: readonly string[] = []) {
    // What somebody sent is quoted back as far as it helps to find it.
    super(message.replaceAll(/"([^"]{120})[^"]*"/g, '"$1…"'));
    this.allow = allow;
    this.status = status;
    this.param = param;
    this.code = code;
  }
}

export function json(body: unknown): Response {
  return Response.json(body);
}

/** A response of server-sent events with such data, made as fast as they are read. */
export function eventStream(data: Iterator<string>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        let block = "";
        for (;;) {
          const next = data.next();
          if (next.done !== true) block += `data: ${next.value}\n\n`;
          if (next.done !== true && block.length < blockLength) continue;
          if (block !== "") controller.enqueue(encoder.encode(block));
          if (next.done === true) controller.close();
          return;
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" } });
}

/** Characters of events that are sent at once: what is small takes one turn. */
const blockLength = 16_384;

export function fail({ status, message, param, code, allow }: Fault): Response {
  const type = status === 404 ? "not_found_error" : status >= 500 ? "server_error" : "invalid_request_error";
  const headers: Readonly<Record<string, string>> = allow.length === 0 ? {} : { allow: allow.join(", ") };
  return Response.json({ error: { message, type, param, code } }, { status, headers });
}

export function notFound(what: string, id: string, instead: string): Fault {
  const named = what === "model" ? "model" : null;
  return new Fault(404, `${what}: "${id}" does not exist; ${instead}`, named, `${what.replaceAll(" ", "_")}_not_found`);
}

/** Levels of lists and objects that a body may have: what is nested without end would end whoever walks through it. */
const deepest = 100;

/** The body of a request as JSON, or a 400. */
export async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (isDeeper(text, deepest)) throw new Fault(400, `body: is nested more than ${deepest} levels deep; send less deep lists and objects`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(400, "body: is not JSON; send an object in JSON, in UTF-8");
  }
}

/** Whether lists and objects in JSON stand more than so deep in each other; told before it is parsed, which takes long where they do. */
function isDeeper(json: string, most: number): boolean {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < json.length; i++) {
    const sign = json[i];
    if (isText && sign === "\\") i++;
    else if (sign === '"') isText = !isText;
    else if (isText) continue;
    else if (sign === "[" || sign === "{") depth++;
    else if (sign === "]" || sign === "}") depth--;
    if (depth > most) return true;
  }
  return false;
}

/** The body as the schema wants it, or a 400 that names the first field that is not. */
export function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const checked = check(schema, body);
  if ("data" in checked) return checked.data;
  const { path, what } = checked.complaint;
  throw new Fault(400, `${path === "" ? "body" : path}: ${what}`, path === "" ? null : path);
}
