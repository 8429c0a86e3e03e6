/** POST /chat/completions. */
import { reply } from "./answer.ts";
import { type Completion, events, type TokenLogprob, whole } from "./completion.ts";
import { parseCompletionRequest, tokensWithin, type CompletionRequest } from "./completion-request.ts";
import { textOf } from "./messages.ts";
import { readResponseFormat, type ResponseFormat } from "./response-format.ts";
import type { Mind } from "../mind.ts";
import { divide } from "../prompt/divide.ts";
import { understand, type Understood } from "../prompt/request.ts";
import { hash32 } from "../text/hash.ts";
import { isInside } from "../text/characters.ts";
import { createMemo } from "../text/memo.ts";
import { countTokens, tokensOf } from "../text/tokens.ts";
import type { Jobs } from "../tuning/jobs.ts";
import type { Tuned } from "../tuning/tuned.ts";
import { eventStream, Fault, json, notFound } from "../wire.ts";
import { log } from "../text/arithmetic.ts";

export function createCompletions(mind: Mind, jobs: Jobs): (body: unknown) => Promise<Response> {
  const counts = createMemo<number>(4_000);
  const count = (text: string): number => counts.get(text, () => countTokens(text));
  const read: typeof divide = (message, options) => mind.divided.get(JSON.stringify([message, options]), () => divide(message, options));
  return async (raw) => {
    const request = parseCompletionRequest(raw);
    const format = readResponseFormat(request.response_format);
    const tuned = await tunedModel(request.model, jobs);
    const messages = request.messages.map((m) => ({ role: m.role, content: textOf(m.content) }));
    const prompt = tokensWithin(
      messages.map((m) => m.content),
      "messages",
      count,
    );
    const said = reply(withFormat(understand(messages, read), format), mind, tuned);
    const limit = request.max_completion_tokens ?? request.max_tokens ?? undefined;
    const fitted = format?.fit(said.text, said.refusal) ?? { text: said.text, refused: false };
    const { tokens, finish } = cut(fitted.text, limit, request.stop ?? []);
    const n = request.n ?? 1;
    const written = n * countTokens(tokens.join(""));
    const completion: Completion = {
      id: `chatcmpl-${(hash32(JSON.stringify(raw)) >>> 0).toString(16).padStart(8, "0")}`,
      model: request.model,
      n,
      tokens,
      refused: fitted.refused,
      finish,
      logprobs: request.logprobs === true ? logprobsOf(tokens, said.confidence, request.top_logprobs ?? 0) : undefined,
      usage: { prompt_tokens: prompt, completion_tokens: written, total_tokens: prompt + written },
    };
    return request.stream === true
      ? eventStream(events(completion, request.stream_options?.include_usage === true))
      : json(whole(completion));
  };
}

/** Undefined for the base model. */
async function tunedModel(model: string, jobs: Jobs): Promise<Tuned | undefined> {
  if (model === "reader") return undefined;
  if (model === "lexical")
    throw new Fault(400, 'model: "lexical" makes embeddings and does not chat; "reader" and tuned models do', "model");
  const tuned = await jobs.model(model);
  if (tuned === undefined) throw notFound("model", model, 'chat with "reader" or a tuned model, which GET /v1/models lists');
  return tuned;
}

/** `response_format` asks for JSON as the prompt would, and its enum for labels. */
function withFormat(asked: Understood, format: ResponseFormat | undefined): Understood {
  if (format === undefined) return asked;
  const { form, labels, polar, refusal } = asked.instructions;
  const fields = format.fields.length > 0 ? format.fields : (form.json ?? []);
  const closed = format.polar && asked.passages.length > 0 && polar !== true && labels.length === 0;
  const named = closed ? ["yes", "no"] : format.labels;
  // What no passage says is neither true nor false.
  const unknown = closed ? (refusal ?? "I don't know") : refusal;
  const allowed = labels.length > 0 ? labels : named.map((name) => ({ name, about: "" }));
  const main = form.main !== undefined && fields.includes(form.main) ? form.main : undefined;
  const shape = format.numeric ? "number" : form.shape;
  return {
    ...asked,
    instructions: { ...asked.instructions, labels: allowed, refusal: unknown, form: { ...form, json: fields, main, shape } },
  };
}

/** Ends the text before the first of the stops, and after `most` tokens. */
function cut(
  text: string,
  most: number | undefined,
  stop: CompletionRequest["stop"] & {},
): { readonly tokens: readonly string[]; readonly finish: "stop" | "length" } {
  const ends = [stop].flat().flatMap((s) => (s !== "" && text.includes(s) ? [text.indexOf(s)] : []));
  const tokens = tokensOf(text.slice(0, Math.min(text.length, ...ends)));
  if (most === undefined || tokens.length <= most) return { tokens, finish: "stop" };
  // No character is cut in two: an emoji or a Thai syllable may be several tokens.
  let end = most;
  const whole = tokens.join("");
  let place = tokens.slice(0, end).join("").length;
  for (; end > 0 && isInside(whole, place); end--) place -= tokens[end - 1]?.length ?? 0;
  return { tokens: tokens.slice(0, end), finish: "length" };
}

/**
 * The engine chooses a whole answer, not tokens: the first token bears the answer's log probability and the others 0, so that the sum is
 * that of the answer. Where a rule made the answer all are 0. `top` above 0 lists the token itself, since no other was weighed.
 */
function logprobsOf(tokens: readonly string[], confidence: number | undefined, top: number): TokenLogprob[] {
  const first = Math.round(log(Math.min(1, Math.max(1e-9, confidence ?? 1))) * 1e6) / 1e6 + 0;
  return tokens.map((token, i) => {
    const one = { token, logprob: i === 0 ? first : 0, bytes: [...new TextEncoder().encode(token)] };
    return { ...one, top_logprobs: top > 0 ? [one] : [] };
  });
}
