/**
 * Fine-tuning jobs: queued, running, then succeeded, failed or cancelled. Jobs and models are kept in the folder, and the end of a job is
 * shown once it stands there; a job that a killed process left unfinished starts again when it is asked for, and ends in the same model,
 * since its id comes from what it was made from. A job that another living process works on is left to it: its file shows how far it is,
 * and a file beside it asks for its end.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import type { Mind } from "../mind.ts";
import { namesIn, readIfThere, readJsonIfWhole, removeIfThere, writeWhole } from "./disk.ts";
import type { Files } from "./files.ts";
import { ended, type Event, type Job, jobRequest, type Stored, storedJob, withEvent } from "./job.ts";
import { type Lease, takeLease } from "./lease.ts";
import { createModels, type Models } from "./models.ts";
import { page } from "./page.ts";
import { type Read, readRows } from "./rows.ts";
import type { Tick } from "./training.ts";
import { tune } from "./tune.ts";
import type { Tuned } from "./tuned.ts";
import { engineVersion } from "../version.ts";
import { Fault, json, notFound, parse } from "../wire.ts";

export interface Jobs {
  route(request: Request, path: string, query: URLSearchParams): Promise<Response | undefined>;
  readonly models: Models;
  /** What a tuned model knows; undefined where there is no such model. */
  model(id: string): Promise<Tuned | undefined>;
}

/** A job at work in this process. */
interface Live {
  readonly lease: Lease;
  stored: Stored;
  /** How it ends; to be shown once that is on disk. */
  last?: Stored;
  /** The write of its end that is under way. */
  ending?: Promise<void> | undefined;
  /** The latest write of its file: they go one after the other. */
  written: Promise<void>;
}

const idPattern = /^ftjob-[0-9a-f]{24}$/;
/** Milliseconds: the file of a running job is written so often at most, and another process's wish to cancel it is looked for. */
const writeEvery = 1_000;
const lookEvery = 250;
/** So long a process that works on a job is waited for when another one cancels it, in milliseconds. */
const patience = 10_000;

export function createJobs(folder: string, files: Files, mind: Mind): Jobs {
  const home = path.join(folder, "jobs");
  const jobFile = (id: string): string => path.join(home, `${id}.json`);
  const leaseFile = (id: string): string => path.join(home, `${id}.lease`);
  const cancelFile = (id: string): string => path.join(home, `${id}.cancel`);
  const models = createModels(folder, mind);
  const live = new Map<string, Live>();

  async function create(raw: unknown): Promise<Job> {
    const request = parse(jobRequest, raw);
    if (request.model !== "reader")
      throw new Fault(400, `the model "${request.model}" cannot be fine-tuned; "reader" can`, "model", "model_not_available");
    if (request.method !== undefined && request.method !== null && request.method.type !== "supervised")
      throw new Fault(400, `method: "${request.method.type}" is not offered; "supervised" is`, "method");
    await checkFile("training_file", request.training_file);
    if (request.validation_file) await checkFile("validation_file", request.validation_file);
    const given = request.method?.supervised?.hyperparameters ?? request.hyperparameters;
    const { id, lease } = await freeId(JSON.stringify(request));
    const hyperparameters = {
      n_epochs: given?.n_epochs ?? "auto",
      learning_rate_multiplier: given?.learning_rate_multiplier ?? "auto",
      batch_size: given?.batch_size ?? "auto",
    } as const;
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
      hyperparameters,
      method: { type: "supervised", supervised: { hyperparameters } },
      error: null,
      metadata: request.metadata ?? {},
      estimated_finish: null,
      integrations: null,
      user_provided_suffix: request.suffix ?? null,
    };
    await start(withEvent({ job, events: [] }, "Created fine-tuning job"), lease);
    return job;
  }

  async function checkFile(param: string, id: string): Promise<void> {
    const purpose = await files.purpose(id);
    if (purpose !== undefined && purpose !== "fine-tune")
      throw new Fault(400, `${param}: the file "${id}" was uploaded for "${purpose}"; upload it with the purpose "fine-tune"`, param);
    if ((await files.content(id)) === undefined) throw new Fault(400, `${param}: the file "${id}" does not exist`, param);
  }

  /** The first id for such a request that no earlier job has. */
  async function freeId(request: string): Promise<{ readonly id: string; readonly lease: Lease }> {
    for (let number = 0; ; number++) {
      const id = `ftjob-${sha(`${number} ${request}`).slice(0, 24)}`;
      if (live.has(id) || (await readIfThere(jobFile(id))) !== undefined) continue;
      const lease = await takeLease(leaseFile(id));
      if (lease !== undefined) return { id, lease };
    }
  }

  async function start(stored: Stored, lease: Lease): Promise<void> {
    const { id } = stored.job;
    try {
      await writeWhole(jobFile(id), JSON.stringify(stored));
    } catch (error) {
      await lease.release().catch(() => undefined);
      throw error;
    }
    const now: Live = { lease, stored, written: Promise.resolve() };
    live.set(id, now);
    void work(id, now);
  }

  function write(id: string, now: Live, stored: Stored): Promise<void> {
    const text = JSON.stringify(stored);
    now.written = now.written.catch(() => undefined).then(() => writeWhole(jobFile(id), text));
    return now.written;
  }

  /** Ends a job unless it has an end already. Throws a 507 where that cannot be written; the job is then shown as long as it is not. */
  async function conclude(id: string, now: Live, update: Partial<Job>, message: string, level: Event["level"] = "info"): Promise<void> {
    now.last ??= withEvent({ ...now.stored, job: { ...now.stored.job, ...update } }, message, { level });
    await settle(id, now, now.last);
  }

  /** Writes how a job ended, then forgets it: from then on its file is what is shown. */
  function settle(id: string, now: Live, last: Stored): Promise<void> {
    now.ending ??= write(id, now, last)
      .then(async () => {
        live.delete(id);
        await removeIfThere(cancelFile(id)).catch(() => undefined);
        await now.lease.release().catch(() => undefined);
      })
      .finally(() => (now.ending = undefined));
    return now.ending;
  }

  async function work(id: string, now: Live): Promise<void> {
    try {
      await turn();
      await train(id, now);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const failed = { status: "failed", error: { code: "server_error", message, param: null } } as const;
      // What cannot be written is tried again whenever the job is asked for.
      await conclude(id, now, failed, message, "error").catch(() => undefined);
    }
  }

  async function train(id: string, now: Live): Promise<void> {
    if (now.last !== undefined) return;
    now.stored = withEvent({ ...now.stored, job: { ...now.stored.job, status: "running" } }, "Fine-tuning job started");
    await write(id, now, now.stored);
    const { job } = now.stored;
    const fail = (param: "training_file" | "validation_file", message: string): Promise<void> =>
      conclude(id, now, { status: "failed", error: { code: `invalid_${param}`, message, param } }, message, "error");
    const texts: string[] = [];
    const read: Read["rows"][] = [];
    const table = ["step,train_loss,valid_loss"];
    for (const param of ["training_file", "validation_file"] as const) {
      const file = job[param];
      const text = file === null ? "" : await files.content(file);
      if (text === undefined) return fail(param, `the file "${file}" does not exist any more`);
      const found = await follow(id, now, readRows(text, file === null ? 0 : param === "training_file" ? undefined : 1), table);
      if (found === undefined) return;
      if (found.end.fault !== undefined) return fail(param, found.end.fault);
      texts.push(text);
      read.push(found.end.rows);
    }
    const { n_epochs: epochs, learning_rate_multiplier: rate } = job.hyperparameters;
    const options = { epochs: epochs === "auto" ? undefined : epochs, rate: rate === "auto" ? 1 : rate, seed: job.seed };
    const tuned = await follow(id, now, tune(read[0] ?? [], read[1] ?? [], options, mind), table);
    if (tuned === undefined || (await isCancelled(id, now))) return;
    const suffix = (job.user_provided_suffix ?? "").replace(/[^\w-]+/g, "-");
    const made = [engineVersion, job.model, ...texts, job.hyperparameters, job.seed];
    const model = `ft:reader:${suffix}:${sha(JSON.stringify(made)).slice(0, 12)}`;
    await models.keep(model, tuned.end);
    const result = await files.keep(new TextEncoder().encode(`${table.join("\n")}\n`), "step_metrics.csv", "fine-tune-results");
    now.stored = withEvent(now.stored, `New fine-tuned model created: ${model}`);
    const succeeded = { status: "succeeded", fine_tuned_model: model, result_files: [result], finished_at: 0 } as const;
    await conclude(id, now, succeeded, "The job has successfully completed");
  }

  /** Takes the steps and tells of them, giving way to other work; undefined where the job is ended meanwhile. */
  async function follow<T>(id: string, now: Live, steps: Generator<Tick, T>, table: string[]): Promise<{ readonly end: T } | undefined> {
    let [looked, written, shown] = [Date.now(), Date.now(), now.stored];
    for (;;) {
      await turn();
      await now.lease.renew();
      if (now.last !== undefined) return undefined;
      if (Date.now() - looked >= lookEvery) {
        looked = Date.now();
        if (await isCancelled(id, now)) return undefined;
      }
      if (now.stored !== shown && Date.now() - written >= writeEvery) {
        [written, shown] = [Date.now(), now.stored];
        await write(id, now, shown).catch(() => undefined);
      }
      const next = steps.next();
      if (next.done === true) return { end: next.value };
      if (next.value !== undefined) now.stored = told(now.stored, next.value, table);
    }
  }

  /** Another process may have asked for the end of the job. */
  async function isCancelled(id: string, now: Live): Promise<boolean> {
    if (now.last === undefined && (await readIfThere(cancelFile(id))) !== undefined) await conclude(id, now, cancelled, cancelledMessage);
    return now.last !== undefined;
  }

  /** A job as its file shows it; a 404 where there is none that is whole. */
  async function kept(id: string): Promise<Stored> {
    const stored = storedJob.safeParse(idPattern.test(id) ? await readJsonIfWhole(jobFile(id)) : undefined);
    if (stored.data?.job.id !== id) throw notFound("fine-tuning job", id);
    return stored.data;
  }

  /** A job as it stands; one that nobody works on any more starts again. A 507 where that cannot be written. */
  async function look(id: string): Promise<Stored> {
    const now = live.get(id);
    if (now !== undefined) {
      if (now.last === undefined) return now.stored;
      await settle(id, now, now.last);
      return now.last;
    }
    const stored = await kept(id);
    if (ended.has(stored.job.status)) return stored;
    const lease = await takeLease(leaseFile(id));
    if (lease === undefined) return live.get(id)?.stored ?? stored;
    try {
      // Whoever had the lease may have ended the job just before.
      const since = await kept(id);
      const stopped = (await readIfThere(cancelFile(id))) !== undefined;
      if (ended.has(since.job.status) || stopped) {
        const last =
          stopped && !ended.has(since.job.status) ? withEvent({ ...since, job: { ...since.job, ...cancelled } }, cancelledMessage) : since;
        if (last !== since) await writeWhole(jobFile(id), JSON.stringify(last));
        await removeIfThere(cancelFile(id));
        await lease.release();
        return last;
      }
    } catch (error) {
      await lease.release().catch(() => undefined);
      throw error;
    }
    const restarted: Stored = { job: { ...stored.job, status: "queued" }, events: stored.events.slice(0, 1) };
    await start(restarted, lease);
    return restarted;
  }

  async function list(query: URLSearchParams): Promise<Response> {
    const wanted = [...query].flatMap(([key, value]) => {
      const name = /^metadata\[(.+)\]$/.exec(key)?.[1];
      return name === undefined ? [] : [[name, value] as const];
    });
    // One that cannot be started again is listed as it stands.
    const found = (id: string): Promise<Stored | undefined> => look(id).catch(() => kept(id).catch(() => undefined));
    const jobs = (await Promise.all((await namesIn(home, ".json")).map(found))).flatMap((stored) => stored?.job ?? []);
    return page(
      "fine-tuning job",
      jobs.filter((job) => wanted.every(([name, value]) => job.metadata[name] === value)),
      query,
    );
  }

  async function cancel(id: string): Promise<Job> {
    let { job } = await look(id);
    if (ended.has(job.status)) throw alreadyEnded(job);
    const now = live.get(id);
    if (now !== undefined) await conclude(id, now, cancelled, cancelledMessage);
    else await writeWhole(cancelFile(id), "");
    for (const since = Date.now(); ; await pause(25)) {
      job = (await look(id)).job;
      if (ended.has(job.status) || Date.now() - since > patience) break;
    }
    if (ended.has(job.status)) await removeIfThere(cancelFile(id));
    // It ended by itself before the wish was seen.
    if (ended.has(job.status) && job.status !== "cancelled") throw alreadyEnded(job);
    return job;
  }

  return {
    models,
    model: (id) => models.load(id),
    async route(request, at, query) {
      if (at === "/fine_tuning/jobs" && request.method === "POST") return json(await create(await request.json().catch(() => undefined)));
      if (at === "/fine_tuning/jobs" && request.method === "GET") return list(query);
      const [, id = "", action] = /^\/fine_tuning\/jobs\/([^/]+)(?:\/(events|cancel))?$/.exec(at) ?? [];
      if (id === "") return undefined;
      // A poll lets the training go on, even when its caller polls without a pause.
      await turn();
      if (action === "cancel" && request.method === "POST") return json(await cancel(id));
      if (action === "events" && request.method === "GET") return page("event", (await look(id)).events.toReversed(), query);
      return action === undefined && request.method === "GET" ? json((await look(id)).job) : undefined;
    },
  };
}

const cancelled = { status: "cancelled", finished_at: 0 } as const;
const cancelledMessage = "The job was cancelled";

function alreadyEnded({ id, status }: Job): Fault {
  return new Fault(400, `the job "${id}" has already ended: ${status}`);
}

/** The job with what a step tells; losses go into the table too. */
function told(stored: Stored, tick: NonNullable<Exclude<Tick, void>>, table: string[]): Stored {
  if (typeof tick === "string") return withEvent(stored, tick);
  const { step, total, trainLoss, validLoss } = tick;
  table.push([step, trainLoss.toFixed(5), validLoss?.toFixed(5) ?? ""].join(","));
  const shown = `Step ${step}/${total}: training loss=${trainLoss.toFixed(3)}${validLoss === null ? "" : `, validation loss=${validLoss.toFixed(3)}`}`;
  return withEvent(stored, shown, { type: "metrics", data: { step, total_steps: total, train_loss: trainLoss, valid_loss: validLoss } });
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
