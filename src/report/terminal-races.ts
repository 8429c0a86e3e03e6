/** How a run's candidates raced, for a terminal. */
import { Chalk } from "chalk";
import type { RungRaces } from "../runs/types.ts";
import { hanging } from "./layout.ts";
import type { TerminalOptions } from "./paint.ts";
import { RACED, raceTables } from "./races.ts";
import { figureLines } from "./terminal-tables.ts";

/** Arms of a race that are shown. */
const MOST_ARMS = 8;

/** A table for each race; empty where nothing raced. Ends without a line break. */
export function racesText(raced: readonly RungRaces[], primary: string, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const tables = raceTables(raced, primary).map((figures) => figureLines(figures, MOST_ARMS, width, chalk).join("\n"));
  return tables.length === 0 ? "" : [hanging(chalk.bold("Races"), RACED, width).join("\n"), ...tables].join("\n\n");
}
