/**
 * What racing saves, without any model: calls and regret of the race of src/ladder/race.ts, of trying all arms on all cases, and of halving
 * without pairing, on simulated arms. Run from the repository root: node bench/race.ts [repeats]
 *
 * The worlds: 16 arms, 100 select cases. The logit of passing is arm - case + interaction; cases spread by 2, interactions by 0.7; where
 * answers are sampled, an arm passes with that probability, at temperature 0 where the logit is above 0. The incumbent passes some 62 %, the
 * others differ from it by the world's mean and spread. Regret is the true quality of the best arm less that of the chosen one, in points.
 * The incumbent's answers are there before the race, and cost nothing anywhere.
 */
import { programId } from "../src/program/hash.ts";
import { race } from "../src/ladder/race.ts";
import { seeded } from "../src/stats/random.ts";
import type { Answered, Arm, Case } from "../src/types.ts";

const ARMS = 16;
const CASES = 100;
const SIZES = Array.from({ length: 19 }, (_, i) => 10 + 5 * i);
const repeats = Number(process.argv[2] ?? 1000);

const arms = Array.from({ length: ARMS }, (_, i): Arm => ({
  name: `${i}`,
  program: { model: "a/b", params: {}, system: `${i}`, user: "{{q}}", demos: [], steps: [] },
}));
const cases = Array.from({ length: CASES }, (_, i): Case => ({ id: `${i}`, fields: { q: `${i}` } }));
const ids = new Map(arms.map((arm) => [arm, programId(arm.program)]));

interface World {
  /** True share of cases that each arm passes, 0..1. */
  readonly quality: readonly number[];
  /** Whether each arm passes each case. */
  readonly passes: readonly (readonly boolean[])[];
}

/** Mean and spread of what the arms add to the incumbent's logit: candidates are neutral, harmful or very harmful on average. */
const KINDS = [
  { mean: 0, spread: 0.35 },
  { mean: -0.2, spread: 0.35 },
  { mean: -0.2, spread: 0.6 },
  { mean: -0.5, spread: 1 },
].flatMap((kind) => [true, false].map((sampled) => ({ ...kind, sampled })));
type Kind = (typeof KINDS)[number];
type Sums = Map<string, { readonly calls: number; readonly regret: number }>;

console.log(`${ARMS} arms, ${CASES} cases, ${repeats} worlds of each kind; calls are means, regret in points`);
console.log(`${"worlds".padEnd(40)}${"method".padEnd(20)}   calls   regret   calls of full evaluation at this regret`);
const all: Sums = new Map();
for (const kind of KINDS) {
  const sums: Sums = new Map();
  for (let seed = 0; seed < repeats; seed++) {
    const world = worldOf(seed, kind);
    const add = (method: string, { chosen, calls }: { readonly chosen: number; readonly calls: number }): void => {
      const regret = 100 * (Math.max(...world.quality) - (world.quality[chosen] ?? 0));
      count(sums, method, calls / repeats, regret / repeats);
      count(all, method, calls / repeats / KINDS.length, regret / repeats / KINDS.length);
    };
    for (const size of SIZES) add(`all on ${size}`, evaluated(world, size));
    add("halving, unpaired", halved(world, seeded(`${seed} order`)));
    add("race", await raced(world));
  }
  print(`mean ${kind.mean.toFixed(1)}, spread ${kind.spread.toFixed(2)}, ${kind.sampled ? "sampled" : "temperature 0"}`, sums);
}
const share = print("all", all);
console.log(`the race takes ${(100 * share).toFixed(0)} % of the calls of full evaluation at equal regret (bar: 45 %)`);
if (share > 0.45) process.exitCode = 1;

function count(sums: Sums, method: string, calls: number, regret: number): void {
  const before = sums.get(method) ?? { calls: 0, regret: 0 };
  sums.set(method, { calls: before.calls + calls, regret: before.regret + regret });
}

/** Prints what each method takes, and returns the race's share of the calls of full evaluation at its regret. */
function print(name: string, sums: Sums): number {
  const shares = ["all on 100", "halving, unpaired", "race"].map((method) => {
    const { calls, regret } = sums.get(method) ?? { calls: 0, regret: 0 };
    const equal = callsAt(regret, sums);
    const compared = `${equal.toFixed(0).padStart(6)} (${((100 * calls) / equal).toFixed(0)} %)`;
    console.log(`${name.padEnd(40)}${method.padEnd(20)}${calls.toFixed(0).padStart(8)}${regret.toFixed(2).padStart(9)}   ${compared}`);
    return calls / equal;
  });
  return shares.at(-1) ?? 1;
}

function worldOf(seed: number, { mean, spread, sampled }: Kind): World {
  const random = seeded(`${seed} ${mean} ${spread} ${sampled}`);
  const own = arms.map((_, i) => 0.7 + (i === 0 ? 0 : mean + spread * normal(random)));
  const difficulty = cases.map(() => 2 * normal(random));
  const passes = own.map((ability) =>
    difficulty.map((hard) => {
      const logit = ability - hard + 0.7 * normal(random);
      return sampled ? random() < logistic(logit) : logit > 0;
    }),
  );
  return { passes, quality: own.map((ability) => qualityOf(ability, sampled)) };
}

/** The share of all thinkable cases that an arm passes: the mean over 4001 points of the sum of difficulty and interaction. */
function qualityOf(ability: number, sampled: boolean): number {
  const width = Math.hypot(2, 0.7);
  let [sum, weight] = [0, 0];
  for (let at = -2000; at <= 2000; at++) {
    const z = at / 500;
    const density = Math.exp((-z * z) / 2);
    const logit = ability - width * z;
    sum += density * (sampled ? logistic(logit) : Number(logit > 0));
    weight += density;
  }
  return sum / weight;
}

/** All arms on the first cases, the incumbent's for nothing. */
function evaluated({ passes }: World, size: number): { readonly chosen: number; readonly calls: number } {
  const passed = passes.map((row) => row.slice(0, size).filter(Boolean).length);
  return { chosen: passed.indexOf(Math.max(...passed)), calls: (ARMS - 1) * size };
}

/** Sequential halving in which each arm draws cases of its own. */
function halved({ passes }: World, random: () => number): { readonly chosen: number; readonly calls: number } {
  const draws = arms.map(() => cases.map((_, i) => ({ i, at: random() })).sort((a, b) => a.at - b.at));
  const passed = arms.map(() => 0);
  let alive = arms.map((_, i) => i);
  let [seen, size, calls] = [0, 13, 0];
  while (seen < CASES && alive.length > 1) {
    const to = Math.min(size, CASES);
    for (const arm of alive) {
      for (const { i } of draws[arm]?.slice(seen, to) ?? []) if (passes[arm]?.[i] === true) passed[arm] = (passed[arm] ?? 0) + 1;
      if (arm !== 0) calls += to - seen;
    }
    [seen, size] = [to, 2 * size];
    alive = alive
      .sort((a, b) => (passed[b] ?? 0) - (passed[a] ?? 0))
      .slice(0, seen < CASES ? Math.max(2, Math.ceil(alive.length / 2)) : undefined);
  }
  return { chosen: alive[0] ?? 0, calls };
}

async function raced({ passes }: World): Promise<{ readonly chosen: number; readonly calls: number }> {
  const { winner, calls } = await race(arms, cases, {
    primary: "passes",
    maxErrors: 0.1,
    missing: (arm, block) => (arm.name === "0" ? 0 : block.length),
    answer: async (arm, block) => block.map((kase) => answeredBy(arm, kase, passes[Number(arm.name)]?.[Number(kase.id)] === true)),
  });
  return { chosen: Number(winner.name), calls };
}

function answeredBy(arm: Arm, kase: Case, passes: boolean): Answered {
  const nothing = { calls: 1, cached_calls: 0, usd: 0, list_usd: 0, ms: 0, cached: false, usage: { in: 0, out: 0 } };
  return {
    case: kase.id,
    split: "select",
    repeat: 0,
    program: ids.get(arm) ?? "",
    answer: "",
    passages: [],
    ...nothing,
    scores: { passes: { value: Number(passes) } },
  };
}

/** The calls with which full evaluation on fewer cases comes to this regret, by linear interpolation. */
function callsAt(regret: number, sums: Sums): number {
  const curve = SIZES.flatMap((size) => sums.get(`all on ${size}`) ?? []);
  const after = curve.findIndex((point) => point.regret <= regret);
  const [a, b] = [curve[after - 1], curve[after]];
  if (b === undefined) return curve.at(-1)?.calls ?? 0;
  if (a === undefined) return b.calls;
  return a.calls + ((a.regret - regret) / (a.regret - b.regret)) * (b.calls - a.calls);
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Box and Muller 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
