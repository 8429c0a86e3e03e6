/** A fine-tuning job as the OpenAI wire shows it. */
import { z } from "zod";
import { json } from "../wire.ts";

const auto = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal("auto").transform(() => undefined)]).nullish();
const hyperparameters = z.looseObject({
  n_epochs: auto(z.number().int().min(1, "must be 1 to 50").max(50, "must be 1 to 50")),
  learning_rate_multiplier: auto(z.number().positive().max(10)),
  batch_size: z.unknown().optional(),
});
/** What POST /fine_tuning/jobs takes. */
export const jobRequest = z.looseObject({
  model: z.string(),
  training_file: z.string(),
  validation_file: z.string().nullish(),
  suffix: z.string().max(64, "must have at most 64 characters").nullish(),
  seed: z.number().int().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  hyperparameters: hyperparameters.nullish(),
  method: z
    .looseObject({ type: z.string(), supervised: z.looseObject({ hyperparameters: hyperparameters.nullish() }).nullish() })
    .nullish(),
});

export interface Event {
  readonly object: "fine_tuning.job.event";
  readonly id: string;
  readonly created_at: number;
  readonly level: "info" | "error";
  readonly type: "message" | "metrics";
  readonly message: string;
  readonly data: unknown;
}

/** A job as the wire shows it. */
export interface Job {
  readonly object: "fine_tuning.job";
  readonly id: string;
  readonly model: string;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly fine_tuned_model: string | null;
  readonly organization_id: string;
  readonly status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly training_file: string;
  readonly validation_file: string | null;
  readonly result_files: readonly string[];
  readonly trained_tokens: number | null;
  readonly seed: number;
  readonly hyperparameters: { readonly n_epochs: number | "auto"; readonly learning_rate_multiplier: number | "auto" };
  readonly method: { readonly type: "supervised" };
  readonly error: { readonly code: string; readonly message: string; readonly param: string | null } | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly estimated_finish: null;
  readonly integrations: null;
  readonly user_provided_suffix: string | null;
}
/** A job as it stands in its file. */
export interface Stored {
  readonly job: Job;
  readonly events: readonly Event[];
}

/** States that a job never leaves. */
export const ended = new Set<Job["status"]>(["succeeded", "failed", "cancelled"]);

/** A page of a list, as `after` and `limit` ask. */
export function page(items: readonly { readonly id: string }[], query: URLSearchParams): Response {
  const after = query.get("after");
  const from = after === null ? 0 : items.findIndex((item) => item.id === after) + 1;
  const limit = Math.max(1, Number(query.get("limit") ?? 20) || 20);
  return json({ object: "list", data: items.slice(from, from + limit), has_more: items.length > from + limit });
}

export function event(number: number, level: Event["level"], type: Event["type"], message: string, data: unknown): Event {
  return { object: "fine_tuning.job.event", id: `ftevent-${number}`, created_at: 0, level, type, message, data };
}
