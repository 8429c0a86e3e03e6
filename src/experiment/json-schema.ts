/** The experiment file's JSON Schema, plugins included, for completion and checks in editors. */
import { z } from "zod";
import { FILE_NAME } from "../plugins.ts";
import { experimentSchema } from "./schema.ts";
import type { Registry } from "../registry.ts";
import type { Json } from "../types.ts";

/** JSON Schema (draft 2020-12) of what a user may write; what zod cannot express is left open. */
export function experimentJsonSchema(registry: Registry): Json {
  const schema = z.toJSONSchema(experimentSchema(registry), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { names, files } = z.globalRegistry.get(zodSchema) ?? {};
      if (!Array.isArray(names)) return;
      // A bare name is short for an object with `use` alone.
      const { oneOf = [] } = jsonSchema;
      delete jsonSchema.oneOf;
      delete jsonSchema["names"];
      delete jsonSchema["files"];
      jsonSchema.anyOf = [{ type: "string", enum: names }, ...oneOf];
      if (files !== true) return;
      // A scorer of one's own may be any file; which one it is, only the experiment tells.
      const use = {
        type: "string",
        pattern: FILE_NAME.source,
        not: { enum: names },
        description: "a file with a scorer of one's own",
      } as const;
      jsonSchema.anyOf.push(use, { type: "object", properties: { use }, required: ["use"] });
    },
  });
  return JSON.parse(JSON.stringify({ title: "llmopt experiment", ...schema })) as Json;
}
