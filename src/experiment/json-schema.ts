/** The experiment file's JSON Schema, plugins included, for completion and checks in editors. */
import { z } from "zod";
import { experimentSchema } from "./schema.ts";
import type { Registry } from "../registry.ts";
import type { Json } from "../types.ts";

/** JSON Schema (draft 2020-12) of what a user may write; what zod cannot express is left open. */
export function experimentJsonSchema(registry: Registry): Json {
  const schema = z.toJSONSchema(experimentSchema(registry), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const names = z.globalRegistry.get(zodSchema)?.["names"];
      if (!Array.isArray(names)) return;
      // A bare name is short for an object with `use` alone.
      const { oneOf = [] } = jsonSchema;
      delete jsonSchema.oneOf;
      delete jsonSchema["names"];
      jsonSchema.anyOf = [{ type: "string", enum: names }, ...oneOf];
    },
  });
  return JSON.parse(JSON.stringify({ title: "llmopt experiment", ...schema })) as Json;
}
