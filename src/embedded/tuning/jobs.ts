/**
 * Fine-tuning jobs: queued, running, then succeeded, failed or cancelled. Jobs and models are kept in the folder; a job that a killed
 * process left unfinished starts again when it is asked for. A job that another living process works on is left to it: its file shows how
 * far it is, and a file beside it asks for its end.
 */
import { createHash } from "node:crypto";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import type { Mind } from "../mind.ts";
import { bodyOf, Fault, json, parse } from "../wire.ts";
import type { Files } from "./files.ts";
import { ended, endedAs, type Job, jobRequest, type Stored, withEvent } from "./job.ts";
import { createJobFolder } from "./job-folder.ts";
import { cancelledMessage, type JobRun, startJob } from "./job-run.ts";
import type { Lease } from "./lease.ts";
import { createModels, type Models } from "./models.ts";
import { page } from "./page.ts";
import type { Tuned } from "./tuned.ts";

export interface Jobs {
  /** Of a path that begins with `/fine_tuning/jobs`. */
  route(request: Request, path: string, query: URLSearchParams): Promise<Response>;
  readonly models: Models;
  /** What a tuned model knows; undefined where there is no such model. */
  model(id: string): Promise<Tuned | undefined>;
}

/** So long a process that works on a job is waited for when another one cancels it, in milliseconds. */
const patience = 10_000;

/** `seconds`: since 1970, for the times of jobs and events. */
export function createJobs(folder: string, files: Files, mind: Mind, seconds: () => number): Jobs {
  const jobs = createJobFolder(folder);
  const models = createModels(folder, mind);
  const workplace = { jobs, files, models, mind, seconds };
  /** Jobs at work in this process. */
  const live = new Map<string, JobRun>();

  async function create(raw: unknown): Promise<Job> {
    const request = parse(jobRequest, raw);
    if (request.model !== "reader")
      throw new Fault(400, `model: "${request.model}" cannot be fine-tuned; "reader" can`, "model", "model_not_available");
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
      created_at: seconds(),
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
    await start(withEvent({ job, events: [] }, "Created fine-tuning job", seconds()), lease);
    return job;
  }

  async function checkFile(param: string, id: string): Promise<void> {
    const purpose = await files.purpose(id);
    if (purpose !== undefined && purpose !== "fine-tune")
      throw new Fault(400, `${param}: the file "${id}" was uploaded for "${purpose}"; upload it with the purpose "fine-tune"`, param);
    if ((await files.content(id)) === undefined)
      throw new Fault(400, `${param}: the file "${id}" does not exist; GET /v1/files lists those that do`, param);
  }

  /** The first id for such a request that no earlier job has. */
  async function freeId(request: string): Promise<{ readonly id: string; readonly lease: Lease }> {
    for (let number = 0; ; number++) {
      const id = `ftjob-${createHash("sha256").update(`${number} ${request}`).digest("hex").slice(0, 24)}`;
      if (live.has(id) || (await jobs.has(id))) continue;
      const lease = await jobs.lease(id);
      if (lease !== undefined) return { id, lease };
    }
  }

  async function start(stored: Stored, lease: Lease): Promise<void> {
    const { id } = stored.job;
    try {
      live.set(id, await startJob(stored, lease, workplace, () => live.delete(id)));
    } catch (error) {
      await lease.release().catch(() => undefined);
      throw error;
    }
  }

  /** A job as it stands; one that nobody works on any more starts again. A 507 where that cannot be written. */
  async function look(id: string): Promise<Stored> {
    const now = await live.get(id)?.look();
    if (now !== undefined) return now;
    const stored = await jobs.read(id);
    if (ended.has(stored.job.status)) return stored;
    const lease = await jobs.lease(id);
    if (lease === undefined) return (await live.get(id)?.look()) ?? stored;
    try {
      // Whoever had the lease may have ended the job just before.
      const since = await jobs.read(id);
      const over = ended.has(since.job.status);
      if (over || (await jobs.isEndWished(id))) {
        const last = over ? since : endedAs(since, { status: "cancelled" }, cancelledMessage, seconds());
        if (!over) await jobs.write(last);
        await jobs.dropWish(id);
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
    const found = (id: string): Promise<Stored | undefined> => look(id).catch(() => jobs.read(id).catch(() => undefined));
    const all = (await Promise.all((await jobs.ids()).map(found))).flatMap((stored) => stored?.job ?? []);
    return page(
      "fine-tuning job",
      all.filter((job) => wanted.every(([name, value]) => job.metadata[name] === value)),
      query,
    );
  }

  async function cancel(id: string): Promise<Job> {
    let { job } = await look(id);
    if (ended.has(job.status)) throw alreadyEnded(job);
    const now = live.get(id);
    if (now === undefined) await jobs.wishEnd(id);
    else await now.cancel();
    for (const since = Date.now(); ; await pause(25)) {
      job = (await look(id)).job;
      if (ended.has(job.status) || Date.now() - since > patience) break;
    }
    if (ended.has(job.status)) await jobs.dropWish(id);
    // It ended by itself before the wish was seen.
    if (ended.has(job.status) && job.status !== "cancelled") throw alreadyEnded(job);
    return job;
  }

  return {
    models,
    model: (id) => models.load(id),
    async route(request, at, query) {
      const [, id, action] = /^\/fine_tuning\/jobs(?:\/([^/]+)(?:\/(events|cancel))?)?$/.exec(at) ?? [];
      if (id === undefined) return request.method === "POST" ? json(await create(await bodyOf(request))) : list(query);
      // A poll lets the training go on, even when its caller polls without a pause.
      await turn();
      if (action === "cancel") return json(await cancel(id));
      return action === "events" ? page("event", (await look(id)).events.toReversed(), query) : json((await look(id)).job);
    },
  };
}

function alreadyEnded({ id, status }: Job): Fault {
  return new Fault(400, `job: "${id}" has already ended: ${status}; only one that has not can be cancelled`);
}
