import { z } from "zod";
import { defineStage } from "../../plugin.ts";
import { Skip, suggest } from "../../errors.ts";
import { factsOf } from "../../lint/facts.ts";
import { operators } from "../../lint/operators/index.ts";
import type { Arm } from "../../types.ts";
import { evolve } from "./evolve.ts";
import { createKeeper } from "./keep.ts";
import { createLedger } from "./ledger.ts";
import { operated, showsPassages, varied, written } from "./seeds.ts";
import { shortened } from "./shorten.ts";

/** Candidates of the first race at the most, the prompt as it was not counted. */
const SEEDS = 16;
/** Up to so many calls everything goes into one race; up to the next there are a few reflections; above it the full recipe. */
const RACE_ONLY = 150;
const FEW = 300;
/** Share of the calls that the first race takes where reflections follow. */
const FIRST_RACE = { few: 0.6, full: 0.25 };
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
    const ledger = createLedger(lab, options.calls);
    const least = 2 * Math.min(LEAST_CASES, lab.select.length);
    if (ledger.left() < least) throw new Skip(`budget: ${ledger.left()} calls are too few for a verdict; ${least} are needed`);
    const facts = { ...factsOf(lab.train), passages: showsPassages(program) };
    const keeper = createKeeper(program, options);
    const writes = options.write && lab.writes;
    if (options.write && !lab.writes) lab.note("the writer model writes no prompts; only variants and operators are raced");

    const variants = (options.variants ?? Object.keys(lab.variants)).map((name) => ({
      name,
      program: varied(program, lab.variants[name] ?? {}),
    }));
    const names = options.operators === true ? undefined : options.operators === false ? [] : options.operators;
    const made = [...(writes ? await written(program, facts, lab, ledger) : []), ...operated(program, facts, names)];
    const seeds = keeper.sound([...variants, ...made].slice(0, Math.max(SEEDS, variants.length)), lab);
    if (seeds.length === 0 && !writes && !options.shorten) throw new Skip("nothing to race: no variant is named and no operator applies");

    const asItWas: Arm = { name: "as it was", program };
    const reflects = writes && ledger.left() > RACE_ONLY && lab.train.length > 0;
    const share = reflects ? (ledger.left() > FEW ? FIRST_RACE.full : FIRST_RACE.few) : options.shorten ? FIRST_RACE.few : 1;
    const first = await ledger.race([asItWas, ...seeds], Math.floor(ledger.left() * share));
    let best = first.winner;
    if (reflects) {
      const pool = await evolve([asItWas, ...(first.winner === asItWas ? [] : [first.winner])], { keeper, lab, ledger });
      const finalists = pool.filter(({ name }) => name !== asItWas.name);
      if (finalists.some(({ name }) => name !== first.winner.name))
        best = (await ledger.race([asItWas, ...finalists], ledger.left())).winner;
    }
    if (options.shorten) best = await shortened(best, { keeper, lab, ledger });
    return best.program;
  },
});
