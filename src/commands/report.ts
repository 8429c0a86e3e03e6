import { caseRows, summaryHtml } from "../report/html.ts";
import { summaryJunit } from "../report/junit.ts";
import { summaryMarkdown } from "../report/markdown.ts";
import { racesText, summaryTable, tablesText } from "../report/terminal.ts";
import { testReadsText } from "../report/test-reads.ts";
import { jsonText } from "../runs/atomic.ts";
import { findRun } from "../runs/folder.ts";
import { readRaces } from "../runs/races.ts";
import { readRun } from "../runs/read.ts";
import { readTestReads } from "../runs/test-reads.ts";
import type { RungRaces, StoredRun } from "../runs/types.ts";
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
    const how = { width: widthOf(process.stdout), color: hasColor(process.stdout, flags) };
    const races = racesText(await racesOf(run), run.summary.primary, how);
    const more = [tablesText(run.summary, how), races].filter((part) => part !== "");
    const parts = [summaryTable(run.summary, how), ...more, testReadsText(readTestReads(run.path))];
    flags.stdout.print(parts.join("\n\n"));
  }
  return 0;
}

export async function writeReports(run: StoredRun, files: readonly string[]): Promise<void> {
  const raced = await racesOf(run);
  const answers = run.answers.get(run.summary.winner)?.filter((row) => row.split === "test") ?? [];
  await writeOutputs(files, {
    ".json": () => jsonText(run.summary),
    ".md": () => summaryMarkdown(run.summary, raced),
    ".html": () => summaryHtml(run.summary, caseRows(run.cases, answers), raced),
    ".xml": () => summaryJunit(run),
  });
}

async function racesOf({ path, summary }: StoredRun): Promise<readonly RungRaces[]> {
  return await readRaces(
    path,
    summary.rungs.map(({ name }) => name),
  );
}
