import { z } from "zod";
import { suggest } from "../errors.ts";
import { defineScorer } from "../plugin.ts";

/**
 * The weighted mean of the values of other scorers, by the names that the experiment gives them; they must stand before this one. Where one
 * of them has an error there is an error here, because a mean of the rest would say something else; those that do not apply are left
 * out, and where none applies this one does not either.
 *
 *     { use: weighted, as: quality, of: { f1: 3, format: 1 } }
 *     f1 0.5 and format 1 -> 0.625    f1 0.5 and format not applicable -> 0.5
 */
export default defineScorer({
  name: "weighted",
  about: "weighted mean of other scorers' values",
  axis: "behaviour",
  options: z.strictObject({
    of: z
      .record(z.string().min(1), z.number().positive())
      .refine((of) => Object.keys(of).length > 0, { message: "names no scorer" })
      .describe("weights by name of scorer"),
  }),

  reads: ({ of }) => Object.keys(of),

  check({ of }, { before, after }) {
    const missing = Object.keys(of).filter((name) => !before.includes(name));
    return missing.map((name) =>
      after.includes(name) ? `of: "${name}" stands after it; put it before` : `of: unknown scorer "${name}"; ${suggest(name, before)}`,
    );
  },

  async score(_, __, { of }, lab) {
    let sum = 0;
    let weights = 0;
    const parts: string[] = [];
    for (const [name, weight] of Object.entries(of)) {
      const score = await lab.score(name);
      if ("error" in score) return { error: `${name}: ${score.error}` };
      if ("skipped" in score) continue;
      sum += weight * score.value;
      weights += weight;
      parts.push(`${name} ${Math.round(score.value * 1000) / 1000}`);
    }
    if (weights === 0) return { skipped: `none of ${Object.keys(of).join(", ")} applies` };
    return { value: sum / weights, why: parts.join(", ") };
  },
});
