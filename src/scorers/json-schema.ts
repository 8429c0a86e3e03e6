import { createRequire } from "node:module";
import type { Ajv, ValidateFunction } from "ajv";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { defineScorer } from "../plugin.ts";
import { quote } from "./accepted.ts";

/**
 * 1 when the answer is JSON and fits the schema (any JSON where there is none), else 0; the case's expected answer is not looked
 * at. Schemas are draft 2020-12, or draft 7 where `$schema` says so; unknown keywords are refused with the experiment, and
 * `format` is an annotation, as that draft has it. A Markdown fence around the JSON fails unless `allow_fence` is set.
 *
 *     { use: json-schema, as: format, schema: { type: object, required: [label], properties: { label: { type: string } } } }
 *     answer {"label": "refund"} -> 1    answer {"labels": ["refund"]} -> 0, "must have required property 'label'"
 */
export default defineScorer({
  name: "json-schema",
  about: "1 when the answer is JSON that fits a schema",
  axis: "behaviour",
  options: z
    .strictObject({
      schema: z.record(z.string(), z.unknown()).optional().describe("a JSON Schema; without one any JSON is right"),
      allow_fence: z.boolean().default(false).describe("accept the JSON inside a Markdown code fence"),
    })
    .superRefine(({ schema }, context) => {
      try {
        if (schema !== undefined) compiled(schema);
      } catch (error) {
        context.addIssue({ code: "custom", path: ["schema"], message: messageOf(error) });
      }
    }),

  score({ answer }, _, { schema, allow_fence }) {
    const text = allow_fence ? answer.replace(/^\s*```(?:json)?\s*\n([^]*?)\n?\s*```\s*$/iu, "$1") : answer;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { value: 0, why: `${quote(answer)} is not JSON` };
    }
    if (schema === undefined) return { value: 1 };
    const validate = compiled(schema);
    if (validate(value)) return { value: 1 };
    const first = validate.errors?.[0];
    return { value: 0, why: `${first?.instancePath === "" ? "answer" : first?.instancePath} ${first?.message}` };
  },
});

/** Compiling takes milliseconds, so a schema's validator is remembered for as long as the schema itself lives. */
const validators = new WeakMap<object, ValidateFunction>();

function compiled(schema: Record<string, unknown>): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  // ajv is loaded only here, and not with `import()`, because options are checked synchronously.
  const draft7 = typeof schema["$schema"] === "string" && schema["$schema"].includes("draft-07");
  const loaded = createRequire(import.meta.url)(draft7 ? "ajv" : "ajv/dist/2020.js") as { default: typeof Ajv };
  const ajv = new loaded.default({ strictSchema: true, strictTypes: false, strictTuples: false, validateFormats: false });
  const validate = ajv.compile(schema);
  validators.set(schema, validate);
  return validate;
}
