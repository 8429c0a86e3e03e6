/** A completion as the wire shows it: whole, or in pieces. */
import { engineVersion } from "../version.ts";

export interface Completion {
  readonly id: string;
  readonly model: string;
  /** Choices, all alike: the engine does not sample. */
  readonly n: number;
  /** The answer in pieces of a token each. */
  readonly tokens: readonly string[];
  /** The tokens say, in words, that no content would fit the wanted schema. */
  readonly refused: boolean;
  readonly finish: "stop" | "length";
  /** For each token; undefined where nobody asked. */
  readonly logprobs: readonly TokenLogprob[] | undefined;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm of a probability. */
  readonly logprob: number;
  /** UTF-8. */
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<TokenLogprob, "top_logprobs">[];
}

/** Tells the versions of the engine apart, since within one the same request has the same answer. */
const fingerprint = `embedded-${engineVersion}`;

export function whole({ id, model, n, tokens, refused, finish, logprobs, usage }: Completion) {
  const text = tokens.join("");
  const message = { role: "assistant", content: refused ? null : text, refusal: refused ? text : null };
  const bare = logprobsOf(logprobs, refused);
  const choices = Array.from({ length: n }, (_, index) => ({ index, message, logprobs: bare, finish_reason: finish }));
  return { id, object: "chat.completion", created: 0, model, system_fingerprint: fingerprint, choices, usage };
}

/** The data of server-sent events: of each choice the role, its tokens and the finish reason; then the usage where wanted; `[DONE]`. */
export function* events({ id, model, n, tokens, refused, finish, logprobs, usage }: Completion, withUsage: boolean): Generator<string> {
  const chunk = (choices: readonly unknown[], last = false): string => {
    const head = { id, object: "chat.completion.chunk", created: 0, model, system_fingerprint: fingerprint, choices };
    return JSON.stringify(withUsage ? { ...head, usage: last ? usage : null } : head);
  };
  for (let index = 0; index < n; index++) {
    const delta = { role: "assistant", ...(refused ? { refusal: "" } : { content: "", refusal: null }) };
    yield chunk([{ index, delta, logprobs: null, finish_reason: null }]);
    for (const [i, content] of tokens.entries())
      yield chunk([
        {
          index,
          delta: refused ? { refusal: content } : { content },
          logprobs: logprobsOf(logprobs?.slice(i, i + 1), refused),
          finish_reason: null,
        },
      ]);
    yield chunk([{ index, delta: {}, logprobs: null, finish_reason: finish }]);
  }
  if (withUsage) yield chunk([], true);
  yield "[DONE]";
}

function logprobsOf(list: readonly TokenLogprob[] | undefined, refused: boolean) {
  return list === undefined ? null : refused ? { content: null, refusal: list } : { content: list, refusal: null };
}
