/** Responses and errors in the shape of the OpenAI wire. */
import { z } from "zod";

export class Fault extends Error {
  override readonly name = "Fault";
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  constructor(status: number, message: string, param: string | null = null, code: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }
}

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status });
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

export function fail({ status, message, param, code }: Fault): Response {
  const type = status === 404 ? "not_found_error" : status >= 500 ? "server_error" : "invalid_request_error";
  return json({ error: { message, type, param, code } }, status);
}

export function notFound(what: string, id: string): Fault {
  return new Fault(404, `the ${what} "${id}" does not exist`, what === "model" ? "model" : null, `${what.replaceAll(" ", "_")}_not_found`);
}

/** The body as the schema wants it, or a 400 that names the first field that is not. */
export function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  throw new Fault(400, `${where === "" ? "body" : where}: ${issue?.message ?? "is not as it should be"}`, where === "" ? null : where);
}
