import { Skip } from "../../errors.ts";
import { defineStage } from "../../plugin.ts";
import type { Arm } from "../../types.ts";
import { banksOf } from "./bank.ts";
import { nearestTo } from "./nearest.ts";
import { options, type Source } from "./options.ts";
import type { Orders } from "./sets.ts";
import { changesOf, drawnFrom, firstWays, inOrder, mostWays, NAME, nameOf, programOf, type Way, withoutNearest } from "./ways.ts";

/** Shares of the calls that are left which the search may take: all of it, and of that the bank and the first race. */
const SEARCH = 0.5;
const BANK = 0.2;
const FIRST_RACE = 0.8;

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

  async fit(program, options, lab) {
    if (Math.max(...options.k) === 0 && program.demos.length === 0 && withoutNearest(program).steps.length === program.steps.length) {
      throw new Skip("k is 0, and the program shows no demonstrations as it is");
    }
    const limit = Math.floor((lab.budget().calls ?? Number.POSITIVE_INFINITY) * SEARCH);
    const { banks, calls } = await banksOf(program, options, limit * BANK, lab);
    const sources = options.source.filter((source) => banks[source].length > 0);
    const [source] = sources;
    if (source === undefined) throw new Skip("no train case has an answer that can be shown");
    const drawn = new Map<Source, Orders>();
    for (const one of sources) drawn.set(one, await drawnFrom(banks[one], program, options, lab));
    const incumbent: Arm = { name: "as it was", program };
    const raced = async (ways: readonly Way[], most: number) => {
      const arms = ways.map((way) => ({
        name: nameOf(way),
        program: programOf(program, way, banks[way.source], drawn.get(way.source), options),
      }));
      return await lab.race([incumbent, ...arms], { calls: Number.isFinite(most) ? Math.max(0, Math.floor(most)) : undefined });
    };

    const ways = firstWays(options, source);
    const first = await raced(ways, (limit - calls) * FIRST_RACE);
    const name = first.winner.name === incumbent.name ? first.challenger?.name : first.winner.name;
    const best = ways.find((way) => nameOf(way) === name);
    const changes = best === undefined ? [] : changesOf(best, options, sources);
    if (best === undefined || changes.length === 0) return first.winner.program;
    return (await raced([best, ...changes], limit - calls - first.calls)).winner.program;
  },

  async before(turn, options, lab) {
    const { k, mmr, order, max_distance, per_answer, pool = [] } = options;
    const how = { k: k[0] ?? 0, mmr: mmr[0] ?? 1, max_distance, per_answer };
    const found = await nearestTo(turn.question, pool, turn.program, how, lab);
    const program = { ...turn.program, demos: inOrder(found, order[0]) };
    // Where nothing is near enough the program's own demonstrations stay, but for the question itself.
    const own = { ...turn.program, demos: turn.program.demos.filter(({ id }) => id !== turn.question.id) };
    return { ...turn, program: found.length > 0 ? program : own };
  },
});
