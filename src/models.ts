/** The models of an experiment, the embedded engine among them, and what must be known of them before a run is made. */
import { join, relative } from "node:path";
import { z } from "zod";
import { createEmbedded, engineVersion } from "./embedded/engine.ts";
import { suggest, UserError } from "./errors.ts";
import type { Watch } from "./knowledge/collection.ts";
import { type Library, openLibrary } from "./knowledge/library.ts";
import type { Store } from "./knowledge/store.ts";
import { stores } from "./knowledge/stores/index.ts";
import { paid, type Purse } from "./ladder/budget.ts";
import { modelsOf, splitModel } from "./program/model.ts";
import type { Prepared, RunOptions } from "./prepare.ts";
import type { Registry } from "./registry.ts";
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

/** The experiment's documents, made searchable against the budget; undefined where it has none. `record` is told what that costs, `watch` how it goes. */
export function openKnowledge(
  { documents, knowledge, models: roles }: Experiment,
  models: Models,
  store: string,
  purse: Purse,
  record: (spend: Spend) => void,
  watch: Watch = {},
): Library | undefined {
  if (documents.length === 0 || knowledge === undefined) return undefined;
  const kind = stores.find(({ name }) => name === knowledge.store);
  if (kind === undefined)
    throw new UserError(
      `knowledge.store: no store "${knowledge.store}"; ${suggest(
        knowledge.store,
        stores.map(({ name }) => name),
      )}`,
    );
  const made = kind.create(kind.options.parse(knowledge.options));
  return openLibrary({
    ...watch,
    documents,
    corpus: knowledge.corpus,
    store: knowledge.unset === undefined ? made : refusing(made, knowledge.unset),
    folder: join(store, "indexes"),
    embedder: models.identity(roles.embed),
    embed: async (texts) => (await paid(purse, () => models.embed(roles.embed, texts), record)).vectors,
  });
}

/** Refuses at the first search: what searches nothing can do without its secrets. */
function refusing(store: Store, unset: readonly string[]): Store {
  const refuse = async () => {
    throw new UserError(
      `knowledge.store: the environment variable ${unset.join(" and ")} is not set; set it, or name it in a file for --env-file`,
    );
  };
  return { ...store, read: refuse, write: refuse };
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

/** Somebody names a model of the engine in this process that is not there, or that cannot do what is wanted of it. */
export interface ModelFault {
  readonly model: string;
  /** Where it is named, as far as that is known: `experiment.yaml:3:8`. */
  readonly place: string;
  readonly what: string;
  /** What would be right. */
  readonly right: string;
}

/** The engine in this process says without a call what its models are; other endpoints say it at the first one. */
export async function refuseUnknownModels(prepared: Pick<Prepared, "experiment" | "registry">, store: string): Promise<void> {
  const faults = await modelFaults(prepared, store);
  if (faults.length > 0) throw new UserError(faults.map(({ place, what, right }) => `${place}: ${what}; ${right}`).join("\n"));
}

/** All that is wrong with the embedded models that the experiment names, each model's faults once. */
export async function modelFaults(
  { experiment, registry }: Pick<Prepared, "experiment" | "registry">,
  store: string,
): Promise<readonly ModelFault[]> {
  const { file, models: roles, places = {}, scorers } = experiment;
  const { chat, embed } = await modelsOfEngine(store);
  const place = (name: string): string => places[name] ?? relative("", file);
  const wanted = [
    ...(["task", "writer", "judge"] as const).map((role) => ({ model: roles[role], at: places[role] ?? place("task"), known: chat })),
    ...tunedOf(experiment, registry).map(({ model, rung }) => ({ model, at: `${relative("", file)}: ${rung}`, known: chat })),
    { model: roles.embed, at: place("embed"), known: embed },
  ];
  const faults = wanted
    .filter(({ model, known }) => isEmbedded(model) && !known.includes(model))
    .map(({ model, at, known }): ModelFault => {
      const [other, cannot] = known === chat ? [embed, "makes embeddings and cannot chat"] : [chat, "makes no embeddings"];
      if (!other.includes(model)) return { model, place: at, what: `unknown model "${model}"`, right: suggest(model, known) };
      return { model, place: at, what: `${model} ${cannot}`, right: `write ${known.slice(0, 5).join(" or ")}` };
    });
  const judging = scorers.flatMap(({ name, scorer, options }) =>
    // The engine reads and labels; what it would say as a judge means nothing.
    modelsOf(scorer, options, roles)
      .filter(isEmbedded)
      .map((model): ModelFault => {
        const what = `"${name}" asks ${model}, which is no language model and cannot judge`;
        return { model, place: place(model === roles.judge ? "judge" : model), what, right: "name one under models.judge" };
      }),
  );
  const all = [...judging, ...faults];
  return all.filter(({ model, what }, i) => all.findIndex((other) => other.model === model && other.what === what) === i);
}

/** Models that the trainers of rungs take as they are. */
export function tunedOf(
  { ladder, program }: Pick<Experiment, "ladder" | "program">,
  { trainers }: Pick<Registry, "trainers">,
): readonly { readonly model: string; readonly rung: string }[] {
  const { endpoint } = splitModel(program.model);
  return ladder.flatMap(({ name, options }) => {
    const asked = training.safeParse(options).data;
    const trainer = asked === undefined ? undefined : trainers.get(asked.trainer);
    const settings = trainer?.options.safeParse(asked?.with).data;
    if (settings === undefined) return [];
    return (trainer?.models?.(settings) ?? []).map((id) => ({ model: `${endpoint}/${id}`, rung: name }));
  });
}

/** How rungs that train name their trainer and its options. */
const training = z.object({ trainer: z.string(), with: z.record(z.string(), z.unknown()) });

/** The engine's own list, parted by trying: what answers with a vector is an embedder. */
async function modelsOfEngine(store: string): Promise<{ readonly chat: readonly string[]; readonly embed: readonly string[] }> {
  const engine = createEmbedded({ folder: join(store, "embedded") });
  const answer = await engine("http://embedded.invalid/v1/models");
  const listed: unknown = await answer.json();
  if (!answer.ok) throw new UserError(`--store ${store}: ${refusal.parse(listed).error.message}, or name another store`);
  const ids = modelList.parse(listed).data.map(({ id }) => id);
  const embeds = await Promise.all(
    ids.map(async (model) => {
      const body = JSON.stringify({ model, input: "a" });
      return (await engine("http://embedded.invalid/v1/embeddings", { method: "POST", body })).ok;
    }),
  );
  const named = (yes: boolean) => ids.filter((_, i) => embeds[i] === yes).map((id) => `embedded/${id}`);
  return { chat: named(false), embed: named(true) };
}

const refusal = z.object({ error: z.object({ message: z.string() }) });
const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

function isEmbedded(model: string): boolean {
  return splitModel(model).endpoint === "embedded";
}

/** The models of the roles, and those that scorers and steps name themselves. */
function modelsIn({ models: roles, scorers, ladder }: Experiment): readonly string[] {
  const ofSteps = ladder.flatMap(({ stage, options }) => (stage.asks?.(options) ?? []).map(({ model }) => model));
  const own = ofSteps.filter((model) => !Object.hasOwn(roles, model));
  return [...new Set([...Object.values(roles), ...scorers.flatMap(({ scorer, options }) => modelsOf(scorer, options, roles)), ...own])];
}
