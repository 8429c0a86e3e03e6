/** Looks an experiment over without spending anything: models, keys, cases, knowledge, folders, and what the embedded engine understands. */
import { join, relative } from "node:path";
import { UserError } from "../errors.ts";
import { skippedWarnings } from "../experiment/knowledge.ts";
import { planOf } from "../ladder/plan.ts";
import { modelFaults, openModels, refuseUnknownPrices } from "../models.ts";
import { type Prepared, prepare, type RunOptions } from "../prepare.ts";
import { splitModel } from "../program/model.ts";
import type { ReadingOptions } from "../knowledge/documents.ts";
import { findUnfinished } from "../runs/folder.ts";
import type { Experiment } from "../types.ts";
import { adapt, compatOf } from "../wire/compat.ts";
import type { Models } from "../wire/models.ts";
import { splitChecks } from "./cases.ts";
import { type Check, check, complaints, counted } from "./check.ts";
import { endpointChecks } from "./endpoints.ts";
import { folderCheck } from "./folders.ts";
import { knowledgeChecks, storeChecks } from "./knowledge.ts";
import { modelChecks, usersOf } from "./models.ts";
import { promptCheck, type Understanding, understandings } from "./prompts.ts";

export interface Examined {
  /** Null where the experiment cannot be read. */
  readonly name: string | null;
  /** As it was named, relative to the working folder. */
  readonly file: string;
  /** No check failed. */
  readonly well: boolean;
  readonly checks: readonly Check[];
  readonly prompts: readonly Understanding[];
}

export interface DoctorOptions extends Pick<RunOptions, "plugins" | "env"> {
  readonly runs: string;
  readonly store: string;
  /** Asks every endpoint in use for its list of models, embedders on this machine for vectors, and the store where it is a database: the only calls over the network. */
  readonly probe?: boolean | undefined;
  readonly signal: AbortSignal;
  /** Told how far the reading of documents has come. */
  readonly progress?: ReadingOptions["progress"];
}

/**
 * No case is answered, and the test split is only counted. What is wrong is a failed check and never thrown: every complaint about the
 * experiment's files is one, and where there is none, keys that are missing do not keep the rest from being looked at.
 */
export async function examine(file: string, options: DoctorOptions): Promise<Examined> {
  const { plugins, env, store, progress } = options;
  const node = check("node", "ok", process.versions.node);
  let prepared: Prepared;
  try {
    prepared = await prepare(file, { plugins, env, store, withoutKeys: true, progress });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return concluded(null, file, [node, ...complaints("experiment", error), ...(await folderChecks(options))], []);
  }
  const { experiment } = prepared;
  const models = openModels(experiment, { store: options.store, cache: false }, { signal: options.signal, warn() {} });
  try {
    const users = usersOf(prepared);
    const prompts = understandings(experiment);
    const { ladder, scorers, primary } = experiment;
    const about = `${counted(ladder.length, "rung")}, ${counted(scorers.length, "scorer")}, ${primary} decides`;
    const checks = [
      node,
      check("experiment", "ok", about),
      ...modelChecks(users, await modelFaults(prepared, options.store), models),
      ...(await endpointChecks(experiment, users, options)),
      ...parameterChecks(experiment),
      ...splitChecks(experiment),
      ...knowledgeChecks(experiment),
      ...(await storeChecks(experiment, options)),
      ...budgetChecks(experiment, models),
      ...planChecks(experiment, models),
      ...(await folderChecks(options, prepared)),
      ...prompts.map(promptCheck),
    ];
    return concluded(experiment.name, experiment.file, checks, prompts);
  } finally {
    await models.close();
  }
}

function concluded(name: string | null, file: string, checks: readonly Check[], prompts: Examined["prompts"]): Examined {
  return { name, file: relative("", file) || file, well: checks.every(({ status }) => status !== "fail"), checks, prompts };
}

function parameterChecks({ program, endpoints }: Experiment): readonly Check[] {
  const { endpoint } = splitModel(program.model);
  const { compat = "generic" } = endpoints[endpoint] ?? {};
  const { omitted } = adapt(program.params, compatOf(compat, `endpoints.${endpoint}`));
  if (omitted.length === 0) return [];
  return [check("params", "warn", `not sent, since ${compat} does not take them: ${omitted.join(", ")}`, "leave them out")];
}

/** A limit that a run would be refused for. */
function budgetChecks(experiment: Experiment, models: Models): readonly Check[] {
  try {
    refuseUnknownPrices(experiment, models);
    return [];
  } catch (error) {
    if (error instanceof UserError) return complaints("budget", error);
    throw error;
  }
}

function planChecks(experiment: Experiment, models: Models): readonly Check[] {
  const { totals, warnings } = planOf(experiment, models.price);
  // Those have a check of their own, which names them all.
  const skipped = new Set(skippedWarnings(experiment.skipped ?? [], experiment.documents.length));
  return [
    check("plan", "ok", `${(totals.calls + totals.judge_calls).toLocaleString("en")} calls at the most, ${costText(totals.usd)}`),
    ...warnings
      .filter((text) => !skipped.has(text))
      .map((text) => {
        const [, name = "data", what = text] = /^([\w.]+): (.+)$/su.exec(text) ?? [];
        return check(name, "warn", what);
      }),
  ];
}

function costText(usd: number | null): string {
  if (usd === null) return "cost unknown";
  return usd === 0 ? "free" : usd < 0.01 ? "less than $0.01" : `$${usd.toFixed(2)}`;
}

async function folderChecks({ runs, store }: DoctorOptions, prepared?: Prepared): Promise<readonly Check[]> {
  const name = prepared?.experiment.name;
  const folder = await folderCheck("run folder", name === undefined ? runs : join(runs, name), "--runs");
  const unfinished =
    folder.status === "ok" && prepared !== undefined ? findUnfinished(runs, prepared.experiment.name, prepared.hash) : undefined;
  const told =
    unfinished === undefined ? folder : { ...folder, hint: `run goes on with ${unfinished}, which is unfinished; --fresh starts anew` };
  return [told, await folderCheck("store", store, "--store")];
}
