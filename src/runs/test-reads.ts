/** Who looked at a run's test split, and when. A split that is looked at often is no test any more. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { programId } from "../program/hash.ts";
import type { TestRead } from "../types.ts";
import { TEST_READS } from "./folder.ts";
import { endsWhole, readLines } from "./journal.ts";
import type { StoredRun } from "./types.ts";

const testRead: z.ZodType<TestRead> = z.object({
  time: z.string(),
  by: z.enum(["run", "compare", "report", "rescore", "diagnose"]),
  rung: z.string(),
  program: z.string(),
  cases: z.number(),
  answered: z.number(),
  with: z.string().optional(),
});

/** All looks at a run's test split that were written down, oldest first. */
export function readTestReads(run: string): readonly TestRead[] {
  return readLines(join(run, TEST_READS), testRead);
}

/** Writes in both runs that their winners were compared. */
export function noteCompared(a: StoredRun, b: StoredRun, now: Date): void {
  for (const [run, other] of [
    [a, b],
    [b, a],
  ] as const) {
    noteTestRead(run, { time: now.toISOString(), by: "compare", answered: 0, with: other.path });
  }
}

/** Writes a look at the winner's test answers down where it can: a folder that must not be written is no fault of who only reads it. */
export function noteTestRead(
  { path, summary, program, cases }: Pick<StoredRun, "path" | "summary" | "program" | "cases">,
  look: Pick<TestRead, "time" | "by" | "answered" | "with">,
): void {
  const read: TestRead = { ...look, rung: summary.winner, program: programId(program), cases: cases.length };
  const file = join(path, TEST_READS);
  try {
    appendFileSync(file, `${endsWhole(file) ? "" : "\n"}${JSON.stringify(read)}\n`);
  } catch {}
}
