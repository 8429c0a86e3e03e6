/** POST /chat/completions. */
import { z } from "zod";
import { reply } from "./answer.ts";
import type { Mind } from "../mind.ts";
import { hash32 } from "../text/hash.ts";
import type { Jobs } from "../tuning/jobs.ts";
import { createMemo } from "../text/memo.ts";
import { understand } from "../prompt/request.ts";
import { Fault, json, notFound, parse } from "../wire.ts";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
export const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part), z.null()]).optional(),
});
const body = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1, "must hold a message"),
  n: z.number().nullish(),
  stream: z.boolean().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  tools: z.array(z.unknown()).nullish(),
  logprobs: z.boolean().nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z
        .looseObject({ schema: z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).optional() })
        .optional(),
    })
    .nullish(),
});

/** Tokens are counted as words, numbers, punctuation marks and CJK characters. */
const tokens = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\d]+|[^\s\p{L}\p{M}\d]/gu;

export function createCompletions(mind: Mind, jobs: Jobs): (body: unknown) => Promise<Response> {
  const counts = createMemo<number>(4_000);
  const count = (text: string): number => counts.get(text, () => text.match(tokens)?.length ?? 0);
  return async (raw) => {
    const request = parse(body, raw);
    refuse(request);
    if (request.model === "lexical") throw new Fault(400, 'the model "lexical" makes embeddings; chat with "reader"', "model");
    const tuned = request.model === "reader" ? undefined : await jobs.model(request.model);
    if (tuned === undefined && request.model !== "reader") throw notFound("model", request.model);
    const messages = request.messages.map((m) => ({ role: m.role, content: textOf(m.content) }));
    if (!messages.some((m) => m.role === "user")) throw new Fault(400, "messages: one of them must be from the user", "messages");
    const whole = reply(withFormat(understand(messages), request.response_format), mind, tuned);
    const { content, finish } = cut(whole, request.max_completion_tokens ?? request.max_tokens ?? undefined, request.stop ?? []);
    const prompt = messages.reduce((sum, m) => sum + count(m.content) + 1, 0);
    const completion = count(content);
    return json({
      id: `chatcmpl-${(hash32(JSON.stringify(raw)) >>> 0).toString(16).padStart(8, "0")}`,
      object: "chat.completion",
      created: 0,
      model: request.model,
      choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: finish }],
      usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
    });
  };
}

function refuse(request: z.output<typeof body>): void {
  if (request.stream === true) throw new Fault(400, "stream: the embedded engine answers in one piece; leave stream out", "stream");
  if ((request.n ?? 1) !== 1) throw new Fault(400, "n: the embedded engine has one answer to a request; leave n out or set it to 1", "n");
  if ((request.tools?.length ?? 0) > 0) throw new Fault(400, "tools: the embedded engine calls no tools; leave tools out", "tools");
  if (request.logprobs === true) throw new Fault(400, "logprobs: the embedded engine has none; leave logprobs out", "logprobs");
}

/** The text of a message; parts that are not text are a 400. */
export function textOf(content: z.output<typeof message>["content"]): string {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  return content
    .map((p) => {
      if (p.type !== "text" || p.text === undefined)
        throw new Fault(400, `messages: a part of type "${p.type}" cannot be read; only text can`, "messages");
      return p.text;
    })
    .join("\n");
}

/** `response_format` asks for JSON as the prompt would. */
function withFormat(asked: ReturnType<typeof understand>, format: z.output<typeof body>["response_format"]): ReturnType<typeof understand> {
  if (format === undefined || format === null || format.type === "text") return asked;
  const properties = format.json_schema?.schema?.properties;
  const fields = properties === undefined ? (asked.instructions.form.json ?? []) : Object.keys(properties);
  return { ...asked, instructions: { ...asked.instructions, form: { ...asked.instructions.form, json: fields } } };
}

function cut(
  text: string,
  most: number | undefined,
  stop: string | readonly string[],
): { readonly content: string; readonly finish: "stop" | "length" } {
  const ends = (typeof stop === "string" ? [stop] : stop).map((s) => (s === "" ? -1 : text.indexOf(s))).filter((at) => at >= 0);
  const stopped = ends.length === 0 ? text : text.slice(0, Math.min(...ends));
  const last = most === undefined ? undefined : [...stopped.matchAll(tokens)][most];
  return last === undefined ? { content: stopped, finish: "stop" } : { content: stopped.slice(0, last.index).trimEnd(), finish: "length" };
}
