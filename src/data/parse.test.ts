import { describe, expect, test } from "vitest";
import { FORMATS, parseRows, type Format } from "./parse.ts";

const texts: Readonly<Record<Format, string>> = {
  jsonl: '{"id": "a", "q": "x, \\"y\\""}\n\n{"id": "b", "q": "问\\n题"}\n',
  json: '[\n  {"id": "a", "q": "x, \\"y\\""},\n\n  {"id": "b", "q": "问\\n题"}\n]\n',
  csv: 'id,q\na,"x, ""y"""\n\nb,"问\n题"\n',
  tsv: 'id\tq\na\t"x, ""y"""\n\nb\t"问\n题"\n',
  yaml: '- id: a\n  q: x, "y"\n\n- { id: b, q: "问\\n题" }\n',
};
const firstLines: Readonly<Record<Format, readonly string[]>> = {
  jsonl: ["f:1", "f:3"],
  json: ["f:2", "f:4"],
  csv: ["f:2", "f:4"],
  tsv: ["f:2", "f:4"],
  yaml: ["f:1", "f:4"],
};

describe.each(FORMATS)("%s", (format) => {
  const want = [
    { id: "a", q: 'x, "y"' },
    { id: "b", q: "问\n题" },
  ];
  const { rows, faults } = parseRows(texts[format], "f", format);

  test("gives the same rows as any other format", () => {
    expect(faults).toEqual([]);
    expect(rows.map(({ values }) => values)).toEqual(want);
  });
  test("says on which line a row begins", () => expect(rows.map(({ place }) => place)).toEqual(firstLines[format]));
  test("reads a byte order mark and CRLF", () => {
    const windows = parseRows(`\uFEFF${texts[format].replaceAll("\n", "\r\n")}`, "f", format);
    expect(windows.rows.map(({ values }) => values)).toEqual(want);
    expect(windows.rows.map(({ place }) => place)).toEqual(firstLines[format]);
  });
  test("of nothing has no row", () => expect(parseRows("", "f", format === "json" ? "jsonl" : format).rows).toEqual([]));
});

describe("faults name their line", () => {
  test.each<[Format, string, readonly string[]]>([
    [
      "jsonl",
      '{"a": 1}\n{"a": \n3\n',
      ["f:2: not JSON; JSONL holds one object a line", 'f:3: a row is the number 3; it must be an object, {"id": …}'],
    ],
    ["json", '[\n{"a": 1},\n{"a" 2}\n]', ["f:3: not JSON; check the brackets, commas and quotes there"]],
    ["json", '{"a": 1}\n{"a": 2}\n', ["f:2: not JSON; one object a line goes into a .jsonl file"]],
    ["json", '{"rows": []}', ["f:1: not a list; a JSON data file holds a list of objects, [{…}, {…}]"]],
    ["json", '[\n{"a": [1,\n2], "b": {"c": ","}},\n"x"]', ['f:4: a row is the string "x"; it must be an object, {"id": …}']],
    [
      "csv",
      "a,b\n1,2\n1,2,3\n4\n",
      [
        'f:3: 3 values where the header has 2 columns; quote values that hold ","',
        'f:4: 1 values where the header has 2 columns; quote values that hold ","',
      ],
    ],
    ["csv", 'a,b\n1,2\n1,"2\n', ['f:3: not CSV; a value that holds a quote is written "like ""this""", and every quote is closed']],
    ["csv", "a,a\n1,2\n", ['f:1: two columns are named "a"; give each column a name of its own']],
    ["yaml", "a: 1\n", ["f:1: not a list; a YAML data file holds a list of maps, - id: …"]],
    ["yaml", "- a: 1\n- 3\n", ['f:2: a row is the number 3; it must be an object, {"id": …}']],
  ])("%s %j", (format, text, faults) => expect(parseRows(text, "f", format).faults).toEqual(faults));
});

test("a CSV may be separated by semicolons", () => {
  expect(parseRows("a;b\n1,5;2\n", "f", "csv").rows[0]?.values).toEqual({ a: "1,5", b: "2" });
});
