/** What the embedded engine offers of the OpenAI wire. */
import { Fault } from "./wire.ts";

/** Paths below `/v1` and their methods. */
const routes: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/chat\/completions$/, ["POST"]],
  [/^\/embeddings$/, ["POST"]],
  [/^\/models$/, ["GET"]],
  [/^\/models\/[^/]+$/, ["GET", "DELETE"]],
  [/^\/files$/, ["GET", "POST"]],
  [/^\/files\/[^/]+$/, ["GET", "DELETE"]],
  [/^\/files\/[^/]+\/content$/, ["GET"]],
  [/^\/fine_tuning\/jobs$/, ["GET", "POST"]],
  [/^\/fine_tuning\/jobs\/[^/]+$/, ["GET"]],
  [/^\/fine_tuning\/jobs\/[^/]+\/events$/, ["GET"]],
  [/^\/fine_tuning\/jobs\/[^/]+\/cancel$/, ["POST"]],
];

export interface Route {
  /** Below `/v1`, e.g. `/chat/completions`. */
  readonly path: string;
  readonly methods: readonly string[];
}

/** The route of a path whose base ends in `/v1`; throws the 404 of one that is not offered. */
export function routeOf(pathname: string): Route {
  const path = (/\/v1(\/.*)$/.exec(pathname)?.[1] ?? pathname).replace(/(?<=.)\/$/, "");
  const methods = routes.find(([pattern]) => pattern.test(path))?.[1];
  if (methods !== undefined) return { path, methods };
  const offered = "chat/completions, embeddings, models, files and fine_tuning/jobs below /v1";
  throw new Fault(404, `route: "${path}" is unknown; the embedded engine has ${offered}`, null, "unknown_url");
}

/** The 405 of a method that a route does not have. */
export function refuseMethod(method: string, { path, methods }: Route): void {
  if (methods.includes(method)) return;
  throw new Fault(405, `method: ${path} takes no ${method}; it takes ${methods.join(" and ")}`, null, "method_not_allowed", methods);
}
