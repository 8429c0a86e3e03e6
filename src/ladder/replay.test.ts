/** A rung that was interrupted under a budget: what it finds once it goes on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import fewShot from "../stages/few-shot/index.ts";
import { experimentOf, temporary, walk } from "./world.fixture.ts";

const options = { k: [2, 4], choose: ["nearest", "balanced", "random"], source: ["gold", "hard"], verify: 12 };
const experiment = experimentOf([{ stage: fewShot, options }], { budget: { calls: 400 }, documents: [] });

/** Walks in a folder of its own, interrupted after so many events and begun again each time. */
async function found(stops: readonly number[]) {
  const { folder, remove } = temporary();
  onTestFinished(remove);
  for (const stopAfter of stops) await walk(folder, experiment, { stopAfter, cache: join(folder, "cache") });
  const { summary, journal } = await walk(folder, experiment, { cache: join(folder, "cache") });
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, "run", "1-few-shot", name), "utf8"));
  const { name, status, reason, scores } = summary?.rungs[1] ?? {};
  const answers = journal.rows("few-shot").map((row) => `${row.program} ${row.case}`);
  return {
    rung: { name, status, reason, scores },
    races: [read("race.json"), read("race-2.json")],
    program: read("program.json"),
    answers,
  };
}

test("it races the same arms on the same cases and asks nothing twice, wherever it was interrupted", async () => {
  const whole = await found([]);
  expect(whole.races).toHaveLength(2);
  for (const stops of [[100], [130], [160, 140], [220]]) {
    const { answers, ...result } = await found(stops);
    expect(result, `interrupted after ${stops.join(", ")} events`).toEqual({
      rung: whole.rung,
      races: whole.races,
      program: whole.program,
    });
    expect(answers.toSorted()).toEqual(whole.answers.toSorted());
  }
});
