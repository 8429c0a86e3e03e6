import { describe, expect, test } from "vitest";
import { casesOf, inputColumns, type Columns } from "./cases.ts";
import { parseRows, type Row } from "./parse.ts";
import type { Json } from "../types.ts";

const row = (values: Readonly<Record<string, Json>>, at = 1, flat = false): Row => ({ place: `f:${at}`, values, flat });
const columns: Columns = { id: "id", input: ["q"], expected: "a" };
const only = (values: Readonly<Record<string, Json>>, more: Partial<Columns> = {}, flat = false) =>
  casesOf([row({ id: "1", q: "Q", a: "A", ...values }, 1, flat)], { ...columns, ...more });

describe("a case", () => {
  test.each<[Json, string]>([
    ["text", "text"],
    [3.5, "3.5"],
    [false, "false"],
  ])("has fields as text: %j", (value, text) => expect(only({ q: value }).cases[0]?.case.fields).toEqual({ q: text }));

  test("keeps what is expected as it is", () => {
    for (const expected of ["x", 3, false, ["x", "y"], { a: [1, null] }] as const)
      expect(only({ a: expected }).cases[0]?.case.expected).toEqual(expected);
  });

  test.each<[Json, boolean, readonly string[]]>([
    [["a", "b;c"], false, ["a", "b;c"]],
    ["a; b", false, ["a; b"]],
    [7, false, ["7"]],
    [null, false, []],
    ["a; b,c", true, ["a", "b,c"]],
    ["a, b", true, ["a", "b"]],
    ['["a, b"]', true, ["a, b"]],
    ["", true, []],
  ])("has sources as a list: %j (as text cells: %j)", (sources, flat, list) =>
    expect(only({ sources }, { sources: "sources" }, flat).cases[0]?.case.sources).toEqual(list),
  );

  test.each<[Json, boolean, object]>([
    [[["a", "b"], "c"], false, { sources: ["a", "b", "c"], sourceGroups: [["a", "b"], ["c"]] }],
    [
      '[["a", "b"], ["b", 3]]',
      true,
      {
        sources: ["a", "b", "3"],
        sourceGroups: [
          ["a", "b"],
          ["b", "3"],
        ],
      },
    ],
    [[["a"], ["b"]], false, { sources: ["a", "b"] }],
  ])("has groups of sources where one of several is enough: %j (as text cells: %j)", (sources, flat, wanted) => {
    const { cases, faults } = only({ sources }, { sources: "sources" }, flat);
    expect([faults, cases[0]?.case]).toEqual([[], { id: "1", fields: { q: "Q" }, expected: "A", ...wanted }]);
  });

  test.each<Json>([[[[]]], [["a", [["b"]]]], [[["a", null]]], [[{ a: 1 }, ["b"]]]])("refuses %j as sources", (sources) =>
    expect(only({ sources }, { sources: "sources" }).faults).toEqual([
      expect.stringContaining('write [["a", "b"], "c"] where a or b is enough'),
    ]),
  );

  test("has no group where its row has none", () => expect(only({ g: "" }, { group: "g" }).cases[0]?.case).not.toHaveProperty("group"));

  test("read from CSV may hold JSON for what is expected", () => {
    const { rows } = parseRows('id,q,a\n1,x,"[""u"", ""v""]"\n2,y,[sic] yes\n', "f", "csv");
    expect(casesOf(rows, columns).cases.map(({ case: kase }) => kase.expected)).toEqual([["u", "v"], "[sic] yes"]);
  });
});

describe("ids", () => {
  test("without a column follow from the content and from nothing else", () => {
    const rows = [
      { q: "x", a: "1" },
      { q: "y", a: "1" },
      { q: "x", a: "1" },
    ];
    const of = (order: readonly number[]): readonly string[] =>
      casesOf(
        order.map((at, index) => row(rows[at] ?? {}, index)),
        { input: ["q"], expected: "a" },
      ).cases.map(({ case: kase }) => kase.id);
    const [x, y, again] = of([0, 1, 2]);
    expect(of([1, 2, 0])).toEqual([y, x, again]);
    expect(new Set([x, y, again]).size).toBe(3);
  });

  test("used twice are refused with both places", () => {
    const { faults } = casesOf([row({ id: 1, q: "x", a: "y" }, 1), row({ id: "1", q: "z", a: "y" }, 2)], columns);
    expect(faults).toEqual(['f:2: id "1" is also the id of f:1; give each case an id of its own']);
  });

  test("too large for a number are refused, since others would look the same", () => {
    const { rows } = parseRows('{"id": 12345678901234567890, "q": "x", "a": "y"}', "f", "jsonl");
    expect(casesOf(rows, columns).faults).toEqual(["f:1: id 12345678901234567000 is too large for a number; write it in quotes"]);
  });
});

describe("a right answer is there", () => {
  test.each<Json>([null, "", " ", []])("so %j is refused", (expected) =>
    expect(only({ a: expected }).faults).toEqual(['f:1: no right answer: "a" is empty; fill it in, or remove the row']),
  );
  test.each<Json>([0, false, {}])("and %j is one", (expected) => expect(only({ a: expected }).faults).toEqual([]));
});

test("columns with lists, or with nothing, or mapped otherwise, are no input", () => {
  const rows = [row({ id: 1, q: "x", n: 3, list: ["x"], none: null, late: "" }), row({ q: "y", list: "x", late: "z" }, 2)];
  expect(inputColumns(rows, new Set(["id"]))).toEqual(["q", "n", "late"]);
});
