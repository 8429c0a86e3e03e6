/** The models of an experiment, the embedded engine among them, and what must be known of them before a run is made. */
import { join, relative } from "node:path";
import { z } from "zod";
import { createEmbedded, engineVersion } from "./embedded/engine.ts";
import { suggest, UserError } from "./errors.ts";
import { modelsOf, splitModel } from "./program/model.ts";
import type { RunOptions } from "./prepare.ts";
import type { Experiment } from "./types.ts";
import { createModels, type Models } from "./wire/models.ts";

/** Where the cache, indexes and tuned models are kept unless told otherwise. */
export const STORE = ".llmopt";

/** All endpoints of the experiment and the embedded engine; nothing is opened before the first call. */
export function openModels(
  experiment: Experiment,
  options: RunOptions,
  host: { readonly signal: AbortSignal; readonly warn: (text: string) => void },
): Models {
  const store = options.store ?? STORE;
  return createModels({
    endpoints: experiment.endpoints,
    inProcess: { embedded: { fetch: createEmbedded({ folder: join(store, "embedded") }), version: engineVersion } },
    cacheFolder: options.cache === false ? undefined : join(store, "cache"),
    offline: options.offline === true,
    concurrency: options.concurrency,
    prices: experiment.prices,
    signal: host.signal,
    warn: host.warn,
  });
}

/** A limit in dollars that cannot be enforced is no limit. */
export function refuseUnknownPrices(experiment: Experiment, models: Models): void {
  const { budget, file } = experiment;
  if (budget.usd === undefined) return;
  const unknown = modelsIn(experiment).filter((model) => models.price(model) === null);
  if (unknown.length === 0) return;
  const [first = ""] = unknown;
  const { endpoint, id } = splitModel(first);
  throw new UserError(
    `${relative("", file)}: budget.usd cannot be kept, the price of ${unknown.join(", ")} is unknown; give it under endpoints.${endpoint}.prices as { "${id}": { in: …, out: … } } (USD per million tokens), or limit calls instead`,
  );
}

/** The engine in this process knows its models without a call; other endpoints say it at the first one. */
export async function refuseUnknownModels(experiment: Experiment, store: string): Promise<void> {
  const { file } = experiment;
  const engine = createEmbedded({ folder: join(store, "embedded") });
  const named = modelsIn(experiment).filter((model) => model.startsWith("embedded/"));
  const listed = await engine("http://embedded.invalid/v1/models").then((response) => response.json());
  const known = modelList.parse(listed).data.map(({ id }) => `embedded/${id}`);
  const unknown = named.find((model) => !known.includes(model));
  if (unknown !== undefined) throw new UserError(`${relative("", file)}: unknown model "${unknown}"; ${suggest(unknown, known)}`);
}

/** The models of the roles, and those that scorers name themselves. */
function modelsIn({ models: roles, scorers }: Experiment): readonly string[] {
  return [...new Set([...Object.values(roles), ...scorers.flatMap(({ scorer, options }) => modelsOf(scorer, options, roles))])];
}

/** The engine in this process reads and labels; what it would say as a judge means nothing. */
export function refuseEmbeddedJudges({ scorers, models: roles, file }: Experiment): void {
  for (const { name, scorer, options } of scorers) {
    const judge = modelsOf(scorer, options, roles).find((model) => model.startsWith("embedded/"));
    if (judge !== undefined)
      throw new UserError(
        `${relative("", file)}: "${name}" asks ${judge}, which is no language model and cannot judge; name one under models.judge`,
      );
  }
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });
