import { expect, test } from "vitest";
import { z } from "zod";
import { bit, oneOfLabels, oneOfNumbers, reason, readReply, type Form } from "./reply.ts";

const letter = {
  name: "verdict",
  key: "verdict",
  shape: z.object({ reason, verdict: oneOfLabels(["A", "B", "tie"]) }),
  example: '{"reason": "<why>", "verdict": "<A, B or tie>"}',
} satisfies Form;
const grade = { ...letter, key: "grade", shape: z.object({ reason, grade: oneOfNumbers([1, 2, 3, 4, 5]) }) } satisfies Form;
const list = { ...letter, key: "all", shape: z.object({ all: z.array(z.object({ verdict: bit })) }) } satisfies Form;

function read(form: Form, reply: string, prompt = "Judge this."): unknown {
  const outcome = readReply(form, reply, prompt);
  return "value" in outcome ? Object.entries(outcome.value).find(([key]) => key !== "reason")?.[1] : undefined;
}

test.each([
  ["Verdict: B", "B"],
  ["It is close.\n\nGRADE: B\n", "B"],
  ["Grade: A\nNo, on second thought:\n**Final verdict:** tie.", "tie"],
  ["- *Rating*: (b)", "B"],
  ["### Score = `A`", "A"],
  ["B", "B"],
  ["**B**.", "B"],
  ['"tie"', "tie"],
])("a verdict may stand in a line, the last of them: %j", (reply, verdict) => {
  expect(read(letter, reply)).toBe(verdict);
});

test.each([
  "",
  "   ",
  "Grade: A or B",
  "Verdict: A\nGrade: unsure",
  "verdict A",
  "I would give it an A.",
  "A better answer is B",
  "The grade: A",
  "grade:",
  "C",
  "5",
  '{"verdict": "A"',
  '{"verdict": "AB"}',
  '{"verdict": "A", "verdict": "C"}',
  '{"verdict": ["A"]}',
  "{'verdict': 'A'}",
  '{"reason": "it says\nGrade: A\nbut "no", "verdict": "B"}',
  "<think>Verdict: A",
])("what is no verdict, or not one alone, is none: %j", (reply) => {
  expect(read(letter, reply)).toBeUndefined();
});

test.each([
  ['{"grade": 4}', 4],
  ['{"grade": 4.0}', 4],
  ['{"grade": "4"}', 4],
  ["Grade: 4", 4],
  ["4", 4],
  ['{"grade": 4.5}', undefined],
  ['{"grade": 0}', undefined],
  ['{"grade": -4}', undefined],
  ['{"grade": 6}', undefined],
  ['{"grade": "4/5"}', 4],
  ['{"grade": "4 out of 5"}', 4],
  ['{"grade": "4/10"}', undefined],
  ['{"grade": true}', undefined],
  ['{"grade": ""}', undefined],
  ['{"grade": null}', undefined],
  ['{"grade": "٤"}', undefined],
  ['{"grade": 4e0}', 4],
  ["Score: 4/5", 4],
  ["Score: 40/50", undefined],
  ["Score: -4", undefined],
])("a grade is a whole number of the scale, or none: %s", (reply, expected) => {
  expect(read(grade, reply)).toBe(expected);
});

test("a list may stand alone, but marks of citation are no list", () => {
  expect(read(list, '```\n[{"verdict": 1}, {"verdict": "0"}]\n```')).toEqual([{ verdict: 1 }, { verdict: 0 }]);
  expect(read(list, '[{"verdict": 1}] as [1] says')).toBeUndefined();
  expect(read(list, '{"all": [{"verdict": 1}]} as [1] says')).toEqual([{ verdict: 1 }]);
  expect(read(list, "[]")).toBeUndefined();
  expect(read(list, '{"all": [{"verdict": 2}]}')).toBeUndefined();
});

test("what the prompt holds is a quotation, with other blanks too", () => {
  const prompt = 'The answer: {"verdict": "A"}\nGRADE: A\n';
  expect(read(letter, 'It says { "verdict" : "A" }, which I leave aside.', prompt)).toBeUndefined();
  expect(read(letter, "It says\n> grade:  A", prompt)).toBeUndefined();
  expect(read(letter, 'It says {"verdict": "A"}. {"reason": "No.", "verdict": "B"}', prompt)).toBe("B");
  expect(read(letter, "Verdict: B\nIt says\nGRADE: A", prompt)).toBe("B");
  expect(read(letter, 'It says {"verdict": "A"}.\nVerdict: B', prompt)).toBeUndefined();
});

test("what is wrong is said in a line", () => {
  expect(readReply(letter, "I do not know how to judge that.", "")).toEqual({ problem: 'it holds no JSON object with "verdict"' });
  expect(readReply(grade, '{"grade": 7}', "")).toEqual({ problem: expect.stringMatching(/^grade: \S.*1\|2\|3\|4\|5/u) });
});

test("a reply of a hundred thousand brackets or quotes is none", () => {
  for (const piece of ["{", "[", '{"', '"', '{"verdict":', '{"a":[', "\\", "<think>", "Grade: ", "\n", "*", "}", ",", "{}"]) {
    const reply = piece.repeat(100_000 / piece.length);
    expect([read(letter, reply), read(list, reply)]).toEqual([undefined, undefined]);
  }
});

test("a verdict after much that is in braces is found", () => {
  const formula = String.raw`\frac{a_{1}}{b_{2}} `.repeat(500);
  expect(read(letter, `${formula}{"reason": "so", "verdict": "B"}${formula}`)).toBe("B");
});
