/** Which of the options' values the experiment's models can serve. */
import { Skip } from "../../errors.ts";
import type { Lab } from "../../types.ts";
import type { Rerank } from "./options.ts";
import type { Lists, Settings } from "./settings.ts";

export interface Refused {
  /** What of the settings is refused, and of which option. */
  readonly values: Partial<Settings>;
  readonly option: "expand" | "rerank";
  readonly why: string;
}

/** The lists without what needs a model that is not there, and that with the reason. Throws a Skip where of an option nothing is left. */
export function available(
  lists: Lists,
  lab: Pick<Lab, "writes" | "judges">,
): { readonly lists: Lists; readonly refused: readonly Refused[] } {
  const expand = parted(lists.expand, (one) => (one === "none" ? undefined : lacking("writer", lab)));
  const rerank = parted(lists.rerank, (one) => lackingFor(one, lab));
  for (const [name, { left, refused }] of Object.entries({ expand, rerank })) {
    if (left.length === 0) throw new Skip(`${name}: ${refused[0]?.why ?? "is empty"}`);
  }
  return {
    lists: { ...lists, expand: expand.left, rerank: rerank.left },
    refused: [
      ...expand.refused.map(({ value, why }) => ({ values: { expand: value }, option: "expand" as const, why })),
      ...rerank.refused.map(({ value, why }) => ({ values: { rerank: value }, option: "rerank" as const, why })),
    ],
  };
}

function lackingFor(rerank: Rerank, lab: Pick<Lab, "writes" | "judges">): string | undefined {
  if (rerank.use !== "listwise" || (rerank.model !== "writer" && rerank.model !== "judge")) return undefined;
  return lacking(rerank.model, lab);
}

function lacking(role: "writer" | "judge", lab: Pick<Lab, "writes" | "judges">): string | undefined {
  if (role === "writer" ? lab.writes : lab.judges) return undefined;
  return `the ${role} is the embedded engine, which only reads; name a language model under models.${role}`;
}

function parted<T>(values: readonly T[], why: (value: T) => string | undefined) {
  const judged = values.map((value) => ({ value, why: why(value) }));
  return {
    left: judged.flatMap(({ value, why }) => (why === undefined ? [value] : [])),
    refused: judged.flatMap(({ value, why }) => (why === undefined ? [] : [{ value, why }])),
  };
}
