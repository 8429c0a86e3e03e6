import { compareMarkdown } from "../report/markdown.ts";
import { compareText } from "../report/terminal.ts";
import { compareRuns, exitCodeOf } from "../runs/compare.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { type CommonFlags, hasColor, print, printJson, widthOf, writeOutputs } from "./output.ts";

export async function compareCommand(a: string, b: string, flags: CommonFlags): Promise<number> {
  const [runA, runB] = [await readRun(findRun(a, flags.runs)), await readRun(findRun(b, flags.runs))];
  const result = compareRuns(runA, runB, runA.manifest.seed);
  await writeOutputs(flags.output ?? [], {
    ".json": () => `${JSON.stringify(result, null, 2)}\n`,
    ".md": () => compareMarkdown(result),
  });
  if (flags.json === true) printJson(result);
  else print(compareText(result, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) }));
  return exitCodeOf(result);
}
