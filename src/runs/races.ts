/** Reads the races of a run's rungs back, as the lab kept them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { rungFolder } from "./folder.ts";
import type { RungRaces, StoredRace } from "./types.ts";

const race: z.ZodType<StoredRace> = z.object({
  winner: z.string(),
  calls: z.number(),
  arms: z.array(
    z.object({
      name: z.string(),
      mean: z.number().nullable(),
      n: z.number(),
      dropped: z.boolean(),
      history: z.array(z.object({ n: z.number(), delta: z.number().nullable(), se: z.number() })),
      same_as: z.string().optional(),
      refused: z.string().optional(),
    }),
  ),
});

/** By rung, in the order of `names`; rungs that raced nothing are left out, and so is what cannot be read: a report does without it. */
export async function readRaces(run: string, names: readonly string[]): Promise<readonly RungRaces[]> {
  const found = await Promise.all(
    names.map(async (rung, index) => {
      const folder = rungFolder(index, rung);
      const races: StoredRace[] = [];
      for (let next = await readRace(join(run, folder, "race.json")); next !== undefined;) {
        races.push(next);
        next = await readRace(join(run, folder, `race-${races.length + 1}.json`));
      }
      return { rung, folder, races };
    }),
  );
  return found.filter(({ races }) => races.length > 0);
}

async function readRace(file: string): Promise<StoredRace | undefined> {
  try {
    return race.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
