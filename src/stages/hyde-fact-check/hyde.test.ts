import { expect, test } from "vitest";
import type { Query } from "../../types.ts";
import { complaints } from "./check.ts";
import { searchedWith } from "./hyde.ts";
import { options, PROMPTS } from "./options.ts";
import { scene } from "./scene.fixture.ts";
import { hydesOf, nameOf, partsOf, stepOf } from "./settings.ts";

const QUESTION = "Who began it all?";
const PASSAGE = "The firm was founded in 1968 by Aino Virtanen.";
const hyde = (given: object = {}) => ({ parts: "hyde", combine: "mean", ...given });
const cast = { task: "Aino Virtanen", writer: () => PASSAGE };

test("a made-up passage finds what the question's own words do not", async () => {
  const plain = await scene({ ...cast, writer: () => "I'm sorry, but I can't help with that." }, hyde(), QUESTION);
  const { turn } = await scene(cast, hyde(), QUESTION);
  expect(turn.passages[0]?.source).toBe("history");
  expect(plain.turn.queries).toEqual([{ texts: [QUESTION] }]);
  expect(plain.turn.notes["hyde"]).toEqual({ hypothetical: [], why: expect.stringContaining("nothing") });
});

test("the writer is asked by the paper's words unless others are given, as often as there are passages, with nothing that was not set", async () => {
  const { to, turn } = await scene(cast, hyde({ documents: 3 }), QUESTION);
  expect(to("writer").map(({ prompt }) => prompt)).toEqual(
    Array.from({ length: 3 }, () => `Please write a passage to answer the question.\nQuestion: ${QUESTION}\nPassage:`),
  );
  expect(Object.keys(to("writer")[0]?.body ?? {}).toSorted()).toEqual(["messages", "model"]);
  expect(turn.queries).toEqual([{ texts: [QUESTION, PASSAGE, PASSAGE, PASSAGE] }]);
  const other = await scene(cast, hyde({ prompt: "Answer {{query}} as the handbook would.", temperature: 0.7, max_tokens: 512 }), QUESTION);
  expect(other.to("writer")[0]?.body).toMatchObject({
    temperature: 0.7,
    max_tokens: 512,
    messages: [{ role: "user", content: `Answer ${QUESTION} as the handbook would.` }],
  });
  expect((await scene(cast, hyde({ prompt: "scifact" }), QUESTION)).to("writer")[0]?.prompt).toBe(
    PROMPTS.scifact.replace("{{query}}", QUESTION),
  );
});

test("thoughts and empty passages are not searched with", async () => {
  const { turn } = await scene(
    { ...cast, writer: (_, n) => (n === 1 ? `<think>Hm, 1970?</think>${PASSAGE}` : "<think>I wonder") },
    hyde({ documents: 2 }),
    QUESTION,
  );
  expect(turn.queries).toEqual([{ texts: [QUESTION, PASSAGE] }]);
});

test("passages are only written where the question finds nothing like it", async () => {
  const like = await scene(cast, hyde({ below: 0.2 }), "How long is the warranty of the kettle?");
  expect(like.to("writer")).toHaveLength(0);
  expect(like.turn.queries).toEqual([{ texts: ["How long is the warranty of the kettle?"] }]);
  expect((await scene(cast, hyde({ below: 0.99 }), QUESTION)).to("writer")).toHaveLength(1);
});

test("the mean weighs the question as often as it is told, and the fused way leaves its own list as it is", () => {
  const queries: readonly Query[] = [{ texts: ["q"] }];
  expect(searchedWith(queries, ["a", "b"], { combine: "mean", query_weight: 2 })).toEqual([{ texts: ["q", "q", "a", "b"] }]);
  expect(searchedWith(queries, ["a", "b"], { combine: "mean", query_weight: 0 })).toEqual([{ texts: ["a", "b"] }]);
  expect(searchedWith(queries, ["a"], { combine: "fused", query_weight: 1 })).toEqual([{ texts: ["q"] }, { texts: ["q", "a"] }]);
  for (const combine of ["mean", "fused"] as const) expect(searchedWith(queries, [], { combine, query_weight: 0 })).toEqual(queries);
});

test("lists of options are ways of their own names, and a step reads back as the way that it was made of", () => {
  const ways = hydesOf(
    options.parse({ documents: [1, 8, 8], prompt: ["web", "scifact", "Say {{query}}"], below: [0.4, "always"], query_weight: [0, 1] }),
  );
  expect(ways).toHaveLength(48);
  expect(new Set(ways.map((way) => nameOf(way, ways))).size).toBe(48);
  for (const way of ways) expect(partsOf(options.parse(stepOf(way, undefined)))).toEqual({ hyde: way, check: undefined });
  const { check } = partsOf(options.parse({ parts: "both", evidence: 5, edit: false, abstain: "?" }));
  expect(partsOf(options.parse(stepOf(ways[0], check)))).toEqual({ hyde: ways[0], check });
});

test.each([
  [{ prompt: "Write a passage." }, 'prompt: "Write a passage." does not show the question; add {{query}}'],
  [{ prompt: "Answer {{qurey}}" }, "unknown placeholder {{qurey}}; did you mean"],
  [{ prompt: "Answer {{query" }, "never closed"],
  [{ parts: "fact-check", documents: 4 }, "documents: is an option of hyde; add hyde to parts"],
  [{ parts: "hyde", abstain: "?" }, "abstain: is an option of fact-check"],
  [{ documents: [1, 4], temperature: 0 }, "temperature: 0 makes the 4 passages of a question alike"],
])("options that make no sense together are told before any call: %j", (given, complaint) => {
  expect(complaints(options.parse(given)).join("\n")).toContain(complaint);
});

test("options that make sense are not complained of, and values out of range are refused", () => {
  for (const given of [
    {},
    { parts: "both", prompt: Object.keys(PROMPTS) },
    { documents: 8, temperature: 0.7 },
    { parts: "fact-check", evidence: 5 },
  ]) {
    expect(complaints(options.parse(given))).toEqual([]);
  }
  for (const given of [
    { documents: 0 },
    { parts: [] },
    { evidence: 0 },
    { abstain: " " },
    { below: 2 },
    { combine: "sum" },
    { query_weight: -1 },
  ]) {
    expect(options.safeParse(given).success).toBe(false);
  }
});
