import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { Skip, suggest } from "../errors.ts";

/** Rung 1: the user's own templates against the variants that the experiment names under `program.variants`. */
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
  treats: ["behaviour", "format", "ignored context"],

  arms: (options, { variants }) => (options.variants ?? Object.keys(variants)).length,

  async fit(program, options, lab) {
    const names = options.variants ?? Object.keys(lab.variants);
    if (names.length === 0) throw new Skip("no prompt variants; name some under program.variants");
    const arms = names.map((name) => ({ name, program: { ...program, ...lab.variants[name] } }));
    return (await lab.race([{ name: "as it was", program }, ...arms])).winner.program;
  },
});
