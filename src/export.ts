/** A run folder -> what an export is made of. Asks no endpoint: messages are made, and checked, from the cache and the engine in this process. */
import { existsSync } from "node:fs";
import { basename, relative } from "node:path";
import { z } from "zod";
import { engineVersion } from "./embedded/engine.ts";
import { EndpointFault, messageOf, suggest, UserError } from "./errors.ts";
import { placeOf } from "./export/place.ts";
import { requestOf } from "./export/request.ts";
import type { Exported, Reach, ShownCase } from "./export/types.ts";
import { createPurse } from "./ladder/budget.ts";
import { createMeter, type Meter } from "./ladder/meter.ts";
import { openKnowledge, openModels, STORE } from "./models.ts";
import { prepare, type Prepared, registryFor, type RunOptions, version } from "./prepare.ts";
import { finish, gather, type Ready, ready } from "./program/answer.ts";
import { canonical, programId } from "./program/hash.ts";
import { passagesText, PASSAGES, render } from "./program/render.ts";
import type { Registry } from "./registry.ts";
import type { Host } from "./run.ts";
import { rungFolder } from "./runs/folder.ts";
import { readFinished } from "./runs/read.ts";
import type { StoredRun } from "./runs/types.ts";
import type { Answered, Case, Program, Question, Rung, Turn } from "./types.ts";

export interface ExportOptions extends Pick<RunOptions, "plugins" | "store" | "env" | "filter" | "limit" | "sample"> {
  /** The winner by default. */
  readonly rung?: string | undefined;
  /** Select cases whose messages are exported, 0 or more. */
  readonly cases: number;
  /** Takes the place of the base URL that the run asked. */
  readonly baseUrl?: string | undefined;
}

/**
 * The program of a rung with its exact messages for select cases; those of other splits are not shown. Throws a UserError: 2 for a rung
 * that is not there or an experiment that cannot be read, 3 where nothing was answered or no messages can be made.
 */
export async function exportRun(run: StoredRun, options: ExportOptions, host: Host): Promise<Exported> {
  const { rung, program } = await chosen(run, options.rung);
  const place = await placeOf(run.path, program.model, options.baseUrl);
  const store = options.store ?? STORE;
  const file = existsSync(run.manifest.file) ? run.manifest.file : undefined;
  // Without steps and cases a program stands for itself: no experiment is needed.
  const { registry } = await registryFor(program.steps.length > 0 ? file : undefined, options.plugins !== false);
  const able = withSteps(run.path, program, registry.stages);
  const shown = options.cases === 0 ? [] : await showCases(run, rung.name, able, options, host);
  const ask = shown[0]?.turn ?? { program, messages: [] };
  const { model, params } = ask.program;
  const request = await requestOf({ model, params, messages: ask.messages }, place.endpoint, host);
  const reach = reachOf(able, shown);
  const asked = shown.map(({ turn, case: id, ...one }) => ({ case: id, fields: fieldsOf(turn, reach), ...one }));
  const path = relative("", run.path) || ".";
  const id = `${run.summary.name}/${basename(run.path)}`;
  const others = store === STORE ? undefined : store;
  return {
    run: path,
    id,
    version,
    summary: run.summary,
    rung,
    program,
    steps: able.steps,
    reach,
    place,
    cases: asked,
    request,
    store: others,
  };
}

/** The rung as named, or the winner, with its program. */
async function chosen(run: StoredRun, name: string | undefined): Promise<{ readonly rung: Rung; readonly program: Program }> {
  const { summary, path, manifest } = run;
  if (manifest.rescored !== undefined) throw new UserError(`${path}: only grades answers anew; export ${manifest.rescored}`, 3);
  const names = summary.rungs.map((rung) => rung.name);
  const wanted = name ?? summary.winner;
  if (!names.includes(wanted)) throw new UserError(`--rung ${wanted}: ${path} has no such rung; ${suggest(wanted, names)}`);
  const { rung, program } = (await readFinished(path, names, (one) => rungFolder(names.indexOf(one), one))).get(wanted) ?? {};
  if (rung === undefined || program === undefined || rung.status === "skipped" || rung.status === "failed")
    throw new UserError(`--rung ${wanted}: was ${rung?.status ?? "not climbed"}, so it has no program of its own; name another rung`, 3);
  return { rung, program };
}

function withSteps(path: string, program: Program, stages: Registry["stages"]): Ready {
  try {
    return ready(program, stages);
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : messageOf(error);
    throw new UserError(`${path}: a step of its program is none that this llmopt and its plugins know (${why}); run it again`, 3, {
      cause: error,
    });
  }
}

/** `turn` is what its fields are taken of. */
type Shown = Omit<ShownCase, "fields"> & { readonly turn: Turn };

/** How to go without what only cases need. */
const WITHOUT = "--cases 0 exports the program without cases";

/** The first select cases that the rung's program answered, gathered through the experiment that made the run. */
async function showCases(run: StoredRun, rung: string, able: Ready, options: ExportOptions, host: Host): Promise<readonly Shown[]> {
  const { manifest, path } = run;
  const rows = (run.answers.get(rung) ?? []).filter((row) => row.split === "select" && row.repeat === 0 && row.error === undefined);
  if (rows.length === 0) throw new UserError(`${path}: ${rung} answered no select case, so there are no messages to export; ${WITHOUT}`, 3);
  if (!existsSync(manifest.file))
    throw new UserError(`${path}: its experiment ${manifest.file} is not there any more, so its cases cannot be read; ${WITHOUT}`, 3);
  const prepared = await prepare(manifest.file, { ...options, withoutKeys: true }).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(`${error.message}\n${WITHOUT}`, error.code, { cause: error }) : error;
  });
  const { experiment } = prepared;
  const changed = changedSince(run, prepared);
  const cases = new Map(Object.values(experiment.splits).flatMap((split) => split.map((kase) => [kase.id, kase] as const)));
  const models = openModels(experiment, { store: options.store, offline: true }, host);
  try {
    const purse = createPurse({}, [], 0, host.now);
    const library = openKnowledge(experiment, models, options.store ?? STORE, purse, () => {});
    const meter = createMeter({ experiment, models, library, purse });
    const shown: Shown[] = [];
    const why: string[] = [];
    for (const row of rows.slice(0, options.cases)) {
      host.signal.throwIfAborted();
      const one = await showCase(row, cases.get(row.case), able, meter, changed);
      if (typeof one === "string") why.push(`case ${row.case}: ${one}`);
      else shown.push(one);
    }
    const [first] = why;
    if (shown.length === 0) throw new UserError(`${path}: no exact messages can be made; ${first}; ${WITHOUT}`, 3);
    if (first !== undefined) host.warn(`${why.length} of ${why.length + shown.length} cases are left out; ${first}`);
    return shown;
  } finally {
    await models.close();
  }
}

/** What of the run's making is another now, so that a case may have other messages. */
function changedSince({ manifest }: StoredRun, { experiment, hashes }: Prepared): readonly string[] {
  const parts = (["data", "knowledge", "plugins"] as const).filter((part) => manifest.hashes[part] !== hashes[part]);
  const roles = Object.entries(experiment.models).filter(([role, model]) => manifest.models[role] !== model);
  const own = [
    ...(manifest.engine === engineVersion ? [] : ["embedded engine"]),
    ...(manifest.version === version ? [] : ["llmopt itself"]),
  ];
  return [...parts, ...roles.map(([role]) => `${role} model`), ...own];
}

/**
 * The case with its messages, or why they may not be those that were sent. A request that the cache knows, with the recorded answer, was
 * sent; without the cache nothing that messages are made of may have changed.
 */
async function showCase(
  row: Answered,
  kase: Case | undefined,
  able: Ready,
  meter: Meter,
  changed: readonly string[],
): Promise<Shown | string> {
  if (kase === undefined) return "is not among the experiment's cases any more";
  const { lab, spent } = meter.open();
  try {
    const turn = await gather(able, kase, meter.open().lab);
    const reply = await unlessFault(finish({ program: able.program, steps: [] }, turn, lab));
    const known = reply !== undefined && spent().cached_calls === spent().calls;
    if (!known && changed.length > 0) return `its request is not in the cache, and ${changed.join(" and ")} changed since the run`;
    const later = able.steps.some(({ stage }) => stage.after !== undefined);
    const answer = later && reply !== undefined ? await unlessFault(finish(able, turn, lab)) : reply;
    if (answer !== undefined && answer.answer !== row.answer) return "gets another answer now than the run recorded; run it again";
    const scores = Object.fromEntries(Object.entries(row.scores).map(([name, score]) => [name, "value" in score ? score.value : null]));
    const checked = answer !== undefined;
    const said = later && reply !== undefined ? { reply: reply.answer } : {};
    return { case: row.case, messages: turn.messages, ...said, answer: row.answer, scores, checked, turn };
  } catch (error) {
    if (!(error instanceof EndpointFault || error instanceof UserError)) throw error;
    return `its steps cannot be done again without a call (${messageOf(error)})`;
  }
}

/** Undefined where it takes a call that the cache does not hold. */
async function unlessFault(turn: Promise<Turn>): Promise<Turn | undefined> {
  return await turn.catch((error: unknown) => {
    if (error instanceof EndpointFault) return undefined;
    throw error;
  });
}

/** What the files can answer: steps that only show passages leave the template its part, which the shown cases must bear out. */
function reachOf({ program, steps }: Ready, shown: readonly Shown[]): Reach {
  if (steps.length === 0) return "template";
  const onlyKnowledge = steps.every(({ stage }) => stage.changes !== undefined && stage.changes.every((facet) => facet === "knowledge"));
  const borneOut = shown.every(({ turn }) => {
    const plain = programId(turn.program) === programId(program);
    return plain && canonical(render(program, turn.question, turn.passages)) === canonical(turn.messages);
  });
  return shown.length > 0 && onlyKnowledge && borneOut ? "passages" : "messages";
}

function fieldsOf({ question, passages }: { readonly question: Question; readonly passages: Turn["passages"] }, reach: Reach) {
  return reach === "passages" ? { ...question.fields, [PASSAGES]: passagesText(passages) } : question.fields;
}
