/** experiment.yaml -> Experiment, with the plugins it names and what tells it from others. Makes no call. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { engineVersion } from "./embedded/engine.ts";
import { peekPlugins, readExperiment, type ReadOptions } from "./experiment/read.ts";
import { suggest, UserError } from "./errors.ts";
import { isFile, loadPlugins } from "./plugins.ts";
import { STORE } from "./models.ts";
import { canonical, hashOf } from "./program/hash.ts";
import { createRegistry, type Registry } from "./registry.ts";
import { loadScorers, refuseScorers } from "./experiment/scorer-files.ts";
import type { RunManifest } from "./runs/types.ts";
import { scorers } from "./scorers/index.ts";
import { stages } from "./stages/index.ts";
import { trainers } from "./trainers/index.ts";
import type { ReadingOptions } from "./knowledge/documents.ts";
import type { Document, Experiment, PlannedRung } from "./types.ts";

export interface RunOptions {
  /** Names of the rungs to climb; all by default. */
  readonly only?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly limit?: number | undefined;
  readonly sample?: number | undefined;
  readonly repeat?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly maxUsd?: number | undefined;
  readonly maxCalls?: number | undefined;
  /** Starts anew although an unfinished run of the same experiment is there. */
  readonly fresh?: boolean | undefined;
  readonly offline?: boolean | undefined;
  readonly cache?: boolean | undefined;
  readonly plugins?: boolean | undefined;
  /** Folder of run folders, and folder of the cache, indexes and tuned models. */
  readonly runs?: string | undefined;
  readonly store?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** An experiment read and checked whole, with the plugins it was read with; no call was made. */
export interface Prepared {
  readonly experiment: Experiment;
  readonly registry: Registry;
  /** Of everything that decides what the run does. */
  readonly hash: string;
  readonly hashes: RunManifest["hashes"];
}

export const version: string = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
  .version;

/** The built-in plugins, and those that the experiment names, with their source texts; without `own` code it names none. */
export async function registryFor(
  file: string | undefined,
  own = true,
): Promise<{ readonly registry: Registry; readonly sources: readonly string[] }> {
  const named = file === undefined ? { plugins: [], scorers: [] } : await peekPlugins(file);
  const paths = named.scorers.filter(isFile);
  const loaded = file === undefined || !own ? [] : await loadPlugins(named.plugins, file);
  const byPath = file === undefined || !own ? { files: refuseScorers(paths), sources: [] } : await loadScorers(paths, file);
  const plugins = loaded.map(({ plugin }) => plugin);
  return {
    registry: createRegistry([...stages, ...scorers, ...trainers, ...plugins], byPath.files),
    sources: [...loaded.map(({ source }) => source), ...byPath.sources],
  };
}

/** Reads an experiment. Throws a UserError with all complaints, a line each. */
export async function prepare(
  file: string,
  options: RunOptions & Pick<ReadOptions, "withoutKeys"> & Pick<ReadingOptions, "progress"> = {},
): Promise<Prepared> {
  const { registry, sources } = await registryFor(file, options.plugins !== false);
  const read = await readExperiment(file, registry, {
    env: options.env ?? process.env,
    filter: options.filter,
    limit: options.limit,
    sample: options.sample,
    withoutKeys: options.withoutKeys,
    reading: {
      kept: options.cache === false ? undefined : join(options.store ?? STORE, "documents"),
      progress: options.progress,
    },
  });
  const experiment: Experiment = {
    ...read,
    ladder: chosen(read.ladder, options.only),
    repeat: options.repeat ?? read.repeat,
    budget: { ...read.budget, usd: options.maxUsd ?? read.budget.usd, calls: options.maxCalls ?? read.budget.calls },
  };
  const { splits, documents, program, variants } = experiment;
  const hashes = {
    experiment: hashOf(experiment.text),
    data: hashOf(splits),
    prompts: hashOf({ program, variants }),
    knowledge: hashOfDocuments(documents),
    plugins: hashOf(sources),
  };
  return { experiment, registry, hash: identityOf(experiment, sources, hashes.knowledge), hashes };
}

/**
 * Hash of everything that decides what a run answers and how it is judged. Runs of the same hash go on where the last one
 * stopped; budget, gates, places and speeds may change in between.
 */
function identityOf(experiment: Experiment, sources: readonly string[], documents: string): string {
  const { models, splits, program, variants, primary, walk, target, repeat, seed, margin, maxErrors, endpoints } = experiment;
  const ladder = experiment.ladder.map(({ name, stage, options }) => ({ name, use: stage.name, options }));
  const named = experiment.scorers.map(({ name, scorer, options, threshold, not, prompts, files }) => {
    const { name: use, version: scorerVersion = 1 } = scorer;
    return { name, use, version: scorerVersion, options, threshold, not, prompts, files: Object.fromEntries(files) };
  });
  const places = Object.values(endpoints).map(({ name, baseUrl, compat }) => ({ name, baseUrl, compat }));
  const judged = { named, primary, walk, target, repeat, seed, margin, maxErrors };
  return hashOf({ models, splits, documents, program, variants, ladder, judged, places, sources, version, engineVersion });
}

/** Of what programs see of the documents, whatever files they are in. One by one, since all together may be longer than a string can be. */
function hashOfDocuments(documents: readonly Document[]): string {
  const hash = createHash("sha256");
  hash.update("[");
  for (const [i, { id, title, text }] of documents.entries()) hash.update(`${i > 0 ? "," : ""}${canonical({ id, title, text })}`);
  return hash.update("]").digest("hex");
}

function chosen(ladder: readonly PlannedRung[], only: readonly string[] | undefined): readonly PlannedRung[] {
  if (only === undefined || only.length === 0) return ladder;
  const names = ladder.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UserError(`--only: no rung "${unknown}" on the ladder; ${suggest(unknown, names)}`);
  return ladder.filter(({ name }) => only.includes(name));
}
