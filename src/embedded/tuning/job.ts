/** A fine-tuning job as the OpenAI wire shows it. */
import { z } from "zod";

const auto = <T extends z.ZodType>(schema: T, range: string) =>
  z.union([schema, z.literal("auto").transform(() => undefined)], { error: `must be "auto" or ${range}` }).nullish();
const settings = {
  n_epochs: auto(z.number().int().min(1).max(50), "a whole number from 1 to 50"),
  learning_rate_multiplier: auto(z.number().positive().max(10), "a number above 0, at most 10"),
  batch_size: auto(z.number().int().min(1), "a whole number, 1 or more"),
};
const hyperparameters = z.strictObject(settings, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? `unknown: ${(issue.keys ?? []).map((key) => `"${key}"`).join(", ")}; the embedded engine has ${Object.keys(settings).join(", ")}`
      : undefined,
});
/** What POST /fine_tuning/jobs takes. */
export const jobRequest = z.looseObject({
  model: z.string(),
  training_file: z.string(),
  validation_file: z.string().nullish(),
  suffix: z.string().max(64, "must have at most 64 characters").nullish(),
  seed: z.number().int().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  integrations: z.array(z.unknown()).max(0, "the embedded engine reports to no other service; leave integrations out").nullish(),
  hyperparameters: hyperparameters.nullish(),
  method: z
    .looseObject({ type: z.string(), supervised: z.looseObject({ hyperparameters: hyperparameters.nullish() }).nullish() })
    .nullish(),
});

const eventObject = z
  .object({
    object: z.literal("fine_tuning.job.event"),
    id: z.string(),
    created_at: z.number(),
    level: z.enum(["info", "error"]),
    type: z.enum(["message", "metrics"]),
    message: z.string(),
    data: z.unknown(),
  })
  .readonly();
export type Event = z.infer<typeof eventObject>;

const chosen = z.union([z.number(), z.literal("auto")]);
/** The batch size is taken, and without effect: rows are learnt one at a time. */
const chosenSettings = z.object({ n_epochs: chosen, learning_rate_multiplier: chosen, batch_size: chosen }).readonly();

const jobObject = z
  .object({
    object: z.literal("fine_tuning.job"),
    id: z.string(),
    model: z.string(),
    created_at: z.number(),
    finished_at: z.number().nullable(),
    fine_tuned_model: z.string().nullable(),
    organization_id: z.string(),
    status: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
    training_file: z.string(),
    validation_file: z.string().nullable(),
    result_files: z.array(z.string()).readonly(),
    /** Of the training rows as `usage` counts them, each row once however often it was gone through; null until the job has succeeded. */
    trained_tokens: z.number().nullable(),
    seed: z.number(),
    hyperparameters: chosenSettings,
    method: z.object({ type: z.literal("supervised"), supervised: z.object({ hyperparameters: chosenSettings }).readonly() }).readonly(),
    error: z.object({ code: z.string(), message: z.string(), param: z.string().nullable() }).readonly().nullable(),
    metadata: z.record(z.string(), z.string()).readonly(),
    estimated_finish: z.null(),
    integrations: z.null(),
    user_provided_suffix: z.string().nullable(),
  })
  .readonly();
/** A job as the wire shows it. */
export type Job = z.infer<typeof jobObject>;

/** A job as it stands in its file. */
export const storedJob = z.object({ job: jobObject, events: z.array(eventObject).min(1).readonly() }).readonly();
export type Stored = z.infer<typeof storedJob>;

/** States that a job never leaves. */
export const ended = new Set<Job["status"]>(["succeeded", "failed", "cancelled"]);

/** How a job ends. */
export type Ending =
  | { readonly status: "cancelled" }
  | { readonly status: "failed"; readonly error: NonNullable<Job["error"]> }
  | ({ readonly status: "succeeded" } & Pick<Job, "fine_tuned_model" | "result_files" | "trained_tokens">);

/** The job as it ended at a time in seconds since 1970. */
export function endedAs({ job, events }: Stored, ending: Ending, message: string, at: number): Stored {
  const level = ending.status === "failed" ? "error" : "info";
  return withEvent({ job: { ...job, ...ending, finished_at: at }, events }, message, at, { level });
}

/** The job with one event more, at a time in seconds since 1970. */
export function withEvent(
  { job, events }: Stored,
  message: string,
  at: number,
  { level = "info", type = "message", data = null }: Partial<Pick<Event, "level" | "type" | "data">> = {},
): Stored {
  const next: Event = { object: "fine_tuning.job.event", id: `ftevent-${events.length}`, created_at: at, level, type, message, data };
  return { job, events: [...events, next] };
}
