/** Looks an experiment over without spending anything: models, keys, cases, knowledge, folders, and what the embedded engine understands. */
import { access, constants } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { explain, type Explanation } from "./embedded/prompt/explain.ts";
import { messageOf, UserError } from "./errors.ts";
import { planOf } from "./ladder/plan.ts";
import { openModels, refuseUnknownModels, refuseUnknownPrices, STORE } from "./models.ts";
import type { Prepared } from "./prepare.ts";
import { modelsOf, splitModel } from "./program/model.ts";
import { PASSAGES, render } from "./program/render.ts";
import { placeholdersOf } from "./program/template.ts";
import type { Endpoint, Experiment, Passage, Program } from "./types.ts";
import { priceText, probeEndpoint } from "./probe.ts";
import { Z_95, Z_POWER_80 } from "./stats/normal.ts";
import type { Models } from "./wire/models.ts";

export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What would be right, or what may be tried. */
  readonly hint?: string | undefined;
}

/** What the embedded engine makes of one prompt of the experiment. */
interface Understanding extends Explanation {
  /** "program", or the name of a variant. */
  readonly prompt: string;
  readonly model: string;
}

export interface Examined {
  readonly name: string;
  /** As it was named, relative to the working folder. */
  readonly file: string;
  /** No check failed. */
  readonly well: boolean;
  readonly checks: readonly Check[];
  readonly prompts: readonly Understanding[];
}

export interface DoctorOptions {
  readonly runs: string;
  readonly store?: string | undefined;
  /** Asks every endpoint in use for its list of models: the only call over the network. */
  readonly probe?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** No model is asked anything, no case is answered, and the test split is only counted. */
export async function examine({ experiment }: Pick<Prepared, "experiment">, options: DoctorOptions): Promise<Examined> {
  const store = options.store ?? STORE;
  const models = openModels(experiment, { store, cache: false }, { signal: options.signal, warn() {} });
  try {
    const prompts = understandings(experiment);
    const checks = [
      check("node", "ok", process.versions.node),
      check(
        "experiment",
        "ok",
        `${counted(experiment.ladder.length, "rung")}, ${counted(experiment.scorers.length, "scorer")}, ${experiment.primary} decides`,
      ),
      ...modelChecks(experiment, models),
      ...(await refusals(experiment, models, store)),
      ...(await endpointChecks(experiment, options)),
      ...splitChecks(experiment),
      knowledgeCheck(experiment),
      ...planChecks(experiment, models),
      await folderCheck("run folder", options.runs),
      await folderCheck("store", store),
      ...prompts.map(promptCheck),
    ];
    return {
      name: experiment.name,
      file: relative("", experiment.file) || experiment.file,
      well: checks.every(({ status }) => status !== "fail"),
      checks,
      prompts,
    };
  } finally {
    await models.close();
  }
}

function check(name: string, status: Check["status"], detail: string, hint?: string): Check {
  return { name, status, detail, ...(hint === undefined ? {} : { hint }) };
}

/** Models by name, with the roles and scorers that ask them. */
function usersOf({ models, scorers }: Experiment): ReadonlyMap<string, readonly string[]> {
  const pairs = [
    ...Object.entries(models).map(([role, model]) => [model, role] as const),
    ...scorers.flatMap(({ name, scorer, options }) => modelsOf(scorer, options, models).map((model) => [model, `scorer ${name}`] as const)),
  ];
  return new Map([...Map.groupBy(pairs, ([model]) => model)].map(([model, users]) => [model, [...new Set(users.map(([, user]) => user))]]));
}

function modelChecks(experiment: Experiment, models: Models): Check[] {
  return [...usersOf(experiment)].map(([model, users]) => {
    const price = models.price(model);
    const { endpoint, id } = splitModel(model);
    const hint =
      price === null
        ? `give its price under endpoints.${endpoint}.prices as { "${id}": { in: …, out: … } }, so that costs are known`
        : undefined;
    return check(`model ${model}`, price === null ? "warn" : "ok", `${users.join(", ")}; ${priceText(price)}`, hint);
  });
}

/** What a run would be refused for before its first call. */
async function refusals(experiment: Experiment, models: Models, store: string): Promise<Check[]> {
  const found: Check[] = [];
  for (const refuse of [() => refuseUnknownPrices(experiment, models), () => refuseUnknownModels(experiment, store)]) {
    try {
      await refuse();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const [what = "", ...rest] = error.message.replace(/^[^:]*: /, "").split("; ");
      found.push(check("models", "fail", what, rest.join("; ")));
    }
  }
  return found;
}

async function endpointChecks(experiment: Experiment, options: DoctorOptions): Promise<Check[]> {
  const used = new Map<string, string[]>();
  for (const model of usersOf(experiment).keys()) {
    const { endpoint, id } = splitModel(model);
    used.set(endpoint, [...(used.get(endpoint) ?? []), id]);
  }
  return await Promise.all(
    [...used].flatMap(([name, ids]) => {
      const endpoint = experiment.endpoints[name];
      return endpoint === undefined ? [] : [endpointCheck(endpoint, ids, options)];
    }),
  );
}

async function endpointCheck(endpoint: Endpoint, ids: readonly string[], { probe, signal }: DoctorOptions): Promise<Check> {
  const name = `endpoint ${endpoint.name}`;
  if (endpoint.name === "embedded") return check(name, "ok", "in this process, no key");
  const url = URL.parse(endpoint.baseUrl);
  const key = endpoint.apiKey === undefined || endpoint.apiKey === "" ? "no key" : "key set";
  const about = `${url === null ? endpoint.baseUrl : `${url.host}${url.pathname}`}, ${endpoint.compat}, ${key}, ${endpoint.concurrency} at a time, ${endpoint.timeout} s a call`;
  if (probe !== true) return check(name, "ok", about, "not asked whether it answers; --probe asks for its list of models");
  const { status, detail, hint } = await probeEndpoint(endpoint, ids, signal);
  return check(name, status, `${about}; ${detail}`, hint);
}

/** Below so many, a verdict is a hint at best; the differences of cases are taken to be 0 for three of four, and 1 for the fourth. */
const FEW = 10;
const SPREAD = 0.5;

function splitChecks({ splits, exploratory }: Experiment): Check[] {
  const { train, select, confirm, test } = splits;
  const sizes = exploratory
    ? `train ${train.length}, select and confirm the same ${select.length}, test ${test.length}`
    : `train ${train.length}, select ${select.length}, confirm ${confirm.length}, test ${test.length}`;
  const smallest = Math.min(confirm.length, test.length);
  const detectable = Math.min(1, ((Z_95 + Z_POWER_80) * SPREAD) / Math.sqrt(Math.max(1, test.length)));
  const finds = `test finds a difference of about ${detectable.toFixed(2)} in 8 of 10 runs, where one case in four changes`;
  if (smallest < FEW)
    return [check("splits", "warn", sizes, `fewer than ${FEW} cases give no verdict; add cases, or raise the share of confirm and test`)];
  if (exploratory)
    return [check("splits", "warn", `${sizes}; ${finds}`, "every verdict is exploratory; about 200 cases give confirm its own")];
  const untrained = train.length === 0 ? [check("train", "warn", "no train cases", "few-shot and fine-tuning have nothing to show")] : [];
  return [check("splits", "ok", `${sizes}; ${finds}`), ...untrained];
}

function knowledgeCheck({ documents, ladder, splits }: Experiment): Check {
  const needing = ladder.filter(({ stage }) => stage.needs?.includes("knowledge")).map(({ name }) => name);
  if (documents.length === 0) {
    return needing.length === 0
      ? check("knowledge", "ok", "none, and no rung needs any")
      : check("knowledge", "warn", `none; skipped: ${needing.join(", ")}`, "name documents under knowledge: { files: … }");
  }
  const cases = [...new Set([...splits.train, ...splits.select, ...splits.confirm])];
  const sourced = cases.filter(({ sources }) => (sources?.length ?? 0) > 0).length;
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  const detail = `${counted(documents.length, "document")}, ${Math.round(characters / 1000).toLocaleString("en")}k characters; ${sourced} of ${cases.length} cases name their sources`;
  return check(
    "knowledge",
    "ok",
    detail,
    sourced === 0 ? "with sources in the data, recall can be measured and retrieval diagnosed" : undefined,
  );
}

function planChecks(experiment: Experiment, models: Models): Check[] {
  const { totals, warnings } = planOf(experiment, models.price);
  const cost = totals.usd === null ? "cost unknown" : `$${totals.usd.toFixed(2)}`;
  return [
    check("plan", "ok", `${(totals.calls + totals.judge_calls).toLocaleString("en")} calls at the most, ${cost}`),
    ...warnings.map((text) => {
      const [, name = "data", what = text] = /^([\w.]+): (.+)$/su.exec(text) ?? [];
      return check(name, "warn", what);
    }),
  ];
}

/** The nearest folder that is there must take a new one. */
async function folderCheck(name: string, folder: string): Promise<Check> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK | constants.X_OK);
      return check(name, "ok", `${folder}, writable`);
    } catch (error) {
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (missing && dirname(at) !== at) continue;
      return check(
        name,
        "fail",
        `${folder} cannot be written (${messageOf(error)})`,
        `give another with --${name === "store" ? "store" : "runs"}`,
      );
    }
  }
}

/** The prompts as the task model gets them for a train case, where that is the embedded engine. */
function understandings(experiment: Experiment): Understanding[] {
  const kase = experiment.splits.train[0];
  const { model } = experiment.program;
  if (kase === undefined || splitModel(model).endpoint !== "embedded") return [];
  const programs: readonly (readonly [string, Program])[] = [
    ["program", experiment.program],
    ...Object.entries(experiment.variants).map(([name, variant]) => [`variant ${name}`, { ...experiment.program, ...variant }] as const),
  ];
  return programs.map(([prompt, program]) => ({ prompt, model, ...explain(render(program, kase, passagesFor(program, experiment))) }));
}

/** Two documents, where the templates have a place for passages. */
function passagesFor({ system, user }: Program, { documents }: Experiment): readonly Passage[] {
  if (![system, user].some((template) => placeholdersOf(template).some(({ name }) => name === PASSAGES))) return [];
  return documents.slice(0, 2).map(({ id, title, text }) => ({ id, source: id, title, text: text.slice(0, 800), score: 0 }));
}

function promptCheck({ prompt, honoured, ignored }: Understanding): Check {
  const near = ignored.filter(({ hint }) => hint !== undefined);
  const texts = [...new Set(honoured.map(({ text }) => `"${shortened(text)}"`))];
  const understood = texts.length === 0 ? "holds no instruction that is honoured" : `honours ${texts.join(", ")}`;
  const ignores = ignored.length === 0 ? "" : `; ignores ${ignored.map(({ text }) => `"${shortened(text)}"`).join(", ")}`;
  const hints = near.map(({ text, hint }) => `"${shortened(text)}": ${hint}`);
  return check(
    `prompt ${prompt.replace(/^variant /, "")}`,
    near.length > 0 ? "warn" : "ok",
    understood + ignores,
    hints.length === 0 ? undefined : hints.join("; "),
  );
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function shortened(text: string): string {
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}
