/** Reads run folders back: finished rungs for resuming, whole runs for comparing. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suggest, UserError } from "../errors.ts";
import { programId } from "../program/hash.ts";
import type { Answered, Case, Diagnosis, Program, Rung, Summary } from "../types.ts";
import { z } from "zod";
import { casesHash } from "./comparability.ts";
import { MANIFEST, rungFolder, SUMMARY, TEST_CASES } from "./folder.ts";
import { readAnswers, readLines } from "./journal.ts";
import type { RunManifest, StoredRun } from "./types.ts";

const kase: z.ZodType<Case> = z.object({
  id: z.string(),
  fields: z.record(z.string(), z.string()),
  expected: z.json().optional(),
  sources: z.array(z.string()).optional(),
  sourceGroups: z.array(z.array(z.string())).optional(),
  group: z.string().optional(),
  tags: z.array(z.string()).optional(),
});

/** The rungs whose `rung.json` and `program.json` are there, by name. */
export async function readFinished(
  run: string,
  names: readonly string[],
  folderOf: (rung: string) => string,
): Promise<ReadonlyMap<string, { readonly rung: Rung; readonly program: Program; readonly diagnosis: Diagnosis | undefined }>> {
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(run, folderOf(name));
      const rung = await readJson<Rung>(join(folder, "rung.json"));
      const program = await readJson<Program>(join(folder, "program.json"));
      if (rung === undefined || program === undefined) return [];
      return [[name, { rung, program, diagnosis: await readJson<Diagnosis>(join(folder, "diagnosis.json")) }] as const];
    }),
  );
  return new Map(found.flat());
}

/** What is looked at before anything else is believed; the rest is as llmopt wrote it. */
const manifestShape = z.looseObject({
  comparability: z.looseObject({ cases: z.string(), scorers: z.record(z.string(), z.looseObject({ models: z.array(z.string()) })) }),
});
const summaryShape = z.looseObject({
  status: z.string(),
  winner: z.string(),
  primary: z.string(),
  rungs: z.array(z.looseObject({ name: z.string(), status: z.string(), scores: z.looseObject({}), versus: z.looseObject({}) })).min(1),
});

/** Throws with code 2 where a file is not what llmopt writes. */
function refuseDamage(file: string, value: unknown, shape: z.ZodType): void {
  const fault = shape.safeParse(value).error?.issues[0];
  if (fault === undefined) return;
  const where = fault.path.length === 0 ? "it" : fault.path.join(".");
  throw new UserError(`${file}: is damaged (${where}: ${fault.message}); run its experiment again, or take the folder away`, 2);
}

/** The summary of a complete run; a UserError with code 3 says that the run is not complete. */
export async function readSummary(folder: string): Promise<Summary> {
  const summary = await readJson<Summary>(join(folder, SUMMARY));
  if (summary !== undefined) {
    refuseDamage(join(folder, SUMMARY), summary, summaryShape);
    return summary;
  }
  throw new UserError(`${folder}: the run is not complete; run its experiment again to finish it`, 3);
}

/**
 * A whole run. Throws a UserError, with code 3 where the run cannot be judged: not complete, of another format, test cases that are
 * not those of `run.json`, values that no scorer gives. With `rung`, the run as if it had ended with that one: it is the winner, and
 * only it and the baseline are there.
 */
export async function readRun(folder: string, rung?: string): Promise<StoredRun> {
  const manifest = await readJson<RunManifest>(join(folder, MANIFEST));
  if (manifest === undefined) throw new UserError(`${folder}: no ${MANIFEST}; this is not a run folder`, 3);
  if (manifest.format !== 2) {
    const made = `${folder}: its format is ${String(manifest.format)}, not 2`;
    throw new UserError(`${made}: another version of llmopt made it; run its experiment again with this one`, 3);
  }
  refuseDamage(join(folder, MANIFEST), manifest, manifestShape);
  const whole = await readSummary(folder);
  const summary = rung === undefined ? whole : endedWith(rung, whole, folder);
  const folders = whole.rungs.map((rung, index) => join(folder, rungFolder(index, rung.name)));
  const programs = await Promise.all(folders.map((rung) => readJson<Program>(join(rung, "program.json"))));
  const program = programs[whole.rungs.findIndex(({ name }) => name === summary.winner)];
  if (program === undefined)
    throw new UserError(`${folder}: the program.json of "${summary.winner}" is missing; the run is not complete`, 3);
  // A program that several rungs share was answered once, so its rows may lie in another rung's folder.
  const all = folders.flatMap((rung) => valued(join(rung, "answers.jsonl"), readAnswers(rung)));
  const rows = Map.groupBy(all, (row) => row.program);
  // A rung that was not climbed has no answers of its own, though the program that it met has.
  const has = whole.rungs.map(({ status, unjudged }) => status === "kept" || status === "rejected" || unjudged === true);
  const answers = new Map(whole.rungs.map(({ name }, index) => [name, has[index] === true ? rowsOf(programs[index], rows) : []]));
  const cases = readLines(join(folder, TEST_CASES), kase);
  if (casesHash(cases) !== manifest.comparability.cases)
    throw damaged(join(folder, TEST_CASES), `its ${cases.length} test cases are not those that ${MANIFEST} says were tested`);
  return { path: folder, manifest, summary, answers, program, cases };
}

function endedWith(rung: string, summary: Summary, folder: string): Summary {
  const found = summary.rungs.find(({ name }) => name === rung);
  if (found === undefined) {
    const names = summary.rungs.map(({ name }) => name);
    throw new UserError(`--rung ${rung}: ${folder} has no such rung; ${suggest(rung, names)}`);
  }
  if (found.status === "skipped" || found.status === "failed") {
    throw new UserError(`--rung ${rung}: it was ${found.status} in ${folder} (${found.reason}), so it has no answers to compare`, 3);
  }
  return { ...summary, winner: rung, rungs: summary.rungs.filter(({ name }) => name === rung || name === summary.baseline) };
}

/** The rows, where every value is in 0..1, as scorers give them. */
function valued(file: string, rows: readonly Answered[]): readonly Answered[] {
  for (const row of rows) {
    const stray = Object.entries(row.scores).find(([, score]) => "value" in score && !(score.value >= 0 && score.value <= 1));
    if (stray !== undefined) throw damaged(file, `the ${stray[0]} of case ${row.case} is ${JSON.stringify(stray[1])}, not a value in 0..1`);
  }
  return rows;
}

function damaged(file: string, what: string): UserError {
  return new UserError(`${file}: is damaged (${what}); run its experiment again, or take the folder away`, 3);
}

/** The last row of each case and repeat: what failed was asked again. */
function rowsOf(program: Program | undefined, rows: ReadonlyMap<string, readonly Answered[]>): readonly Answered[] {
  const all = program === undefined ? [] : (rows.get(programId(program)) ?? []);
  return [...new Map(all.map((row) => [`${row.repeat} ${row.case}`, row])).values()];
}

/** Files that llmopt wrote itself; undefined where there is none. */
async function readJson<T>(file: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new UserError(`${file}: is not JSON; it was changed by hand or the disk failed`, 2, { cause: error });
  }
}
