/** The demonstrations that the rung chooses from: train cases with the answer that is wanted, and what the program itself got right. */
import { balanced, shuffled, wantedAnswer } from "../../program/demos.ts";
import { plain } from "../../program/text.ts";
import { valueIn } from "../../stats/values.ts";
import type { Answered, Case, Demo, Lab, Program } from "../../types.ts";
import { inputReader } from "./nearest.ts";
import type { Options, Source } from "./options.ts";

/** Train cases that are answered at once; between two blocks it is asked whether there are enough. */
const BLOCK = 25;

/** What each source has to show, and the calls that it took to find out. */
export async function banksOf(
  program: Program,
  { bank, source, verify, threshold, k }: Options,
  limit: number,
  lab: Lab,
): Promise<{ readonly banks: Readonly<Record<Source, readonly Demo[]>>; readonly calls: number }> {
  const cases = candidatesOf(lab.train, program, () => lab.random()).slice(0, bank);
  const gold = cases.flatMap(goldOf);
  const most = source.some((one) => one !== "gold") && Math.max(...k) > 0 ? Math.floor(Math.min(verify, limit)) : 0;
  const found = await bootstrap(cases, program, { threshold, enough: 2 * Math.max(...k), most }, lab);
  const adds = addsTo(found.bootstrapped, gold);
  if (found.asked > 0) {
    const like = !adds && found.bootstrapped.length > 0 ? "; they say what is expected, so they are no candidates of their own" : "";
    const { asked, calls, bootstrapped, hard } = found;
    lab.note(
      `bootstrapped: ${bootstrapped.length} of ${asked} train cases are answered right, ${hard.length} wrong, in ${calls} calls${like}`,
    );
  }
  return { banks: { gold, bootstrapped: adds ? found.bootstrapped : [], hard: found.hard }, calls: found.calls };
}

/** Train cases, each input once, in an order that depends on `random` alone, of all expected answers in turn. */
function candidatesOf(train: readonly Case[], program: Program, random: () => number): readonly Case[] {
  const inputOf = inputReader(program.user);
  const seen = new Set<string>();
  const distinct = shuffled(train, random).filter((kase) => {
    const input = plain(inputOf(kase));
    return input !== "" && !seen.has(input) && seen.add(input);
  });
  const byId = new Map(distinct.map((kase) => [kase.id, kase]));
  const ordered = balanced(distinct.map((kase) => ({ id: kase.id, fields: {}, answer: wantedAnswer(kase) ?? "" })));
  return ordered.flatMap(({ id }) => byId.get(id) ?? []);
}

/** A demonstration of the expected answer; none where nothing is expected. */
function goldOf(kase: Case): readonly Demo[] {
  const answer = wantedAnswer(kase);
  return answer === undefined ? [] : [{ id: kase.id, fields: kase.fields, answer }];
}

/**
 * Lets the program answer train cases until `enough` of them are right, and as many wrong, or `most` are answered. A case that the
 * program shows itself is not asked; an answer that was cut, or read from passages that a demonstration does not show, is none to show.
 */
async function bootstrap(
  cases: readonly Case[],
  program: Program,
  { threshold, enough, most }: { readonly threshold: number; readonly enough: number; readonly most: number },
  lab: Lab,
): Promise<{ readonly asked: number; readonly calls: number; readonly bootstrapped: readonly Demo[]; readonly hard: readonly Demo[] }> {
  const own = new Set(program.demos.map(({ id }) => id));
  const others = cases.filter(({ id }) => !own.has(id)).slice(0, most);
  const bootstrapped: Demo[] = [];
  const hard: Demo[] = [];
  let asked = 0;
  let calls = 0;
  while (asked < others.length && (bootstrapped.length < enough || hard.length < enough)) {
    const block = others.slice(asked, asked + BLOCK);
    const rows = Map.groupBy(await lab.answer(program, block), (row) => row.case);
    asked += block.length;
    for (const kase of block) {
      const answers = rows.get(kase.id) ?? [];
      calls += answers.reduce((sum, row) => sum + row.calls, 0);
      const values = answers.map((row) => valueIn(row, lab.primary)).filter((value) => value !== undefined);
      const [first] = answers;
      if (first === undefined || values.length < answers.length) continue;
      if (values.some((value) => value < threshold)) hard.push(...goldOf(kase));
      else if (isWhole(first)) bootstrapped.push({ id: kase.id, fields: kase.fields, answer: first.answer });
    }
  }
  return { asked, calls, bootstrapped, hard };
}

/** Whether one demonstration at least says more than the expected answer does. */
function addsTo(demos: readonly Demo[], gold: readonly Demo[]): boolean {
  const wanted = new Map(gold.map(({ id, answer }) => [id, plain(answer)]));
  return demos.some(({ id, answer }) => wanted.get(id) !== plain(answer));
}

function isWhole({ answer, notes, passages }: Answered): boolean {
  return answer.trim() !== "" && notes?.["cut"] !== true && passages.length === 0;
}
