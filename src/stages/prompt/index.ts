import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { Skip, suggest } from "../errors.ts";
import { PASSAGES, withPassages } from "../program/render.ts";
import { placeholdersOf } from "../program/template.ts";
import type { Program } from "../types.ts";

/**
 * Rung 1: the user's own templates against the variants that the experiment names under `program.variants`. A variant changes only the
 * templates that it names, so that one of the system prompt leaves the passages in the user prompt.
 */
export default defineStage({
  name: "prompt",
  about: "races the named prompt variants against the prompt as written",
  options: z.strictObject({
    variants: z.array(z.string()).optional().describe("names of the variants to race; all by default"),
  }),
  check(options, { variants }) {
    const unknown = (options.variants ?? []).filter((name) => !Object.hasOwn(variants, name));
    return unknown.map((name) => `unknown variant "${name}"; ${suggest(name, Object.keys(variants))}`);
  },
  changes: ["prompt"],
  treats: ["behaviour", "format", "ignored context"],

  arms: (options, { variants }) => (options.variants ?? Object.keys(variants)).length,

  async fit(program, options, lab) {
    const names = options.variants ?? Object.keys(lab.variants);
    if (names.length === 0) throw new Skip("no prompt variants; name some under program.variants");
    const arms = names.map((name) => ({ name, program: varied(program, lab.variants[name] ?? {}) }));
    return (await lab.race([{ name: "as it was", program }, ...arms])).winner.program;
  },
});

/** A variant was written without retrieval in mind; where the incumbent shows passages, so does it. */
function varied(program: Program, variant: Partial<Pick<Program, "system" | "user">>): Program {
  const changed = { ...program, ...variant };
  return showsPassages(program) ? withPassages(changed) : changed;
}

function showsPassages({ system, user }: Program): boolean {
  return placeholdersOf(`${system}\n${user}`).some(({ name }) => name === PASSAGES);
}
