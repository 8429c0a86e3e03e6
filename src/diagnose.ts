/** A run folder -> a diagnosis: as it was stored, or probed anew through the experiment that made the run. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { suggest, UserError } from "./errors.ts";
import { createPurse } from "./ladder/budget.ts";
import { diagnose, MOST_PROBED } from "./ladder/diagnose/index.ts";
import { createMeter } from "./ladder/meter.ts";
import { comparabilityOf } from "./manifest.ts";
import { openKnowledge, openModels, refuseUnknownModels, refuseUnknownPrices, STORE, widthFor } from "./models.ts";
import { prepare, type Prepared, type RunOptions } from "./prepare.ts";
import { canonical } from "./program/hash.ts";
import type { Host } from "./run.ts";
import { rungFolder } from "./runs/folder.ts";
import { readFinished } from "./runs/read.ts";
import type { RunManifest, StoredRun } from "./runs/types.ts";
import type { Diagnosis, Program } from "./types.ts";
import { executeIn } from "./wire/execute.ts";

export interface DiagnoseRunOptions extends Pick<
  RunOptions,
  "filter" | "limit" | "sample" | "concurrency" | "maxUsd" | "maxCalls" | "offline" | "cache" | "plugins" | "store" | "env"
> {
  /** The winner by default. */
  readonly rung?: string | undefined;
  /** Failing cases to probe; what is stored is enough where it has as many, or all that fail. */
  readonly cases?: number | undefined;
}

/**
 * The diagnosis of a rung. Probing anew writes nothing into the run, which is what it was; the cache makes the same probes free the
 * next time. Throws a UserError: 2 for a rung that is not there, 3 where the experiment is not that of the run any more.
 */
export async function diagnoseRun(
  run: StoredRun,
  options: DiagnoseRunOptions,
  host: Host,
): Promise<{ readonly rung: string; readonly diagnosis: Diagnosis }> {
  const names = run.summary.rungs.map(({ name }) => name);
  const rung = options.rung ?? run.summary.winner;
  const index = names.indexOf(rung);
  if (index < 0) throw new UserError(`--rung ${rung}: ${run.path} has no such rung; ${suggest(rung, names)}`);
  const finished = await readFinished(run.path, names, (name) => rungFolder(names.indexOf(name), name));
  const { program, diagnosis: stored, rung: result } = finished.get(rung) ?? {};
  const enough = stored !== undefined && (options.cases === undefined || stored.probed >= Math.min(options.cases, stored.failing));
  // The summary also knows which rungs were tried on the winner afterwards.
  const { diagnosis: last, winner } = run.summary;
  if (enough) return { rung, diagnosis: rung === winner && last !== null ? last : stored };
  if (program === undefined || result?.status === "skipped") {
    throw new UserError(`--rung ${rung}: was ${result?.status ?? "not climbed"}, so it has no program to probe; name another rung`, 3);
  }
  return { rung, diagnosis: await probeAnew(run, rung, program, options, host) };
}

async function probeAnew(run: StoredRun, rung: string, program: Program, options: DiagnoseRunOptions, host: Host): Promise<Diagnosis> {
  const { file, repeat } = run.manifest;
  if (run.manifest.rescored !== undefined)
    throw new UserError(`${run.path}: only grades answers anew; diagnose ${run.manifest.rescored}`, 3);
  if (!existsSync(file)) throw new UserError(`${run.path}: its experiment ${file} is not there any more, so nothing can be asked again`, 3);
  const prepared = await prepare(file, { ...options, repeat });
  refuseOther(run, prepared);
  const { experiment, registry } = prepared;
  const { train, select } = experiment.splits;
  const ids = new Set(select.map(({ id }) => id));
  const rows = (run.answers.get(rung) ?? []).filter((row) => ids.has(row.case));
  if (rows.length === 0) throw new UserError(`${run.path}: ${rung} has no answers to select cases, so nothing can be probed`, 3);
  const budget = { calls: options.maxCalls, usd: options.maxUsd };
  const models = openModels(experiment, options, host);
  let library: ReturnType<typeof openKnowledge>;
  try {
    refuseUnknownPrices({ ...experiment, budget }, models);
    await refuseUnknownModels(prepared, options.store ?? STORE);
    const purse = createPurse(budget, [], 0, host.now);
    library = openKnowledge(experiment, models, options.store ?? STORE, purse, () => {}, {
      progress: (done, total) => host.notify({ type: "progress", rung, phase: "indexing", done, total, mean: null, detail: "chunks" }),
      note: host.warn,
      signal: host.signal,
    });
    return await diagnose({
      program,
      cases: select,
      rows,
      train,
      experiment,
      registry,
      library,
      meter: createMeter({ experiment, models, library, purse }),
      execute: executeIn(dirname(file), host.signal),
      record() {},
      signal: host.signal,
      width: widthFor(experiment, program.model, options.concurrency),
      watch: (done, total) => host.notify({ type: "progress", rung, phase: "diagnose", done, total, mean: null, detail: "" }),
      left: purse.left(),
      share: 1,
      most: options.cases ?? MOST_PROBED,
    });
  } finally {
    await library?.close();
    await models.close();
  }
}

/** Probes must meet the very cases, scorers and models that the answers of the run met. */
function refuseOther({ path, manifest }: StoredRun, prepared: Prepared): void {
  const now = comparabilityOf(prepared);
  const { primary } = manifest.comparability;
  const parts: readonly (keyof RunManifest["hashes"])[] = ["data", "prompts", "knowledge", "plugins"];
  const changed = [
    ...parts.filter((part) => manifest.hashes[part] !== prepared.hashes[part]),
    ...(manifest.seed === prepared.experiment.seed ? [] : ["seed"]),
    ...(primary === now.primary && canonical(manifest.comparability.scorers[primary]) === canonical(now.scorers[primary])
      ? []
      : ["primary scorer"]),
    ...Object.entries(prepared.experiment.models).flatMap(([role, model]) => (manifest.models[role] === model ? [] : [`${role} model`])),
  ];
  if (changed.length === 0) return;
  const hint = changed.includes("data") ? "; a run with --filter, --limit or --sample needs the same flags here" : "";
  throw new UserError(
    `${path}: ${manifest.file} is not what made this run any more: ${changed.join(", ")} changed${hint}; run it again`,
    3,
  );
}
