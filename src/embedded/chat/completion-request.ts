/** What POST /chat/completions takes: OpenAI's fields and ranges. What would change the answer and cannot be honoured is a 400. */
import { z } from "zod";
import { countTokens } from "../text/tokens.ts";
import { Fault, parse } from "../wire.ts";
import { message } from "./messages.ts";

/** Tokens that the messages of a request, or a text to embed, may have in all. */
export const contextLength = 200_000;

const number = (low: number, high: number) => {
  const wanted = `must be ${low} to ${high}`;
  return z.number(wanted).min(low, wanted).max(high, wanted).nullish();
};
const integer = (low: number, high: number) => {
  const wanted = `must be a whole number, ${low} to ${high}`;
  return z.int(wanted).min(low, wanted).max(high, wanted).nullish();
};
const limit = z.int("must be a whole number, 1 or more").min(1, "must be a whole number, 1 or more").nullish();
const none = (instead: string) => z.unknown().refine(isNothing, `the embedded engine ${instead}; leave it out`).optional();

const body = z.looseObject({
  model: z.string("must name a model"),
  messages: z.array(message, "must be a list of messages").min(1, "must hold a message"),
  n: integer(1, 128),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4, "must hold at most 4 texts")], "must be a text, or at most 4 of them").nullish(),
  max_tokens: limit,
  max_completion_tokens: limit,
  logprobs: z.boolean().nullish(),
  top_logprobs: integer(0, 20),
  temperature: number(0, 2),
  top_p: number(0, 1),
  presence_penalty: number(-2, 2),
  frequency_penalty: number(-2, 2),
  seed: z.int("must be a whole number").nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  tools: none("calls no tools"),
  tool_choice: z
    .unknown()
    .refine((choice) => isNothing(choice) || choice === "none" || choice === "auto", "the embedded engine calls no tools; leave it out")
    .optional(),
  functions: none("calls no functions"),
  function_call: z
    .unknown()
    .refine((call) => isNothing(call) || call === "none" || call === "auto", "the embedded engine calls no functions; leave it out")
    .optional(),
  logit_bias: none("has no vocabulary to weigh"),
  audio: none("makes only text"),
  modalities: z.array(z.literal("text", "the embedded engine makes only text; leave it out")).nullish(),
  web_search_options: none("searches nothing"),
});

export type CompletionRequest = z.output<typeof body>;

/** The request, or the 400 that names the first field that is out of range, at odds with another, or beyond the engine. */
export function parseCompletionRequest(raw: unknown): CompletionRequest {
  const request = parse(body, raw);
  const { max_tokens, max_completion_tokens, messages } = request;
  if (typeof max_tokens === "number" && typeof max_completion_tokens === "number")
    throw new Fault(400, "max_tokens: cannot be set together with max_completion_tokens; give one", "max_tokens");
  if (typeof request.top_logprobs === "number" && request.logprobs !== true)
    throw new Fault(400, "top_logprobs: is nothing without logprobs; set that to true", "top_logprobs");
  if (request.stream_options && request.stream !== true)
    throw new Fault(400, "stream_options: is nothing without a stream; set stream to true", "stream_options");
  const tool = messages.findIndex((m) => m.role === "tool" || m.role === "function");
  if (tool >= 0)
    throw new Fault(400, `messages.${tool}: what tools returned is not read; put it into a message from the user`, `messages.${tool}.role`);
  if (!messages.some((m) => m.role === "user")) throw new Fault(400, "messages: none is from the user; one must be", "messages");
  return request;
}

/** The tokens of the texts; above the context length a 400. */
export function tokensWithin(texts: readonly string[], param: string, count: (text: string) => number = countTokens): number {
  const total = texts.reduce((sum, text) => sum + count(text) + 1, 0);
  if (total <= contextLength) return total;
  const said = `the embedded engine reads at most ${contextLength} tokens at once, and this is ${total}`;
  throw new Fault(400, `${param}: ${said}; give it less`, param, "context_length_exceeded");
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
