import { UserError } from "../errors.ts";
import { compareStored, exitCodeOfGate } from "../gate.ts";
import { withRegression } from "../ladder/gates.ts";
import { compareMarkdown } from "../report/markdown-compare.ts";
import { compareText } from "../report/terminal.ts";
import { exitCodeOf } from "../runs/compare.ts";
import { jsonText } from "../runs/atomic.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { noteCompared } from "../runs/test-reads.ts";
import { checkOutputs, type CommonFlags, hasColor, orFailed, widthOf, writeOutputs } from "./output.ts";

export interface CompareFlags extends CommonFlags {
  readonly gate?: boolean;
  /** Rungs to compare in place of the winners: one for both runs, or A's and B's. */
  readonly rung?: readonly string[];
}

export async function compareCommand(a: string, b: string, flags: CompareFlags): Promise<number> {
  checkOutputs(flags.output ?? [], [".json", ".md"]);
  return await orFailed(flags.output ?? [], `${a} ${b}`, async () => await compareOnce(a, b, flags));
}

async function compareOnce(a: string, b: string, flags: CompareFlags): Promise<number> {
  const [ofA, ofB = ofA, ...others] = flags.rung ?? [];
  if (others.length > 0) throw new UserError(`--rung: ${others.length + 2} names for two runs; give one for both, or A's and B's`);
  const [runA, runB] = [await readRun(findRun(a, flags.runs), ofA), await readRun(findRun(b, flags.runs), ofB)];
  const { gates, comparability } = runB.manifest;
  const gated = flags.gate === true ? withRegression(gates, comparability.primary) : [];
  const now = new Date();
  const compared = compareStored(runA, runB, now, gated);
  const sideOf = (run: string, rung: string | undefined) => (rung === undefined ? run : `${run} ${rung}`);
  const result = { ...compared, a: sideOf(compared.a, ofA), b: sideOf(compared.b, ofB) };
  noteCompared(runA, runB, now);
  if (flags.json === true) flags.stdout.printJson(result);
  else flags.stdout.print(compareText(result, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) }));
  await writeOutputs(flags.output ?? [], {
    ".json": () => jsonText(result),
    ".md": () => compareMarkdown(result),
  });
  return flags.gate === true ? exitCodeOfGate(result.gate, result) : exitCodeOf(result);
}
