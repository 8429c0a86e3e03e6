/** The rung's search: ways to search are measured without a model, the best few are raced with answers, then the other options. */
import { first } from "../../grid.ts";
import { queryOf } from "../../program/render.ts";
import type { Arm, Case, Lab, Program, RaceResult } from "../../types.ts";
import { available, type Refused } from "./available.ts";
import { ANSWERED, around, distinctOf, keyOf, measurable, MEASURED, severalOf, sizeOf, variants, type Group } from "./grid.ts";
import { nameOf, namesOf } from "./names.ts";
import type { Options } from "./options.ts";
import { settingsIn, withRetrieval } from "./program.ts";
import { listsOf, type Lists, type Settings } from "./settings.ts";
import { FEWEST, finalists, measure, sweep, withSources } from "./sweep.ts";
import { shownTable, sweepTable } from "./tables.ts";

/** Where nothing can be measured: candidates that are raced at the most, as a multiple of `race`. */
const UNMEASURED = 2;

/** The best program on select. Throws a Skip where of an option no value can be tried. */
export async function fitted(program: Program, options: Options, lab: Lab): Promise<Program> {
  const cases = withSources(lab.select);
  const measuring = cases.length >= FEWEST;
  const { lists, refused } = available(listsOf(options, measuring), lab);
  const start = measuring ? await measuredBest(program, lists, options.race, cases, lab) : [first(lists)];
  if (!measuring) {
    const why = cases.length === 0 ? "no select case names sources" : `only ${cases.length} select cases name sources`;
    lab.note(`${why}, so ways to search are not measured; candidates are raced with answers, ${options.race * UNMEASURED} at the most`);
  }
  const { result, best } = await raced(start, { program, options, lists, refused, measuring, lab });
  if (measuring) {
    const name = nameOf(best, severalOf(lists));
    const arms = [{ name: "as it was", program }, ...(result.challenger === undefined ? [] : [{ ...result.challenger, name }])];
    const shown = await shownTable(arms, cases, lab);
    if (shown.rows.length > 0) lab.table(shown);
  }
  return result.winner.program;
}

/** Candidates besides the incumbent at the most, whether or not cases name their sources. */
export function mostArms(options: Options): number {
  return Math.max(
    ...[true, false].map((measuring) => {
      const lists = listsOf(options, measuring);
      const start = measuring ? Math.min(options.race, sizeOf(MEASURED, measurable({ ...lists, weight: lists.weight.slice(0, 1) }))) : 1;
      const groups = groupsOf(measuring);
      const whole = start * sizeOf(groups, lists);
      const one = start + groups.reduce((sum, group) => sum + sizeOf([group], lists) - 1, 0);
      return whole <= options.race ? whole : measuring ? one : Math.min(one, options.race * UNMEASURED);
    }),
  );
}

function groupsOf(measuring: boolean): readonly Group[] {
  return measuring ? ANSWERED : [...MEASURED, ...ANSWERED.filter((group) => !MEASURED.some(([key]) => key === group[0]))];
}

/** The best ways to search, everything else as the lists have it first. */
async function measuredBest(program: Program, lists: Lists, most: number, cases: readonly Case[], lab: Lab): Promise<readonly Settings[]> {
  const queryFor = (kase: Case) => queryOf(program, kase);
  const ways = measurable(lists);
  const found = await sweep(ways, cases, queryFor, lab);
  const best = finalists(found.measured, most);
  const before = settingsIn(program);
  const incumbent = before && (await measure({ ...before, top_k: first(ways).top_k }, cases, queryFor, lab));
  lab.table(sweepTable(found, best, { lists: ways, cases, before: incumbent }));
  return distinctOf(
    best.map((settings): Settings => {
      const { chunker, size, overlap, search, fusion, rrf_k, weight, pool } = settings;
      const rerank = lists.rerank.find((one) => JSON.stringify(one) === JSON.stringify(settings.rerank)) ?? first(lists).rerank;
      return { ...first(lists), chunker, size, overlap, search, fusion, rrf_k, weight, pool, rerank };
    }),
  );
}

interface Racing {
  readonly program: Program;
  readonly options: Options;
  readonly lists: Lists;
  readonly refused: readonly Refused[];
  readonly measuring: boolean;
  readonly lab: Lab;
}

/**
 * Races all combinations where they are few, else the starting points, and then one group of options after the other around the best so
 * far. The incumbent runs in every race, and what was answered before is not asked again. `best` are the settings of the best candidate.
 */
async function raced(
  start: readonly Settings[],
  { program, options, lists, refused, measuring, lab }: Racing,
): Promise<{ readonly result: RaceResult; readonly best: Settings }> {
  const race = async (entered: readonly Settings[], others: readonly Arm[]) => {
    const names = namesOf(entered);
    const arms = entered.map((settings, i): Arm => ({ name: names[i] ?? "", program: withRetrieval(program, settings) }));
    const result = await lab.race([{ name: "as it was", program }, ...arms, ...others]);
    const at = arms.findIndex(({ name }) => name === result.challenger?.name);
    return { result, best: entered[Math.max(0, at)] ?? first(lists) };
  };
  const none = refused.map(({ values, option, why }): Arm => {
    const settings = { ...first(lists), ...values };
    return { name: nameOf(settings, [option]), program: withRetrieval(program, settings), refused: why };
  });
  const groups = groupsOf(measuring);
  const listsFor = (settings: Settings): Lists => (measuring ? around(settings, lists) : lists);
  const few = start.length * sizeOf(groups, lists) <= options.race ** 2;
  const whole = few ? distinctOf(start.flatMap((settings) => variants(settings, groups.flat(), listsFor(settings)))) : [];
  const together = whole.length > 0 && whole.length <= options.race;
  let found = await race(together ? whole : start, none);
  let left = (measuring ? Number.POSITIVE_INFINITY : options.race * UNMEASURED) - start.length;
  for (const group of together ? [] : groups) {
    const { best } = found;
    const others = variants(best, group, listsFor(best)).filter((settings) => keyOf(settings) !== keyOf(best));
    const tried = others.slice(0, left);
    if (tried.length < others.length) lab.note(`${others.length - tried.length} other values of ${group.join(", ")} are not tried`);
    if (tried.length === 0) continue;
    left -= tried.length;
    found = await race([best, ...tried], []);
  }
  return found;
}
