/** How a rung's candidates raced, in the rows that all reports share; texts are not escaped yet. Pure. */
import type { RungRaces, StoredRace } from "../runs/types.ts";
import { count, NOTHING, score } from "./figures.ts";
import type { Figures } from "./tables.ts";

/** So that nobody takes the search for the result. */
export const RACED =
  "On select, where a rung's candidates are chosen: no result. The difference to the incumbent is paired, with its standard error, over the cases that the arm was in the race for.";

/** A table for each race, in the order in which they were run. */
export function raceTables(raced: readonly RungRaces[], primary: string): readonly Figures[] {
  return raced.flatMap(({ rung, folder, races }) =>
    races.map((race, at) => ({
      heading: `${rung}${races.length > 1 ? `, race ${at + 1} of ${races.length}` : ""}: ${count(race.calls)} calls, won by “${race.winner}”`,
      titles: ["arm", "cases", primary, "to the incumbent", "in the race"],
      // The winner first, then those that stayed longest; what was never asked last.
      rows: rowsOf(race),
      numeric: [1, 2],
      file: `${folder}/race${at === 0 ? "" : `-${at + 1}`}.json`,
    })),
  );
}

type RaceArm = StoredRace["arms"][number];

function rowsOf({ arms, winner }: StoredRace): readonly (readonly string[])[] {
  const [incumbent] = arms;
  const last = (arm: RaceArm) => arm.history.at(-1);
  const asked = (arm: RaceArm): boolean => arm.same_as === undefined && arm.refused === undefined;
  const place = (arm: RaceArm): readonly number[] => [
    Number(arm.name === winner),
    Number(asked(arm)),
    Number(!arm.dropped),
    arm.n,
    last(arm)?.delta ?? Number.NEGATIVE_INFINITY,
  ];
  return arms
    .toSorted((a, b) => inOrder(place(b), place(a)))
    .map((arm) => {
      const { delta = null, se = 0 } = last(arm) ?? {};
      const difference = delta === null ? NOTHING : `${score(delta).startsWith("-") ? "" : "+"}${score(delta)} ± ${score(se)}`;
      const gain = arm === incumbent ? "incumbent" : difference;
      const fate = arm.name === winner ? "won" : arm.dropped ? `left after ${count(arm.n)}` : "to the end";
      const what = arm.same_as === undefined ? (arm.refused ?? fate) : `sends the same as ${arm.same_as}`;
      return asked(arm) ? [arm.name, count(arm.n), score(arm.mean), gain, what] : [arm.name, NOTHING, NOTHING, NOTHING, what];
    });
}

/** Compares number by number. */
function inOrder(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
}
