/** Do judges say what people say? Pure. */
import { cohenKappa, krippendorffAlpha } from "../stats/agreement.ts";
import { valuesOf } from "../stats/values.ts";
import type { Agreement, Answered, NamedScorer } from "../types.ts";

/** Every other scorer against every scorer of people's labels, over the cases that both have a value for; undefined without labels. */
export function agreementsOf(rows: readonly Answered[], scorers: readonly NamedScorer[]): readonly Agreement[] | undefined {
  const people = scorers.filter(({ scorer }) => scorer.human === true);
  if (people.length === 0) return undefined;
  return people.flatMap((human) =>
    scorers
      .filter((other) => other !== human)
      .map((other): Agreement => {
        const [labels, values] = [valuesOf(rows, human.name), valuesOf(rows, other.name)];
        const both = [...labels].flatMap(([id, label]) => {
          const value = values.get(id);
          return value === undefined ? [] : [{ label, value }];
        });
        return {
          human: human.name,
          scorer: other.name,
          n: both.length,
          kappa: cohenKappa(
            both.map(({ label }) => label >= human.threshold),
            both.map(({ value }) => value >= other.threshold),
          ),
          alpha: krippendorffAlpha(both.map(({ label, value }) => [label, value])),
        };
      }),
  );
}
