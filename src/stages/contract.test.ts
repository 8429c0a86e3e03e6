/** Laws that every rung keeps, run on all of them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { experimentOf, temporary, walk } from "../ladder/world.fixture.ts";
import type { Program } from "../types.ts";
import { stages } from "./index.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const variants = {
  careful: { system: 'Answer with a short phrase. If you cannot tell, answer exactly "I don\'t know".', user: "Question: {{question}}" },
};
const small: Readonly<Record<string, object>> = { rag: { top_k: [1, 2], size: 60 }, "few-shot": { k: [2], choose: ["random", "nearest"] } };

test("names are unique, and each rung says what it does", () => {
  expect(new Set(stages.map(({ name }) => name)).size).toBe(stages.length);
  for (const stage of stages) expect(stage.about.length).toBeGreaterThan(10);
});

describe.each(stages.map((stage) => ({ stage, name: stage.name })))("$name", ({ stage }) => {
  const climbed = async (folder: string) => {
    const experiment = experimentOf([{ stage, options: small[stage.name] ?? {} }], { variants });
    const { summary, events } = await walk(folder, experiment);
    const programs = events.flatMap((event) => (event.type === "rung" && event.index === 1 ? [event.program] : []));
    return { experiment, rung: summary?.rungs[1], program: programs[0] as Program };
  };

  test("takes no options that it does not know, and needs none", () => {
    expect(stage.options.safeParse({}).success).toBe(true);
    expect(stage.options.safeParse({ nonsense: 1 }).success).toBe(false);
  });

  test("climbs: its program is plain data that reads back the same, and the same every time", async () => {
    const { program, rung, experiment } = await climbed(place.folder);
    expect(rung?.status, rung?.reason).toMatch(/^(kept|rejected)$/);
    expect(JSON.parse(JSON.stringify(program))).toEqual(program);
    expect(program.model).toMatch(/^embedded\//);
    for (const step of program.steps) {
      const used = stages.find(({ name }) => name === step.use);
      expect(used?.options.safeParse(step.with).success).toBe(true);
    }
    const other = temporary();
    expect((await climbed(other.folder)).program).toEqual(program);
    other.remove();
    expect(experiment.program).toEqual(experimentOf([]).program);
  });

  test("says how many arms it will race", () => {
    const arms = stage.arms?.(stage.options.parse(small[stage.name] ?? {}), { variants });
    expect(arms).toBeGreaterThan(0);
  });
});
