/** The models that an experiment asks: who asks them, what they cost, and whether they can be asked at all. */
import { modelsOf, splitModel } from "../program/model.ts";
import { type ModelFault, tunedOf } from "../models.ts";
import type { Prepared } from "../prepare.ts";
import type { Models } from "../wire/models.ts";
import { type Check, check, failed } from "./check.ts";

/** By model, the roles, scorers and rungs that ask it. */
export type Users = ReadonlyMap<string, readonly string[]>;

export function usersOf({ experiment, registry }: Pick<Prepared, "experiment" | "registry">): Users {
  const { models, scorers } = experiment;
  const pairs = [
    ...Object.entries(models).map(([role, model]) => [model, role] as const),
    ...scorers.flatMap(({ name, scorer, options }) => modelsOf(scorer, options, models).map((model) => [model, `scorer ${name}`] as const)),
    ...tunedOf(experiment, registry).map(({ model, rung }) => [model, rung] as const),
  ];
  return new Map([...Map.groupBy(pairs, ([model]) => model)].map(([model, users]) => [model, [...new Set(users.map(([, user]) => user))]]));
}

/** A check for each model, or for each fault where it has one. */
export function modelChecks(users: Users, faults: readonly ModelFault[], models: Pick<Models, "price">): readonly Check[] {
  return [...users].flatMap(([model, asking]) => {
    const wrong = faults.filter((fault) => fault.model === model);
    if (wrong.length > 0) {
      return wrong.map(({ place, what, right }) => failed(`model ${model}`, `${asking.join(", ")}; ${place}: ${what}`, right));
    }
    const price = models.price(model);
    const { endpoint, id } = splitModel(model);
    const detail = `${asking.join(", ")}; ${priceText(price)}`;
    if (price !== null) return [check(`model ${model}`, "ok", detail)];
    const hint = `give its price under endpoints.${endpoint}.prices as { "${id}": { in: …, out: … } }, so that costs are known`;
    return [check(`model ${model}`, "warn", detail, hint)];
  });
}

/** A price in words; "price unknown", never "free", where it is null. */
function priceText(price: { readonly in: number; readonly out: number } | null): string {
  if (price === null) return "price unknown";
  return price.in === 0 && price.out === 0 ? "free" : `$${price.in} in, $${price.out} out for a million tokens`;
}
