/** The only retry layer. */
import { EndpointFault } from "../errors.ts";
import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { faultOf, isUnsent, kindOfAnswer } from "./faults.ts";
import { ATTEMPTS, isRepeatable, responseOf, type Answer, type Layer } from "./fetch.ts";

/** HTTP calls that one request makes at the most. */
export const MOST_ATTEMPTS = 6;

export interface RetryOptions {
  /** Names the endpoint in messages. */
  readonly where: string;
  /** Seconds that one attempt may take, and all attempts with the waits between them. */
  readonly timeout: number;
  readonly deadline: number;
  /** HTTP calls at the most, 1 or more. */
  readonly attempts?: number;
  readonly clock: Clock;
  /** 0 <= x < 1; spreads the waits of requests that failed together. */
  random(): number;
  /** Kept out of messages. */
  readonly secrets?: readonly string[];
}

/**
 * Sends a request again after 408, 409, 429 (unless the quota is used up), 5xx other than 501, broken connections and
 * attempts that took too long; never after any other answer. Waits as long as Retry-After says, or 0.5 s doubled with
 * each attempt up to 30 s, of which a random half is taken off; fails at once where the wait would pass the deadline.
 * A request that must not be repeated (an upload, a paid job) is sent again only where the connection was refused.
 * Returns the last answer whatever its status; throws an EndpointFault where there is none.
 */
export function retry(options: RetryOptions): Layer {
  const { where, clock, secrets = [], attempts = MOST_ATTEMPTS } = options;
  return (next) => async (input, init) => {
    const end = clock.now() + options.deadline * 1000;
    const repeatable = isRepeatable(input, init);
    for (let n = 1; ; n++) {
      const outcome = await attempt(next, input, init, Math.min(options.timeout * 1000, end - clock.now())).then(
        (answer) => ({ answer, error: undefined }),
        (error: unknown) => ({ answer: undefined, error }),
      );
      if (outcome.error !== undefined) init?.signal?.throwIfAborted();
      const { answer, error } = outcome;
      const again = answer === undefined ? repeatable || isUnsent(error) : repeatable && mayHelp(answer);
      const wait = again && n < attempts ? waitAfter(answer, n, options) : undefined;
      if (wait === undefined || clock.now() + wait.ms >= end) {
        if (wait?.asked === true && answer !== undefined) throw tooLong(answer, wait.ms, options);
        if (answer === undefined) throw faultOf(error, n > 1 ? `${where} (after ${n} attempts)` : where, secrets);
        answer.headers.set(ATTEMPTS, String(n));
        return responseOf(answer);
      }
      await clock.sleep(wait.ms, init?.signal);
    }
  };
}

function mayHelp(answer: Answer): boolean {
  const kind = kindOfAnswer(answer);
  return kind === "rate" || kind === "transient";
}

function waitAfter(answer: Answer | undefined, n: number, options: RetryOptions): { readonly ms: number; readonly asked: boolean } {
  const asked = answer && retryAfter(answer.headers, options.clock.now());
  if (asked !== undefined) return { ms: asked, asked: true };
  const backoff = Math.min(30_000, 500 * 2 ** (n - 1));
  return { ms: backoff * (1 - options.random() / 2), asked: false };
}

/** Milliseconds that the endpoint asks to wait: `retry-after-ms`, else `retry-after` in seconds or as a date. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const ms = headers.get("retry-after-ms");
  if (ms !== null && /^\d+(\.\d+)?$/.test(ms)) return Number(ms);
  const after = headers.get("retry-after");
  if (after === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(after)) return Number(after) * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function tooLong(answer: Answer, ms: number, { where, deadline }: RetryOptions): EndpointFault {
  const what = `answered ${answer.status} and asks to wait ${Math.ceil(ms / 1000)} s, which passes the deadline of ${deadline} s`;
  return new EndpointFault(
    answer.status === 429 ? "rate" : "transient",
    `${where} ${what}; run again later, or give the endpoint a longer deadline`,
  );
}
