/** Reflective evolution: the writer reads answers and what scorers said of them, and writes the instruction anew. */
import { shuffled } from "../../program/demos.ts";
import { programId } from "../../program/hash.ts";
import { valuesOf } from "../../stats/values.ts";
import type { Arm, Lab } from "../../types.ts";
import type { Alike } from "./alike.ts";
import { meanOf, parentOf, type Scored } from "./fronts.ts";
import type { Keeper } from "./keep.ts";
import type { Ledger } from "./ledger.ts";
import { instructed, type Looked, reflectionRequest, textIn } from "./writer.ts";

/** Train cases that a reflection sees; so many of them may be passes: what works must be known too. */
const SEEN = 6;
const PASSES = 2;
/** Train cases looked through at once for failures, and failures of one parent after which no more are looked for. */
const LOOKED_AT = 18;
const FAILURES = 8;
/** Minibatches that a text gets a chance on: where the writer comes back to it, one may have been bad luck. */
const CHANCES = 2;
/** Rounds without a new candidate after which nothing more is to be expected. */
const FRUITLESS = 8;
/** Share of the calls that is left for the last race. */
const LAST_RACE = 0.4;

interface Search {
  /** Select cases that a candidate of the pool is answered on, and candidates that go on to the last race. */
  readonly cases: number;
  readonly finalists: number;
  readonly keeper: Keeper;
  readonly alike: Alike;
  readonly lab: Lab;
  readonly ledger: Ledger;
}

/**
 * Grows a pool from the incumbent and the arms given: a parent from the per-case fronts, a minibatch of its failures and a few passes in
 * train, a rewritten instruction, a strict gain on the same minibatch, then the select cases that the rest of the pool has answered. Those
 * are the ones that every race begins with, so that the last race does not pay for them again. Returns the best of the pool beside the
 * incumbent. It stops where calls run out; two fifths of them are left for the last race, where that can take so many.
 */
export async function evolve(incumbent: Arm, arms: readonly Arm[], search: Search): Promise<readonly Arm[]> {
  const { keeper, alike, lab, ledger } = search;
  const { primary } = lab;
  const shared = lab.select.slice(0, search.cases);
  const reserve = Math.min(Math.floor(ledger.left() * LAST_RACE), search.finalists * (lab.select.length - shared.length));
  const pays = (calls: number) => ledger.left() - reserve >= calls;
  const pool: Scored<Arm>[] = [];
  const admit = async (arm: Arm): Promise<boolean> => {
    const rows = pays(lab.missing(arm.program, shared)) ? await ledger.answer(arm.program, shared) : undefined;
    if (rows !== undefined) pool.push({ candidate: arm, values: valuesOf(rows, primary) });
    return rows !== undefined;
  };
  for (const arm of [incumbent, ...arms]) await admit(arm);
  const chances = new Map([incumbent, ...arms].map(({ program }) => [programId(program), 0]));
  const batchOf = createBatches(search, pays);
  let [fruitless, reflections, better] = [0, 0, 0];
  while (pool.length > 0 && fruitless < FRUITLESS && pays(SEEN + 1)) {
    fruitless++;
    const parent = parentOf(pool, () => lab.random()).candidate;
    const batch = await batchOf(parent);
    if (batch === undefined) break;
    if (batch.length === 0) continue;
    const request = reflectionRequest(parent.program, batch, primary);
    const text = textIn((await ledger.write({ messages: request, repeat: reflections++ })) ?? "");
    const child: Arm = { name: `reflected ${reflections}`, program: instructed(parent.program, text) };
    const id = programId(child.program);
    const left = chances.get(id) ?? CHANCES;
    if (text === "" || left === 0) continue;
    chances.set(id, left - 1);
    if (left === CHANCES && (keeper.sound([child], lab).length === 0 || !(await alike.isNew(child)))) {
      chances.set(id, 0);
      continue;
    }
    const cases = batch.map(({ kase }) => kase);
    const answered = pays(lab.missing(child.program, cases)) ? await ledger.answer(child.program, cases) : undefined;
    if (answered === undefined) break;
    const before = batch.flatMap(({ rows }) => rows);
    if (total(valuesOf(answered, primary)) <= total(valuesOf(before, primary))) continue;
    chances.set(id, 0);
    better++;
    if (await admit(child)) fruitless = 0;
  }
  lab.note(`${reflections} reflections, ${better} of them better on what they saw`);
  const others = pool.filter(({ candidate }) => candidate !== incumbent);
  const best = others.toSorted((a, b) => meanOf(b) - meanOf(a)).slice(0, search.finalists);
  return best.map(({ candidate }) => candidate);
}

/**
 * Minibatches of an arm: failures among the train cases that it has answered, and a few passes; none where nothing failed so far. More
 * train cases are answered until there are failures enough; undefined where the calls do not pay for the first of them.
 */
function createBatches({ lab, ledger }: Search, pays: (calls: number) => boolean): (arm: Arm) => Promise<readonly Looked[] | undefined> {
  const order = shuffled(lab.train, () => lab.random());
  const known = new Map<string, Looked[]>();
  const fails = ({ kase, rows }: Looked) => (valuesOf(rows, lab.primary).get(kase.id) ?? 0) < 1;
  return async ({ program }) => {
    const id = programId(program);
    const looked = known.get(id) ?? [];
    known.set(id, looked);
    const failures = () => looked.filter(fails);
    for (let more = 0; more < LOOKED_AT && looked.length < order.length; more += SEEN) {
      if (failures().length >= (more === 0 ? FAILURES : SEEN - PASSES)) break;
      const next = order.slice(looked.length, looked.length + SEEN);
      const rows = pays(lab.missing(program, next)) ? await ledger.answer(program, next) : undefined;
      if (rows === undefined) break;
      const byCase = Map.groupBy(rows, (row) => row.case);
      looked.push(...next.map((kase) => ({ kase, rows: byCase.get(kase.id) ?? [] })));
    }
    if (looked.length === 0) return undefined;
    const passes = shuffled(looked, () => lab.random()).filter((one) => !fails(one));
    const chosen = shuffled(failures(), () => lab.random()).slice(0, SEEN - Math.min(PASSES, passes.length));
    return chosen.length === 0 ? [] : [...chosen, ...passes.slice(0, PASSES)];
  };
}

function total(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((sum, value) => sum + value, 0);
}
