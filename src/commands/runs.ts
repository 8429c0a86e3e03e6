import { basename, dirname } from "node:path";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { allRuns, SUMMARY } from "../runs/folder.ts";
import { readSummary } from "../runs/read.ts";
import { type CommonFlags } from "./output.ts";

export async function runsCommand(flags: CommonFlags): Promise<number> {
  const rows = await Promise.all(
    allRuns(flags.runs).map(async (folder) => {
      const id = { id: basename(folder), name: basename(dirname(folder)), folder };
      if (!existsSync(join(folder, SUMMARY))) return { ...id, status: "unfinished", winner: null, primary: null, test: null };
      const nothing = { ...id, winner: null, primary: null, test: null };
      try {
        const { winner, primary, rungs, status, gate } = await readSummary(folder);
        const test = rungs.find((rung) => rung.name === winner)?.scores.test?.[primary]?.mean ?? null;
        return { ...id, status, winner, primary, test, ...(gate === undefined ? {} : { gate }) };
      } catch (error) {
        if (error instanceof UserError) return { ...nothing, status: "damaged" };
        throw error;
      }
    }),
  );
  if (flags.json === true) flags.stdout.printJson(rows);
  else if (rows.length === 0) flags.stdout.print(`no runs in ${flags.runs}; llmopt run EXPERIMENT makes one`);
  else
    for (const row of rows) {
      const score = row.test === null ? "" : `  ${row.winner}  ${row.primary} ${row.test.toFixed(3)}`;
      const gate = "gate" in row ? `  gate ${row.gate}` : "";
      flags.stdout.print(`${row.name}/${row.id}  ${row.status}${score}${gate}`);
    }
  return 0;
}
