/** What a question is shown, with an embedder that puts every text where its number says. */
import { describe, expect, test } from "vitest";
import { asking } from "../../ladder/diagnose/planted.fixture.ts";
import { seeded } from "../../stats/random.ts";
import type { Demo, Program, StepLab, Turn } from "../../types.ts";
import fewShot from "./index.ts";
import { ordersOf } from "./sets.ts";

/** "7 anything" lies at 7 degrees. */
const lab: StepLab = {
  embed: async (texts) => texts.map((text) => [Math.cos(degreesOf(text)), Math.sin(degreesOf(text))]),
  ask: () => Promise.reject(new Error("nobody is asked")),
  rerank: async () => [],
  search: () => Promise.reject(new Error("nothing is searched")),
  widen: async (_, passages) => passages,
};
const degreesOf = (text: string) => (Number.parseInt(text, 10) * Math.PI) / 180;
const demoAt = (degrees: number, answer: string = `answer ${degrees}`): Demo => ({
  id: `d${degrees}`,
  fields: { text: `${degrees} degrees`, hidden: `${degrees + 90}` },
  answer,
});
const own = [demoAt(1000, "of its own")];

async function shownTo(text: string, pool: readonly Demo[], more: object, id = "q", given = lab): Promise<readonly string[]> {
  const program: Program = { ...asking("text"), demos: own };
  const question = { id, fields: { text, hidden: "0" } };
  const turn: Turn = { question, program, queries: [], passages: [], messages: [], answer: "", notes: {} };
  const options = fewShot.options.parse({ k: 3, mmr: 1, pool, ...more });
  const { program: after } = (await fewShot.before?.(turn, options, given)) ?? turn;
  return after.demos.map((demo) => demo.id);
}

const pool = [80, 30, 50, 20, 70, 40, 60].map((degrees) => demoAt(degrees));

describe("of the nearest", () => {
  test("as many as wanted are shown, the nearest last, or first where that is wanted", async () => {
    expect(await shownTo("0 q", pool, {})).toEqual(["d40", "d30", "d20"]);
    expect(await shownTo("0 q", pool, { order: "best-first" })).toEqual(["d20", "d30", "d40"]);
    expect(await shownTo("0 q", pool, { k: 100 })).toEqual(["d80", "d70", "d60", "d50", "d40", "d30", "d20"]);
  });

  test("neither the question itself nor a copy of it is shown, whatever it is called", async () => {
    const copies = [{ ...demoAt(0), fields: { text: "0 Q!" } }, demoAt(10), ...pool];
    expect(await shownTo("0 q", copies, {})).toEqual(["d40", "d30", "d20"]);
    const itself = { ...demoAt(0), id: "q", fields: { text: "0 q" } };
    expect(await shownTo("0 q", [itself, ...pool], {}, "q")).not.toContain("q");
    // An embedder that sees no likeness between equal texts does not show them either.
    const blind: StepLab = { ...lab, embed: async (texts) => texts.map((_, i) => (i === 0 && texts.length === 1 ? [1, 0] : [0.6, 0.8])) };
    expect(await shownTo("0 q", [{ ...itself, fields: { text: "0, Q" } }], {}, "other", blind)).toEqual(["d1000"]);
  });

  test("only fields that the prompt shows are compared", async () => {
    const swapped = [demoAt(20), { ...demoAt(85), fields: { text: "85", hidden: "0" } }];
    expect(await shownTo("0 q", swapped, { k: 1 })).toEqual(["d20"]);
  });

  test("those too far away are left out, and where none is left the program's own are shown", async () => {
    expect(await shownTo("0 q", pool, { max_distance: 0.2 })).toEqual(["d30", "d20"]);
    expect(await shownTo("0 q", pool, { max_distance: 0.01 })).toEqual(["d1000"]);
    expect(await shownTo("0 q", [demoAt(120)], {})).toEqual(["d1000"]);
    expect(await shownTo(" ", pool, {})).toEqual(["d1000"]);
    expect(await shownTo("0 q", [], {})).toEqual(["d1000"]);
  });

  test("variety takes the place of likeness as far as `mmr` says", async () => {
    const crowd = [demoAt(20), demoAt(21), demoAt(22), demoAt(-40)];
    expect(await shownTo("0 q", crowd, { k: 2 })).toEqual(["d21", "d20"]);
    expect(await shownTo("0 q", crowd, { k: 2, mmr: 0.5 })).toEqual(["d-40", "d20"]);
  });

  test("no label has more than half, or than is wanted, as long as there are others", async () => {
    const labelled = [20, 21, 22, 23, 24, 25]
      .map((degrees) => demoAt(degrees, "yes"))
      .concat([50, 51].map((degrees) => demoAt(degrees, "no")));
    expect(await shownTo("0 q", labelled, { k: 4 })).toEqual(["d51", "d50", "d21", "d20"]);
    expect(await shownTo("0 q", labelled, { k: 4, per_answer: 3 })).toEqual(["d50", "d22", "d21", "d20"]);
    expect(await shownTo("0 q", labelled, { k: 6, per_answer: 1 })).toHaveLength(6);
    // Answers that differ from case to case are no labels.
    expect(await shownTo("0 q", pool, { k: 4, per_answer: 1 })).toEqual(await shownTo("0 q", pool, { k: 4 }));
  });

  test("vectors of two embedders are not compared", async () => {
    const mixed: StepLab = { ...lab, embed: async (texts) => texts.map(() => (texts.length === 1 ? [1, 0, 0] : [1, 0])) };
    await expect(shownTo("0 q", pool, {}, "q", mixed)).rejects.toThrow("use one embedder for both");
  });
});

describe("of a set", () => {
  const bank = Array.from({ length: 60 }, (_, i) => demoAt(i, `label ${i % 5 === 0 ? i % 3 : 3}`));

  test.each(["balanced", "diverse"] as const)("%s covers as many answers as its size can", async (choice) => {
    const vectors = await lab.embed(bank.map(({ fields }) => fields["text"] ?? ""));
    const drawn = ordersOf(bank, vectors, 60, seeded(1))[choice];
    expect(new Set(drawn)).toEqual(new Set(bank));
    const answers = new Set(bank.map(({ answer }) => answer)).size;
    for (const k of [1, 2, 3, 4, 10]) expect(new Set(drawn.slice(0, k).map(({ answer }) => answer)).size).toBe(Math.min(k, answers));
  });

  test("diverse ones lie apart, and the first lies in the middle", async () => {
    const plain = [0, 1, 2, 30, 31, 32, 60, 61, 62].map((degrees) => demoAt(degrees));
    const vectors = await lab.embed(plain.map(({ fields }) => fields["text"] ?? ""));
    const [first, ...others] = ordersOf(plain, vectors, 3, seeded(1)).diverse.map(({ id }) => Number(id.slice(1)));
    expect(first).toBe(31);
    expect(others.toSorted((a, b) => a - b)).toEqual([0, 62]);
  });
});
