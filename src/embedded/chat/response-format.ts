/** `response_format`: which fields are wanted, which labels, and the reply made to fit the schema's types. */
import { z } from "zod";
import { mainField } from "../prompt/form.ts";
import { firstNumber } from "../text/numerals.ts";
import { Fault, parse } from "../wire.ts";

export interface ResponseFormat {
  /** Names of the wanted fields; empty where any JSON object will do. */
  readonly fields: readonly string[];
  /** Values that the field of the answer is limited to; empty where it is free. */
  readonly labels: readonly string[];
  /** The field of the answer is a boolean, so that the question is one of yes or no. */
  readonly polar: boolean;
  /** The field of the answer is a number. */
  readonly numeric: boolean;
  /**
   * A reply that is a JSON object, with its fields as the schema has them; any other reply as it is. `unknown`: what is said because the
   * answer is not known. Where a required field has no value that is true, the reply is refused in these words.
   */
  fit(reply: string, unknown?: string): Fitted;
}

interface Fitted {
  readonly text: string;
  /** The text is no content but the reason why there is none. */
  readonly refused: boolean;
}

type Kind = "string" | "number" | "integer" | "boolean" | "null" | "array";
interface Field {
  /** Undefined where any value will do. */
  readonly kinds: readonly Kind[] | undefined;
  readonly values: readonly unknown[] | undefined;
  /** Of an array. */
  readonly items: Field | undefined;
  readonly required: boolean;
}

const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  $ref: z.string().optional(),
});
const definitions = z.record(z.string(), z.unknown()).optional();
const objectSchema = z.looseObject({
  type: z.literal("object", "must be object").optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  $defs: definitions,
  definitions,
});
const format = z.union([
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({ schema: objectSchema.optional() }, "must hold a schema"),
  }),
]);
const simple: readonly string[] = ["string", "number", "integer", "boolean", "null", "array"] satisfies readonly Kind[];

/** Undefined for plain text. A schema that asks for more than an object of plain values and lists of them is a 400. */
export function readResponseFormat(given: { readonly type: string } | null | undefined): ResponseFormat | undefined {
  if (given === undefined || given === null || given.type === "text") return undefined;
  if (given.type !== "json_object" && given.type !== "json_schema")
    throw new Fault(400, `response_format.type: "${given.type}" is not known; text, json_object or json_schema is`, "response_format.type");
  const read = parse(z.looseObject({ response_format: format }), { response_format: given }).response_format;
  const schema = "json_schema" in read ? (read.json_schema as { readonly schema?: z.output<typeof objectSchema> }).schema : undefined;
  if (schema?.properties === undefined)
    return { fields: [], labels: [], polar: false, numeric: false, fit: (text) => ({ text, refused: false }) };
  const schemas = { definitions: { ...schema.definitions, ...schema.$defs }, left: mostParts };
  const required = new Set(schema.required);
  const fields = new Map(
    Object.entries(schema.properties).map(([name, value]) => [name, fieldOf(value, schemas, `properties.${name}`, required.has(name))]),
  );
  const names = [...fields.keys()];
  const main = fields.get(mainField(names) ?? "");
  const labels = main?.values?.filter((value) => typeof value === "string") ?? [];
  const only = (kinds: readonly Kind[]): boolean =>
    main?.values === undefined &&
    (main?.kinds ?? []).some((kind) => kind !== "null") &&
    (main?.kinds ?? []).every((k) => k === "null" || kinds.includes(k));
  return {
    fields: names,
    labels: labels.length < 2 ? [] : labels,
    polar: only(["boolean"]),
    numeric: only(["number", "integer"]),
    fit: (reply, unknown) => fitted(reply, fields, unknown),
  };
}

/** Schemas and values in a schema, those counted again that references repeat. */
const mostParts = 20_000;

interface Schemas {
  readonly definitions: Readonly<Record<string, unknown>>;
  /** So many parts may still be read. */
  left: number;
}

function fieldOf(given: unknown, schemas: Schemas, at: string, required: boolean, depth = 0): Field {
  const where = `response_format.json_schema.schema.${at}`;
  const refuse = (what: string): never => {
    throw new Fault(
      400,
      `${where}: ${what} cannot be filled in; strings, numbers, booleans, null, enums and lists of them can`,
      "response_format",
    );
  };
  const spend = (parts: number): void => {
    schemas.left -= parts;
    if (schemas.left < 0) {
      const said = `has more than ${mostParts} parts and values, those counted again that "$ref" repeats; give it fewer`;
      throw new Fault(400, `response_format.json_schema.schema: ${said}`, "response_format");
    }
  };
  spend(1);
  if (typeof given !== "object" || given === null) return { kinds: undefined, values: undefined, items: undefined, required };
  const read = parse(z.looseObject({ response_format: property }), { response_format: given }).response_format;
  if (depth > 4) return refuse("so deep a schema");
  const inner = (schema: unknown, part: string): Field => fieldOf(schema, schemas, part, required, depth + 1);
  if (read.$ref !== undefined) {
    const name = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(read.$ref)?.[1];
    const known = name !== undefined && Object.hasOwn(schemas.definitions, name);
    return known ? inner(schemas.definitions[name], at) : refuse(`"${read.$ref}"`);
  }
  if (read.anyOf !== undefined) {
    const any = read.anyOf.map((schema) => inner(schema, at));
    const open = any.some((field) => field.kinds === undefined && field.values === undefined);
    const free = any.some((field) => field.values === undefined && field.kinds?.some((kind) => kind !== "null"));
    for (const { values } of any) spend(values?.length ?? 0);
    return {
      kinds: open ? undefined : [...new Set(any.flatMap((field) => field.kinds ?? field.values?.map(kindOf) ?? []))],
      values: open || free ? undefined : any.flatMap((field) => field.values ?? [null]),
      items: any.find((field) => field.items !== undefined)?.items,
      required,
    };
  }
  spend(read.enum?.length ?? 0);
  const types = read.type === undefined ? undefined : [read.type].flat();
  const strange = types?.find((type) => !simple.includes(type));
  if (strange !== undefined) return refuse(`"${strange}"`);
  return {
    kinds: types as readonly Kind[] | undefined,
    values: read.const === undefined ? read.enum : [read.const],
    items: read.items === undefined ? undefined : inner(read.items, `${at}.items`),
    required,
  };
}

function fitted(reply: string, fields: ReadonlyMap<string, Field>, unknown: string | undefined): Fitted {
  const asIs = { text: reply, refused: false };
  let parsed: unknown;
  try {
    parsed = JSON.parse(reply);
  } catch {
    return asIs;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return asIs;
  const found = new Map(Object.entries(parsed));
  const out: [string, unknown][] = [];
  for (const [name, field] of fields) {
    const given: unknown = found.get(name) ?? null;
    // The words of not knowing are no number and no boolean, whatever they hold.
    const said = unknown !== undefined && given === unknown && !holdsText(field) ? null : given;
    const value = valueFor(said, field) ?? (field.required ? emptyOf(field) : undefined);
    if (value !== undefined) out.push([name, value]);
    else if (field.required) return { text: unknown ?? `I cannot fill in the field "${name}".`, refused: true };
  }
  return { text: JSON.stringify(Object.fromEntries(out)), refused: false };
}

function holdsText({ kinds, values }: Field): boolean {
  return values !== undefined || kinds === undefined || kinds.includes("string");
}

/** The value as one of the field's kinds; undefined where it is none of them. */
function valueFor(value: unknown, field: Field): unknown {
  if (field.values !== undefined) {
    const fold = (one: unknown): string => String(one).trim().toLowerCase();
    const wanted = fold(value);
    return field.values.find((one) => one === value) ?? field.values.find((one) => one !== null && fold(one) === wanted);
  }
  if (field.kinds === undefined) return value;
  if (value === null) return field.kinds.includes("null") ? null : undefined;
  const own = field.kinds.find((kind) => isOf(kind, value));
  if (own !== undefined && own !== "array") return value;
  for (const kind of field.kinds) {
    const made = madeOf(kind, value, field);
    if (made !== undefined) return made;
  }
  return field.kinds.includes("null") ? null : undefined;
}

function madeOf(kind: Kind, value: unknown, field: Field): unknown {
  if (kind === "string") return typeof value === "string" ? value : JSON.stringify(value);
  if (kind === "array")
    return [value].flat().flatMap((one) => {
      const item = field.items === undefined ? one : valueFor(one, field.items);
      return item === undefined ? [] : [item];
    });
  const text = String(value);
  if (kind === "boolean") return /^(?:true|yes)$/i.test(text) ? true : /^(?:false|no)$/i.test(text) ? false : undefined;
  if (kind === "null") return undefined;
  const read = Number(firstNumber(text) ?? Number.NaN);
  return Number.isNaN(read) || (kind === "integer" && !Number.isInteger(read)) ? undefined : read;
}

/** What stands for nothing where it is not an invention: no zero, no false, none of several values. */
function emptyOf({ values, kinds }: Field): unknown {
  if (values !== undefined) return values.includes(null) ? null : values.length === 1 ? values[0] : undefined;
  if (kinds === undefined || kinds.includes("null")) return null;
  return kinds.includes("string") ? "" : kinds.includes("array") ? [] : undefined;
}

function isOf(kind: Kind, value: unknown): boolean {
  return kind === "integer" ? Number.isInteger(value) : kindOf(value) === kind;
}

function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "string";
}
