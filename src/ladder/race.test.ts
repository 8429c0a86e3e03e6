import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import type { Answered, Arm, Case, Program } from "../types.ts";
import { programId } from "../program/hash.ts";
import { race, type RaceOptions } from "./race.ts";

const cases: readonly Case[] = Array.from({ length: 80 }, (_, i) => ({ id: `c${i}`, fields: { q: `${i}` } }));
const programOf = (user: string): Program => ({ model: "x/y", params: {}, system: "", user, demos: [], steps: [] });
const arm = (name: string): Arm => ({ name, program: programOf(`${name} {{q}}`) });

/** A simulated world: each arm passes a case when its quality is above the case's difficulty, plus noise that is its own. */
function world(qualities: Readonly<Record<string, number>>, seed: number, broken: ReadonlySet<string> = new Set()) {
  const random = seeded(seed);
  const difficulty = new Map(cases.map((kase) => [kase.id, random()]));
  const calls = new Map<string, number>();
  const answer = async (of: Arm, block: readonly Case[]): Promise<Answered[]> => {
    calls.set(of.name, (calls.get(of.name) ?? 0) + block.length);
    return block.map((kase): Answered => {
      const value = (qualities[of.name] ?? 0) + (random() - 0.5) * 0.2 > (difficulty.get(kase.id) ?? 0) ? 1 : 0;
      const failed = broken.has(of.name);
      return {
        case: kase.id,
        split: "select",
        repeat: 0,
        program: of.name,
        answer: "",
        passages: [],
        usage: { in: 0, out: 0 },
        calls: 1,
        cached_calls: 0,
        usd: 0,
        list_usd: 0,
        ms: 1,
        cached: false,
        scores: failed ? {} : { f1: { value } },
        ...(failed ? { error: "endpoint closed the connection" } : {}),
      };
    });
  };
  return { answer, calls };
}

const by = (answer: RaceOptions["answer"], more: Partial<RaceOptions> = {}): RaceOptions => ({
  answer,
  primary: "f1",
  maxErrors: 0.1,
  ...more,
});

test("finds a clearly better arm with fewer calls than trying all arms on all cases", async () => {
  const qualities = { a: 0.4, b: 0.45, c: 0.8, d: 0.3, e: 0.2, f: 0.4, g: 0.35, h: 0.5 };
  const arms = Object.keys(qualities).map(arm);
  let found = 0;
  for (let seed = 0; seed < 50; seed++) {
    const { answer, calls } = world(qualities, seed);
    const { winner } = await race(arms, cases, by(answer));
    if (winner.name === "c") found++;
    const total = [...calls.values()].reduce((a, b) => a + b, 0);
    expect(total).toBeLessThan(arms.length * cases.length * 0.75);
  }
  expect(found).toBeGreaterThanOrEqual(48);
});

test("the incumbent is answered on every case and wins ties", async () => {
  const { answer, calls } = world({ a: 0.5, b: 0.5, c: 0.5 }, 1);
  const same = async (of: Arm, block: readonly Case[]) =>
    (await answer(of, block)).map((row) => ({ ...row, scores: { f1: { value: 1 } } }));
  const { winner, arms } = await race([arm("a"), arm("b"), arm("c")], cases, by(same));
  expect(winner.name).toBe("a");
  expect(calls.get("a")).toBe(cases.length);
  expect(arms.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

test("an arm whose program is another arm's costs nothing", async () => {
  const { answer, calls } = world({ a: 0.5, twin: 0.9 }, 1);
  const { winner, arms } = await race([arm("a"), { name: "twin", program: arm("a").program }, arm("b")], cases, by(answer));
  expect(winner.name).toBe("a");
  expect(calls.has("twin")).toBe(false);
  expect(arms[1]).toMatchObject({ same_as: "a", mean: arms[0]?.mean, n: arms[0]?.n });
});

test("a twin of the incumbent, wherever it stands, changes neither who the incumbent is nor what it wins", async () => {
  const same = async (of: Arm, block: readonly Case[]) =>
    (await world({}, 1, new Set(of.name === "b" ? ["b"] : [])).answer(of, block)).map((row) =>
      row.error === undefined ? { ...row, scores: { f1: { value: 1 } } } : row,
    );
  const twin: Arm = { name: "twin", program: arm("a").program };
  const { winner, arms } = await race([arm("a"), arm("b"), arm("c"), twin], cases, by(same));
  expect(winner.name).toBe("a");
  expect(arms.map(({ name, program }) => [name, program])).toEqual(
    ["a", "b", "c", "twin"].map((name) => [name, programId(arm(name === "twin" ? "a" : name).program)]),
  );
  expect(arms[1]).toMatchObject({ mean: null, dropped: true });
});

test("an arm that fails on too many cases is dropped, whatever the others do", async () => {
  const { answer } = world({ a: 0.1, b: 1 }, 1, new Set(["b"]));
  const { winner, arms } = await race([arm("a"), arm("b")], cases, by(answer));
  expect(winner.name).toBe("a");
  expect(arms[1]).toMatchObject({ name: "b", mean: null, dropped: true });
});

test("the challenger is the winner, or where the incumbent wins the best of the others", async () => {
  const up = world({ a: 0.2, b: 0.9, c: 0.5 }, 1);
  expect((await race([arm("a"), arm("b"), arm("c")], cases, by(up.answer))).challenger?.name).toBe("b");
  const down = world({ a: 0.9, b: 0.1, c: 0.5 }, 1);
  expect(await race([arm("a"), arm("b"), arm("c")], cases, by(down.answer))).toMatchObject({
    winner: { name: "a" },
    challenger: { name: "c" },
  });
});

test("one arm alone is the winner without a call", async () => {
  const { answer, calls } = world({ a: 0.5 }, 1);
  expect((await race([arm("a")], cases, by(answer))).winner.name).toBe("a");
  expect(calls.size).toBe(0);
});

test("arms whose templates differ but send the same messages are asked once", async () => {
  const { answer, calls } = world({ a: 0.5, b: 0.9 }, 1);
  const spaced: Arm = { name: "spaced", program: { ...arm("b").program, user: "{{#q}}b {{q}}{{/q}}\n" } };
  const { arms } = await race([arm("a"), arm("b"), spaced], cases, by(answer));
  expect(arms[2]).toMatchObject({ name: "spaced", same_as: "b" });
  expect(calls.has("spaced")).toBe(false);
});

test("a refused arm is never asked, and says why", async () => {
  const { answer, calls } = world({ a: 0.5, b: 0.9, c: 0.6 }, 1);
  const { arms, winner } = await race(
    [arm("a"), arm("b"), arm("c")],
    cases,
    by(answer, { refuse: ({ name }) => (name === "b" ? "no" : undefined) }),
  );
  expect(calls.has("b")).toBe(false);
  expect(arms[1]).toMatchObject({ name: "b", refused: "no", mean: null, n: 0, dropped: true });
  expect(winner.name).not.toBe("b");
});

test.each([0, 7, 20, 40, 100, 300])("%i calls are never exceeded, and what is known already costs none", async (calls) => {
  const { answer, calls: asked } = world({ a: 0.4, b: 0.5, c: 0.6, d: 0.3, e: 0.2 }, 3);
  const missing = ({ name }: Arm, block: readonly Case[]) => (name === "a" ? 0 : block.length);
  const result = await race(["a", "b", "c", "d", "e"].map(arm), cases, by(answer, { calls, missing }));
  const taken = [...asked].reduce((sum, [name, each]) => sum + (name === "a" ? 0 : each), 0);
  expect(taken).toBeLessThanOrEqual(calls);
  expect(result.calls).toBe(taken);
  // Those that run have a block of 5 at the least, so few calls pay for few arms.
  for (const { refused, n } of result.arms) expect(refused === undefined ? n >= 5 || calls < 10 : n === 0).toBe(true);
});

test("where calls pay for no first block of 10 cases, all arms run on a smaller one before any is left out", async () => {
  const names = ["a", ..."bcdefghi"];
  const { answer } = world({ a: 0.4, i: 0.95 }, 3);
  const missing = ({ name }: Arm, block: readonly Case[]) => (name === "a" ? 0 : block.length);
  const { arms, winner } = await race(names.map(arm), cases, by(answer, { calls: 80, missing }));
  expect(arms.map(({ refused }) => refused)).toEqual(names.map(() => undefined));
  expect(arms[1]?.history[0]?.n).toBe(6);
  expect(winner.name).toBe("i");
});

test("an arm is not given up while answers to the next cases are there already", async () => {
  // Bad on the first ten cases, right on all others; an earlier race has its answers to the first forty.
  const answer = async (of: Arm, block: readonly Case[]) =>
    (await world({}, 1).answer(of, block)).map((row) => {
      const late = Number(row.case.slice(1)) >= 10;
      return { ...row, scores: { f1: { value: of.name === "late" ? Number(late) : of.name === "a" ? 0 : 0.5 } } };
    });
  const arms = ["a", "b", "c", "d", "late"].map(arm);
  const known = (of: Arm, block: readonly Case[]) => block.filter(({ id }) => of.name !== "late" || Number(id.slice(1)) >= 40).length;
  expect((await race(arms, cases, by(answer, { missing: known }))).winner.name).toBe("late");
  expect((await race(arms, cases, by(answer))).winner.name).not.toBe("late");
});

test("between arms that score alike the one that takes fewer tokens wins, but never over the incumbent", async () => {
  const { answer } = world({}, 1);
  const cost = new Map([
    ["a", 9],
    ["b", 7],
    ["c", 5],
  ]);
  const scored = (value: (name: string) => number) => async (of: Arm, block: readonly Case[]) =>
    (await answer(of, block)).map((row) => ({
      ...row,
      usage: { in: cost.get(of.name) ?? 0, out: 0 },
      scores: { f1: { value: value(of.name) } },
    }));
  const arms = ["a", "b", "c"].map(arm);
  expect((await race(arms, cases, by(scored((name) => (name === "a" ? 0.5 : 0.8))))).winner.name).toBe("c");
  expect((await race(arms, cases, by(scored(() => 0.5)))).winner.name).toBe("a");
});

test("the history of an arm has a line for each block, and an arm runs on the same cases as the incumbent", async () => {
  const { answer } = world({ a: 0.5, b: 0.9, c: 0.1, d: 0.2, e: 0.3 }, 2);
  const { arms } = await race(["a", "b", "c", "d", "e"].map(arm), cases, by(answer));
  for (const { history, n } of arms) {
    expect(history.at(-1)?.n).toBe(n);
    expect(history.map((line) => line.n)).toEqual(arms[0]?.history.slice(0, history.length).map((line) => line.n));
  }
  expect(arms[0]?.history.every(({ delta }) => delta === 0)).toBe(true);
});
