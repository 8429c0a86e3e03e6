/** Name -> plugin. Made at the edge and handed down, never a global. */
import type { z } from "zod";
import { suggest, UserError } from "./errors.ts";
import type { Scorer, Stage, Trainer } from "./types.ts";

export type Plugin = Stage | Scorer | Trainer;

export interface Registry {
  readonly stages: ReadonlyMap<string, Stage>;
  /** By the name that an experiment uses: the scorer's own, or the path of its file. */
  readonly scorers: ReadonlyMap<string, Scorer>;
  readonly trainers: ReadonlyMap<string, Trainer>;
  /** Why scorers that are named by a path cannot be used. */
  readonly faults: ReadonlyMap<string, string>;
}

/** A scorer that an experiment names by the path of its file, or what is wrong with that file. */
export type ScorerFile = { readonly path: string } & ({ readonly scorer: Scorer } | { readonly fault: string });

/** A registry of plugins in the order given; two of one kind with the same name are an error. */
export function createRegistry(plugins: Iterable<Plugin>, files: readonly ScorerFile[] = []): Registry {
  const stages = new Map<string, Stage>();
  const scorers = new Map<string, Scorer>();
  const trainers = new Map<string, Trainer>();
  for (const plugin of plugins) {
    if (isStage(plugin)) add(stages, plugin, "stage");
    else if (isScorer(plugin)) add(scorers, plugin, "scorer");
    else add(trainers, plugin, "trainer");
  }
  for (const file of files) if ("scorer" in file) scorers.set(file.path, file.scorer);
  const faults = new Map(files.flatMap((file) => ("fault" in file ? [[file.path, file.fault] as const] : [])));
  return { stages, scorers, trainers, faults };
}

/** The plugin of that name, or an error that names the nearest ones. */
export function lookUp<P>(plugins: ReadonlyMap<string, P>, kind: string, name: string): P {
  const plugin = plugins.get(name);
  if (plugin === undefined) throw new UserError(`unknown ${kind} "${name}"; ${suggest(name, plugins.keys())}`);
  return plugin;
}

/** Says what is wrong with the default export of a plugin file; undefined when it is a plugin. */
export function faultOfPlugin(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "has no default export; export default defineStage({ … })";
  const plugin = value as Partial<Record<keyof Stage | keyof Scorer | keyof Trainer, unknown>>;
  if (typeof plugin.name !== "string" || plugin.name === "") return "its plugin has no name";
  if (typeof plugin.about !== "string") return `its plugin "${plugin.name}" has no "about", a line that says what it does`;
  const options = plugin.options as z.ZodType | undefined;
  if (typeof options?.safeParse !== "function" || !("safeExtend" in options))
    return `its plugin "${plugin.name}" has no "options"; give a zod object, z.strictObject({ … }), with z from "llmopt"`;
  const kinds = ["fit", "score", "launch"] as const;
  if (!kinds.some((kind) => typeof plugin[kind] === "function"))
    return `its plugin "${plugin.name}" has none of fit (a stage), score (a scorer), launch (a trainer)`;
  if (typeof plugin.score === "function" && plugin.axis !== "context" && plugin.axis !== "behaviour")
    return `its scorer "${plugin.name}" has no "axis"; give "context" or "behaviour"`;
  return undefined;
}

function isStage(plugin: Plugin): plugin is Stage {
  return "fit" in plugin;
}

function isScorer(plugin: Plugin): plugin is Scorer {
  return "score" in plugin;
}

function add<P extends { readonly name: string }>(plugins: Map<string, P>, plugin: P, kind: string): void {
  if (plugins.has(plugin.name)) throw new UserError(`plugins: two ${kind}s are named "${plugin.name}"; rename one`);
  plugins.set(plugin.name, plugin);
}
