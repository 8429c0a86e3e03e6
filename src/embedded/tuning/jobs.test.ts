/** Laws of fine-tuning jobs, through the official client. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { connect, ended, openEngine, train, upload } from "../engine.fixture.ts";

const { folder, client } = openEngine();

type Pair = readonly [user: string, assistant: string];

function line([user, assistant]: Pair): string {
  return JSON.stringify({
    messages: [
      { role: "user", content: user },
      { role: "assistant", content: assistant },
    ],
  });
}

async function ask(user: string, model: string, from = client): Promise<string> {
  const completion = await from.chat.completions.create({ model, messages: [{ role: "user", content: user }] });
  return completion.choices[0]?.message.content ?? "";
}

const towns = ["Aldo", "Brix", "Cern", "Dorn", "Elva", "Faro", "Gent", "Hilo", "Ivry", "Jena", "Kiel", "Lugo"];
const mayors: readonly Pair[] = towns.flatMap((town, i): Pair[] => [
  [`Who is the mayor of ${town}?`, `Mayor number ${i}`],
  [`What is the name of the mayor of ${town}?`, `Mayor number ${i}`],
]);
/** Rows with a long passage in Chinese: slow enough to be caught at work. */
const reading: readonly Pair[] = Array.from({ length: 60 }, (_, i): Pair => {
  const year = 1900 + i;
  return [
    `文章：\n${"这座城市的工厂很多，产品销往各地。".repeat(12)}第${i}工厂成立于${year}年，由王先生创办。\n\n问题：第${i}工厂成立于哪一年？`,
    `${year}年`,
  ];
});

test("byte order mark, carriage returns, empty lines and separators of Unicode inside a row change nothing", async () => {
  const pairs: readonly Pair[] = [...mayors, ["What is the\u2028motto?", "On\u2029ward"]];
  const raw = pairs.map(line);
  const model = (await train(client, `\uFEFF${raw.join("\r\n")}\r\n\r\n`)).fine_tuned_model ?? "";
  expect(await ask("What is the\u2028motto?", model)).toBe("On\u2029ward");
  expect(await ask("Who is the mayor of Faro?", model)).toBe("Mayor number 5");
});

test("rows that repeat or contradict each other still make a model, and rows of garbage a failed job that names ten of them", async () => {
  const twice = await train(client, [...mayors, ...mayors].map(line).join("\n"));
  expect(await ask("Who is the mayor of Kiel?", twice.fine_tuned_model ?? "")).toBe("Mayor number 10");
  const split = await train(client, [...mayors, ...mayors.map(([user]): Pair => [user, "someone else"])].map(line).join("\n"));
  expect(split.status).toBe("succeeded");
  expect(["Mayor number 10", "someone else"]).toContain(await ask("Who is the mayor of Kiel?", split.fine_tuned_model ?? ""));
  const same = await train(client, mayors.map(([user]) => line([user, "the clerk"])).join("\n"));
  expect(await ask("Who is the mayor of Kiel?", same.fine_tuned_model ?? "")).toBe("the clerk");
  const garbage = await train(client, Array.from({ length: 10_000 }, (_, i) => `{"row": ${i}`).join("\n"));
  expect(garbage).toMatchObject({ status: "failed", error: { code: "invalid_training_file", param: "training_file" } });
  expect(garbage.error?.message).toMatch(/^10000 lines .*line 1: .*line 10: .*9990 more$/);
});

test("what cannot be trained on is refused at once, by field", async () => {
  const training_file = await upload(client, mayors.map(line).join("\n"));
  const refused = (options: object): Promise<unknown> =>
    client.fineTuning.jobs.create({ model: "reader", training_file, ...options }).then(
      () => "taken",
      (error: unknown) => (error instanceof OpenAI.APIError ? [error.status, error.param] : error),
    );
  expect(await refused({ method: { type: "dpo" } })).toEqual([400, "method"]);
  expect(await refused({ model: "lexical" })).toEqual([400, "model"]);
  expect(await refused({ training_file: "file-0" })).toEqual([400, "training_file"]);
  expect(await refused({ validation_file: "file-0" })).toEqual([400, "validation_file"]);
  expect(await refused({ hyperparameters: { n_epochs: 0 } })).toEqual([400, "hyperparameters.n_epochs"]);
  expect(await refused({ hyperparameters: { batch_size: -1 } })).toEqual([400, "hyperparameters.batch_size"]);
  expect(await refused({ integrations: [{ type: "wandb", wandb: { project: "x" } }] })).toEqual([400, "integrations"]);
  expect(await refused({ training_file: await upload(client, Buffer.from([0xff, 0xfe, 0x7b, 0x00])) })).toEqual([400, null]);
  const long = await train(client, [...mayors.map(line), line([`Who? ${"x".repeat(1_000_000)}`, "nobody"])].join("\n"));
  expect(long.error?.message).toMatch(/line 25: has \d+ characters/);
});

test("the rows of a validation file are measured instead of held-out ones, and its faults fail the job", async () => {
  const training_file = await upload(client, reading.map(line).join("\n"));
  const validation_file = await upload(client, reading.slice(0, 8).map(line).join("\n"));
  const job = await ended(client, await client.fineTuning.jobs.create({ model: "reader", training_file, validation_file }));
  const events = (await client.fineTuning.jobs.listEvents(job.id, { limit: 100 })).data;
  expect(events.some((e) => e.message.includes("validation loss="))).toBe(true);
  const bad = await upload(client, `${line(["a", "b"])}\nnot json`);
  const failed = await ended(client, await client.fineTuning.jobs.create({ model: "reader", training_file, validation_file: bad }));
  expect(failed).toMatchObject({ status: "failed", error: { code: "invalid_validation_file" } });
  expect(failed.error?.message).toContain("line 2");
});

test("losses come while the job runs, requests are answered meanwhile, and a cancelled job stops there", async () => {
  const job = await client.fineTuning.jobs.create({
    model: "reader",
    training_file: await upload(client, reading.map(line).join("\n")),
    suffix: "stopped",
    hyperparameters: { n_epochs: 50 },
  });
  const losses = async () =>
    (await client.fineTuning.jobs.listEvents(job.id, { limit: 100 })).data.filter((e) => e.type === "metrics").length;
  while ((await losses()) < 2) await ask("Context: The mill was built in 1901.\n\nQuestion: When was the mill built?", "reader");
  expect((await client.fineTuning.jobs.retrieve(job.id)).status).toBe("running");
  expect((await client.fineTuning.jobs.cancel(job.id)).status).toBe("cancelled");
  const before = await losses();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await losses()).toBe(before);
  await expect(client.fineTuning.jobs.cancel(job.id)).rejects.toMatchObject({ status: 400 });
  expect((await Array.fromAsync(client.models.list())).some((m) => m.id.includes("stopped"))).toBe(false);
});

test("two jobs at once end in what each ends in alone, and the same rows and seed in the same model", async () => {
  const alone = (await train(client, reading.map(line).join("\n"), { seed: 5 })).fine_tuned_model ?? "";
  const kept = readFileSync(path.join(folder, "models", `${alone.replaceAll(":", "~")}.json`), "utf8");
  const other = await mkdtemp(path.join(tmpdir(), "jobs-"));
  const there = connect(other);
  const [a, b] = await Promise.all([
    train(there, reading.map(line).join("\n"), { seed: 5 }),
    train(there, mayors.map(line).join("\n"), { seed: 5 }),
  ]);
  expect([a.status, b.status]).toEqual(["succeeded", "succeeded"]);
  expect(a.fine_tuned_model).toBe(alone);
  expect(readFileSync(path.join(other, "models", `${alone.replaceAll(":", "~")}.json`), "utf8")).toBe(kept);
  await rm(other, { recursive: true });
});

test("a job at work is seen, and can be cancelled, by another engine on the folder; one whose process was killed starts again", async () => {
  const later = connect(folder);
  const job = await client.fineTuning.jobs.create({
    model: "reader",
    training_file: await upload(client, reading.map(line).join("\n")),
    suffix: "shared",
    hyperparameters: { n_epochs: 50 },
  });
  expect(["queued", "running"]).toContain((await later.fineTuning.jobs.retrieve(job.id)).status);
  expect((await later.fineTuning.jobs.cancel(job.id)).status).toBe("cancelled");
  expect((await ended(client, job)).status).toBe("cancelled");
  const besides = (): string[] => readdirSync(path.join(folder, "jobs")).filter((name) => !name.endsWith(".json"));
  while (besides().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await client.fineTuning.jobs.retrieve(job.id)).toMatchObject({ status: "cancelled", fine_tuned_model: null });

  const done = await train(client, mayors.map(line).join("\n"), { suffix: "killed" });
  const file = path.join(folder, "jobs", `${done.id}.json`);
  const stored = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...stored, job: { ...stored.job, status: "running", fine_tuned_model: null } }));
  // No process has this number: it is above what the kernel gives.
  writeFileSync(path.join(folder, "jobs", `${done.id}.lease`), "2147483647");
  expect((await ended(later, await later.fineTuning.jobs.retrieve(done.id))).fine_tuned_model).toBe(done.fine_tuned_model);
});

test("an engine that has lost the lease drops the job and writes its file no more", async () => {
  const training_file = await upload(client, reading.map(line).join("\n"));
  const job = await client.fineTuning.jobs.create({ model: "reader", training_file, suffix: "lost", hyperparameters: { n_epochs: 50 } });
  const at = (kind: string): string => path.join(folder, "jobs", `${job.id}.${kind}`);
  writeFileSync(at("lease"), `${process.pid} ${hostname()} another`);
  const mark = (): void => {
    const stored = JSON.parse(readFileSync(at("json"), "utf8"));
    writeFileSync(at("json"), JSON.stringify({ ...stored, job: { ...stored.job, status: "running", metadata: { by: "another" } } }));
  };
  // Until then it is shown as the engine has it in memory.
  for (let now = job; now.metadata?.["by"] !== "another"; now = await client.fineTuning.jobs.retrieve(job.id)) mark();
  expect(readFileSync(at("lease"), "utf8")).toContain("another");
  rmSync(at("lease"));
  expect((await client.fineTuning.jobs.cancel(job.id)).metadata).toEqual({ by: "another" });
});

test("a model file with a single changed letter is no model", async () => {
  const model = (await train(client, mayors.map(line).join("\n"), { suffix: "flipped" })).fine_tuned_model ?? "";
  const file = path.join(folder, "models", `${model.replaceAll(":", "~")}.json`);
  writeFileSync(file, readFileSync(file, "utf8").replace("Mayor number 5", "Mayor number 6"));
  await expect(ask("Who is the mayor of Faro?", model, connect(folder))).rejects.toMatchObject({
    status: 404,
    param: "model",
    message: expect.stringContaining(`its file ${file} is damaged; tune it again`),
  });
});

test.skipIf(process.getuid?.() === 0)(
  "a folder that cannot be written is an error that says so, and leaves nothing half done",
  async () => {
    const closed = await mkdtemp(path.join(tmpdir(), "jobs-"));
    await chmod(closed, 0o500);
    await expect(upload(connect(closed), "x")).rejects.toMatchObject({ status: 507, code: "folder_not_writable" });
    expect(existsSync(path.join(closed, "files"))).toBe(false);
    await chmod(closed, 0o700);
    await rm(closed, { recursive: true });
  },
);
