/** The demonstrations that the rung chooses from: train cases with the answer that is wanted, and what the program itself got right. */
import { balanced, shuffled, wantedAnswer } from "../../program/demos.ts";
import { inputReader } from "../../program/render.ts";
import { plain, plainInput } from "../../program/text.ts";
import { valueIn } from "../../stats/values.ts";
import type { Answered, Case, Demo, Lab, Program } from "../../types.ts";
import { LARGEST, type Options, type Source } from "./options.ts";

/** Train cases that are answered at once; between two blocks it is asked whether there are enough. */
const BLOCK = 25;

export interface Banks {
  readonly banks: Readonly<Record<Source, readonly Demo[]>>;
  /** Calls that it took to find out what the program gets right. */
  readonly calls: number;
  /** Why a source has nothing to show. */
  readonly why: Readonly<Record<Source, string>>;
}

/** What each source has to show; the program answers train cases with no more than `limit` calls, at `each` calls for an answer. */
export async function banksOf(
  program: Program,
  { bank, source, verify, threshold, k }: Options,
  { limit, each }: { readonly limit: number; readonly each: number },
  lab: Lab,
): Promise<Banks> {
  const cases = within(
    bank,
    candidatesOf(lab.train, program, () => lab.random()),
  );
  const gold = cases.flatMap(goldOf);
  lab.note(`bank: ${cases.length} of ${lab.train.length} train cases, with ${new Set(gold.map(({ answer }) => answer)).size} answers`);
  const most = mostVerified({ source, verify, k }, cases.length);
  const found = await bootstrap(cases, program, { threshold, enough: 2 * Math.max(...k), most, limit, each }, lab);
  const { asked, right, calls, bootstrapped, hard } = found;
  // Beside gold, the same demonstrations twice are no candidate.
  const shows = !source.includes("gold") || addsTo(bootstrapped, gold);
  const none =
    bootstrapped.length === 0 && right > 0
      ? "those were cut, or read from passages that a demonstration does not show"
      : bootstrapped.length > 0 && !shows
        ? "they say what is expected, so they are no candidates of their own"
        : undefined;
  if (asked > 0) {
    const told = `bootstrapped: ${right} of ${asked} train cases are answered right, ${hard.length} wrong, in ${calls} calls`;
    lab.note(none === undefined ? told : `${told}; ${none}`);
  }
  return {
    banks: { gold, bootstrapped: shows ? bootstrapped : [], hard },
    calls,
    why: {
      gold: "nothing is expected of any train case",
      bootstrapped: `of ${asked} train cases that were answered ${right} are right${none === undefined ? "" : `; ${none}`}`,
      hard: `of ${asked} train cases that were answered none is wrong and has an expected answer`,
    },
  };
}

/** Of so many train cases, those that the program answers at the most. */
export function mostVerified({ source, verify, k }: Pick<Options, "source" | "verify" | "k">, train: number): number {
  return source.some((one) => one !== "gold") && Math.max(...k) > 0 ? Math.min(verify, train) : 0;
}

/** Train cases, each input once, in an order that depends on `random` alone, of all expected answers in turn. */
function candidatesOf(train: readonly Case[], program: Program, random: () => number): readonly Case[] {
  const inputOf = inputReader(program);
  const seen = new Set<string>();
  const distinct = shuffled(train, random).filter((kase) => {
    const input = plainInput(inputOf(kase));
    return input !== "" && !seen.has(input) && seen.add(input);
  });
  const byId = new Map(distinct.map((kase) => [kase.id, kase]));
  const ordered = balanced(distinct.map((kase) => ({ id: kase.id, fields: {}, answer: wantedAnswer(kase) ?? "" })));
  return ordered.flatMap(({ id }) => byId.get(id) ?? []);
}

/** The first of the cases, as many as the bank may hold; where nothing is expected of a case there is no answer to have so many of. */
function within(bank: Options["bank"], cases: readonly Case[]): readonly Case[] {
  if (typeof bank === "number") return cases.slice(0, bank);
  const counts = new Map<string, number>();
  const taken = cases.filter((kase) => {
    const answer = wantedAnswer(kase);
    if (answer === undefined) return true;
    const before = counts.get(answer) ?? 0;
    counts.set(answer, before + 1);
    return before < bank.per_answer;
  });
  return taken.slice(0, LARGEST);
}

/** A demonstration of the expected answer; none where nothing is expected. */
function goldOf(kase: Case): readonly Demo[] {
  const answer = wantedAnswer(kase);
  return answer === undefined ? [] : [{ id: kase.id, fields: kase.fields, answer }];
}

interface Bootstrapped {
  readonly asked: number;
  readonly calls: number;
  readonly right: number;
  readonly bootstrapped: readonly Demo[];
  readonly hard: readonly Demo[];
}

/**
 * Lets the program answer train cases until `enough` of them are right, and as many wrong, or `most` are answered, or the calls are
 * spent. The program's own demonstrations are not asked; an answer that was cut, or read from passages that a demonstration does not
 * show, is none to show.
 */
async function bootstrap(
  cases: readonly Case[],
  program: Program,
  { threshold, enough, most, limit, each }: Readonly<Record<"threshold" | "enough" | "most" | "limit" | "each", number>>,
  lab: Lab,
): Promise<Bootstrapped> {
  const own = new Set(program.demos.map(({ id }) => id));
  const others = cases.filter(({ id }) => !own.has(id)).slice(0, most);
  const bootstrapped: Demo[] = [];
  const hard: Demo[] = [];
  let [asked, right, calls] = [0, 0, 0];
  while (asked < others.length && (right < enough || hard.length < enough)) {
    const block = paidBy(limit - calls, each, others.slice(asked, asked + BLOCK), program, lab);
    if (block.length === 0) break;
    const rows = Map.groupBy(await lab.answer(program, block), (row) => row.case);
    asked += block.length;
    for (const kase of block) {
      const answers = rows.get(kase.id) ?? [];
      calls += answers.reduce((sum, row) => sum + row.calls, 0);
      const values = answers.map((row) => valueIn(row, lab.primary)).filter((value) => value !== undefined);
      const [first] = answers;
      if (first === undefined || values.length < answers.length) continue;
      if (values.some((value) => value < threshold)) {
        hard.push(...goldOf(kase));
        continue;
      }
      right++;
      if (isWhole(first)) bootstrapped.push({ id: kase.id, fields: kase.fields, answer: first.answer });
    }
  }
  return { asked, calls, right, bootstrapped, hard };
}

/** As many of the cases, from the first, as so many calls pay for. */
function paidBy(calls: number, each: number, cases: readonly Case[], program: Program, lab: Lab): readonly Case[] {
  const end = cases.findIndex((_, at) => lab.missing(program, cases.slice(0, at + 1)) * each > calls);
  return end < 0 ? cases : cases.slice(0, end);
}

/** Whether one demonstration at least says more than the expected answer does. */
function addsTo(demos: readonly Demo[], gold: readonly Demo[]): boolean {
  const wanted = new Map(gold.map(({ id, answer }) => [id, plain(answer)]));
  return demos.some(({ id, answer }) => wanted.get(id) !== plain(answer));
}

function isWhole({ answer, notes, passages }: Answered): boolean {
  return answer.trim() !== "" && notes?.["cut"] !== true && passages.length === 0;
}
