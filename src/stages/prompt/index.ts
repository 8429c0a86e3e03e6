import { z } from "zod";
import { defineStage } from "../../plugin.ts";
import { Skip, suggest } from "../../errors.ts";
import { factsOf } from "../../lint/facts.ts";
import { operators } from "../../lint/operators/index.ts";
import type { Arm, RaceResult } from "../../types.ts";
import { createAlike } from "./alike.ts";
import { evolve } from "./evolve.ts";
import { createKeeper } from "./keep.ts";
import { createLedger } from "./ledger.ts";
import { operated, showsPassages, variantsOf, written } from "./seeds.ts";
import { shortened } from "./shorten.ts";

/** Candidates of the first race at the most, the prompt as it was not counted. */
const SEEDS = 16;
/** Up to so many calls everything goes into one race; up to the next there are a few reflections; above it the full recipe. */
const RACE_ONLY = 150;
const FEW = 300;
/** Share of the calls that the first race takes where reflections follow, and how much is asked of a candidate of the pool then. */
const REFLECTIONS = {
  few: { first: 0.4, pool: { cases: 10, finalists: 3 } },
  full: { first: 0.25, pool: { cases: 30, finalists: 3 } },
};
/** Candidates that go on from the first race. */
const SURVIVORS = 3;
/** Share of the calls that is spent before anything is left out. */
const SEARCH = 0.6;
/** Cases that a verdict about one candidate needs at the least. */
const LEAST_CASES = 20;

/**
 * Rung 1: the prompt as it was against named variants, mechanical operators, and what the writer model makes of it: an instruction induced
 * from examples (APE, arXiv 2211.01910), a rewrite that knows the data, and reflections on failures (GEPA, arXiv 2507.19457). Without a
 * writer that writes, the variants and operators alone run. A variant changes only the templates that it names.
 */
export default defineStage({
  name: "prompt",
  about: "races the prompt as written against named variants, mechanical changes and what a writer model makes of it",
  options: z.strictObject({
    variants: z.array(z.string()).optional().describe("names of the variants to race; all by default"),
    operators: z
      .union([z.boolean(), z.array(z.string())])
      .default(true)
      .describe("mechanical changes to race: all that apply, none, or these"),
    write: z.boolean().default(true).describe("whether the writer model makes candidates"),
    calls: z.int().min(1).default(300).describe("calls that the search may make at the most, the writer's included"),
    shorten: z.boolean().default(false).describe("leave out what is not missed: a section or sentence at a time"),
    locked: z.array(z.string().min(1)).default([]).describe("headings of sections, or texts, that every candidate must keep word for word"),
    max_tokens: z
      .int()
      .min(1)
      .optional()
      .describe("tokens that a candidate's templates may have; four times the prompt's and 400 by default"),
  }),
  check(options, { variants }) {
    const unknown = (options.variants ?? []).filter((name) => !Object.hasOwn(variants, name));
    const names = operators.map(({ name }) => name);
    const none = Array.isArray(options.operators) ? options.operators.filter((name) => !names.includes(name)) : [];
    return [
      ...unknown.map((name) => `unknown variant "${name}"; ${suggest(name, Object.keys(variants))}`),
      ...none.map((name) => `unknown operator "${name}"; ${suggest(name, names)}`),
    ];
  },
  changes: ["prompt"],
  treats: ["behaviour", "format", "ignored context"],

  arms: (options, { variants }) => Math.max(SEEDS, (options.variants ?? Object.keys(variants)).length),
  calls: (options) => options.calls,

  async fit(program, options, lab) {
    const whole = createLedger(lab, options.calls);
    const calls = whole.left();
    const least = 2 * Math.min(LEAST_CASES, lab.select.length);
    if (calls < least) throw new Skip(`budget: ${calls} calls are too few for a verdict; ${least} are needed`);
    const facts = { ...factsOf(lab.train), passages: showsPassages(program) };
    const keeper = createKeeper(program, options);
    const alike = createAlike(lab);
    const writes = options.write && lab.writes;
    if (options.write && !lab.writes) lab.note("the writer model writes no prompts; only variants and operators are raced");

    // Leaving out comes last and must find its calls untouched.
    const ledger = options.shorten ? createLedger(lab, Math.floor(calls * SEARCH)) : whole;
    const asItWas: Arm = { name: "as it was", program };
    const names = options.operators === true ? undefined : options.operators === false ? [] : options.operators;
    const variants = keeper.sound(variantsOf(program, options.variants, lab), lab);
    const changed = keeper.sound(operated(program, facts, names), lab);
    alike.add([asItWas, ...variants]);
    const made: Arm[] = [];
    for (const arm of keeper.sound(writes ? await written(program, facts, lab, ledger) : [], lab)) {
      if (await alike.isNew(arm)) made.push(arm);
    }
    alike.add(changed);
    const all = [...variants, ...inTurn(made, changed)];
    const seeds = all.slice(0, Math.max(SEEDS, variants.length));
    if (seeds.length < all.length)
      lab.note(
        `not tried: ${all
          .slice(seeds.length)
          .map(({ name }) => name)
          .join(", ")}; ${SEEDS} are raced at the most`,
      );
    if (seeds.length === 0 && !writes && !options.shorten) throw new Skip("nothing to race: no variant is named and no operator applies");

    const reflects = writes && calls > RACE_ONLY && lab.train.length > 0;
    const how = REFLECTIONS[calls > FEW ? "full" : "few"];
    const raced = [asItWas, ...seeds];
    const first = await ledger.race(raced, Math.floor(ledger.left() * (reflects ? how.first : 1)));
    let best = first.winner;
    if (reflects) {
      const survivors = survivorsOf(first, raced);
      const grown = await evolve(asItWas, survivors.slice(0, 1), { ...how.pool, keeper, alike, lab, ledger });
      const finalists = [...grown, ...survivors.filter((arm) => !grown.includes(arm))];
      if (finalists.length > 0) best = (await ledger.race([asItWas, ...finalists], ledger.left())).winner;
    }
    if (options.shorten) best = await shortened(best, { keeper, lab, ledger: createLedger(lab, calls - ledger.spent()) });
    return best.program;
  },
});

/** The arms besides the first that were still in the race at its end, best first. */
function survivorsOf({ arms: results, winner }: RaceResult, arms: readonly Arm[]): readonly Arm[] {
  const stayed = arms.flatMap((arm, at) => {
    const result = results[at];
    const counts = at > 0 && result !== undefined && !result.dropped && result.refused === undefined && result.same_as === undefined;
    return counts && result.mean !== null ? [{ arm, mean: result.mean }] : [];
  });
  const ranked = stayed.toSorted((a, b) => Number(b.arm === winner) - Number(a.arm === winner) || b.mean - a.mean);
  return ranked.slice(0, SURVIVORS).map(({ arm }) => arm);
}

/** One of each in turn, so that where calls pay for few both kinds are among them. */
function inTurn<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => [...a.slice(at, at + 1), ...b.slice(at, at + 1)]).flat();
}
