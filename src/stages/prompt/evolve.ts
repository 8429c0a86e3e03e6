/** Reflective evolution: the writer reads answers and what scorers said of them, and writes the instruction anew. */
import { shuffled } from "../../program/demos.ts";
import { programId } from "../../program/hash.ts";
import { valuesOf } from "../../stats/values.ts";
import type { Answered, Arm, Case, Lab } from "../../types.ts";
import { meanOf, parentOf, type Scored } from "./fronts.ts";
import type { Keeper } from "./keep.ts";
import type { Ledger } from "./ledger.ts";
import { instructed, reflectionRequest, textIn } from "./writer.ts";

/** Select cases that a candidate of the pool is answered on, and train cases that a reflection sees. */
const POOL_CASES = 30;
const SEEN = 6;
/** Of the cases that a reflection sees, so many may be passes: what works must be known too. */
const PASSES = 2;
/** Train cases looked through for failures. */
const LOOKED_AT = 12;
/** Rounds without a new candidate after which nothing more is to be expected. */
const FRUITLESS = 8;
/** Candidates that go on to the last race. */
const FINALISTS = 3;

interface Search {
  readonly keeper: Keeper;
  readonly lab: Lab;
  readonly ledger: Ledger;
}

/**
 * Grows a pool from the arms given (the incumbent first): a parent from the per-case fronts, a minibatch of its failures and a few passes in
 * train, a rewritten instruction, a strict gain on the same minibatch, then the same select cases as the rest of the pool. Returns the best
 * of the pool, at most three beside the incumbent. It stops where calls run out; half of them are left for the last race.
 */
export async function evolve(arms: readonly Arm[], { keeper, lab, ledger }: Search): Promise<readonly Arm[]> {
  const shared = shuffled(lab.select, () => lab.random()).slice(0, POOL_CASES);
  const primary = lab.primary;
  const reserve = Math.min(Math.floor(ledger.left() / 3), FINALISTS * lab.select.length);
  const pays = (calls: number) => ledger.left() - reserve >= calls;
  const pool: Scored<Arm>[] = [];
  const admit = async (arm: Arm): Promise<void> => {
    if (!pays(lab.missing(arm.program, shared))) return;
    const rows = await ledger.answer(arm.program, shared);
    if (rows !== undefined) pool.push({ candidate: arm, values: valuesOf(rows, primary) });
  };
  for (const arm of arms) await admit(arm);
  const tried = new Set(arms.map(({ program }) => programId(program)));
  const queue = createQueue(lab);
  let fruitless = 0;
  let reflections = 0;
  while (pool.length > 0 && fruitless < FRUITLESS && pays(2 * SEEN + 1)) {
    fruitless++;
    const parent = parentOf(pool, () => lab.random()).candidate;
    const batch = await failuresOf(parent, queue, primary, ledger, lab);
    if (batch === undefined) break;
    if (batch.rows.every((row) => (valuesOf([row], primary).get(row.case) ?? 0) >= 1)) continue;
    const reply = await ledger.write({ messages: reflectionRequest(parent.program, batch.cases, batch.rows), repeat: reflections++ });
    const child: Arm = { name: `reflected ${reflections}`, program: instructed(parent.program, textIn(reply ?? "")) };
    if (textIn(reply ?? "") === "" || tried.has(programId(child.program))) continue;
    tried.add(programId(child.program));
    if (keeper.sound([child], lab).length === 0) continue;
    const rows = await ledger.answer(child.program, batch.cases);
    if (rows === undefined) break;
    if (sum(rows, primary) <= sum(batch.rows, primary)) continue;
    fruitless = 0;
    await admit(child);
  }
  lab.note(`${reflections} reflections, ${Math.max(0, pool.length - arms.length)} of them better on what they saw`);
  const [incumbent, ...others] = pool;
  const best = others.toSorted((a, b) => meanOf(b) - meanOf(a)).slice(0, FINALISTS);
  return [...(incumbent === undefined ? [] : [incumbent]), ...best].map(({ candidate }) => candidate);
}

/** Train cases in turn, shuffled anew whenever all have been seen. */
function createQueue(lab: Lab): (n: number) => readonly Case[] {
  let waiting: Case[] = [];
  return (n) => {
    const taken: Case[] = [];
    while (taken.length < Math.min(n, lab.train.length)) {
      if (waiting.length === 0) waiting = shuffled(lab.train, () => lab.random());
      const next = waiting.shift();
      if (next !== undefined && !taken.includes(next)) taken.push(next);
    }
    return taken;
  };
}

/** A minibatch: failures of the parent among the next train cases, and a few passes. Undefined where the calls do not pay for it. */
async function failuresOf(
  { program }: Arm,
  queue: (n: number) => readonly Case[],
  primary: string,
  ledger: Ledger,
  lab: Lab,
): Promise<{ readonly cases: readonly Case[]; readonly rows: readonly Answered[] } | undefined> {
  const looked: { readonly kase: Case; readonly rows: readonly Answered[]; readonly value: number }[] = [];
  while (looked.length < Math.min(LOOKED_AT, lab.train.length) && looked.filter(({ value }) => value < 1).length < SEEN - PASSES) {
    const more = queue(SEEN).filter((kase) => !looked.some((one) => one.kase === kase));
    if (more.length === 0) break;
    const rows = await ledger.answer(program, more);
    if (rows === undefined) break;
    const byCase = Map.groupBy(rows, (row) => row.case);
    looked.push(
      ...more.map((kase) => {
        const own = byCase.get(kase.id) ?? [];
        return { kase, rows: own, value: valuesOf(own, primary).get(kase.id) ?? 0 };
      }),
    );
  }
  if (looked.length === 0) return undefined;
  const failures = looked.filter(({ value }) => value < 1).toSorted((a, b) => a.value - b.value);
  const passes = looked.filter(({ value }) => value >= 1).slice(0, PASSES);
  const chosen = [...failures.slice(0, SEEN - passes.length), ...passes];
  return { cases: chosen.map(({ kase }) => kase), rows: chosen.flatMap(({ rows }) => rows) };
}

function sum(rows: readonly Answered[], primary: string): number {
  return [...valuesOf(rows, primary).values()].reduce((total, value) => total + value, 0);
}
