/** Laws of the wire: whatever a body holds, the answer is one of OpenAI's, and what is wrong is said field by field in words of our own. */
import { expect, test } from "vitest";
import { createEmbedded } from "./engine.ts";

const handle = createEmbedded({ folder: "/nonexistent/llmopt" });
const ask = (path: string, body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}): Promise<Response> =>
  handle(`http://embedded.invalid/v1${path}`, { method: "POST", body, headers });

interface Said {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

async function errorOf(response: Response): Promise<Said> {
  return ((await response.json()) as { readonly error: Said }).error;
}

const messages = [{ role: "user", content: "Context: Bob lives in Paris.\n\nQuestion: Where does Bob live?" }];
const bases: readonly (readonly [path: string, body: Readonly<Record<string, unknown>>, others: readonly string[]])[] = [
  [
    "/chat/completions",
    { model: "reader", messages },
    "n stream stream_options stop max_tokens max_completion_tokens logprobs top_logprobs temperature top_p presence_penalty frequency_penalty seed response_format tools tool_choice functions function_call logit_bias audio modalities web_search_options user metadata unknown __proto__ constructor toString".split(
      " ",
    ),
  ],
  ["/embeddings", { model: "lexical", input: "kite" }, ["dimensions", "encoding_format", "user", "unknown", "__proto__"]],
  [
    "/fine_tuning/jobs",
    { model: "reader", training_file: "file-none" },
    ["validation_file", "suffix", "seed", "metadata", "integrations", "hyperparameters", "method", "unknown", "__proto__"],
  ],
];
/** As they stand in the body, since some are no value that JavaScript could write. */
const values: readonly string[] = [
  ...String.raw`null true 0 -1 0.5 1e999 -1e999 9007199254740993 1e-400 "" "NaN" "\ud800" "x\u0000y"`.split(" "),
  ...String.raw`[] [[]] [null] [{}] ["\udfff"] {} {"__proto__":{"type":"text"}} {"type":null} {"type":"json_schema"}`.split(" "),
  '{"type":"json_schema","json_schema":{"schema":{"properties":{"__proto__":{"type":"string"},"a":5}}}}',
  '[{"role":"user","content":[{"type":"text"}]}]',
  '[{"role":"user","content":"\\ud800"},{"role":"user","content":null},{"role":"user"}]',
  '{"n_epochs":"NaN","lora":1}',
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  `${'{"a":'.repeat(50_000)}0${"}".repeat(50_000)}`,
  `"${"x".repeat(20_000)}"`,
];

test.each(bases)("whatever stands in a field, %s answers or says what would be right", async (path, base, others) => {
  for (const field of [...Object.keys(base), ...others])
    for (const value of values) {
      const rest = Object.entries(base).filter(([key]) => key !== field);
      const fields = [...rest.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`), `${JSON.stringify(field)}:${value}`];
      const response = await ask(path, `{${fields.join()}}`);
      const at = `${path} ${field}: ${value.slice(0, 80)}`;
      expect([200, 400, 404], at).toContain(response.status);
      if (response.status === 200) continue;
      const { message, type, param } = await errorOf(response);
      expect(message, at).toMatch(/^[\w.$]+: [^]+; [^]+/);
      expect(message, at).not.toMatch(/invalid input|invalid option|expected|received|undefined/i);
      expect(message.length, at).toBeLessThan(500);
      expect(type, at).toMatch(/^(?:invalid_request|not_found)_error$/);
      if (param !== null) expect(message, at).toContain(param.split(".")[0]);
    }
});

test("of a key that stands there twice the last counts", async () => {
  const twice = `{"model":"none","model":"lexical","input":5,"input":"kite"}`;
  expect((await ask("/embeddings", twice)).status).toBe(200);
});

test.each([
  ["/chat/completions", {}, "model: is missing; it must name a model", "model"],
  ["/chat/completions", { model: 5 }, "model: is 5; it must name a model", "model"],
  ["/chat/completions", { model: "reader", messages: {} }, "messages: is an object; it must be a list of messages", "messages"],
  [
    "/chat/completions",
    { model: "reader", messages: [{ role: "wizard", content: "x" }] },
    'messages.0.role: is "wizard"; it must be "system", "developer", "user", "assistant", "tool" or "function"',
    "messages.0.role",
  ],
  [
    "/chat/completions",
    { model: "reader", messages: [{ role: "user", content: 5 }] },
    "messages.0.content: is 5; it must be a text, a list or null",
    "messages.0.content",
  ],
  [
    "/chat/completions",
    { model: "reader", messages: [{ role: "user", content: [{ type: "text", text: 5 }] }] },
    "messages.0.content.0.text: is 5; it must be a text",
    "messages.0.content.0.text",
  ],
  ["/chat/completions", { model: "reader", messages, n: 200 }, "n: is 200; it must be a whole number, 1 to 128", "n"],
  ["/chat/completions", { model: "reader", messages, stream: "yes" }, 'stream: is "yes"; it must be true or false', "stream"],
  ["/chat/completions", { model: "reader", messages, tools: [5] }, "tools: the embedded engine calls no tools; leave it out", "tools"],
  ["/chat/completions", [], "body: is a list of 0; it must be an object", null],
  ["/embeddings", { model: "lexical", input: [] }, "input: is a list of 0; it must hold a text", "input"],
  ["/fine_tuning/jobs", { model: "reader", training_file: null }, "training_file: is null; it must be a text", "training_file"],
] as const)("%s %j is told: %s", async (path, body, message, param) => {
  const response = await ask(path, JSON.stringify(body));
  expect([response.status, await errorOf(response)]).toEqual([400, { message, type: "invalid_request_error", param, code: null }]);
});

test.each([
  ["/embeddings", { model: "reader", input: "x" }, 400, /^model: "reader" chats .*"lexical"/],
  ["/embeddings", { model: "ft:reader:x:0123456789ab", input: "x" }, 400, /^model: "ft:reader:x:0123456789ab" chats .*"lexical"/],
  ["/embeddings", { model: "text-embedding-3-small", input: "x" }, 404, /"lexical"/],
  ["/chat/completions", { model: "lexical", messages }, 400, /^model: "lexical" makes embeddings .*"reader"/],
  ["/chat/completions", { model: "gpt-4", messages }, 404, /"reader"/],
  ["/fine_tuning/jobs", { model: "lexical", training_file: "file-x" }, 400, /^model: "lexical" cannot be fine-tuned; "reader" can/],
] as const)("%s asked with a model of another kind names the right one: %j", async (path, body, status, message) => {
  const response = await ask(path, JSON.stringify(body));
  expect([response.status, await errorOf(response)]).toEqual([
    status,
    expect.objectContaining({ param: "model", message: expect.stringMatching(message) }),
  ]);
});

test("a form that is none, or has other boundaries than it says, is a 400", async () => {
  const form = "--x\r\ncontent-disposition: form-data; name=purpose\r\n\r\nfine-tune\r\n--x--\r\n";
  for (const [body, type] of [
    [form, "multipart/form-data; boundary=y"],
    [form, "multipart/form-data; boundary="],
    [form, "multipart/form-data"],
    [form, "application/json"],
    [form.slice(0, 40), "multipart/form-data; boundary=x"],
    [form.replace("name=purpose", "name"), "multipart/form-data; boundary=x"],
    ["", "multipart/form-data; boundary=x"],
    [form, `multipart/form-data; boundary=${"x".repeat(5_000)}`],
  ] as const) {
    const response = await ask("/files", body, { "content-type": type });
    expect([response.status, (await errorOf(response)).message]).toEqual([400, expect.stringMatching(/^(?:body|file): /)]);
  }
});

test("a method that a route does not have is a 405 that names those it has", async () => {
  for (const [method, path, allow] of [
    ["GET", "/chat/completions", "POST"],
    ["PUT", "/models/reader", "GET, DELETE"],
    ["PATCH", "/files/file-x/content", "GET"],
    ["DELETE", "/fine_tuning/jobs/ftjob-x", "GET"],
  ] as const) {
    const response = await handle(`http://embedded.invalid/v1${path}`, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect(await errorOf(response)).toMatchObject({ code: "method_not_allowed", message: expect.stringContaining(method) });
  }
});
