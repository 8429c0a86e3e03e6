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

export function fail({ status, message, param, code }: Fault): Response {
  return json({ error: { message, type: status === 404 ? "not_found_error" : "invalid_request_error", param, code } }, status);
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
