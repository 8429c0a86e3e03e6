/**
 * A job at work in this process, from its start to its end, which is shown once it stands on disk. What it makes has ids that come from
 * what it was made from, so that a job that starts again ends in the same model. A process that has lost the lease drops the job: another
 * one works on it.
 */
import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { Mind } from "../mind.ts";
import { engineVersion } from "../version.ts";
import type { Files } from "./files.ts";
import { type Ending, endedAs, type Event, type Job, type Stored, withEvent } from "./job.ts";
import type { JobFolder } from "./job-folder.ts";
import type { Lease } from "./lease.ts";
import type { Models } from "./models.ts";
import { type Read, readRows } from "./rows.ts";
import type { Tick } from "./training.ts";
import { tune } from "./tune.ts";

export interface JobRun {
  /** The job as it stands; undefined where another process has it now. A 507 where its end cannot be written, which is tried each time. */
  look(): Promise<Stored | undefined>;
  /** Ends it unless it has ended. A 507 where that cannot be written. */
  cancel(): Promise<void>;
}

export interface Workplace {
  readonly jobs: JobFolder;
  readonly files: Files;
  readonly models: Models;
  readonly mind: Mind;
  /** Seconds since 1970. */
  readonly seconds: () => number;
}

/** Milliseconds: the file of a running job is written so often at most, and another process's wish to cancel it is looked for. */
const writeEvery = 1_000;
const lookEvery = 250;

/** Writes the job down and begins with it; `over` is called when its file says how it ended, or another process has it. */
export async function startJob(first: Stored, lease: Lease, workplace: Workplace, over: () => void): Promise<JobRun> {
  const { jobs, files, models, mind, seconds } = workplace;
  const { id } = first.job;
  await jobs.write(first);

  let stored = first;
  let isLost = false;
  /** How it ends; to be shown once that is on disk. */
  let last: Stored | undefined;
  /** The write of its end that is under way. */
  let ending: Promise<void> | undefined;
  /** The latest write of its file: they go one after the other. */
  let written = Promise.resolve();

  function write(text: Stored): Promise<void> {
    written = written.catch(() => undefined).then(() => jobs.write(text));
    return written;
  }

  function say(message: string, more?: Partial<Pick<Event, "type" | "data">>): void {
    stored = withEvent(stored, message, seconds(), more);
  }

  function lose(): void {
    isLost = true;
    over();
  }

  /** Ends the job unless it has an end already. */
  async function conclude(as: Ending, message: string): Promise<void> {
    last ??= endedAs(stored, as, message, seconds());
    await settle(last);
  }

  /** Writes how the job ended; from then on its file is what is shown. */
  function settle(end: Stored): Promise<void> {
    ending ??= finish(end).finally(() => (ending = undefined));
    return ending;
  }

  async function finish(end: Stored): Promise<void> {
    if (isLost) return;
    if (!(await lease.isOwn())) return lose();
    await write(end);
    over();
    await jobs.dropWish(id).catch(() => undefined);
    await lease.release().catch(() => undefined);
  }

  async function work(): Promise<void> {
    try {
      await turn();
      await train();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // What cannot be written is tried again whenever the job is asked for.
      await conclude({ status: "failed", error: { code: "server_error", message, param: null } }, message).catch(() => undefined);
    }
  }

  async function train(): Promise<void> {
    if (last !== undefined) return;
    stored = { ...stored, job: { ...stored.job, status: "running" } };
    say("Fine-tuning job started");
    await write(stored);
    const { job } = stored;
    const fail = (param: "training_file" | "validation_file", message: string): Promise<void> =>
      conclude({ status: "failed", error: { code: `invalid_${param}`, message, param } }, message);
    const texts: string[] = [];
    const read: Read[] = [];
    const table = ["step,train_loss,valid_loss"];
    for (const param of ["training_file", "validation_file"] as const) {
      const file = job[param];
      const text = file === null ? "" : await files.content(file);
      if (text === undefined) return fail(param, `the file "${file}" does not exist any more`);
      const found = await follow(readRows(text, file === null ? 0 : param === "training_file" ? undefined : 1), table);
      if (found === undefined) return;
      if (found.end.fault !== undefined) return fail(param, found.end.fault);
      texts.push(text);
      read.push(found.end);
    }
    const { n_epochs: epochs, learning_rate_multiplier: rate } = job.hyperparameters;
    const options = { epochs: epochs === "auto" ? undefined : epochs, rate: rate === "auto" ? 1 : rate, seed: job.seed };
    const tuned = await follow(tune(read[0]?.rows ?? [], read[1]?.rows ?? [], options, mind), table);
    if (tuned === undefined || (await isCancelled())) return;
    const model = modelId(job, texts);
    await models.keep(model, tuned.end);
    const result = await files.keep(new TextEncoder().encode(`${table.join("\n")}\n`), "step_metrics.csv", "fine-tune-results");
    say(`New fine-tuned model created: ${model}`);
    await conclude(
      { status: "succeeded", fine_tuned_model: model, result_files: [result], trained_tokens: read[0]?.tokens ?? 0 },
      "The job has successfully completed",
    );
  }

  /** Takes the steps and tells of them, giving way to other work; undefined where the job is ended or lost meanwhile. */
  async function follow<T>(steps: Generator<Tick, T>, table: string[]): Promise<{ readonly end: T } | undefined> {
    let [looked, wrote, shown] = [Date.now(), Date.now(), stored];
    for (;;) {
      await turn();
      if (!(await lease.renew())) lose();
      if (isLost || last !== undefined) return undefined;
      if (Date.now() - looked >= lookEvery) {
        looked = Date.now();
        if (await isCancelled()) return undefined;
      }
      if (stored !== shown && Date.now() - wrote >= writeEvery) {
        [wrote, shown] = [Date.now(), stored];
        await write(shown).catch(() => undefined);
      }
      const next = steps.next();
      if (next.done === true) return { end: next.value };
      if (next.value !== undefined) tell(next.value, table);
    }
  }

  /** Tells of a step; losses go into the table too. */
  function tell(tick: NonNullable<Exclude<Tick, void>>, table: string[]): void {
    if (typeof tick === "string") return say(tick);
    const { step, total, trainLoss, validLoss } = tick;
    table.push([step, trainLoss.toFixed(5), validLoss?.toFixed(5) ?? ""].join(","));
    const valid = validLoss === null ? "" : `, validation loss=${validLoss.toFixed(3)}`;
    const data = { step, total_steps: total, train_loss: trainLoss, valid_loss: validLoss };
    say(`Step ${step}/${total}: training loss=${trainLoss.toFixed(3)}${valid}`, { type: "metrics", data });
  }

  /** Another process may have asked for the end of the job. */
  async function isCancelled(): Promise<boolean> {
    if (last === undefined && (await jobs.isEndWished(id))) await conclude({ status: "cancelled" }, cancelledMessage);
    return isLost || last !== undefined;
  }

  void work();
  return {
    async look() {
      if (last !== undefined) await settle(last);
      return isLost ? undefined : (last ?? stored);
    },
    cancel: () => conclude({ status: "cancelled" }, cancelledMessage),
  };
}

export const cancelledMessage = "The job was cancelled";

function modelId({ model, hyperparameters, seed, user_provided_suffix }: Job, texts: readonly string[]): string {
  const suffix = (user_provided_suffix ?? "").replace(/[^\w-]+/g, "-");
  const made = createHash("sha256").update(JSON.stringify([engineVersion, model, ...texts, hyperparameters, seed]));
  return `ft:reader:${suffix}:${made.digest("hex").slice(0, 12)}`;
}
