/** Scorers as the experiment uses them, with the templates, files and programs that they name, and the mean by weights. */
import { basename, extname } from "node:path";
import { messageOf } from "../errors.ts";
import { isFile } from "../plugins.ts";
import type { Complaint } from "./complaints.ts";
import { findProgram, readTexts } from "./outside.ts";
import { checkTemplate, readPrompt } from "./prompts.ts";
import type { Used } from "./schema.ts";
import type { Path, Source } from "./source.ts";
import type { Registry } from "../registry.ts";
import type { NamedScorer } from "../types.ts";

/** A case passes at this value unless the experiment says otherwise: right for scorers that give 0 or 1. */
const PASSES = 0.5;
/** The scorer that weights make, and the name of its metric. */
export const WEIGHTED = "weighted";

interface Read {
  readonly scorers: readonly NamedScorer[];
  readonly complaints: readonly Complaint[];
}

/** The scorers in their order, and `weighted` after them where any has a weight. `dir` is the experiment's folder as the user typed it. */
export async function scorersOf(entries: readonly Used[], registry: Registry, source: Source, dir: string): Promise<Read> {
  const names = entries.map(nameOf);
  const read = await Promise.all(
    entries.map((entry, index) => {
      const known = { before: names.slice(0, index), after: names.slice(index + 1) };
      return scorerOf(entry, ["evals", "scorers", index], registry, source, dir, known);
    }),
  );
  const weighted = weightedOf(entries, registry, source);
  const all = [...read, weighted];
  return { scorers: all.flatMap(({ scorers }) => scorers), complaints: all.flatMap(({ complaints }) => complaints) };
}

/** The name in reports: `as`, else the scorer's own, or that of its file without folder and ending. */
export function nameOf({ use, as }: Pick<Used, "use" | "as">): string {
  return as ?? (isFile(use) ? basename(use, extname(use)) : use);
}

async function scorerOf(
  entry: Used,
  at: Path,
  registry: Registry,
  source: Source,
  dir: string,
  known: { readonly before: readonly string[]; readonly after: readonly string[] },
): Promise<Read> {
  const scorer = registry.scorers.get(entry.use);
  if (scorer === undefined) return { scorers: [], complaints: [] };
  const complaints: Complaint[] = [];
  const complain = (faults: readonly string[]): void => void complaints.push(...faults.map((what) => ({ place: source.at(at), what })));
  /** What the scorer says about its options; it may be an outsider's, and wrong itself. */
  const asked = <T>(hook: () => T, otherwise: T): T => {
    try {
      return hook();
    } catch (error) {
      complain([`scorer ${scorer.name}: fails on its options (${messageOf(error)}); mend it`]);
      return otherwise;
    }
  };
  const prompts: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.prompts ?? {})) {
    if (value === undefined) continue;
    const found = await readPrompt(value, [...at, "prompts", name], source, dir);
    complaints.push(...found.complaints);
    if (found.prompt === undefined) continue;
    complaints.push(...checkTemplate(found.prompt, scorer.prompts?.[name]?.fields ?? []));
    prompts[name] = found.prompt.text;
  }
  const { options } = entry;
  const texts = await readTexts(
    asked(() => scorer.files?.(options) ?? [], []),
    dir,
  );
  const program = await findProgram(
    asked(() => scorer.runs?.(options) ?? [], []),
    dir,
  );
  complain([...texts.faults, ...program.faults]);
  if (texts.faults.length === 0) complain(asked(() => scorer.check?.(options, { ...known, files: texts.files }) ?? [], []));
  const files = new Map([...texts.files, ...program.files]);
  const settings = { axis: entry.axis ?? scorer.axis, threshold: entry.threshold ?? PASSES, not: entry.not ?? false };
  return { scorers: [{ name: nameOf(entry), scorer, options, ...settings, prompts, files }], complaints };
}

/** The mean of the scorers that have a weight, where any has one. */
function weightedOf(entries: readonly Used[], registry: Registry, source: Source): Read {
  const weights = entries.flatMap((entry) => (entry.weight === undefined ? [] : [[nameOf(entry), entry.weight] as const]));
  if (weights.length === 0) return { scorers: [], complaints: [] };
  const clash = entries.findIndex((entry) => nameOf(entry) === WEIGHTED);
  if (clash >= 0) {
    const what = `a scorer is named "${WEIGHTED}", and so is the mean that the weights make; give it another name with as, or take the weights out`;
    return { scorers: [], complaints: [{ place: source.at(["evals", "scorers", clash]), what }] };
  }
  const scorer = registry.scorers.get(WEIGHTED);
  if (scorer === undefined) {
    const what = `weights need the scorer "${WEIGHTED}", which is not there; take the weights out`;
    return { scorers: [], complaints: [{ place: source.at(["evals", "scorers"]), what }] };
  }
  const options = scorer.options.parse({ of: Object.fromEntries(weights) });
  const settings = { axis: scorer.axis, threshold: PASSES, not: false, prompts: {}, files: new Map<string, string>() };
  return { scorers: [{ name: WEIGHTED, scorer, options, ...settings }], complaints: [] };
}
