/** Replies of models are read for what they say, and nothing is made of what they do not say. */
import { expect, test } from "vitest";
import { seeded } from "../../stats/random.ts";
import { queriesIn, rankingIn } from "./replies.ts";

test.each([
  ['{"ranking": [3, 1, 2]}', [2, 0, 1]],
  ["[3,1,2]", [2, 0, 1]],
  ['```json\n{"ranking": ["3", "1", "2"]}\n```', [2, 0, 1]],
  ["[3] > [1] > [2]", [2, 0, 1]],
  ["3, 1, 2", [2, 0, 1]],
  ["Passage [1] names it. So: [3, 1, 2].", [2, 0, 1]],
  ["[2]", [1, 0, 2]],
  ["[9, 2, 2, 0, -1]", [1, 0, 2]],
  ["[2, 3", undefined],
  ["", undefined],
  ["I cannot rank 3 passages.", undefined],
  ["[]", undefined],
  ["[7, 8]", undefined],
] as const)("%j ranks three passages as %j", (reply, ranking) => {
  expect(rankingIn(reply, 3)).toEqual(ranking);
});

test("whatever a reply is, a ranking has every passage once", () => {
  const random = seeded("junk");
  const parts = ["[", "]", ",", " ", "1", "2", "3", "12", "-", "0", "a", '"', "{", "}", ">", "\n", "ranking", "٣", "1e9", "9".repeat(40)];
  const replies = Array.from({ length: 2000 }, () =>
    Array.from({ length: Math.floor(random() * 20) }, () => parts[Math.floor(random() * parts.length)]).join(""),
  );
  const rankings = replies.flatMap((reply) => [rankingIn(reply, 4) ?? []].filter(({ length }) => length > 0));
  expect(rankings.length).toBeGreaterThan(20);
  expect(rankings.filter((ranking) => JSON.stringify(ranking.toSorted()) !== "[0,1,2,3]")).toEqual([]);
});

test("a reply that goes on and on is read in no time", () => {
  expect(rankingIn("[1".repeat(50_000), 3)).toBeUndefined();
  expect(rankingIn(`[${"1,".repeat(50_000)}`, 3)).toBeUndefined();
});

test.each([
  ['{"queries": ["a b", "c"]}', ["a b", "c"]],
  ['["a b", "c"]', ["a b", "c"]],
  ['Here you are:\n```json\n{"queries": ["a b", "c"]}\n```', ["a b", "c"]],
  ["1. a b\n2) c", ["a b", "c"]],
  ['Queries:\n- "a b"\n* c\n', ["a b", "c"]],
  ["", []],
  ["[1, 2]", []],
] as const)("%j holds the queries %j", (reply, queries) => {
  expect(queriesIn(reply)).toEqual(queries);
});
