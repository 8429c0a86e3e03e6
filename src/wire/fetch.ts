/** The seam of the wire: everything that cuts across all endpoints is a layer from fetch to fetch. */

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
export type Layer = (next: Fetch) => Fetch;

/** Headers by which the layers talk to each other; none of them leaves the process. */
export const REPEAT = "x-llmopt-repeat";
export const RENEW = "x-llmopt-renew";
export const CACHED = "x-llmopt-cached";
export const MS = "x-llmopt-ms";
export const ATTEMPTS = "x-llmopt-attempts";

/** Wraps `fetch` in layers; the first one given is the outermost. */
export function compose(fetch: Fetch, ...layers: readonly Layer[]): Fetch {
  return layers.reduceRight((next, layer) => layer(next), fetch);
}

/** A response read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export function responseOf(answer: Answer): Response {
  // 204, 205 and 304 are refused by Response when they come with a body, even an empty one.
  const body = [204, 205, 304].includes(answer.status) ? null : answer.body;
  return new Response(body, { status: answer.status, headers: answer.headers });
}

/** A request that may be sent twice: it changes nothing at the endpoint. Uploads, job creation and the like may not. */
export function isRepeatable(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const method = init?.method ?? "GET";
  return method === "GET" || (method === "POST" && /\/(chat\/completions|embeddings|rerank)$/.test(pathOf(input)));
}

/** The path of a request, without host and query. */
export function pathOf(input: string | URL | Request): string {
  return new URL(urlOf(input)).pathname;
}

export function urlOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : String(input);
}
