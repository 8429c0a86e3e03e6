import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import type { Answered, Arm, Case, Program } from "../types.ts";
import { programId } from "../program/hash.ts";
import { race } from "./race.ts";

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

test("finds a clearly better arm with fewer calls than trying all arms on all cases", async () => {
  const qualities = { a: 0.4, b: 0.45, c: 0.8, d: 0.3, e: 0.2, f: 0.4, g: 0.35, h: 0.5 };
  const arms = Object.keys(qualities).map(arm);
  let found = 0;
  for (let seed = 0; seed < 50; seed++) {
    const { answer, calls } = world(qualities, seed);
    const { winner } = await race(arms, cases, answer, "f1", 0.1);
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
  const { winner, arms } = await race([arm("a"), arm("b"), arm("c")], cases, same, "f1", 0.1);
  expect(winner.name).toBe("a");
  expect(calls.get("a")).toBe(cases.length);
  expect(arms.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

test("an arm whose program is another arm's costs nothing", async () => {
  const { answer, calls } = world({ a: 0.5, twin: 0.9 }, 1);
  const { winner } = await race([arm("a"), { name: "twin", program: arm("a").program }], cases, answer, "f1", 0.1);
  expect(winner.name).toBe("a");
  expect(calls.has("twin")).toBe(false);
});

test("a twin of the incumbent, wherever it stands, changes neither who the incumbent is nor what it wins", async () => {
  const same = async (of: Arm, block: readonly Case[]) =>
    (await world({}, 1, new Set(of.name === "b" ? ["b"] : [])).answer(of, block)).map((row) =>
      row.error === undefined ? { ...row, scores: { f1: { value: 1 } } } : row,
    );
  const twin: Arm = { name: "twin", program: arm("a").program };
  const { winner, arms } = await race([arm("a"), arm("b"), arm("c"), twin], cases, same, "f1", 0.1);
  expect(winner.name).toBe("a");
  expect(arms.map(({ name, program }) => [name, program])).toEqual(["a", "b", "c"].map((name) => [name, programId(arm(name).program)]));
  expect(arms[1]).toMatchObject({ mean: null, dropped: true });
});

test("an arm that fails on too many cases is dropped, whatever the others do", async () => {
  const { answer } = world({ a: 0.1, b: 1 }, 1, new Set(["b"]));
  const { winner, arms } = await race([arm("a"), arm("b")], cases, answer, "f1", 0.1);
  expect(winner.name).toBe("a");
  expect(arms[1]).toMatchObject({ name: "b", mean: null, dropped: true });
});

test("the challenger is the winner, or where the incumbent wins the best of the others", async () => {
  const up = world({ a: 0.2, b: 0.9, c: 0.5 }, 1);
  expect((await race([arm("a"), arm("b"), arm("c")], cases, up.answer, "f1", 0.1)).challenger?.name).toBe("b");
  const down = world({ a: 0.9, b: 0.1, c: 0.5 }, 1);
  expect(await race([arm("a"), arm("b"), arm("c")], cases, down.answer, "f1", 0.1)).toMatchObject({
    winner: { name: "a" },
    challenger: { name: "c" },
  });
});

test("one arm alone is the winner without a call", async () => {
  const { answer, calls } = world({ a: 0.5 }, 1);
  expect((await race([arm("a")], cases, answer, "f1", 0.1)).winner.name).toBe("a");
  expect(calls.size).toBe(0);
});
