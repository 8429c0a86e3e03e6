/**
 * Fine-tuning jobs: queued, running, then succeeded, failed or cancelled. Jobs and models are kept in the folder; a job that an earlier
 * process left unfinished starts again when it is asked for, and ends in the same model, since its id comes from what it was made from.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Mind } from "../mind.ts";
import { namesIn, readIfThere, readJsonIfWhole, writeWhole } from "./disk.ts";
import type { Files } from "./files.ts";
import { ended, event, type Event, type Job, jobRequest, page, type Stored } from "./job.ts";
import { readRows } from "./rows.ts";
import { tune } from "./tune.ts";
import { restore, store, type Tuned } from "./tuned.ts";
import { engineVersion } from "../version.ts";
import { Fault, json, notFound, parse } from "../wire.ts";

export interface Jobs {
  route(request: Request, path: string, query: URLSearchParams): Promise<Response | undefined>;
  /** Ids of the tuned models. */
  models(): Promise<string[]>;
  /** What a tuned model knows; undefined where there is no such model. */
  model(id: string): Promise<Tuned | undefined>;
}

const modelPattern = /^ft:reader:[\w-]{0,64}:[0-9a-f]{12}$/;

export function createJobs(folder: string, files: Files, mind: Mind): Jobs {
  const home = path.join(folder, "jobs");
  const jobFile = (id: string): string => path.join(home, `${id}.json`);
  const modelFile = (id: string): string => path.join(folder, "models", `${id.replaceAll(":", "~")}.json`);
  /** Jobs at work in this process, in the order in which they were made. */
  const live = new Map<string, Stored>();
  const loaded = new Map<string, Promise<Tuned | undefined>>();

  async function create(raw: unknown): Promise<Job> {
    const request = parse(jobRequest, raw);
    if (request.model !== "reader")
      throw new Fault(400, `the model "${request.model}" cannot be fine-tuned; "reader" can`, "model", "model_not_available");
    if (request.method !== undefined && request.method !== null && request.method.type !== "supervised")
      throw new Fault(400, `method: "${request.method.type}" is not offered; "supervised" is`, "method");
    const training = await files.content(request.training_file);
    if (training === undefined) throw new Fault(400, `training_file: the file "${request.training_file}" does not exist`, "training_file");
    if (request.validation_file && (await files.content(request.validation_file)) === undefined)
      throw new Fault(400, `validation_file: the file "${request.validation_file}" does not exist`, "validation_file");
    const given = request.method?.supervised?.hyperparameters ?? request.hyperparameters;
    const id = await freeId(JSON.stringify(request));
    const job: Job = {
      object: "fine_tuning.job",
      id,
      model: "reader",
      created_at: 0,
      finished_at: null,
      fine_tuned_model: null,
      organization_id: "embedded",
      status: "queued",
      training_file: request.training_file,
      validation_file: request.validation_file ?? null,
      result_files: [],
      trained_tokens: null,
      seed: request.seed ?? 0,
      hyperparameters: { n_epochs: given?.n_epochs ?? "auto", learning_rate_multiplier: given?.learning_rate_multiplier ?? "auto" },
      method: { type: "supervised" },
      error: null,
      metadata: request.metadata ?? {},
      estimated_finish: null,
      integrations: null,
      user_provided_suffix: request.suffix ?? null,
    };
    await start({ job, events: [event(0, "info", "message", "Created fine-tuning job", null)] });
    return job;
  }

  /** The first id for such a request that no earlier job has. */
  async function freeId(request: string): Promise<string> {
    for (let number = 0; ; number++) {
      const id = `ftjob-${sha(`${number} ${request}`).slice(0, 24)}`;
      const onDisk = await readIfThere(jobFile(id));
      if (onDisk === undefined && !live.has(id)) return id;
    }
  }

  async function start(stored: Stored): Promise<void> {
    live.set(stored.job.id, stored);
    await writeWhole(jobFile(stored.job.id), JSON.stringify(stored));
    void work(stored.job.id);
  }

  /** Changes a live job unless it has ended, and says whether it did. */
  function change(
    id: string,
    update: Partial<Job>,
    level?: Event["level"],
    text?: string,
    type: Event["type"] = "message",
    data: unknown = null,
  ): boolean {
    const now = live.get(id);
    if (now === undefined || ended.has(now.job.status)) return false;
    const events = text === undefined ? now.events : [...now.events, event(now.events.length, level ?? "info", type, text, data)];
    live.set(id, { job: { ...now.job, ...update }, events });
    return true;
  }

  async function work(id: string): Promise<void> {
    try {
      await turn();
      await train(id);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      change(id, { status: "failed", error: { code: "server_error", message, param: null } }, "error", message);
    }
    const last = live.get(id);
    if (last === undefined) return;
    await writeWhole(jobFile(id), JSON.stringify(last)).catch(() => undefined);
    live.delete(id);
  }

  async function train(id: string): Promise<void> {
    const job = live.get(id)?.job;
    if (job === undefined || !change(id, { status: "running" }, "info", "Fine-tuning job started")) return;
    const training = readRows(await contentOf(job.training_file));
    if (training.fault !== undefined) return void fault(id, "invalid_training_file", training.fault, "training_file");
    const valid = readRows(await contentOf(job.validation_file), 0);
    if (valid.fault !== undefined) return void fault(id, "invalid_validation_file", valid.fault, "validation_file");
    const { n_epochs: epochs, learning_rate_multiplier: rate } = job.hyperparameters;
    const steps = tune(
      training.rows,
      valid.rows,
      { epochs: epochs === "auto" ? undefined : epochs, rate: rate === "auto" ? 1 : rate, seed: job.seed },
      mind,
    );
    const table = ["step,train_loss,valid_loss"];
    for (;;) {
      await turn();
      const next = steps.next();
      if (next.done === true) {
        await finish(job, next.value, table);
        return;
      }
      const { step, total, trainLoss, validLoss } = next.value;
      const shown = `Step ${step}/${total}: training loss=${trainLoss.toFixed(3)}${validLoss === null ? "" : `, validation loss=${validLoss.toFixed(3)}`}`;
      table.push([step, trainLoss.toFixed(5), validLoss?.toFixed(5) ?? ""].join(","));
      if (!change(id, {}, "info", shown, "metrics", { step, total_steps: total, train_loss: trainLoss, valid_loss: validLoss })) return;
    }
  }

  async function contentOf(file: string | null): Promise<string> {
    return file === null ? "" : ((await files.content(file)) ?? "");
  }

  function fault(id: string, code: string, message: string, param: string): void {
    change(id, { status: "failed", error: { code, message, param } }, "error", message);
  }

  async function finish(job: Job, tuned: Tuned, table: readonly string[]): Promise<void> {
    const suffix = (job.user_provided_suffix ?? "").replace(/[^\w-]+/g, "-");
    const made = [
      engineVersion,
      job.model,
      await contentOf(job.training_file),
      await contentOf(job.validation_file),
      job.hyperparameters,
      job.seed,
    ];
    const model = `ft:reader:${suffix}:${sha(JSON.stringify(made)).slice(0, 12)}`;
    await writeWhole(modelFile(model), store(tuned));
    const result = await files.keep(new TextEncoder().encode(`${table.join("\n")}\n`), "step_metrics.csv", "fine-tune-results");
    change(job.id, {}, "info", `New fine-tuned model created: ${model}`);
    change(
      job.id,
      { status: "succeeded", fine_tuned_model: model, result_files: [result], finished_at: 0 },
      "info",
      "The job has successfully completed",
    );
  }

  async function look(id: string): Promise<Stored> {
    const known = live.get(id);
    if (known !== undefined) return known;
    const kept = /^ftjob-[0-9a-f]{24}$/.test(id) ? await readJsonIfWhole(jobFile(id)) : undefined;
    if (kept === undefined) throw notFound("fine-tuning job", id);
    const stored = kept as Stored;
    if (ended.has(stored.job.status)) return stored;
    const again = live.get(id);
    if (again !== undefined) return again;
    const restarted: Stored = { job: { ...stored.job, status: "queued" }, events: stored.events.slice(0, 1) };
    await start(restarted);
    return restarted;
  }

  async function list(query: URLSearchParams): Promise<Response> {
    const wanted = [...query].flatMap(([key, value]) => {
      const name = /^metadata\[(.+)\]$/.exec(key)?.[1];
      return name === undefined ? [] : [[name, value] as const];
    });
    const ids = new Set([...(await namesIn(home, ".json")).map((name) => name.slice(0, -".json".length)), ...live.keys()]);
    const jobs = (await Promise.all([...ids].sort().map((id) => look(id).catch(() => [])))).flat().map(({ job }) => job);
    return page(
      jobs.filter((job) => wanted.every(([name, value]) => job.metadata[name] === value)),
      query,
    );
  }

  async function cancel(id: string): Promise<Job> {
    const { job } = await look(id);
    if (ended.has(job.status)) throw new Fault(400, `the job "${id}" has already ended: ${job.status}`);
    change(id, { status: "cancelled", finished_at: 0 }, "info", "The job was cancelled");
    const now = live.get(id);
    if (now !== undefined) await writeWhole(jobFile(id), JSON.stringify(now));
    return (await look(id)).job;
  }

  async function load(id: string): Promise<Tuned | undefined> {
    const text = modelPattern.test(id) ? await readIfThere(modelFile(id)) : undefined;
    try {
      return text === undefined ? undefined : restore(text.toString("utf8"), mind.lexicon);
    } catch {
      // A damaged model is as good as none: whoever needs it trains it again.
      return undefined;
    }
  }

  return {
    async route(request, at, query) {
      if (at === "/fine_tuning/jobs" && request.method === "POST") return json(await create(await request.json().catch(() => undefined)));
      if (at === "/fine_tuning/jobs" && request.method === "GET") return list(query);
      const [, id = "", action] = /^\/fine_tuning\/jobs\/([^/]+)(?:\/(events|cancel))?$/.exec(at) ?? [];
      if (id === "") return undefined;
      // A poll lets the training go on, even when its caller polls without a pause.
      await turn();
      if (action === "cancel" && request.method === "POST") return json(await cancel(id));
      if (action === "events" && request.method === "GET") return page((await look(id)).events.toReversed(), query);
      return action === undefined && request.method === "GET" ? json((await look(id)).job) : undefined;
    },
    models: async () =>
      (await namesIn(path.join(folder, "models"), ".json")).map((name) => name.slice(0, -".json".length).replaceAll("~", ":")),
    async model(id) {
      const known = loaded.get(id) ?? load(id);
      loaded.set(id, known);
      const tuned = await known;
      if (tuned === undefined) loaded.delete(id);
      return tuned;
    },
  };
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
