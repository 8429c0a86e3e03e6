import { describe, expect, test } from "vitest";
import { checkCompletion, checkEmbeddings } from "./check.ts";

const chat = (message: unknown, finish_reason: unknown = "stop", more: object = {}): string =>
  JSON.stringify({ choices: [{ finish_reason, message }], ...more });
const embedded = (...embeddings: readonly unknown[]): string => JSON.stringify({ data: embeddings.map((embedding) => ({ embedding })) });

describe("a completion that cannot be used is a fault, never an empty answer", () => {
  test.each([
    ["nothing", "", "parse", "an empty body"],
    ["HTML", "<html><body>Sign in</body></html>", "parse", "Sign in"],
    ["half a JSON", '{"choices":[{"mess', "parse", "no JSON"],
    ["another JSON", '{"error":{"message":"model is loading"}}', "parse", "model is loading"],
    ["no choice", '{"choices":[]}', "parse", "choices"],
    ["a choice without a message", '{"choices":[{"finish_reason":"stop"}]}', "parse", "choices.0.message"],
    ["an empty text", chat({ content: "" }), "parse", "empty answer"],
    ["only spaces", chat({ content: " \n" }), "parse", "empty answer"],
    ["no content", chat({ content: null }), "parse", "empty answer"],
    ["no text before the limit", chat({ content: "" }, "length"), "cut", "limit on tokens"],
    ["a filtered text", chat({ content: "I c" }, "content_filter"), "content filter", "filtered"],
    ["a call of no tool", chat({ content: null, tool_calls: [] }, "tool_calls"), "parse", "empty answer"],
    ["a call without a name", chat({ content: null, tool_calls: [{ function: { arguments: "{}" } }] }), "parse", "without a name"],
  ])("%s", (_, body, kind, what) => {
    expect(checkCompletion(body)).toMatchObject({ kind, what: expect.stringContaining(what) });
  });
});

test.each([
  ["a text", chat({ content: "Paris" }), "Paris"],
  ["a text that is cut at the limit", chat({ content: "Par" }, "length"), "Par"],
  ["no finish_reason", JSON.stringify({ choices: [{ message: { content: "Paris" } }] }), "Paris"],
  [
    "text in parts",
    chat({
      content: [
        { type: "thinking", thinking: [] },
        { type: "text", text: "Paris" },
      ],
    }),
    "Paris",
  ],
  ["a refusal", chat({ content: null, refusal: "I cannot help." }), "I cannot help."],
  ["a text beside a tool call", chat({ content: "Let me see.", tool_calls: [{ function: { name: "see" } }, {}] }), "Let me see."],
])("%s is an answer", (_, body, text) => {
  expect(checkCompletion(body)).toMatchObject({ value: { text } });
});

describe("where the model only calls tools, the calls are its answer", () => {
  const called = (given: unknown, content: unknown = null): unknown => {
    const read = checkCompletion(chat({ content, tool_calls: [given] }, "tool_calls"));
    return "value" in read ? JSON.parse(read.value.text) : read;
  };
  const call = (args: unknown): unknown => ({ id: "call_1", type: "function", function: { name: "weather", arguments: args } });

  test.each([
    ["arguments as JSON in a text", call('{"city": "Lyon"}'), { city: "Lyon" }],
    ["arguments that are an object", call({ city: "Lyon" }), { city: "Lyon" }],
    ["arguments that are cut", call('{"city": "Ly'), '{"city": "Ly'],
    ["no arguments", call(undefined), {}],
    ["empty arguments", call(""), {}],
    ["a custom tool", { type: "custom", custom: { name: "weather", input: "Lyon today" } }, "Lyon today"],
  ])("%s", (_, given, args) => {
    for (const content of [null, "", " \n", []]) expect(called(given, content)).toEqual([{ name: "weather", arguments: args }]);
  });

  test("all of them in their order", () => {
    const tool_calls = ["b", "a"].map((name) => ({ function: { name, arguments: "{}" } }));
    expect(checkCompletion(chat({ content: null, tool_calls }))).toMatchObject({
      value: { text: '[{"name":"b","arguments":{}},{"name":"a","arguments":{}}]' },
    });
  });
});

test("usage is read with its cached part; a missing or senseless one is undefined and no fault", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } };
  expect(checkCompletion(chat({ content: "x" }, "stop", { usage }))).toMatchObject({ value: { usage: { in: 10, out: 3, cached: 4 } } });
  for (const bad of [undefined, null, {}, { prompt_tokens: -1 }, { prompt_tokens: "many" }])
    expect(checkCompletion(chat({ content: "x" }, "stop", { usage: bad }))).toEqual({ value: { text: "x", cut: false, usage: undefined } });
});

describe("vectors that retrieval would choke on are a fault", () => {
  test.each([
    ["fewer than texts", embedded([1, 2]), 2, "1 vectors for 2 texts"],
    ["more than texts", embedded([1], [2], [3]), 2, "3 vectors for 2 texts"],
    ["of different lengths", embedded([1, 2], [1, 2, 3]), 2, "different lengths"],
    ["of only zeros", embedded([1, 2], [0, 0]), 2, "only zeros for text 2"],
    ["empty", embedded([]), 1, "embedding"],
    ["with null inside", embedded([1, null]), 1, "embedding"],
    ["in base64", embedded("AACAPw=="), 1, "base64"],
    [
      "of another place",
      JSON.stringify({
        data: [
          { index: 1, embedding: [1] },
          { index: 1, embedding: [2] },
        ],
      }),
      2,
      "indexes",
    ],
    [
      "of a place that was not asked",
      JSON.stringify({
        data: [
          { index: 0, embedding: [1] },
          { index: 5, embedding: [2] },
        ],
      }),
      2,
      "indexes",
    ],
  ])("%s", (_, body, count, what) => {
    expect(checkEmbeddings(body, count)).toMatchObject({ kind: "parse", what: expect.stringContaining(what) });
  });
});

test("vectors come in the order of their index", () => {
  const body = JSON.stringify({
    data: [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ],
  });
  expect(checkEmbeddings(body, 2)).toMatchObject({ value: { vectors: [[1], [2]] } });
});
