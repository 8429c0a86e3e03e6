/** The models of an experiment, the embedded engine among them, and what must be known of them before a run is made. */
import { join, relative } from "node:path";
import { z } from "zod";
import { createEmbedded, engineVersion } from "./embedded/engine.ts";
import { suggest, UserError } from "./errors.ts";
import { type Library, openLibrary } from "./knowledge/library.ts";
import { paid, type Purse } from "./ladder/budget.ts";
import { modelsOf, splitModel } from "./program/model.ts";
import type { RunOptions } from "./prepare.ts";
import type { Experiment, Spend } from "./types.ts";
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

/** The experiment's documents, made searchable against the budget; undefined where it has none. `record` is told what that costs. */
export function openKnowledge(
  { documents, models: roles }: Experiment,
  models: Models,
  store: string,
  purse: Purse,
  record: (spend: Spend) => void,
): Library | undefined {
  if (documents.length === 0) return undefined;
  return openLibrary({
    documents,
    folder: join(store, "indexes"),
    embedder: models.identity(roles.embed),
    embed: async (texts) => (await paid(purse, () => models.embed(roles.embed, texts), record)).vectors,
  });
}

/** Requests in flight at the model's endpoint: as the command line has it, else as the endpoint does. */
export function widthFor({ endpoints }: Experiment, model: string, concurrency: number | undefined): number {
  return concurrency ?? endpoints[splitModel(model).endpoint]?.concurrency ?? 1;
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

/** The engine in this process knows its models, and what they cannot do, without a call; other endpoints say it at the first one. */
export async function refuseUnknownModels(experiment: Experiment, store: string): Promise<void> {
  const { file, models: roles, scorers } = experiment;
  for (const { name, scorer, options } of scorers) {
    // The engine reads and labels; what it would say as a judge means nothing.
    const judge = modelsOf(scorer, options, roles).find((model) => model.startsWith("embedded/"));
    if (judge === undefined) continue;
    const what = `"${name}" asks ${judge}, which is no language model and cannot judge`;
    throw new UserError(`${relative("", file)}: ${what}; name one under models.judge`);
  }
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

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });
