/** Paired successive halving: arms meet on shared blocks of cases, the worse half leaves after each block. */
import type { Answered, Arm, Case, RaceResult } from "../types.ts";
import { programId } from "../program/hash.ts";
import { valuesOf } from "../stats/values.ts";
import { areTooMany, sharesOf, unvaluedIn } from "./unvalued.ts";

/** Cases of the first block; fewer say nothing about an arm. */
const FIRST_BLOCK = 12;
/** So many errors alone never drop an arm: in a small block they say nothing about its share. */
const MOST_ALONE = 2;

/**
 * The first arm is the incumbent: it is never dropped and wins ties. An arm is ranked by its mean difference to the incumbent
 * over the cases of the block that both have a value for; one that fails on more cases than `maxErrors` allows is dropped. Arms
 * whose programs are the same run once. Karnin et al. 2013 (sequential halving), with pairing.
 */
export async function race(
  arms: readonly Arm[],
  order: readonly Case[],
  answer: (arm: Arm, cases: readonly Case[]) => Promise<readonly Answered[]>,
  primary: string,
  maxErrors: number,
): Promise<RaceResult> {
  const seen = new Set<string>();
  const distinct = arms.filter(({ program }) => !seen.has(programId(program)) && seen.add(programId(program)));
  const incumbent = distinct[0];
  if (incumbent === undefined) throw new RangeError("a race needs an arm");
  const rows = new Map(distinct.map((arm): [Arm, Answered[]] => [arm, []]));
  const values = (arm: Arm) => valuesOf(rows.get(arm) ?? [], primary);
  const failed = new Set<Arm>();
  let alive = distinct;
  let done = 0;
  let size =
    distinct.length > 2 ? Math.max(FIRST_BLOCK, Math.ceil(order.length / 2 ** Math.ceil(Math.log2(distinct.length) - 1))) : order.length;
  while (done < order.length && alive.length > 1) {
    const block = order.slice(done, size);
    for (const arm of alive) {
      const all = rows.get(arm) ?? [];
      all.push(...(await answer(arm, block)));
      const errors = sharesOf(unvaluedIn(all, order, primary));
      if (arm !== incumbent && errors > MOST_ALONE && areTooMany(errors, done + block.length, maxErrors)) failed.add(arm);
    }
    done = Math.min(size, order.length);
    size *= 2;
    const ranked = rank(
      alive.filter((arm) => !failed.has(arm)),
      incumbent,
      values,
    );
    alive = done < order.length ? ranked.slice(0, Math.max(2, Math.ceil(ranked.length / 2))) : ranked;
    if (!alive.includes(incumbent)) alive = [...alive, incumbent];
  }
  const [winner = incumbent, ...others] = rank(alive, incumbent, values);
  return {
    winner,
    challenger: winner === incumbent ? others[0] : winner,
    arms: distinct.map((arm) => {
      const means = values(arm);
      const mean = means.size === 0 ? null : [...means.values()].reduce((a, b) => a + b, 0) / means.size;
      return { name: arm.name, program: programId(arm.program), mean, n: means.size, dropped: !alive.includes(arm) };
    }),
  };
}

/** Best first; ties keep the order given, the incumbent before all. */
function rank(arms: readonly Arm[], incumbent: Arm, values: (arm: Arm) => ReadonlyMap<string, number>): Arm[] {
  const base = values(incumbent);
  const gains = new Map(arms.map((arm) => [arm, arm === incumbent ? 0 : gain(values(arm), base)]));
  const first = arms.includes(incumbent) ? [incumbent, ...arms.filter((arm) => arm !== incumbent)] : [...arms];
  return first.sort((a, b) => (gains.get(b) ?? 0) - (gains.get(a) ?? 0));
}

function gain(arm: ReadonlyMap<string, number>, base: ReadonlyMap<string, number>): number {
  const differences = [...arm].flatMap(([id, value]) => {
    const other = base.get(id);
    return other === undefined ? [] : [value - other];
  });
  return differences.length === 0 ? Number.NEGATIVE_INFINITY : differences.reduce((a, b) => a + b, 0) / differences.length;
}
