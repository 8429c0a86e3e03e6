import { expect, test } from "vitest";
import { seeded } from "../stats/random.ts";
import type { Demo, StepLab } from "../types.ts";
import { balanced, nearest, shuffled, wantedAnswer } from "./demos.ts";

const demos: readonly Demo[] = Array.from({ length: 30 }, (_, i) => ({
  id: `d${i}`,
  fields: { text: `text ${i}` },
  answer: `label ${i % 7 === 0 ? 0 : (i % 3) + 1}`,
}));

test("the first k balanced demonstrations cover as many answers as k can", () => {
  const answers = new Set(demos.map(({ answer }) => answer));
  for (let k = 1; k <= demos.length; k++) {
    const covered = new Set(
      balanced(demos)
        .slice(0, k)
        .map(({ answer }) => answer),
    );
    expect(covered.size).toBe(Math.min(k, answers.size));
  }
  expect(balanced(demos).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(demos.toSorted((a, b) => a.id.localeCompare(b.id)));
});

test("shuffling keeps all items and depends on the seed alone", () => {
  expect(shuffled(demos, seeded(1))).toEqual(shuffled(demos, seeded(1)));
  expect(shuffled(demos, seeded(1))).not.toEqual(shuffled(demos, seeded(2)));
  expect(new Set(shuffled(demos, seeded(1)))).toEqual(new Set(demos));
});

test("a question is never its own demonstration", async () => {
  const lab: StepLab = {
    embed: async (texts) => texts.map((text) => [Number(text.split(" ")[1]) === 4 ? 1 : 0.1, 0]),
    ask: () => Promise.reject(new Error("nobody is asked")),
    rerank: async () => [],
    search: () => Promise.reject(new Error("nothing is searched")),
    widen: async (_, passages) => passages,
  };
  const found = await nearest({ id: "d4", fields: { text: "text 4" } }, demos, 30, ({ fields }) => fields["text"] ?? "", lab);
  expect(found.map(({ id }) => id)).not.toContain("d4");
  expect(found).toHaveLength(29);
});

test("the wanted answer is the first accepted one; JSON stays JSON; nothing expected gives none", () => {
  const kase = { id: "1", fields: {} };
  expect(wantedAnswer({ ...kase, expected: ["a", "b"] })).toBe("a");
  expect(wantedAnswer({ ...kase, expected: { people: "5" } })).toBe('{"people":"5"}');
  expect(wantedAnswer({ ...kase, expected: 5 })).toBe("5");
  expect(wantedAnswer(kase)).toBeUndefined();
});
