/** Laws of files, models and lists of the fine-tuning wire, and of folders that are damaged or cannot be used. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import OpenAI, { toFile } from "openai";
import { expect, onTestFinished, test } from "vitest";
import { connect, openEngine, train, upload } from "../engine.fixture.ts";

const { folder, client } = openEngine();

const rows: readonly string[] = Array.from({ length: 24 }, (_, i) => line(`Who is the mayor of town ${i}?`, `Mayor number ${7 * i + 103}`));

function line(user: string, assistant: string, weight?: unknown): string {
  return JSON.stringify({
    messages: [
      { role: "user", content: user },
      { role: "assistant", content: assistant, weight },
    ],
  });
}

async function modelIds(from = client): Promise<string[]> {
  return (await Array.fromAsync(from.models.list())).map((model) => model.id);
}

function refused(asked: PromiseLike<unknown> | (() => PromiseLike<unknown>)): Promise<unknown> {
  return Promise.resolve(typeof asked === "function" ? asked() : asked).then(
    () => "taken",
    (error: unknown) => (error instanceof OpenAI.APIError ? [error.status, error.param] : error),
  );
}

test("an upload has a purpose of the OpenAI wire, and only files for fine-tuning are trained on", async () => {
  const training_file = await upload(client, rows.join("\n"));
  const create = (files: Partial<OpenAI.FineTuning.JobCreateParams>) =>
    refused(client.fineTuning.jobs.create({ model: "reader", training_file, ...files }));
  for (const purpose of ["assistants", "batch", "vision", "user_data", "evals"] as const) {
    const other = await upload(client, rows.join("\n"), purpose);
    expect((await client.files.retrieve(other)).purpose).toBe(purpose);
    expect((await client.files.list({ purpose })).data.map((file) => file.id)).toEqual([other]);
    expect(await create({ training_file: other })).toEqual([400, "training_file"]);
    expect(await create({ validation_file: other })).toEqual([400, "validation_file"]);
  }
  const unknown = { purpose: "finetune", file: await toFile(Buffer.from("x"), "x") } as unknown as OpenAI.FileCreateParams;
  expect(await refused(client.files.create(unknown))).toEqual([400, "purpose"]);
});

test("what is deleted is gone, for other engines too; base models stay, and unknown ids are a 404", async () => {
  const job = await train(client, rows.join("\n"), { suffix: "gone" });
  const model = job.fine_tuned_model ?? "";
  const later = connect(folder);
  const ask = () => later.chat.completions.create({ model, messages: [{ role: "user", content: "Who is the mayor of town 5?" }] });
  expect((await ask()).choices[0]?.message.content).toBe("Mayor number 138");
  expect(await client.models.delete(model)).toEqual({ id: model, object: "model", deleted: true });
  expect(await refused(ask())).toEqual([404, "model"]);
  expect(await refused(later.models.retrieve(model))).toEqual([404, "model"]);
  expect(await modelIds(later)).not.toContain(model);
  expect(await refused(client.models.delete(model))).toEqual([404, "model"]);
  expect(await refused(client.models.delete("reader"))).toEqual([403, "model"]);
  const again = await client.files.delete(job.training_file);
  expect(again).toEqual({ id: job.training_file, object: "file", deleted: true });
  for (const call of [() => client.files.retrieve(again.id), () => client.files.content(again.id), () => client.files.delete(again.id)])
    expect(await refused(call)).toEqual([404, null]);
  expect((await train(client, rows.join("\n"), { suffix: "gone" })).fine_tuned_model).toBe(model);
});

test("only models that are whole are listed and retrieved", async () => {
  const model = (await train(client, rows.join("\n"), { suffix: "whole" })).fine_tuned_model ?? "";
  const home = path.join(folder, "models");
  const before = await modelIds();
  expect(before).toContain(model);
  const text = readFileSync(path.join(home, `${model.replaceAll(":", "~")}.json`), "utf8");
  for (const [name, junk] of [
    ["notes.json", "{}"],
    ["ft~reader~~0123456789ab.json", text.slice(0, -1)],
    ["ft~reader~~0123456789ac.json", ""],
    ["ft:reader::0123456789ad.json", text],
  ] as const)
    writeFileSync(path.join(home, name), junk);
  mkdirSync(path.join(home, "ft~reader~~0123456789ae.json"));
  expect(await modelIds()).toEqual(before);
  expect(await refused(client.models.retrieve("ft:reader::0123456789ab"))).toEqual([404, "model"]);
  expect(await refused(client.models.delete("ft:reader::0123456789ab"))).toEqual([404, "model"]);
});

test("a job file that holds no job is no job, and what a killed writer left is removed by the next write", async () => {
  const job = await train(client, rows.join("\n"), { suffix: "nojob" });
  const file = path.join(folder, "jobs", `${job.id}.json`);
  const stored: unknown = JSON.parse(readFileSync(file, "utf8"));
  for (const junk of ["{}", "null", "[]", '"x"', '{"job":{},"events":[]}', JSON.stringify(stored).replaceAll(job.id, "ftjob-x")]) {
    writeFileSync(file, junk);
    for (const call of [
      () => client.fineTuning.jobs.retrieve(job.id),
      () => client.fineTuning.jobs.listEvents(job.id),
      () => client.fineTuning.jobs.cancel(job.id),
    ])
      expect(await refused(call)).toEqual([404, null]);
    expect((await client.fineTuning.jobs.list()).data.map((each) => each.id)).not.toContain(job.id);
  }
  const stray = path.join(folder, "files", `file-${"0".repeat(24)}.json.00000000-0000-4000-8000-000000000000.tmp`);
  const fresh = stray.replace("0000.tmp", "0001.tmp");
  for (const file of [stray, fresh]) writeFileSync(file, "half");
  const long = new Date(Date.now() - 2 * 3_600_000);
  utimesSync(stray, long, long);
  const count = (await client.files.list()).data.length;
  await upload(client, "something else");
  expect([existsSync(stray), existsSync(fresh)]).toEqual([false, true]);
  rmSync(fresh);
  expect((await client.files.list()).data).toHaveLength(count + 1);
});

test("a folder that is no folder, or cannot be made, is an error that says so; base models answer still", async () => {
  const regular = path.join(folder, "regular");
  writeFileSync(regular, "");
  const half = await mkdtemp(path.join(tmpdir(), "wire-"));
  for (const part of ["files", "jobs", "models"]) writeFileSync(path.join(half, part), "");
  for (const at of [regular, half, "/proc/nope"]) {
    const there = connect(at);
    expect(await refused(upload(there, "x"))).toEqual([507, null]);
    for (const call of [
      () => there.files.list(),
      () => there.models.list(),
      () => there.fineTuning.jobs.list(),
      () => there.fineTuning.jobs.retrieve(`ftjob-${"0".repeat(24)}`),
      () => there.models.delete("ft:reader::0123456789ab"),
    ])
      expect([[500, null], [404, null], [404, "model"], "taken"]).toContainEqual(await refused(call));
    expect((await there.models.retrieve("reader")).id).toBe("reader");
  }
  expect(await refused(connect(regular).files.list())).toEqual([500, null]);
  expect(await refused(connect(half).fineTuning.jobs.list())).toEqual([500, null]);
  await rm(half, { recursive: true });
  // The files can be read, and jobs have no place.
  const mixed = await mkdtemp(path.join(tmpdir(), "wire-"));
  const training_file = await upload(connect(mixed), rows.join("\n"));
  mkdirSync(path.join(mixed, "models"));
  writeFileSync(path.join(mixed, "jobs"), "");
  expect(await refused(connect(mixed).fineTuning.jobs.create({ model: "reader", training_file }))).toEqual([500, null]);
  await rm(mixed, { recursive: true });
});

test("a model of another version of the engine is not listed, and whoever asks it is told its file and what to do", async () => {
  const model = (await train(client, rows.join("\n"), { suffix: "older" })).fine_tuned_model ?? "";
  const file = path.join(folder, "models", `${model.replaceAll(":", "~")}.json`);
  const [, text = ""] = readFileSync(file, "utf8").split("\n");
  const { parts } = JSON.parse(text) as { readonly parts: readonly object[] };
  const older = [
    { memory: {} },
    { parts: [{}] },
    { parts: [{ ...parts[0], classifier: {} }] },
    { parts: [{ ...parts[0], reader: {} }] },
    [],
  ];
  for (const other of older) {
    const changed = JSON.stringify(other);
    writeFileSync(file, `${createHash("sha256").update(changed).digest("hex")}\n${changed}`);
    const asked = client.chat.completions.create({ model, messages: [{ role: "user", content: "Who is the mayor of town 5?" }] });
    await expect(asked).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
      message: expect.stringContaining(`its file ${file} was written by another version of the engine; tune it again, or delete the file`),
    });
  }
  expect(await modelIds()).not.toContain(model);
  expect((await train(client, rows.join("\n"), { suffix: "older" })).fine_tuned_model).toBe(model);
  expect(await modelIds()).toContain(model);
});

test("jobs, their events and files tell when they were, by the clock that the engine is given, and nothing else does", async () => {
  const place = await mkdtemp(path.join(tmpdir(), "embedded-"));
  onTestFinished(() => rm(place, { recursive: true }));
  let now = 1_700_000_000_000;
  const timed = connect(place, () => (now += 1_000));
  const job = await train(timed, rows.join("\n"));
  expect(job.created_at).toBeGreaterThan(1_700_000_000);
  expect(job.finished_at).toBeGreaterThan(job.created_at);
  const events = (await timed.fineTuning.jobs.listEvents(job.id)).data.map((event) => event.created_at);
  expect(events.toSorted((a, b) => b - a)).toEqual(events);
  expect(events.at(-1)).toBeGreaterThan(1_700_000_000);
  const file = await timed.files.retrieve(job.training_file);
  expect(file.created_at).toBeGreaterThan(1_700_000_000);
  expect(await upload(timed, rows.join("\n"))).toBe(file.id);
  expect((await timed.files.retrieve(file.id)).created_at).toBe(file.created_at);
  const untimed = await train(client, rows.join("\n"));
  expect([untimed.created_at, untimed.finished_at, untimed.fine_tuned_model]).toEqual([0, 0, job.fine_tuned_model]);
});

test("a job that succeeded says how many tokens its rows have, counted as usage is; one that did not, null", async () => {
  const extra = [line("one two three", "four five."), line("not to be learnt", "at all", 0)];
  const job = await train(client, [...rows, ...extra].join("\n"));
  expect(job.trained_tokens).toBe(24 * (8 + 3) + 3 + 3);
  const failed = await train(client, "{");
  expect([failed.status, failed.trained_tokens, failed.finished_at]).toEqual(["failed", null, 0]);
});

test("lists are paged by ids that are there and limits that are allowed", async () => {
  const job = await train(client, rows.join("\n"), { suffix: "paged" });
  const all = (await client.fineTuning.jobs.listEvents(job.id, { limit: 100 })).data;
  const paged = await Array.fromAsync(client.fineTuning.jobs.listEvents(job.id, { limit: 1 }));
  expect(paged.map((event) => event.id)).toEqual(all.map((event) => event.id));
  expect(await refused(client.fineTuning.jobs.listEvents(job.id, { after: "ftevent-999" }))).toEqual([404, null]);
  expect(await refused(client.fineTuning.jobs.list({ after: "ftjob-0" }))).toEqual([404, null]);
  expect(await refused(client.files.list({ after: "file-0" }))).toEqual([404, null]);
  for (const limit of [0, -1, 101, 1.5]) {
    expect(await refused(client.fineTuning.jobs.list({ limit }))).toEqual([400, "limit"]);
    expect(await refused(client.fineTuning.jobs.listEvents(job.id, { limit }))).toEqual([400, "limit"]);
  }
});

test("hyperparameters that it does not have are refused by name", async () => {
  const training_file = await upload(client, rows.join("\n"));
  const hyperparameters = { n_epochs: 2, lora_rank: 8 } as OpenAI.FineTuning.JobCreateParams.Hyperparameters;
  const method = { type: "supervised", supervised: { hyperparameters } } as const;
  for (const options of [{ hyperparameters }, { method }])
    await expect(client.fineTuning.jobs.create({ model: "reader", training_file, ...options })).rejects.toThrow(/"lora_rank".*n_epochs/);
});

test("a row whose answer has weight 0 is not learnt; other weights, and rows that are no rows, are faults with a place", async () => {
  const shown = [...rows, line("Who is the mayor of Faro?", "Nobody", 0), line("Who is the mayor of Kiel?", "Somebody", 1)];
  const model = (await train(client, shown.join("\n"))).fine_tuned_model ?? "";
  const ask = async (content: string) =>
    (await client.chat.completions.create({ model, messages: [{ role: "user", content }] })).choices[0]?.message.content;
  expect(await ask("Who is the mayor of Kiel?")).toBe("Somebody");
  expect(await ask("Who is the mayor of Faro?")).not.toBe("Nobody");
  const none = await train(client, rows.map((row) => row.replace('"}]', '","weight":0}]')).join("\n"));
  expect(none.error?.message).toContain("0 rows besides 24 of weight 0");
  const user = '{"messages":[{"role":"user","content":"x","weight":1},{"role":"assistant","content":"y"}]}';
  const content = '{"messages":[{"role":"user","content":5},{"role":"assistant","content":"y"}]}';
  const bad = await train(client, [...rows, line("x", "y", 0.5), user, "505", content].join("\n"));
  expect(bad.status).toBe("failed");
  for (const part of [
    "line 25: messages.1.weight: is 0.5; it must be 0 or 1",
    "line 26: messages.0.weight: only messages from the assistant",
    "line 27: the row: is 505; it must be an object",
    "line 28: messages.0.content: is 5; it must be a text, a list or null",
  ])
    expect(bad.error?.message).toContain(part);
});

test("whatever a job is shown as, its file says, and another engine too", async () => {
  const training_file = await upload(client, rows.join("\n"));
  const later = connect(folder);
  for (const options of [{ seed: 11 }, { seed: 12, validation_file: await upload(client, "no row") }]) {
    const job = await client.fineTuning.jobs.create({ model: "reader", training_file, ...options });
    for (let now = job; now.status === "queued" || now.status === "running";) {
      now = await client.fineTuning.jobs.retrieve(job.id);
      const file = readFileSync(path.join(folder, "jobs", `${job.id}.json`), "utf8");
      if (now.status !== "queued" && now.status !== "running") {
        expect(JSON.parse(file)).toMatchObject({ job: { status: now.status, fine_tuned_model: now.fine_tuned_model } });
        expect(await later.fineTuning.jobs.retrieve(job.id)).toEqual(now);
      }
    }
  }
  expect(readdirSync(path.join(folder, "jobs")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("reading rows is told of while it lasts, and so is what ends a training early", async () => {
  const filler = "The mill stands by the river and many people visit it in the summer. ".repeat(60);
  const built = (i: number, more: string): string =>
    line(`Context: ${more}Unit ${i} was built in ${1900 + i}.\n\nQuestion: When was unit ${i} built?`, String(1900 + i));
  const passages = Array.from({ length: 14 }, (_, i) => built(i, filler));
  // What is validated with contradicts what is learnt, so that the loss grows.
  const other = Array.from({ length: 8 }, (_, i) =>
    line(`Context: Unit ${i} was built in ${1900 + i} by Ann Lee.\n\nQuestion: When was unit ${i} built?`, "Ann Lee"),
  );
  const validation_file = await upload(client, other.join("\n"));
  const job = await train(client, passages.join("\n"), { validation_file, hyperparameters: { n_epochs: 30 } });
  const told = (await client.fineTuning.jobs.listEvents(job.id, { limit: 100 })).data.map((event) => event.message);
  expect(told).toContainEqual(expect.stringMatching(/^Read \d+ of 14 rows$/));
  expect(told).toContainEqual(expect.stringMatching(/^Stopped early after epoch \d+: /));
  expect(told.filter((message) => message.startsWith("Step ")).length).toBeLessThan(60);
});
