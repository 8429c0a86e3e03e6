import { describe, expect, test } from "vitest";
import type { Json, Passage, Scorer } from "../types.ts";
import contains from "./contains.ts";
import exact from "./exact.ts";
import jsonSchema from "./json-schema.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import number from "./number.ts";
import { numbersIn } from "./numerals.ts";
import recall from "./recall.ts";
import regex from "./regex.ts";
import tokenF1 from "./token-f1.ts";

async function valueOf(scorer: Scorer, answer: string, expected: Json, options: Record<string, unknown> = {}): Promise<number | undefined> {
  const kase = { id: "c", fields: {}, expected };
  const score = await scorer.score(turnOf(kase, answer), kase, scorer.options.parse(options), labFor(scorer));
  return "value" in score ? score.value : undefined;
}

test("token-f1 takes the nearest accepted answer and gives credit for a repeated word once", async () => {
  expect(await valueOf(tokenF1, "two days", ["never", "within two days"])).toBeCloseTo(0.8, 12);
  expect(await valueOf(tokenF1, "no no no no", "no thanks")).toBeCloseTo(1 / 3, 12);
});

test("token-f1 takes each Chinese character as a word and leaves Chinese punctuation out", async () => {
  expect(await valueOf(tokenF1, "新北市。", "新北市")).toBe(1);
  expect(await valueOf(tokenF1, "北市", "新北市")).toBeCloseTo(0.8, 12);
  expect(await valueOf(tokenF1, "答案是 1980年", "1980年")).toBeCloseTo(4 / 7, 12);
  expect(await valueOf(tokenF1, "カメラ", "カメラです")).toBeCloseTo(0.75, 12);
});

test("exact looks at case and wording only as far as it is told to", async () => {
  expect(await valueOf(exact, " Yes\n", "yes")).toBe(1);
  expect(await valueOf(exact, "Yes", "yes", { ignore_case: false })).toBe(0);
  expect(await valueOf(exact, "Yes.", "yes")).toBe(0);
  expect(await valueOf(exact, "two\u00a0\n days", "two days")).toBe(1);
  expect(await valueOf(exact, "Zu\u0308rich", "Zürich")).toBe(1);
  expect(await valueOf(exact, "42", 42)).toBe(1);
  expect(await valueOf(exact, "", "")).toBe(1);
});

test("contains looks for any or all texts, from the case or from its option", async () => {
  expect(await valueOf(contains, "Hold the button", ["hold", "ten"])).toBe(1);
  expect(await valueOf(contains, "Hold the button", ["hold", "ten"], { mode: "all" })).toBe(0);
  expect(await valueOf(contains, "Hold", "hold", { ignore_case: false })).toBe(0);
  expect(await valueOf(contains, "I do not know", "42", { value: "not know" })).toBe(1);
  expect(await valueOf(contains, "anything", "")).toBeUndefined();
});

test("a bad pattern or schema is refused with the options", () => {
  expect(regex.options.safeParse({ pattern: "(" }).error?.issues[0]).toMatchObject({ path: ["pattern"] });
  expect(regex.options.safeParse({ pattern: "a", flags: "g" }).success).toBe(false);
  expect(regex.options.safeParse({}).success).toBe(false);
  expect(jsonSchema.options.safeParse({ schema: { type: "objekt" } }).error?.issues[0]).toMatchObject({ path: ["schema"] });
  expect(jsonSchema.options.safeParse({ schema: { requierd: ["a"] } }).success).toBe(false);
  expect(jsonSchema.options.safeParse({ schema: { type: "string", format: "date" } }).success).toBe(true);
});

test("json-schema wants JSON alone, that fits", async () => {
  const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false };
  const on = (answer: string, options: Record<string, unknown> = { schema }): Promise<number | undefined> =>
    valueOf(jsonSchema, answer, null, options);
  expect(await on('{"n": 1}')).toBe(1);
  expect(await on('{"n": "1"}')).toBe(0);
  expect(await on('```json\n{"n": 1}\n```')).toBe(0);
  expect(await on('```json\n{"n": 1}\n```', { schema, allow_fence: true })).toBe(1);
  expect(await on("[1, 2]", {})).toBe(1);
  expect(await on("[1, 2", {})).toBe(0);
  const draft7 = { $schema: "http://json-schema.org/draft-07/schema#", type: "array", items: [{ type: "string" }, { type: "number" }] };
  expect(await on('["a", 1]', { schema: draft7 })).toBe(1);
  expect(await on('["a", "b"]', { schema: draft7 })).toBe(0);
});

test.each([
  ["It costs 1,234.56 EUR.", [1234.56]],
  ["Es kostet 1.234,56 EUR.", [1234.56]],
  ["12,5 %", [12.5]],
  ["0,125", [0.125]],
  ["1,234", [1234]],
  ["1.234.567", [1234567]],
  ["12,34,567 rupees", [1234567]],
  ["1'234'567.5 and 12 500 kr", [1234567.5, 12500]],
  ["−3.5 °C, not -.5", [-3.5, -0.5]],
  ["$5.5 million", [5.5e6]],
  ["-$20", [-20]],
  ["6.02e23", [6.02e23]],
  ["between 3-5 days", [3, 5]],
  ["5kg of 12GB", [5, 12]],
  ["version 1.2.3 of 2024-05-03", [2024, 5, 3]],
  ["99 EUR [2].", [99]],
  ["[2]", [2]],
  ["item A4 and x2", []],
  ["１２３", [123]],
  ["1,2,3", []],
  ["100 000 000", [100000000]],
  ["in 2023 500 units", [2023, 500]],
] as const)("the numbers in %j are %j", (text, expected) => {
  expect(numbersIn(text)).toEqual(expected);
});

test("number compares the last number within a tolerance", async () => {
  expect(await valueOf(number, "12 months at 99 EUR are 1188 EUR [2].", "1,188.00 EUR")).toBe(1);
  expect(await valueOf(number, "99 or 98", 99)).toBe(0);
  expect(await valueOf(number, "99 or 98", 99, { pick: "first" })).toBe(1);
  expect(await valueOf(number, "97, 99 or 98", 99, { pick: "any" })).toBe(1);
  expect(await valueOf(number, "10.4", 10, { tolerance: 0.5 })).toBe(1);
  expect(await valueOf(number, "10.6", 10, { tolerance: 0.5 })).toBe(0);
  expect(await valueOf(number, "104", 100, { relative: 0.05 })).toBe(1);
  expect(await valueOf(number, "0.30000000000000004", 0.3)).toBe(1);
  expect(await valueOf(number, "1.234", "1234", { decimal: "comma" })).toBe(1);
  expect(await valueOf(number, "none", 0)).toBe(0);
  expect(await valueOf(number, "5", "five")).toBeUndefined();
});

describe("recall", () => {
  const passages = ["plans.md", "plans.md", "hubs.md", "roaming.md"].map((source, i): Passage => ({
    id: `${source}#${i}`,
    source,
    title: "",
    text: "",
    score: 1,
  }));
  const score = (sources: string[] | undefined, options: object, found = passages, retrieved?: boolean): unknown =>
    recall.score(
      turnOf({ id: "c", fields: {} }, "", { passages: found, retrieved }),
      { id: "c", fields: {}, sources },
      recall.options.parse(options),
      labFor(recall),
    );

  test("counts documents, not passages", () => {
    expect(score(["plans.md", "roaming.md"], {})).toMatchObject({ value: 1 });
    expect(score(["plans.md", "roaming.md"], { k: 2 })).toMatchObject({ value: 0.5 });
    expect(score(["plans.md", "plans.md"], { k: 1 })).toMatchObject({ value: 1 });
    expect(score(["other.md"], {})).toMatchObject({ value: 0, why: expect.stringContaining("not found: other.md") });
  });

  test("does not apply without sources or retrieval, and is 0 where retrieval found nothing", () => {
    expect(score(undefined, {})).toHaveProperty("skipped");
    expect(score([], {})).toHaveProperty("skipped");
    expect(score(["plans.md"], {}, [])).toHaveProperty("skipped");
    expect(score(["plans.md"], {}, [], true)).toMatchObject({ value: 0 });
  });
});

test("exact: an expected object is compared as JSON, keys in any order", async () => {
  const expected = { people: "4", time: "six" };
  const kase = { id: "c", fields: {}, expected };
  const options = exact.options.parse({});
  const of = (answer: string) => exact.score(turnOf(kase, answer), kase, options, labFor(exact));
  expect(await of('{"time": "six", "people": "4"}')).toEqual({ value: 1 });
  expect(await of('{"people": "4"}')).toMatchObject({ value: 0 });
  expect(await of("4 people at six")).toMatchObject({ value: 0, why: expect.stringContaining("no JSON") });
});
