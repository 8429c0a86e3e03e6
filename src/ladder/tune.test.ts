import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbedded, engineVersion } from "../embedded/engine.ts";
import { createRegistry } from "../registry.ts";
import { trainers } from "../trainers/index.ts";
import type { TuneRequest, TuningWire } from "../types.ts";
import { createModels } from "../wire/models.ts";
import type { Keep } from "./events.ts";
import { tune } from "./tune.ts";
import { experimentOf, temporary } from "./world.fixture.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const registry = createRegistry(trainers);
const rows = Array.from({ length: 24 }, (_, i) => ({
  messages: [
    { role: "user", content: `Sort this message: my ${i % 2 === 0 ? "parcel is late" : "invoice is wrong"}, number ${i}` } as const,
    { role: "assistant", content: i % 2 === 0 ? "delivery" : "billing" } as const,
  ],
}));
const request: TuneRequest = { trainer: "openai", options: {}, model: "embedded/reader", rows, hyperparameters: {} };

/** A rung's folder in memory, a wire that counts what is created, and what a process needs besides. */
function bench(keep: Map<string, string> = new Map()) {
  const files: Keep = {
    read: async (name) => keep.get(name),
    write: async (name, content) => void keep.set(name, content),
  };
  const models = createModels({
    endpoints: experimentOf([]).endpoints,
    inProcess: { embedded: { fetch: createEmbedded({ folder: join(place.folder, "engine") }), version: engineVersion } },
    offline: false,
    prices: {},
    signal: new AbortController().signal,
  });
  let created = 0;
  const wire = (endpoint: string): TuningWire => {
    const real = models.tuning(endpoint);
    return { ...real, create: (job) => (created++, real.create(job)) };
  };
  const abort = new AbortController();
  const options = { registry, seed: 1, run: "run-1", keep: files, wire, signal: abort.signal, watch: () => {}, trained: () => {} };
  return { keep, models, options, abort, created: () => created };
}

test("trains for real: the tuned model answers otherwise than its base, and is named with its endpoint", async () => {
  const { models, options } = bench();
  const tuned = await tune(request, options);
  expect(tuned).toMatch(/^embedded\/ft:/);
  const messages = [{ role: "user", content: "Sort this message: my parcel is late, number 99" }] as const;
  const [base, after] = [await models.chat({ model: "embedded/reader", messages }), await models.chat({ model: tuned, messages })];
  expect(after.text).toBe("delivery");
  expect(after.text).not.toBe(base.text);
});

test("a job that was created is found again by its record, and never created twice", async () => {
  const first = bench();
  const tuned = await tune(request, first.options);
  expect(await tune(request, bench(first.keep).options)).toBe(tuned);
  const [[name, record] = ["", "{}"]] = first.keep;
  const { intent, handle } = JSON.parse(record) as Record<string, unknown>;
  const polling = bench(new Map([[name, JSON.stringify({ intent, handle })]]));
  expect(await tune(request, polling.options)).toBe(tuned);
  expect(polling.created()).toBe(0);
});

test("a creation whose answer was lost is adopted by its intent", async () => {
  const first = bench();
  const tuned = await tune(request, first.options);
  const [[name, record] = ["", "{}"]] = first.keep;
  const { intent } = JSON.parse(record) as Record<string, unknown>;
  const later = bench(new Map([[name, JSON.stringify({ intent })]]));
  expect(await tune(request, later.options)).toBe(tuned);
  expect(later.created()).toBe(0);
});

test("rows that cannot be trained on are refused before anything is sent", async () => {
  const { options, created } = bench();
  await expect(tune({ ...request, rows: rows.slice(0, 5) }, options)).rejects.toThrow(/5 rows; at least 10/);
  const broken = rows.map((row, i) => (i === 3 ? { messages: row.messages.slice(0, 1) } : row));
  await expect(tune({ ...request, rows: broken }, options)).rejects.toThrow(/row 4/);
  expect(created()).toBe(0);
});

test("an unknown trainer and options that a trainer does not know are named", async () => {
  const { options } = bench();
  await expect(tune({ ...request, trainer: "opnai" }, options)).rejects.toThrow(/opnai.*openai/);
  await expect(tune({ ...request, options: { speed: 9 } }, options)).rejects.toThrow(/speed/);
});

test("`existing` trains nothing and names the model that it was given", async () => {
  const { options, created } = bench();
  expect(await tune({ ...request, trainer: "existing", options: { model: "ft:mine" } }, options)).toBe("embedded/ft:mine");
  expect(created()).toBe(0);
});
