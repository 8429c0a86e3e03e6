/** Laws of the chat endpoint as a wire: streams, choices, log probabilities, formats, ranges and limits. What it answers is tested elsewhere. */
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { openEngine } from "../engine.fixture.ts";
import { contextLength } from "./completion-request.ts";

const { client } = openEngine();

const ask = (user: string, system = "Answer in a full sentence."): OpenAI.ChatCompletionMessageParam[] => [
  { role: "system", content: system },
  { role: "user", content: user },
];
const context = "Context: The lighthouse on Varn was built in 1871 by Ida Holm. It is 32 metres tall.";
const built = `${context}\n\nQuestion: Who built the lighthouse?`;
const base = { model: "reader", messages: ask(built) } as const;

async function refusal(more: object): Promise<unknown> {
  return client.chat.completions.create({ ...base, ...more } as OpenAI.ChatCompletionCreateParamsNonStreaming).then(
    () => "answered",
    (error: unknown) => error,
  );
}

describe("streaming", () => {
  const variants: readonly Partial<OpenAI.ChatCompletionCreateParams>[] = [
    {},
    { n: 3 },
    { max_tokens: 4 },
    { stop: ["1871"] },
    { logprobs: true, top_logprobs: 2 },
    { response_format: { type: "json_object" } },
  ];
  test("the pieces of a stream make up the answer that is sent whole", async () => {
    for (const more of variants) {
      const whole = await client.chat.completions.create({ ...base, ...more, stream: false });
      const stream = client.chat.completions.stream({ ...base, ...more, stream: true, stream_options: { include_usage: true } });
      const final = await stream.finalChatCompletion();
      expect(final.choices.map((c) => [c.index, c.message.content, c.finish_reason, c.logprobs?.content])).toEqual(
        whole.choices.map((c) => [c.index, c.message.content, c.finish_reason, c.logprobs?.content]),
      );
      expect([final.usage, final.model, final.system_fingerprint]).toEqual([whole.usage, whole.model, whole.system_fingerprint]);
    }
  });

  test("the role comes first, then a token at a time, then why it ended, then the usage", async () => {
    const chunks = await Array.fromAsync(
      await client.chat.completions.create({ ...base, stream: true, stream_options: { include_usage: true } }),
    );
    const pieces = chunks.map(({ choices: [choice], usage }) => [choice?.delta, choice?.finish_reason, usage?.completion_tokens]);
    expect(pieces[0]).toEqual([{ role: "assistant", content: "", refusal: null }, null, undefined]);
    const tokens = pieces.slice(1, -2).map(([delta]) => (delta as { readonly content: string }).content);
    expect(tokens.length).toBeGreaterThan(5);
    for (const token of tokens.slice(1)) expect(token).toMatch(/^\s*\S+$/u);
    expect(pieces.slice(-2)).toEqual([
      [{}, "stop", undefined],
      [undefined, undefined, tokens.length],
    ]);
    const bare = await Array.fromAsync(await client.chat.completions.create({ ...base, stream: true }));
    expect(bare.every((chunk) => !("usage" in chunk))).toBe(true);
  });

  test("the events end with [DONE], and what is refused is a 400 and no stream", async () => {
    const raw = await client.chat.completions.create({ ...base, stream: true }).asResponse();
    expect(raw.headers.get("content-type")).toContain("text/event-stream");
    expect(await raw.text()).toMatch(/\n\ndata: \[DONE\]\n\n$/);
    expect(await refusal({ stream: true, n: 0 })).toMatchObject({ status: 400, param: "n" });
  });
});

describe("choices and log probabilities", () => {
  test("n choices are the same answer n times, and are paid for", async () => {
    const [one, three] = [await client.chat.completions.create(base), await client.chat.completions.create({ ...base, n: 3 })];
    expect(three.choices.map((c) => [c.index, c.message.content])).toEqual([0, 1, 2].map((i) => [i, one.choices[0]?.message.content]));
    expect(three.usage?.completion_tokens).toBe(3 * (one.usage?.completion_tokens ?? 0));
  });

  test("the log probabilities add up to that of the answer, and their tokens to its text", async () => {
    const sum = async (messages: OpenAI.ChatCompletionMessageParam[]): Promise<number> => {
      const { choices } = await client.chat.completions.create({ model: "reader", messages, logprobs: true });
      const tokens = choices[0]?.logprobs?.content ?? [];
      expect(tokens.map((t) => t.token).join("")).toBe(choices[0]?.message.content);
      expect(Buffer.from(tokens.flatMap((t) => t.bytes ?? [])).toString("utf8")).toBe(choices[0]?.message.content);
      return tokens.reduce((total, t) => total + t.logprob, 0);
    };
    const known = await sum(ask(built));
    const guessed = await sum(ask(`${context}\n\nQuestion: Which opera did the duchess of Ferrara dislike?`));
    expect(known).toBeLessThanOrEqual(0);
    expect(guessed).toBeLessThan(known);
    expect(await sum(ask("文章：山田工厂成立于1987年。\n\n问题：山田工厂成立于哪一年？", ""))).toBeLessThanOrEqual(0);
  });
});

describe("response_format", () => {
  const answer = async (properties: Record<string, unknown>, more: object = {}, user = built): Promise<unknown> => {
    const schema = { type: "object", properties, ...more };
    const { choices } = await client.chat.completions.create({
      model: "reader",
      messages: ask(user, "Answer briefly."),
      response_format: { type: "json_schema", json_schema: { name: "reply", schema } },
    });
    return JSON.parse(choices[0]?.message.content ?? "");
  };

  test("fields come in the types of the schema", async () => {
    const tall = `${context}\n\nQuestion: How many metres tall is it?`;
    expect(await answer({ answer: { type: "integer" } }, {}, tall)).toEqual({ answer: 32 });
    expect(await answer({ answer: { type: "array", items: { type: "string" } } })).toEqual({ answer: ["Ida Holm"] });
    const optional = { anyOf: [{ type: "string" }, { type: "null" }] };
    expect(await answer({ answer: { type: "string" }, mood: optional }, { required: ["answer", "mood"] })).toEqual({
      answer: "Ida Holm",
      mood: null,
    });
    expect(await answer({ answer: {}, tags: { type: "array" }, mood: { type: "string" } }, { required: ["mood"] })).toEqual({
      answer: "Ida Holm",
      mood: "",
    });
  });

  test("an enum names the labels, by reference too", async () => {
    const topic = { enum: ["lost_card", "exchange_rate", "top_up"] };
    expect(await answer({ label: topic }, {}, "My card is lost, what now?")).toEqual({ label: "lost_card" });
    expect(await answer({ label: { $ref: "#/$defs/topic" } }, { $defs: { topic } }, "What rate do you use to exchange money?")).toEqual({
      label: "exchange_rate",
    });
  });

  test("what cannot be filled in is a 400 that names the property", async () => {
    const nested = { type: "object", properties: { who: { type: "object", properties: {} } } };
    expect(await refusal({ response_format: { type: "json_schema", json_schema: { name: "x", schema: nested } } })).toMatchObject({
      status: 400,
      param: "response_format",
      message: expect.stringContaining("properties.who"),
    });
    const circular = { type: "object", properties: { a: { $ref: "#/$defs/a" } }, $defs: { a: { $ref: "#/$defs/a" } } };
    expect(await refusal({ response_format: { type: "json_schema", json_schema: { name: "x", schema: circular } } })).toMatchObject({
      status: 400,
    });
    expect(await refusal({ response_format: { type: "yaml" } })).toMatchObject({ status: 400, param: "response_format.type" });
  });
});

describe("what is refused", () => {
  test.each<[string, object]>([
    ["temperature", { temperature: 2.1 }],
    ["temperature", { temperature: "hot" }],
    ["top_p", { top_p: -0.1 }],
    ["presence_penalty", { presence_penalty: 3 }],
    ["n", { n: 129 }],
    ["n", { n: 1.5 }],
    ["seed", { seed: 0.5 }],
    ["max_tokens", { max_tokens: 0 }],
    ["max_tokens", { max_tokens: 3, max_completion_tokens: 3 }],
    ["stop", { stop: ["a", "b", "c", "d", "e"] }],
    ["top_logprobs", { top_logprobs: 2 }],
    ["top_logprobs", { logprobs: true, top_logprobs: 21 }],
    ["stream_options", { stream_options: { include_usage: true } }],
    ["tools", { tools: [{ type: "function", function: { name: "f" } }] }],
    ["tool_choice", { tool_choice: "required" }],
    ["logit_bias", { logit_bias: { 42: 1 } }],
    ["modalities.1", { modalities: ["text", "audio"] }],
    ["messages", { messages: [{ role: "system", content: "x" }] }],
    ["messages.0.role", { messages: [{ role: "wizard", content: "x" }] }],
    ["messages.1.role", { messages: [...ask("x").slice(1), { role: "tool", tool_call_id: "1", content: "x" }] }],
    ["messages", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] }],
  ])("%s: %j", async (param, more) => {
    expect(await refusal(more)).toMatchObject({ status: 400, param, message: expect.stringContaining(param.split(".")[0] ?? "") });
  });

  test("what changes nothing is taken", async () => {
    const plain = await client.chat.completions.create(base);
    const more = {
      temperature: 2,
      top_p: 0,
      seed: -5,
      tools: [],
      logit_bias: {},
      user: "x",
      metadata: { a: "b" },
      parallel_tool_calls: true,
    };
    const same = await client.chat.completions.create({ ...base, ...more });
    expect({ ...same, id: "" }).toEqual({ ...plain, id: "" });
  });

  test("messages longer than the context are told so; just below they are answered", async () => {
    const long = (words: number): OpenAI.ChatCompletionMessageParam[] => [{ role: "user", content: "word ".repeat(words) }];
    expect(await refusal({ messages: long(contextLength) })).toMatchObject({
      status: 400,
      code: "context_length_exceeded",
      param: "messages",
    });
    const { usage } = await client.chat.completions.create({ model: "reader", messages: long(contextLength - 1) });
    expect(usage?.prompt_tokens).toBe(contextLength);
  });
});
