import { createRequire } from "node:module";
import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { defineScorer } from "../plugin.ts";
import { jsonOf } from "./json-answer.ts";

/**
 * 1 when the answer is JSON and fits the schema (any JSON where there is none), else 0; the case's expected answer is not looked
 * at. Schemas are draft 2020-12, or draft 2019-09 or 7 where `$schema` says so; unknown keywords are refused with the experiment, and
 * `format` is an annotation, as the newer drafts have it. A Markdown fence around the JSON fails unless `allow_fence` is set.
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
    const read = jsonOf(answer, allow_fence);
    if ("why" in read) return { value: 0, why: read.why };
    if (schema === undefined) return { value: 1 };
    const validate = compiled(schema);
    return validate(read.value) ? { value: 1 } : { value: 0, why: whyOf(validate.errors?.[0]) };
  },
});

/** Compiling takes milliseconds, so a schema's validator is remembered for as long as the schema itself lives. */
const validators = new WeakMap<object, ValidateFunction>();

function compiled(schema: Record<string, unknown>): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  // ajv is loaded only here, and not with `import()`, because options are checked synchronously.
  const loaded = createRequire(import.meta.url)(moduleFor(schema["$schema"])) as { default: typeof Ajv };
  const ajv = new loaded.default({ strictSchema: true, strictTypes: false, strictTuples: false, validateFormats: false });
  const validate = ajv.compile(schema);
  validators.set(schema, validate);
  return validate;
}

function moduleFor(draft: unknown): string {
  const text = String(draft ?? "2020-12");
  if (text.includes("2020-12")) return "ajv/dist/2020.js";
  if (text.includes("2019-09")) return "ajv/dist/2019.js";
  if (text.includes("draft-07")) return "ajv";
  throw new Error(`unknown draft ${JSON.stringify(draft)}; use 2020-12, 2019-09 or 7`);
}

/** Where and what is wrong, with the name or the values that ajv's message leaves out. */
function whyOf(error: ErrorObject | undefined): string {
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = error?.params ?? {};
  const detail: unknown = additionalProperty ?? unevaluatedProperty ?? allowedValues ?? allowedValue;
  const place = error?.instancePath === "" ? "answer" : error?.instancePath;
  return `${place} ${error?.message}${detail === undefined ? "" : `: ${JSON.stringify(detail)}`}`;
}
