/** The name of a model in an experiment: `endpoint/model-id`. */
import type { Role, Scorer } from "../types.ts";
import { UserError } from "../errors.ts";

/** Cut at the first slash: ids of models may hold slashes and colons. Throws a UserError where no endpoint is named. */
export function splitModel(model: string): { readonly endpoint: string; readonly id: string } {
  const slash = model.indexOf("/");
  if (slash <= 0 || slash === model.length - 1) throw new UserError(`model "${model}": names no endpoint; write endpoint/model-id`);
  return { endpoint: model.slice(0, slash), id: model.slice(slash + 1) };
}

/** `endpoint/model-id` of the models that a scorer asks with these options; none where it asks none. */
export function modelsOf(
  scorer: Scorer,
  options: Readonly<Record<string, unknown>>,
  roles: Readonly<Record<Role, string>>,
): readonly string[] {
  if ((scorer.asks?.(options) ?? 0) === 0) return [];
  return (scorer.models?.(options) ?? ["judge"]).map((name) => (Object.hasOwn(roles, name) ? roles[name as Role] : name));
}
