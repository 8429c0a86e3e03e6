/** One HTTP attempt: sent with nothing but the known headers, read to its end, within its time. */
import { LONGEST } from "./clock.ts";
import { MS, type Answer, type Fetch } from "./fetch.ts";

/**
 * Sends a request once and reads the whole answer within `ms` milliseconds, so that a body that is cut or hangs is a
 * failure of this attempt. Throws a `TimeoutError` when the time is over, and the caller's abort reason when it aborts.
 */
export async function attempt(next: Fetch, input: string | URL | Request, init: RequestInit = {}, ms: number): Promise<Answer> {
  init.signal?.throwIfAborted();
  const controller = new AbortController();
  const caller = init.signal;
  const cancel = (): void => controller.abort(caller?.reason);
  const late = (): void => controller.abort(new DOMException(`no answer within ${seconds(ms)} s`, "TimeoutError"));
  caller?.addEventListener("abort", cancel, { once: true });
  const timer = setTimeout(late, Math.min(Math.max(1, ms), LONGEST));
  const start = performance.now();
  try {
    // A redirect would carry the prompts to a host that the experiment does not name.
    const response = await next(input, { ...init, headers: knownHeaders(init.headers), signal: controller.signal, redirect: "manual" });
    const body = await response.text();
    const headers = new Headers(response.headers);
    // The body is decoded by now.
    for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
    headers.set(MS, (performance.now() - start).toFixed(2));
    return { status: response.status, headers, body };
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener("abort", cancel);
  }
}

/** Only these are sent: the openai client adds others from the environment (OPENAI_CUSTOM_HEADERS) and about the machine. */
const SENT = ["accept", "api-key", "authorization", "content-type", "user-agent"];

function knownHeaders(given: RequestInit["headers"]): Headers {
  const all = new Headers(given);
  const known = new Headers();
  for (const name of SENT) {
    const value = all.get(name);
    if (value !== null) known.set(name, value);
  }
  return known;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
