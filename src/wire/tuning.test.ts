import { expect, onTestFinished, test } from "vitest";
import { createModels } from "./models.ts";
import { endpoint, html, json, serve, stillClock, type Behaviour } from "./server.fixture.ts";

async function tuning(...behaviours: readonly Behaviour[]) {
  const { url, seen } = await serve(...behaviours);
  const models = createModels({
    endpoints: { local: endpoint(url) },
    inProcess: {},
    offline: false,
    prices: {},
    signal: new AbortController().signal,
    clock: stillClock(),
  });
  onTestFinished(() => models.close());
  return { wire: models.tuning("local"), seen };
}

const request = { model: "base", trainingFile: "file-1", seed: 7, hyperparameters: { n_epochs: 3 }, metadata: { llmopt_intent: "abc" } };

test("an upload carries the rows byte for byte", async () => {
  const { wire, seen } = await tuning(json(200, { id: "file-1", object: "file" }));
  const rows = '{"messages":[{"role":"user","content":"愛 \\n"}]}\n';
  expect(await wire.upload(rows, "train.jsonl")).toBe("file-1");
  expect(seen[0]).toMatchObject({
    method: "POST",
    path: "/v1/files",
    headers: { "content-type": expect.stringMatching(/^multipart\/form-data/) },
  });
  expect(seen[0]?.body).toContain(rows);
  expect(seen[0]?.body).toContain('filename="train.jsonl"');
  expect(seen[0]?.body).toMatch(/name="purpose"\s+fine-tune/);
});

test("a job is created with what was asked, and nothing else", async () => {
  const { wire, seen } = await tuning(json(200, { id: "ftjob-1" }));
  expect(await wire.create(request)).toBe("ftjob-1");
  await wire.create({ ...request, hyperparameters: {} });
  const plain = { model: "base", training_file: "file-1", seed: 7, metadata: { llmopt_intent: "abc" } };
  expect(seen.map((each) => JSON.parse(each.body))).toEqual([
    { ...plain, method: { type: "supervised", supervised: { hyperparameters: { n_epochs: 3 } } } },
    plain,
  ]);
});

test.each([
  ["502", html(502)],
  ["429", json(429, {}, { "retry-after": "1" })],
  ["a closed connection", (response: Parameters<Behaviour>[0]) => void response.destroy()],
])("what costs money is sent once, though the answer is %s", async (_, behaviour) => {
  const { wire, seen } = await tuning(behaviour);
  await expect(wire.create(request)).rejects.toMatchObject({ name: "EndpointFault" });
  await expect(wire.upload("{}", "train.jsonl")).rejects.toMatchObject({ name: "EndpointFault" });
  expect(seen).toHaveLength(2);
});

test("a job is found by its metadata, also where the endpoint ignores the filter", async () => {
  const data = [
    { id: "ftjob-2", metadata: { llmopt_intent: "other" } },
    { id: "ftjob-3" },
    { id: "ftjob-1", metadata: { llmopt_intent: "abc" } },
  ];
  const { wire, seen } = await tuning(json(200, { data, has_more: false }));
  expect(await wire.find({ llmopt_intent: "abc" })).toBe("ftjob-1");
  expect(decodeURIComponent(seen[0]?.path ?? "")).toContain("metadata[llmopt_intent]=abc");
  expect(await wire.find({ llmopt_intent: "none" })).toBeUndefined();
});

test.each([
  [
    { status: "pausing", error: {} },
    { status: "pausing", model: null, error: null, trainedTokens: null },
  ],
  [
    { status: "succeeded", fine_tuned_model: "ft:x", error: null, trained_tokens: 9 },
    { status: "succeeded", model: "ft:x", error: null, trainedTokens: 9 },
  ],
  [
    { status: "failed", error: { code: "bad", message: "bad file" } },
    { status: "failed", model: null, error: "bad file", trainedTokens: null },
  ],
])("a job is read as the endpoint tells it: %j", async (told, read) => {
  const { wire } = await tuning(json(500, {}), json(200, { id: "ftjob-1", ...told }));
  expect(await wire.job("ftjob-1")).toEqual(read);
});

test("events come in the order in which they happened", async () => {
  const { wire, seen } = await tuning(json(200, { data: [{ message: "done" }, { message: "begun" }] }));
  expect(await wire.events("ftjob-1")).toEqual(["begun", "done"]);
  await wire.cancel("ftjob-1");
  expect(seen[1]).toMatchObject({ method: "POST", path: "/v1/fine_tuning/jobs/ftjob-1/cancel" });
});

test("HTML in the place of a job is a fault", async () => {
  const { wire } = await tuning(html(200));
  await expect(wire.job("ftjob-1")).rejects.toMatchObject({ kind: "parse" });
});
