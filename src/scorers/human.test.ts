/** What people's labels count as, and for which answers. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Score } from "../types.ts";
import human from "./human.ts";
import { labFor, turnOf } from "./lab.fixture.ts";

const kase = { id: "c1", fields: { question: "How long?" } };

async function scoreOf(labels: string, answer = "45 days", more: object = {}): Promise<Score> {
  const options = human.options.parse({ file: "labels.csv", ...more });
  return await human.score(turnOf(kase, answer), kase, options, labFor(human, { files: { [options.file]: labels } }));
}

const faultsOf = (labels: string, more: object = {}) => {
  const options = human.options.parse({ file: "labels.csv", ...more });
  return human.check?.(options, { files: new Map([[options.file, labels]]), before: [], after: [] });
};

describe("a label counts as", () => {
  test.each([
    ["a number", "0.5", {}, 0.5],
    ["yes or no", "true", {}, 1],
    ["a word on a scale", "poor", { scale: { good: 1, poor: 0.25 } }, 0.25],
    ["a mark of at most so many", "4", { max: 5 }, 0.8],
    ["a mark between the lowest and the highest", "4", { min: 1, max: 5 }, 0.75],
  ])("%s", async (_, mark, more, value) => {
    expect(await scoreOf(`case,value\nc1,${mark}\n`, "any", more)).toEqual({ value, why: `unnamed: ${mark}` });
  });

  test("the mean of several raters, each with the latest one, and all are named", async () => {
    const labels = "case,value,rater,time\nc1,1,ann,2026-03-02\nc1,0.5,bob,2026-03-01\nc1,0,ann,2026-03-01\nc2,0,ann,2026-03-09\n";
    expect(await scoreOf(labels)).toEqual({ value: 0.75, why: "bob, 2026-03-01: 0.5; ann, 2026-03-02: 1", votes: [0.5, 1] });
  });
});

describe("a label is of", () => {
  const hash = createHash("sha256").update("45 days").digest("hex");

  test.each([["45 days"], [" 45 days "], [hash], [`sha256:${hash}`], [hash.slice(0, 16).toUpperCase()]])(
    "the answer %s alone",
    async (written) => {
      const labels = `case,value,answer\nc1,1,${written}\n`;
      expect(await scoreOf(labels)).toMatchObject({ value: 1 });
      expect(await scoreOf(labels, "30 days")).toEqual({ skipped: "not labelled for this answer" });
    },
  );

  test("any answer where none is named, but for those that are labelled themselves", async () => {
    const labels = "case,value,answer\nc1,1,\nc1,0,30 days\n";
    expect(await scoreOf(labels, "30 days")).toMatchObject({ value: 0 });
    expect(await scoreOf(labels, "31 days")).toMatchObject({ value: 1 });
  });

  test("a case: others, and those that wait for one, are not applicable, never 0", async () => {
    expect(await scoreOf("case,value\nc2,0\n")).toEqual({ skipped: "not labelled" });
    expect(await scoreOf("case,value\nc1,\nc2,1\n")).toEqual({ skipped: "not labelled" });
  });
});

test("labels in JSON lines, separated by semicolons and with a byte order mark are the same labels", async () => {
  const want = { value: 0.5, why: "ann: 0.5" };
  expect(await scoreOf('{"case": "c1", "value": 0.5, "rater": "ann"}\n', "x", { file: "l.jsonl" })).toEqual(want);
  expect(await scoreOf("\uFEFFrater;value;case\r\nann;0.5;c1\r\n")).toEqual(want);
});

test.each([
  [
    "a word without a scale",
    "case,value\nc1,good\n",
    'labels.csv:2: "good" is no number; write 0 to 1, or say under scale what such words count as',
  ],
  ["a mark beyond the highest", "case,value\nc1,3\n", "labels.csv:2: 3 is not in 0..1; set min and max to the lowest and the highest mark"],
  ["another column", "id,value\nc1,1\nc2,1\n", 'labels.csv:2: no column is named "case"; known: id, value'],
  ["no rows", "case,value\n", "labels.csv: holds no label; write a row for each, with case and value"],
])("%s is complained of with its line", (_, labels, fault) => {
  expect(faultsOf(labels)).toEqual([fault]);
});

test("an answer that is no text is complained of: its label would count for every answer", () => {
  expect(faultsOf('{"case": "c1", "value": 1, "answer": {"days": 45}}', { file: "l.jsonl" })).toEqual([
    "l.jsonl:1: answer is a list or a map; write a text or a number",
  ]);
});

test("of many bad rows twenty are named", () => {
  expect(faultsOf(`case,value\n${"c1,x\n".repeat(50)}`)).toHaveLength(21);
});
