import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Counts, Json, Score, Scorer } from "../types.ts";
import jsonFields from "./json-fields.ts";
import jsonSchema from "./json-schema.ts";
import json from "./json.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import sql from "./sql.ts";
import toolCall from "./tool-call.ts";

type Options = Record<string, unknown>;

async function score(scorer: Scorer, answer: string, expected: Json, options: Options = {}): Promise<Score> {
  const kase = { id: "c", fields: {}, expected };
  return await scorer.score(turnOf(kase, answer), kase, scorer.options.parse(options), labFor(scorer));
}

async function valueOf(scorer: Scorer, answer: string, expected: Json, options: Options = {}): Promise<number | string> {
  const given = await score(scorer, answer, expected, options);
  return "value" in given ? given.value : "error" in given ? given.error : given.skipped;
}

test.each([
  ['{"a": 1}', 1],
  [" [] \n", 1],
  ['"text"', 1],
  ["{a: 1}", 0],
  ['{"a": 1,}', 0],
  ['{"a": NaN}', 0],
  ['{"a": 1} {"b": 2}', 0],
  ["", 0],
  ['```json\n{"a": 1}\n```', 0],
])("json: %j -> %d", async (answer, value) => {
  expect(await valueOf(json, answer, null)).toBe(value);
});

test.each([
  ['```json\n{"a": 1}\n```', 1],
  ['\n```\r\n{"a": 1}\r\n```\n', 1],
  ['{"a": 1}', 1],
  ['```json\n{"a": 1}', 0],
  ['Here:\n```json\n{"a": 1}\n```', 0],
  ['```json\n{"a": 1}\n```\nDone.', 0],
  ["```\n```", 0],
])("json in a fence, and nothing else: %j -> %d", async (answer, value) => {
  expect(await valueOf(json, answer, null, { allow_fence: true })).toBe(value);
});

describe("json-schema", () => {
  test("says which key or value is wrong", async () => {
    const schema = { type: "object", properties: { label: { enum: ["a", "b"] } }, additionalProperties: false };
    expect(await score(jsonSchema, '{"lable": "a"}', null, { schema })).toMatchObject({ why: expect.stringContaining('"lable"') });
    expect(await score(jsonSchema, '{"label": "c"}', null, { schema })).toMatchObject({ why: expect.stringContaining('["a","b"]') });
  });

  test("goes by the draft that the schema names, and refuses one that it does not know", async () => {
    const draft = (name: string): Options => ({ schema: { $schema: name, type: "array", items: [{ type: "string" }] } });
    for (const name of ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema"])
      expect(await valueOf(jsonSchema, "[1]", null, draft(name))).toBe(0);
    expect(jsonSchema.options.safeParse(draft("https://json-schema.org/draft/2020-12/schema")).success).toBe(false);
    expect(jsonSchema.options.safeParse(draft("http://json-schema.org/draft-04/schema#")).error?.issues[0]?.message).toMatch(
      /unknown draft/u,
    );
  });
});

describe("json-fields", () => {
  const order = { id: 7, ship: { city: "Rome", express: true }, items: [{ sku: "a" }, { sku: "b" }] };
  const on = (answer: Json, options: Options = {}, expected: Json = order) =>
    valueOf(jsonFields, JSON.stringify(answer), expected, options);

  test("counts each field of each level once", async () => {
    expect(await on(order)).toBe(1);
    expect(await on({ ...order, id: 8 })).toBeCloseTo(4 / 5, 12);
    expect(await on({ id: 7 }, { metric: "precision" })).toBe(1);
    expect(await on({ id: 7 }, { metric: "recall" })).toBeCloseTo(1 / 5, 12);
    expect(await on({ ...order, more: [1, 2, 3] }, { metric: "precision" })).toBeCloseTo(5 / 8, 12);
  });

  test("takes items of a list in any order, unless told otherwise, and a repeated one once", async () => {
    const swapped = { ...order, items: order.items.toReversed() };
    expect(await on(swapped)).toBe(1);
    expect(await on(swapped, { ordered: true })).toBeCloseTo(3 / 5, 12);
    expect(await on({ tags: ["x", "x"] }, {}, { tags: ["x"] })).toBeCloseTo(2 / 3, 12);
  });

  test("does not take a key for a path", async () => {
    expect(await on({ "a.b": 1 }, {}, { a: { b: 1 } })).toBe(0);
    expect(await on({ "a[]": 1 }, {}, { a: [1] })).toBe(0);
    expect(await on({ "": 1 }, {}, { "": 2 })).toBe(0);
  });

  test("tells 4 from its text, null from no field and [] from {}, unless told otherwise", async () => {
    expect(await on({ n: 4 }, {}, { n: "4" })).toBe(0);
    expect(await on({ n: 4, s: " Rome" }, { compare: "ignore-case" }, { n: "4", s: "ROME" })).toBe(1);
    expect(await on({ zip: "00123" }, { compare: "ignore-case" }, { zip: "123" })).toBe(0);
    expect(await on({ a: 1, b: null, c: [], d: {}, e: "" }, {}, { a: 1 })).toBeCloseTo(2 / 6, 12);
    expect(await on({ a: 1, b: null, c: [], d: {}, e: "" }, { ignore_empty: true }, { a: 1 })).toBe(1);
    expect(await on({ a: [] }, {}, { a: {} })).toBe(0);
  });

  test("takes near numbers for each other, the most that can be paired", async () => {
    expect(await on({ n: 0.1 + 0.2 }, { tolerance: 0.001 }, { n: 0.3 })).toBe(1);
    expect(await on({ n: [1, 2, 3] }, { tolerance: 1 }, { n: [2, 3, 4] })).toBe(1);
    expect(await on({ n: 2 }, { tolerance: 1 }, { n: 4 })).toBe(0);
    expect(await on({ n: "1.5 " }, { tolerance: 0.5, compare: "ignore-case" }, { n: 2 })).toBe(1);
  });

  test("looks at the named fields and what lies below them", async () => {
    const options = { fields: ["ship", "items[].sku"] };
    expect(await on({ ...order, id: 8, ships: 1 }, options)).toBe(1);
    expect(await on({ ...order, ship: { city: "Rome" } }, options)).toBeCloseTo(6 / 7, 12);
  });

  test("is 1 where nothing is expected and given, and 0 for an answer that is no object, alone and over many cases", async () => {
    expect(await on({}, {}, {})).toBe(1);
    for (const answer of ["nothing", "[]", "null", '"{}"', "3"]) {
      const given = await score(jsonFields, answer, {});
      expect(given).toMatchObject({ value: 0, why: expect.stringMatching(/\S/u) });
      expect(jsonFields.pool?.(("value" in given && given.counts) || {}, jsonFields.options.parse({}))).toBe(0);
    }
  });

  test("survives an answer that is nested deeper than calls can be", async () => {
    expect(await valueOf(jsonFields, `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`, { a: 1 })).toBe(0);
  });

  const file = new URL("../../../shared/data/restaurant8k/test.jsonl", import.meta.url);
  if (!existsSync(file)) console.warn("skipped: restaurant bookings are not beside the repository");

  test.skipIf(!existsSync(file))("adds up slots over the bookings: forgetting each second slot gives the F1 of that recall", async () => {
    const rows = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { slots: Record<string, string> });
    const sums = { tp: 0, fp: 0, fn: 0 };
    let kept = 0;
    let all = 0;
    for (const { slots } of rows) {
      const half = Object.fromEntries(Object.entries(slots).filter(() => all++ % 2 === 0));
      kept += Object.keys(half).length;
      const given = await score(jsonFields, JSON.stringify(half), slots);
      const counts: Counts = ("value" in given && given.counts) || {};
      for (const name of ["tp", "fp", "fn"] as const) sums[name] += counts[name] ?? 0;
    }
    expect(sums).toEqual({ tp: kept, fp: 0, fn: all - kept });
    expect(jsonFields.pool?.(sums, jsonFields.options.parse({}))).toBeCloseTo((2 * kept) / (all + kept), 12);
  });
});

describe("tool-call", () => {
  const lyon = { name: "weather", arguments: { city: "Lyon", days: 2 } };
  const rome = { name: "weather", arguments: { city: "Rome", days: 2 } };
  const book = { name: "book", arguments: {} };
  const on = (answer: unknown, expected: Json, options: Options = {}) =>
    valueOf(toolCall, typeof answer === "string" ? answer : JSON.stringify(answer), expected, options);

  test.each<[string, unknown]>([
    ["a list", [lyon]],
    ["one call", lyon],
    [
      "OpenAI's message",
      { role: "assistant", tool_calls: [{ id: "1", type: "function", function: { ...lyon, arguments: '{"days":2,"city":"Lyon"}' } }] },
    ],
    ["OpenAI's list", [{ type: "function", function: lyon }]],
  ])("reads %s, given or expected", async (_, shape) => {
    expect(await on(shape, [lyon])).toBe(1);
    expect(await on([lyon], shape as Json)).toBe(1);
    expect(await on(shape, [rome])).toBe(0);
  });

  test("exact wants all calls and no other, f1 counts them", async () => {
    expect(await on([lyon, rome], [lyon])).toBe(0);
    expect(await on([lyon, rome], [lyon], { metric: "f1" })).toBeCloseTo(2 / 3, 12);
    expect(await on([lyon, lyon], [lyon, rome], { metric: "f1" })).toBe(0.5);
    expect(await on([lyon], [lyon, lyon])).toBe(0);
  });

  test("calls come in any order, unless told otherwise", async () => {
    expect(await on([rome, lyon], [lyon, rome])).toBe(1);
    expect(await on([rome, lyon], [lyon, rome], { ordered: true })).toBe(0);
    expect(await on([rome, lyon, book], [lyon, rome, book], { ordered: true, metric: "f1" })).toBeCloseTo(4 / 6, 12);
  });

  test("subset allows more arguments, and pairs the calls so that most fit", async () => {
    expect(await on([lyon], [{ name: "weather", arguments: { city: "Lyon" } }], { arguments: "subset" })).toBe(1);
    expect(await on([{ name: "weather", arguments: { city: "Lyon" } }], [lyon], { arguments: "subset" })).toBe(0);
    expect(await on([lyon, rome], [{ name: "weather" }, lyon], { arguments: "subset" })).toBe(1);
    expect(await on([{ name: "book", arguments: "not JSON" }], [book], { arguments: "ignore" })).toBe(1);
  });

  test("no call is right where none is expected, and an answer in words is none", async () => {
    expect(await on("It rains.", { tool_calls: [] })).toBe(1);
    expect(await on([lyon], { tool_calls: [] })).toBe(0);
    expect(await on("It rains.", [lyon])).toBe(0);
    expect(await on("It rains.", [])).toMatch(/tool_calls/u);
    expect(await on([lyon], [{ nome: "weather" }])).toMatch(/no tool call/u);
  });
});

describe("sql", () => {
  const on = (answer: string, options: Options = {}, expected: Json = null) =>
    valueOf(sql, answer, expected, { dialect: "sqlite", ...options });

  test.each([
    ["sqlite", "SELECT T1.name FROM singer AS T1 JOIN concert AS T2 ON T1.id = T2.sid GROUP BY T1.name HAVING COUNT(*) > 2"],
    ["sqlite", "SELECT a FROM t EXCEPT SELECT b FROM u"],
    ["sqlite", "INSERT INTO t VALUES (1) ON CONFLICT(a) DO UPDATE SET b = excluded.b"],
    ["postgresql", "SELECT DISTINCT ON (a) a::int, b->>'x' FROM t WHERE d > now() - interval '1 day'"],
    ["mysql", "SELECT `a` FROM t LIMIT 5, 10"],
    ["mssql", "SELECT TOP 5 * FROM [my table]"],
    ["bigquery", "SELECT * EXCEPT(a) FROM `proj.ds.t`, UNNEST(x) AS y"],
    ["snowflake", "SELECT * FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY b) = 1"],
    ["generic", "-- all of them\nSELECT 1; SELECT 2;"],
  ])("%s: %s is SQL", async (dialect, answer) => {
    expect(await on(answer, { dialect })).toBe(1);
  });

  test.each([
    "",
    ";",
    "-- nothing",
    "SELECT * FORM t",
    "SELECT a, FROM t",
    "SELECT (a FROM t",
    "SELECT 'a FROM t",
    "Sure: SELECT 1",
    "```sql\nSELECT 1\n```",
    "\ud800",
  ])("%j is not", async (answer) => {
    expect(await score(sql, answer, null, { dialect: "sqlite" })).toMatchObject({ value: 0, why: expect.stringMatching(/\S/u) });
  });

  test("a fence is accepted when told so", async () => {
    expect(await on("```sql\nSELECT 1\n```", { allow_fence: true })).toBe(1);
  });

  test.each([
    ["DELETE FROM t", 0],
    ["SELECT 1; DROP TABLE t", 0],
    ["WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", 0],
    ["EXPLAIN ANALYZE DELETE FROM t", 0],
    ["SELECT * INTO copy FROM t", 0],
    ["SET x = 1", 0],
    ["WITH d AS (SELECT 'DELETE') SELECT \"update\" FROM d UNION VALUES (1)", 1],
  ])("only: [select] for %s -> %d", async (answer, value) => {
    expect(await on(answer, { dialect: "postgresql", only: ["select"] })).toBe(value);
  });

  test("a MERGE is one, whatever its clauses do", async () => {
    const merge = "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id)";
    expect(await on(merge, { dialect: "postgresql", only: ["merge"] })).toBe(1);
    expect(await on(merge, { dialect: "postgresql", only: ["update", "insert"] })).toBe(0);
  });

  test.each([
    ["SELECT * FROM a JOIN B b2 USING (id)", 1],
    ['SELECT * FROM main.a, "b"', 1],
    ["SELECT x FROM a WHERE y IN (SELECT z FROM secret)", 0],
    ["INSERT INTO secret SELECT * FROM a", 0],
    ["UPDATE secret SET x = 1", 0],
    ["DELETE FROM secret", 0],
    ["WITH c AS (SELECT * FROM a) SELECT * FROM c", 1],
    ["WITH secret AS (SELECT * FROM secret) SELECT * FROM secret", 0],
    ["WITH RECURSIVE c AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM c) SELECT x FROM c", 1],
    ["SELECT * FROM (WITH c AS (SELECT * FROM a) SELECT * FROM c) AS d JOIN c ON true", 0],
    ["SELECT * FROM generate_series(1, 3) AS g", 1],
  ])("tables: [a, b] for %s -> %d", async (answer, value) => {
    expect(await on(answer, { dialect: "postgresql", only: ["select", "insert", "update", "delete"], tables: ["a", "b"] })).toBe(value);
  });

  test.each([
    ["select  NAME from \"Singer\" t1 inner join c on t1.id=c.sid where x != 'Bob';", 1],
    ["SELECT name FROM singer AS t1 JOIN c ON t1.id = c.sid WHERE x <> 'bob'", 0],
    ["SELECT name FROM singer AS t1 LEFT JOIN c ON t1.id = c.sid WHERE x <> 'Bob'", 0],
    ["SELECT name, id FROM singer AS t1 JOIN c ON t1.id = c.sid WHERE x <> 'Bob'", 0],
  ])("same_as_expected: %s -> %d", async (answer, value) => {
    const expected = ["SELECT 1", "SELECT name FROM singer AS t1 JOIN c ON t1.id = c.sid WHERE x <> 'Bob'"];
    expect(await on(answer, { same_as_expected: true }, expected)).toBe(value);
  });

  test("types that differ are not the same", async () => {
    expect(await on("SELECT CAST(a AS TEXT)", { same_as_expected: true }, "SELECT CAST(a AS INT)")).toBe(0);
    expect(await on("SELECT CAST(a AS BIGINT)", { same_as_expected: true }, "SELECT CAST(a AS INT)")).toBe(0);
  });

  test("expected SQL that cannot be read is an error, whatever the answer", async () => {
    for (const answer of ["SELECT 1", "nonsense"])
      expect(await on(answer, { same_as_expected: true }, "SELECT * FORM t")).toMatch(/expected SQL/u);
  });

  test("SQL that would overflow the parser is an error, and does not spoil the next answer", async () => {
    const huge = [
      `SELECT ${"1+".repeat(20_000)}1`,
      `SELECT * FROM t WHERE ${"x = 1 OR ".repeat(5_000)}x = 1`,
      `SELECT ${"(".repeat(20_000)}1${")".repeat(20_000)}`,
      `SELECT a${"::int".repeat(5_000)}`,
      `SELECT a${" IS NULL".repeat(5_000)}`,
      `SELECT * FROM ${"(SELECT * FROM ".repeat(3_000)}t${")".repeat(3_000)}`,
      `SELECT CAST(a AS ${"ARRAY<".repeat(3_000)}INT${">".repeat(3_000)})`,
    ];
    for (const answer of huge) {
      expect(await score(sql, answer, null, { dialect: "generic" }), answer.slice(0, 30)).toHaveProperty("error");
      expect(await on("SELECT 1")).toBe(1);
    }
    expect(await on(`SELECT a FROM t WHERE a IN (${"1, ".repeat(20_000)}1)`)).toBe(1);
    expect(await on(`SELECT ${"1+".repeat(390)}1`)).toBe(1);
  });

  test("a limit on tables needs a limit on statements that have them", () => {
    const dialect = "sqlite";
    expect(sql.options.safeParse({ dialect, tables: ["a"] }).error?.issues[0]).toMatchObject({ path: ["tables"] });
    expect(sql.options.safeParse({ dialect, tables: ["a"], only: ["select", "drop"] }).success).toBe(false);
    expect(sql.options.safeParse({ dialect, tables: ["a"], only: ["select"] }).success).toBe(true);
    expect(sql.options.safeParse({ dialect: "postgres" }).success).toBe(false);
  });
});
