/** Laws of the embeddings endpoint as a wire. What the vectors mean is tested elsewhere. */
import OpenAI from "openai";
import { expect, test } from "vitest";
import { contextLength } from "../chat/completion-request.ts";
import { createEmbedded } from "../engine.ts";

// Embeddings keep nothing, so the folder is never made.
const client = new OpenAI({
  baseURL: "http://embedded.invalid/v1",
  apiKey: "none",
  maxRetries: 0,
  fetch: createEmbedded({ folder: "/nonexistent/llmopt" }),
});
const embed = (more: object) => client.embeddings.create({ model: "lexical", input: "x", ...more } as OpenAI.EmbeddingCreateParams);

test("base64, which the client asks for by itself, and float are the same vectors", async () => {
  const input = ["How do I return a kite?", "如何退货"];
  const [usual, floats, text] = [
    await embed({ input }),
    await embed({ input, encoding_format: "float" }),
    await embed({ input: input[0] }),
  ];
  expect(usual.data.map((d) => d.index)).toEqual([0, 1]);
  for (const [i, { embedding }] of usual.data.entries())
    expect([...embedding]).toEqual([...Float32Array.from(floats.data[i]?.embedding ?? [])]);
  expect(text.data[0]?.embedding).toEqual(usual.data[0]?.embedding);
  const raw: unknown = await embed({ encoding_format: "base64" })
    .asResponse()
    .then((response) => response.json());
  expect(raw).toMatchObject({ data: [{ embedding: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) }] });
});

test("vectors have the dimensions that are asked for", async () => {
  for (const dimensions of [256, 1000, 4096]) expect((await embed({ dimensions })).data[0]?.embedding).toHaveLength(dimensions);
});

test.each<[string, object, string | null]>([
  ["input.0", { input: "" }, null],
  ["input", { input: [] }, null],
  ["input", { input: undefined }, null],
  ["input.1", { input: ["a", ""] }, null],
  ["input.0", { input: [1, 2] }, null],
  ["input.0", { input: [[1, 2]] }, null],
  ["input", { input: Array.from({ length: 2049 }, () => "a") }, null],
  ["input.1", { input: ["a", "word ".repeat(contextLength)] }, "context_length_exceeded"],
  ["dimensions", { dimensions: 255 }, null],
  ["dimensions", { dimensions: 4097 }, null],
  ["dimensions", { dimensions: 300.5 }, null],
  ["encoding_format", { encoding_format: "hex" }, null],
])("a 400 names %s", async (param, more, code) => {
  await expect(embed(more)).rejects.toMatchObject({ status: 400, param, code });
});
