/** The law of schemas that are larger than they look. */
import { expect, test } from "vitest";
import { readResponseFormat } from "./response-format.ts";

const format = (properties: object, $defs: object = {}) =>
  ({ type: "json_schema", json_schema: { name: "reply", schema: { type: "object", properties, $defs } } }) as const;
const any = (count: number, name: string) => ({ anyOf: Array.from({ length: count }, () => ({ $ref: `#/$defs/${name}` })) });

test("references that repeat references are counted each time, and refused where they are too many", () => {
  const wide = format({ answer: any(400, "a") }, { a: any(400, "b"), b: { type: "string" } });
  expect(() => readResponseFormat(wide)).toThrow(/more than 20000 parts/);
  const values = { enum: Array.from({ length: 3_000 }, (_, i) => i) };
  const shared = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`field${i}`, { $ref: "#/$defs/values" }]));
  expect(() => readResponseFormat(format(shared, { values }))).toThrow(/more than 20000 parts/);
});

test("schemas of hundreds of fields and values are read", () => {
  const fields = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, any(3, "kind")]));
  expect(readResponseFormat(format(fields, { kind: { enum: ["a", "b", null] } }))?.fields).toHaveLength(500);
});
