/** Racing: arms meet on shared blocks of cases, and after each block the worst of them leave. */
import { programId } from "../program/hash.ts";
import { sentBy } from "../program/sent.ts";
import { valuesOf } from "../stats/values.ts";
import type { Answered, Arm, Case, RaceArm, RaceResult } from "../types.ts";
import { areTooMany, sharesOf, unvaluedIn } from "./unvalued.ts";

/** Cases that every arm is answered on; half as many where calls pay for no more, for fewer say nothing about an arm. */
const FIRST_BLOCK = 10;
const LEAST_BLOCK = 5;
/** Calls that an arm must be able to take, in first blocks; where they do not pay for every arm, the last ones are not tried. */
const LEAST_BLOCKS = 1.5;
/** Share of the arms that stay after a block, and by which the cases seen grow as it falls: every block costs about the same. */
const STAY = 0.75;
/** An arm leaves before its turn when it is so many standard errors behind the best, paired by case. */
const BEHIND = 1.5;
/** So many errors alone never drop an arm: in a small block they say nothing about its share. */
const MOST_ALONE = 2;

export interface RaceOptions {
  readonly answer: (arm: Arm, cases: readonly Case[]) => Promise<readonly Answered[]>;
  /** Name of the scorer that ranks. */
  readonly primary: string;
  readonly maxErrors: number;
  /** Answers that the arms may newly take at the most; without a limit by default. */
  readonly calls?: number | undefined;
  /** How many answers of an arm to these cases are not there yet: what they will take; all by default. */
  readonly missing?: ((arm: Arm, cases: readonly Case[]) => number) | undefined;
  /** Why an arm must not be asked at all; undefined where it may. */
  readonly refuse?: ((arm: Arm) => string | undefined) | undefined;
}

/**
 * The first arm is the incumbent: it is never dropped and wins ties; between others the one that takes fewer tokens does. Arms are ranked
 * by their mean difference to the incumbent over the cases that both have a value for. After each block the best three quarters stay,
 * without those that are 1.5 standard errors behind the best of them, and the cases seen grow by a third: sequential halving (Karnin et
 * al. 2013, "Almost optimal exploration in multi-armed bandits") in smaller steps, with the paired test of F-race (Birattari et al. 2002).
 * An arm stays anyhow while its next answers are there already. One that fails on more cases than `maxErrors` allows is dropped; arms that
 * send the same messages are asked once. Where `calls` do not pay for one and a half blocks of every arm, the first block is smaller, of 5
 * cases at the least; where they do not pay for that either, the last arms are not tried.
 */
export async function race(arms: readonly Arm[], order: readonly Case[], options: RaceOptions): Promise<RaceResult> {
  const { answer, primary, maxErrors, calls = Number.POSITIVE_INFINITY, missing = (_, cases) => cases.length, refuse } = options;
  const [incumbent] = arms;
  if (incumbent === undefined) throw new RangeError("a race needs an arm");
  const entries = entered(arms, order, calls, refuse);
  const rows = new Map(arms.map((arm): [Arm, Answered[]] => [arm, []]));
  const history = new Map(arms.map((arm): [Arm, RaceArm["history"][number][]] => [arm, []]));
  const values = (arm: Arm) => valuesOf(rows.get(arm) ?? [], primary);
  const tokens = (arm: Arm) => (rows.get(arm) ?? []).reduce((sum, { usage }) => sum + usage.in + usage.out, 0);
  const failed = new Set<Arm>();
  let alive = arms.filter((arm) => entries.get(arm) === undefined);
  let spent = 0;
  let seen = 0;
  const affordableBlock = Math.floor(calls / (LEAST_BLOCKS * Math.max(1, alive.length - 1)));
  let size = alive.length > 2 ? Math.min(FIRST_BLOCK, Math.max(LEAST_BLOCK, affordableBlock)) : order.length;
  while (seen < order.length && alive.length > 1) {
    const block = affordable(alive, order.slice(seen, size), missing, calls - spent);
    if (block.length === 0) break;
    for (const arm of alive) {
      spent += missing(arm, block);
      const all = rows.get(arm) ?? [];
      all.push(...(await answer(arm, block)));
      const errors = sharesOf(unvaluedIn(all, order, primary));
      if (arm !== incumbent && errors > MOST_ALONE && areTooMany(errors, seen + block.length, maxErrors)) failed.add(arm);
    }
    seen += block.length;
    size = Math.ceil(seen / STAY);
    const base = values(incumbent);
    for (const arm of alive) history.get(arm)?.push({ n: seen, ...paired(values(arm), base) });
    const ranked = rank(
      alive.filter((arm) => !failed.has(arm)),
      incumbent,
      values,
      tokens,
    );
    const next = order.slice(seen, size);
    const stays = seen < order.length ? staying(ranked, values) : ranked;
    // Answers that are there already cost nothing, so there is no reason to give an arm up before they have been looked at.
    alive = ranked.filter((arm) => stays.includes(arm) || missing(arm, next) === 0);
    if (!alive.includes(incumbent)) alive = [...alive, incumbent];
  }
  const [winner = incumbent, ...others] = seen === 0 ? [incumbent] : rank(alive, incumbent, values, tokens);
  return {
    winner,
    challenger: winner === incumbent ? others[0] : winner,
    calls: spent,
    arms: arms.map((arm) => {
      const entry = entries.get(arm);
      const { mean, n } = meanOf(values(entry?.same ?? arm));
      return {
        name: arm.name,
        program: programId(arm.program),
        mean,
        n,
        dropped: !alive.includes(entry?.same ?? arm),
        history: history.get(entry?.same ?? arm) ?? [],
        ...(entry?.same === undefined ? {} : { same_as: entry.same.name }),
        ...(entry?.refused === undefined ? {} : { refused: entry.refused }),
      };
    }),
  };
}

/** The arms that are not asked: those that send what an earlier one sends, those that are refused, and those that the calls do not pay for. */
function entered(arms: readonly Arm[], order: readonly Case[], calls: number, refuse: RaceOptions["refuse"]) {
  const out = new Map<Arm, { readonly same?: Arm; readonly refused?: string }>();
  const first = new Map<string, Arm>();
  const most = Math.floor(calls / (LEAST_BLOCKS * Math.min(LEAST_BLOCK, order.length)));
  for (const [at, arm] of arms.entries()) {
    const sent = sentBy(arm.program, order);
    const same = first.get(sent);
    const refused = at === 0 || same !== undefined ? undefined : refuse?.(arm);
    if (same !== undefined) out.set(arm, { same });
    else if (refused !== undefined) out.set(arm, { refused });
    else if (first.size > most && at > 0) out.set(arm, { refused: `not tried: ${calls} calls pay for ${most} candidates` });
    else first.set(sent, arm);
  }
  return out;
}

/** As much of the block as the calls pay for, for every arm alike. */
function affordable(
  alive: readonly Arm[],
  block: readonly Case[],
  missing: (arm: Arm, cases: readonly Case[]) => number,
  calls: number,
): readonly Case[] {
  let cost = 0;
  const paid = block.findIndex((kase) => {
    cost += alive.reduce((sum, arm) => sum + missing(arm, [kase]), 0);
    return cost > calls;
  });
  return paid < 0 ? block : block.slice(0, paid);
}

/** Of arms ranked best first, those that go on: at least two where there are two. */
function staying(ranked: readonly Arm[], values: (arm: Arm) => ReadonlyMap<string, number>): Arm[] {
  const [best] = ranked;
  if (best === undefined) return [];
  const top = values(best);
  return ranked.slice(0, Math.max(2, Math.ceil(ranked.length * STAY))).filter((arm, at) => {
    const { delta, se } = paired(top, values(arm));
    return at < 2 || delta === null || delta <= BEHIND * se;
  });
}

/** Best first; ties go to the incumbent, then to the arm that takes fewer tokens, then as the arms were given. */
function rank(
  arms: readonly Arm[],
  incumbent: Arm,
  values: (arm: Arm) => ReadonlyMap<string, number>,
  tokens: (arm: Arm) => number,
): Arm[] {
  const base = values(incumbent);
  const keys = new Map(
    arms.map((arm) => {
      const gain = arm === incumbent ? 0 : (paired(values(arm), base).delta ?? Number.NEGATIVE_INFINITY);
      return [arm, { gain, tokens: arm === incumbent ? Number.NEGATIVE_INFINITY : tokens(arm) }] as const;
    }),
  );
  const by = (key: "gain" | "tokens", arm: Arm) => keys.get(arm)?.[key] ?? 0;
  return [...arms].sort((a, b) => {
    const gain = by("gain", b) - by("gain", a);
    return gain === 0 || Number.isNaN(gain) ? by("tokens", a) - by("tokens", b) : gain;
  });
}

/**
 * Mean of a minus b over the cases that both have a value for, null where there are none, and its standard error; with a quarter of a
 * squared point added to the variance, so that a few equal cases do not count as certainty.
 */
function paired(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): { readonly delta: number | null; readonly se: number } {
  const differences = [...a].flatMap(([id, value]) => {
    const other = b.get(id);
    return other === undefined ? [] : [value - other];
  });
  const n = differences.length;
  if (n === 0) return { delta: null, se: 0 };
  const delta = differences.reduce((sum, each) => sum + each, 0) / n;
  const variance = (differences.reduce((sum, each) => sum + (each - delta) ** 2, 0) + 0.25) / n;
  return { delta, se: Math.sqrt(variance / n) };
}

function meanOf(values: ReadonlyMap<string, number>): { readonly mean: number | null; readonly n: number } {
  const n = values.size;
  return { mean: n === 0 ? null : [...values.values()].reduce((sum, each) => sum + each, 0) / n, n };
}
