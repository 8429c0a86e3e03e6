/** Scorers of the experiment's own, named by their files under `evals.scorers`: `use: ./evals/polite.ts`. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { shownPath } from "../data/files.ts";
import { whyUnreadable } from "../data/rows.ts";
import { messageOf, UserError } from "../errors.ts";
import { importFile, whyNotLoaded, withLlmopt } from "../plugins.ts";
import { faultOfPlugin, type ScorerFile } from "../registry.ts";
import { scoreOf } from "../score.ts";
import type { Case, Graded, Scorer } from "../types.ts";

type Grade = (turn: Graded, kase: Case) => unknown;

/** Seconds that a plain function may take for an answer; a loop that never waits cannot be stopped. */
const MOST_SECONDS = 60;

/**
 * Loads scorers by their paths as the experiment writes them, relative to its file. A default export is a scorer, or a plain function
 * `(turn, kase) => number | boolean | Score`, which may be async. What is wrong with a file is told where it is used. Sources are
 * those of the files that were loaded, in order.
 */
export async function loadScorers(
  paths: readonly string[],
  experiment: string,
): Promise<{ readonly files: readonly ScorerFile[]; readonly sources: readonly string[] }> {
  const loaded = await withLlmopt(() => Promise.all(paths.map((path) => loadScorer(path, experiment))));
  return { files: loaded.map(({ file }) => file), sources: loaded.flatMap(({ source }) => source ?? []) };
}

/** The same scorers where no code of the experiment's own may be loaded. */
export function refuseScorers(paths: readonly string[]): readonly ScorerFile[] {
  const fault = "is code of the experiment's own, which --no-plugins does not load; run without that flag, or take the scorer out";
  return paths.map((path) => ({ path, fault: `${path}: ${fault}` }));
}

async function loadScorer(path: string, experiment: string): Promise<{ readonly file: ScorerFile; readonly source?: string }> {
  const [shown, file] = [shownPath(dirname(experiment), path), resolve(dirname(experiment), path)];
  const faulty = (what: string) => ({ file: { path, fault: `${shown}: ${what}` } });
  if (!/\.[cm]?[jt]s$/.test(path))
    return faulty(
      "is neither JavaScript nor TypeScript; a Python file goes by { use: python, file: … }, another program by { use: command, argv: […] }",
    );
  try {
    const { exported, source } = await importFile(file);
    const fault = faultOfScorer(exported);
    if (fault !== undefined) return faulty(fault);
    return { file: { path, scorer: isFunction(exported) ? scorerOf(exported, path) : (exported as Scorer) }, source };
  } catch (error) {
    if (isMissing(error, file)) return faulty(await whyUnreadable(file, error));
    return faulty(`cannot be loaded (${whyNotLoaded(file, error)}); mend it`);
  }
}

function faultOfScorer(exported: unknown): string | undefined {
  if (isFunction(exported)) return undefined;
  const right = "export default (turn, kase) => a number 0..1, or defineScorer({ … })";
  if (typeof exported !== "object" || exported === null) return `its default export is no scorer; ${right}`;
  return (
    faultOfPlugin(exported) ??
    ("score" in exported ? undefined : `its default export is no scorer; ${right}, and name stages under plugins`)
  );
}

/** A plain function as a scorer. It gets copies, so that nothing it does to them reaches other scorers; what it throws is an error. */
function scorerOf(grade: Grade, path: string): Scorer {
  return {
    name: path,
    about: "a scorer of the experiment's own",
    axis: "behaviour",
    options: z.strictObject({}),
    async score(turn, kase) {
      try {
        const work: unknown = grade(structuredClone(turn), structuredClone(kase));
        return scoreOf(await within(MOST_SECONDS, work), path);
      } catch (error) {
        if (error instanceof UserError) throw error;
        return { error: `${path} failed: ${messageOf(error).trim() || "it threw without a word"}` };
      }
    },
  };
}

async function within(seconds: number, work: unknown): Promise<unknown> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it took longer than ${seconds} s`)), seconds * 1000);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function isFunction(exported: unknown): exported is Grade {
  return typeof exported === "function";
}

function isMissing(error: unknown, file: string): boolean {
  return error instanceof Error && "path" in error && error.path === file;
}
