import { Skip } from "../../errors.ts";
import { defineStage } from "../../plugin.ts";
import { PASSAGES } from "../../program/render.ts";
import { placeholdersOf } from "../../program/template.ts";
import type { Arm } from "../../types.ts";
import { banksOf, mostVerified } from "./bank.ts";
import { nearestTo } from "./nearest.ts";
import { options, type Source } from "./options.ts";
import type { Orders } from "./sets.ts";
import { changesOf, drawnFrom, firstWays, inOrder, mostWays, NAME, nameOf, programOf, type Way, withoutNearest } from "./ways.ts";

/** Shares of the calls that are left which the search may take: all of it, and of that the bank and the first race. */
const SEARCH = 0.5;
const BANK = 0.2;
const FIRST_RACE = 0.8;
/** Answers that each arm of the second race must be able to take; fewer say nothing. */
const LEAST_ANSWERS = 15;

/**
 * Rung 2: demonstrations from the train split. A bank of them is made once; then how many are shown is raced with how they are chosen,
 * and, with the best of that, whose answers they show, in which order, and how varied neighbours are. `nearest` finds the train cases
 * most like each question anew (KATE, arXiv 2101.06804; the limit on distance and the static fallback as in TensorZero's dynamic
 * in-context learning); the other choices show every question the same.
 */
export default defineStage({
  name: NAME,
  about: "shows worked examples; races how many, which, whose answers and in which order",
  options,
  needs: ["train cases"],
  changes: ["demonstrations"],
  treats: ["behaviour", "format"],

  arms: mostWays,
  calls: (options, { train, select, repeat }) => (mostWays(options) * select + mostVerified(options, train)) * repeat,
  shows: ({ k }) => Math.max(...k),

  async fit(program, options, lab) {
    if (Math.max(...options.k) === 0 && program.demos.length === 0 && withoutNearest(program).steps.length === program.steps.length) {
      throw new Skip("k is 0, and the program shows no demonstrations as it is");
    }
    if (!placeholdersOf(program.user).some(({ name }) => name !== PASSAGES)) {
      throw new Skip("the user template names no field, so a demonstration would answer nothing; name the input there, as in {{question}}");
    }
    const limit = Math.floor((lab.budget().calls ?? Number.POSITIVE_INFINITY) * SEARCH);
    const { banks, calls, why } = await banksOf(program, options, { limit: limit * BANK, each: 1 + program.steps.length }, lab);
    const sources = options.source.filter((source) => banks[source].length > 0);
    const [source] = sources;
    if (source === undefined) {
      throw new Skip(`there are no demonstrations: ${options.source.map((one) => `${one}: ${why[one]}`).join("; ")}`);
    }
    const drawn = new Map<Source, Orders>();
    for (const one of sources) drawn.set(one, await drawnFrom(banks[one], program, options, lab));
    const incumbent: Arm = { name: "as it was", program };
    const armOf = (way: Way): Arm => ({
      name: nameOf(way),
      program: programOf(program, way, banks[way.source], drawn.get(way.source), options),
    });
    const raced = async (arms: readonly Arm[], answers: number) =>
      await lab.race([incumbent, ...arms], { calls: Number.isFinite(answers) ? Math.max(0, Math.floor(answers)) : undefined });

    const ways = firstWays(options, source);
    const arms = ways.map(armOf);
    // A race counts answers; what a step asks of the embedder, or of a model, is remembered, so that all arms together pay for a case once.
    const steps = Math.max(program.steps.length, ...arms.map((arm) => arm.program.steps.length));
    const answers = limit - calls - steps * lab.select.length;
    const first = await raced(arms, answers * FIRST_RACE);
    const name = first.winner.name === incumbent.name ? first.challenger?.name : first.winner.name;
    const best = ways.find((way) => nameOf(way) === name);
    if (best === undefined) return first.winner.program;
    const left = answers - first.calls;
    const changes = changesOf(best, options, sources).slice(0, Math.max(0, Math.floor(left / LEAST_ANSWERS)));
    if (changes.length === 0) return first.winner.program;
    const second = await raced([best, ...changes].map(armOf), left);
    // What was found on more cases stays found where the calls of the second race did not pay for as many.
    const fewer = (second.arms[0]?.n ?? 0) < (first.arms[0]?.n ?? 0);
    return (fewer && second.winner.name === incumbent.name ? first : second).winner.program;
  },

  async before(turn, options, lab) {
    const { k, mmr, order, max_distance, per_answer, pool = [] } = options;
    const how = { k: k[0] ?? 0, mmr: mmr[0] ?? 1, max_distance, per_answer };
    const found = await nearestTo(turn.question, pool, turn.program, how, lab);
    const program = { ...turn.program, demos: inOrder(found, order[0]) };
    // Where nothing is near enough the program's own demonstrations stay.
    return found.length > 0 ? { ...turn, program } : turn;
  },
});
