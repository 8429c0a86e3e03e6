import { caseRows, summaryHtml } from "../report/html.ts";
import { summaryJunit } from "../report/junit.ts";
import { summaryMarkdown } from "../report/markdown.ts";
import { summaryTable } from "../report/terminal.ts";
import { testReadsText } from "../report/test-reads.ts";
import { jsonText } from "../runs/atomic.ts";
import { findRun } from "../runs/folder.ts";
import { readRun } from "../runs/read.ts";
import { readTestReads } from "../runs/test-reads.ts";
import type { StoredRun } from "../runs/types.ts";
import { checkOutputs, type CommonFlags, hasColor, orFailed, widthOf, writeOutputs } from "./output.ts";

/** Extensions that `run -o` and `report -o` know. */
export const REPORTS = [".json", ".md", ".html", ".xml"];

export async function reportCommand(reference: string, flags: CommonFlags): Promise<number> {
  const { output = [] } = flags;
  checkOutputs(output, REPORTS);
  const run = await orFailed(output, reference, async () => await readRun(findRun(reference, flags.runs)));
  await writeReports(run, output);
  if (flags.json === true) flags.stdout.printJson(run.summary);
  else {
    const table = summaryTable(run.summary, { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) });
    flags.stdout.print(`${table}\n\n${testReadsText(readTestReads(run.path))}`);
  }
  return 0;
}

export async function writeReports(run: StoredRun, files: readonly string[]): Promise<void> {
  await writeOutputs(files, {
    ".json": () => jsonText(run.summary),
    ".md": () => summaryMarkdown(run.summary),
    ".html": () =>
      summaryHtml(run.summary, caseRows(run.cases, run.answers.get(run.summary.winner)?.filter((row) => row.split === "test") ?? [])),
    ".xml": () => summaryJunit(run),
  });
}
