/** The name of a model in an experiment: `endpoint/model-id`. */
import { UserError } from "../errors.ts";

/** Cut at the first slash: ids of models may hold slashes and colons. Throws a UserError where no endpoint is named. */
export function splitModel(model: string): { readonly endpoint: string; readonly id: string } {
  const slash = model.indexOf("/");
  if (slash <= 0 || slash === model.length - 1) throw new UserError(`model "${model}": names no endpoint; write endpoint/model-id`);
  return { endpoint: model.slice(0, slash), id: model.slice(slash + 1) };
}
