import { afterEach, beforeEach, expect, test } from "vitest";
import prompt from "../stages/prompt/index.ts";
import rag from "../stages/rag/index.ts";
import { experimentOf, temporary, walk } from "./world.fixture.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const options = { operators: false };
const variants = { terse: { system: "Answer with a short phrase from the passages." } };

test("a rung that comes again goes on from the program of the rung before it, where that was kept", async () => {
  const experiment = experimentOf([{ stage: prompt, options }, { stage: rag }, { stage: prompt, options }], { variants });
  const [first, second, third] = experiment.ladder;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three rungs");
  const ladder = [first, second, { ...third, name: "prompt-after-rag", after: "rag" }];
  const { summary, events } = await walk(place.folder, { ...experiment, ladder });
  const rungs = summary?.rungs ?? [];
  expect(rungs.map(({ name }) => name)).toEqual(["baseline", "prompt", "rag", "prompt-after-rag"]);
  expect(rungs[2]?.status).toBe("kept");
  const made = events.flatMap((event) => (event.type === "rung" && event.index === 3 ? [event.program] : []));
  expect(made[0]?.steps.map(({ use }) => use)).toContain("rag");
});

test("it is skipped where the rung before it was not kept, and says so", async () => {
  const experiment = experimentOf(
    [
      { stage: prompt, options },
      { stage: prompt, options },
    ],
    { variants },
  );
  const ladder = experiment.ladder.map((rung, at) => (at === 0 ? rung : { ...rung, name: "again", after: rung.name }));
  const { summary } = await walk(place.folder, { ...experiment, ladder });
  expect(summary?.rungs[1]?.status).toBe("rejected");
  expect(summary?.rungs[2]).toMatchObject({ status: "skipped", reason: "prompt was not kept, so there is no new program to go on from" });
});
