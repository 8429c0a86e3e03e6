/** Scorers from a file of their own, or from another experiment, for answers that are there already. */
import { dirname } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { refuse } from "./complaints.ts";
import { connect } from "./endpoints.ts";
import { checkAims, checkAsked, evalsOf } from "./evals.ts";
import { experimentSchema } from "./schema.ts";
import { readSource, valueAt } from "./source.ts";
import { check } from "./wording.ts";
import type { Registry } from "../registry.ts";
import type { Experiment } from "../types.ts";

/** What decides how answers are judged, and the models that are asked for that. */
export type Judging = Pick<Experiment, "scorers" | "primary" | "gates" | "models" | "places" | "endpoints" | "prices"> & {
  /** Undefined where the file does not say. */
  readonly maxErrors: number | undefined;
};

/**
 * Reads `evals:` and `gates:` of the file; models and endpoints that it does not name are those of `written`, the text of the experiment
 * that the answers come from. Of a whole experiment only these parts count. Throws one UserError with all complaints, a line each.
 */
export async function readEvals(
  file: string,
  written: string,
  registry: Registry,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Judging> {
  const source = await readSource(file);
  const { evals, model, models, endpoints, gates, plugins, max_errors } = experimentSchema(registry).shape;
  const parts = { evals, model: model.optional(), models, endpoints, gates, plugins, max_errors: max_errors.unwrap().optional() };
  const whole = valueAt(source.value, ["data"]) !== undefined;
  const own = check(whole ? z.object(parts) : z.strictObject(parts), source, source.value);
  refuse(own.complaints);
  const before = connectionsOf(written, z.object({ model, models, endpoints }));
  const given = own.data ?? { evals: { scorers: [] }, model: undefined, max_errors: undefined, models: {}, endpoints: {}, gates: [] };
  const connected = connect(
    {
      model: given.model ?? before.model,
      // A model of its own stands in for all roles that only the other experiment named.
      models: { ...(given.model === undefined ? before.models : {}), ...given.models },
      endpoints: { ...before.endpoints, ...given.endpoints },
    },
    source,
    env,
  );
  const { scorers, primary, complaints } = await evalsOf(given.evals, registry, source, dirname(file));
  const aims = checkAims({ gates: given.gates }, { scorers, primary, complaints }, source);
  const asked = checkAsked({ scorers, primary, complaints }, connected, source);
  refuse([...connected.complaints, ...connected.unset, ...complaints, ...aims, ...asked]);
  const { models: roles, places, endpoints: connections, prices } = connected;
  return { scorers, primary, gates: given.gates, maxErrors: given.max_errors, models: roles, places, endpoints: connections, prices };
}

/** The experiment was right when its run was made. */
function connectionsOf<T>(written: string, schema: z.ZodType<T>): T {
  return schema.parse(parse(written, { merge: true }));
}
