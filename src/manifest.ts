/** What a run is, as `run.json` says it, and by what it compares with others. */
import { engineVersion } from "./embedded/engine.ts";
import { type Prepared, version } from "./prepare.ts";
import { hashOf } from "./program/hash.ts";
import { modelsOf } from "./program/model.ts";
import { casesHash } from "./runs/comparability.ts";
import type { Comparability, RunManifest, ScorerIdentity } from "./runs/types.ts";
import { scorers } from "./scorers/index.ts";
import type { Experiment, NamedScorer, Scorer } from "./types.ts";

const BUILT_IN: readonly Scorer[] = scorers;

/** The manifest of a run that begins now; `concurrency` is that of the command line. */
export function manifestOf(prepared: Prepared, now: Date, concurrency: number | undefined): RunManifest {
  const { experiment, hashes } = prepared;
  const { name, file, models, program, seed, repeat, gates, maxErrors } = experiment;
  return {
    version,
    engine: engineVersion,
    node: process.version,
    format: 2,
    name,
    file,
    created: now.toISOString(),
    seed,
    repeat,
    concurrency: concurrency ?? null,
    models: { ...models, program: program.model },
    comparability: comparabilityOf(prepared),
    gates,
    max_errors: maxErrors,
    hashes,
  };
}

/** By what a run compares with others, known before it begins. */
export function comparabilityOf({ experiment, hashes }: Pick<Prepared, "experiment" | "hashes">): Comparability {
  const { splits, scorers: named, primary, repeat, models, program } = experiment;
  // Scorers read only those before them, so that each identity is there when it is needed.
  const identities = new Map<string, ScorerIdentity>();
  for (const one of named) identities.set(one.name, identityOf(one, identities, models, hashes.plugins));
  return {
    cases: casesHash(splits.test),
    primary,
    repeat,
    scorers: Object.fromEntries(identities),
    embed: models.embed,
    params: program.params,
  };
}

function identityOf(
  named: NamedScorer,
  before: ReadonlyMap<string, ScorerIdentity>,
  models: Experiment["models"],
  plugins: string,
): ScorerIdentity {
  const { scorer, options, not, axis, threshold } = named;
  const prompts = { ...Object.fromEntries(Object.entries(scorer.prompts ?? {}).map(([name, { text }]) => [name, text])), ...named.prompts };
  const source = BUILT_IN.includes(scorer) ? null : plugins;
  const read = (scorer.reads?.(options) ?? []).flatMap((name) => before.get(name) ?? []);
  const parts = read.map(({ use, version, hash }) => [use, version, hash]);
  return {
    use: scorer.name,
    version: scorer.version ?? 1,
    options,
    not,
    hash: hashOf({ options, not, prompts, files: [...named.files], source, ...(parts.length === 0 ? {} : { parts }) }),
    models: [...new Set([...modelsOf(scorer, options, models), ...read.flatMap((part) => part.models)])],
    pooled: scorer.pool !== undefined,
    threshold,
    axis,
  };
}
