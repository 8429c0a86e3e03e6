/** The rung's search: ways to search with hypothetical passages are measured, and the best is raced with and without the check. */
import { programId } from "../../program/hash.ts";
import type { Answered, Arm, Case, Lab, Program } from "../../types.ts";
import { retrievalOf, retrieving } from "../rag/index.ts";
import { FEWEST, withSources } from "../rag/sweep.ts";
import { answersTable, type Answers, checkTable } from "./figures.ts";
import type { Options } from "./options.ts";
import { withoutStep, withStep } from "./program.ts";
import { best, measured, retrievalTable } from "./retrieval.ts";
import { checkOf, type Check, type Hyde, hydesOf, nameOf } from "./settings.ts";

/** Share of the calls that are left which measuring may take, and calls of one answer, roughly. */
const MEASURING = 0.25;
const MOST_CALLS = 4;

/** The best program on select. */
export async function fitted(program: Program, options: Options, lab: Lab): Promise<Program> {
  const bare = retrieving(withoutStep(program));
  const given = checkOf(options);
  const check: Check = { ...given, edit: given.edit && lab.writes, decompose: given.decompose && lab.judges };
  sayWho(options, lab);
  const ways = wantsHyde(options) ? hydesOf(options) : [];
  const way = ways.length === 0 ? undefined : await chosen(bare, ways, program, lab);
  const name = way === undefined ? "hyde" : nameOf(way, [way]);
  const asItWas: Arm = { name: "as it was", program };
  // Without these an arm that does two things at once would say nothing of either.
  const plain: Arm = programId(bare) === programId(program) ? asItWas : { name: "retrieval alone", program: bare };
  const hyde: Arm = { name, program: withStep(bare, way, undefined) };
  const alone: Arm = { name: "fact-check", program: withStep(bare, undefined, check) };
  const both: Arm = { name: `${name} + fact-check`, program: withStep(bare, way, check) };
  const arms = [
    asItWas,
    ...(plain === asItWas ? [] : [plain]),
    ...(way === undefined ? [] : [hyde]),
    ...(options.parts.includes("fact-check") ? [alone] : []),
    ...(options.parts.includes("both") ? [both] : []),
  ];
  const result = await lab.race(arms);
  await report(
    arms,
    new Map([
      [alone, plain],
      [both, hyde],
    ]),
    check.abstain,
    lab,
  );
  return result.winner.program;
}

/** Candidates besides the incumbent at the most. */
export function mostArms(options: Options): number {
  const ways = wantsHyde(options) ? hydesOf(options).length : 0;
  const both = options.parts.includes("both") ? 1 : 0;
  return Math.max(1, ways) + (options.parts.includes("fact-check") ? 1 : 0) + both + 1;
}

/** Answers at the most: those of all arms, and as many again as the writer's passages for each instruction and temperature that is measured. */
export function mostAnswers(options: Options, { select, repeat }: { readonly select: number; readonly repeat: number }): number {
  const requests = wantsHyde(options) ? mostRequests(hydesOf(options)) : 0;
  return (mostArms(options) + Math.max(0, requests - 1)) * select * repeat;
}

function wantsHyde({ parts }: Options): boolean {
  return parts.some((part) => part !== "fact-check");
}

function sayWho(options: Options, lab: Lab): void {
  if (wantsHyde(options) && !lab.writes) {
    lab.note(
      "the writer is the embedded engine, whose passages hold the question's own words and the nearest answer that it was taught; a language model under models.writer knows more",
    );
  }
  if (options.parts.some((part) => part !== "hyde") && !lab.judges) {
    lab.note("the judge is the embedded engine: claims are checked whole, and contradicted ones are left out rather than mended");
  }
}

/** The way to search with: by retrieval on the cases that name their sources, else by a race. */
async function chosen(bare: Program, ways: readonly Hyde[], incumbent: Program, lab: Lab): Promise<Hyde | undefined> {
  const all = withSources(lab.select);
  const { calls } = lab.budget();
  const each = Math.max(...ways.map(({ documents }) => documents)) * mostRequests(ways);
  const cases: readonly Case[] = calls === null ? all : all.slice(0, Math.floor((calls * MEASURING) / each));
  const results = await measured(bare, ways, cases, lab);
  if (results.length > 0) lab.table(retrievalTable(results, cases, retrievalOf(bare)?.top_k ?? 0));
  if (ways.length === 1) return ways[0];
  if (cases.length >= FEWEST) return best(results);
  const why = all.length === 0 ? "no select case names sources" : `${cases.length} select cases with sources are too few`;
  lab.note(`${why}, so ways to search with hypothetical passages are raced with answers`);
  const arms = ways.map((way): Arm => ({ name: nameOf(way, ways), program: withStep(bare, way, undefined) }));
  const { challenger } = await lab.race([{ name: "as it was", program: incumbent }, ...arms]);
  return ways[arms.findIndex(({ name }) => name === challenger?.name)] ?? ways[0];
}

/** Instructions and temperatures that the ways have among them: the writer's passages are the same for ways that differ in others alone. */
function mostRequests(ways: readonly Hyde[]): number {
  return new Set(ways.map(({ prompt, temperature }) => `${temperature} ${prompt}`)).size;
}

/**
 * Tables of what was answered. Arms that left the race early are answered on the other cases as well, where the budget bears it, so that all
 * figures are of the same cases; else each is of those that it has answers to.
 */
async function report(arms: readonly Arm[], against: ReadonlyMap<Arm, Arm>, abstain: string, lab: Lab): Promise<void> {
  const tried = arms.filter((arm, at) => at === 0 || lab.refuse(arm.program) === undefined);
  const owed = tried.reduce((sum, { program }) => sum + lab.missing(program, lab.select), 0) * MOST_CALLS;
  const { calls, usd } = lab.budget();
  const whole = owed === 0 || (usd === null && (calls === null || owed <= calls * MEASURING));
  if (!whole)
    lab.note(
      "the budget does not bear answers of all arms to all select cases, so the figures of arms that left the race are of fewer cases",
    );
  const rows = new Map<Arm, readonly Answered[]>();
  for (const arm of tried) {
    const there = whole ? lab.select : lab.select.filter((kase) => lab.missing(arm.program, [kase]) === 0);
    rows.set(arm, there.length === 0 ? [] : await lab.answer(arm.program, there));
  }
  const shown = tried.map((arm): Answers => {
    const other = against.get(arm);
    return {
      name: arm.name,
      rows: rows.get(arm) ?? [],
      ...(other === undefined ? {} : { unchecked: { name: other.name, rows: rows.get(other) ?? [] } }),
    };
  });
  const checks = checkTable(shown);
  if (checks.rows.length > 0) lab.table(checks);
  lab.table(answersTable(shown, lab.primary, abstain));
}
