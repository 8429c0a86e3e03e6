/** Results as Markdown, for `report.md`, a pull request or a CI summary. */
import type { RungRaces } from "../runs/types.ts";
import type { LabelReport, Rung, SplitName, Summary } from "../types.ts";
import { list, rows } from "./blocks.ts";
import { confusedPairs, labelLine, labelReports, labelRows, matrixRows } from "./confusion.ts";
import { forMarkdown } from "./escape.ts";
import {
  agreementLines,
  comparisonOf,
  COST_TITLES,
  costCells,
  coverage,
  delta,
  meanWithInterval,
  NOTHING,
  score,
  spending,
  steadiness,
  unvaluedLines,
} from "./figures.ts";
import { gateItems } from "./gates.ts";
import { compareSections } from "./markdown-compare.ts";
import { diagnosisSections } from "./markdown-diagnosis.ts";
import { RACED, raceTables } from "./races.ts";
import { rungTables, type Figures } from "./tables.ts";

/** The whole result of a run, with how its candidates raced. Ends with a line break. */
export function summaryMarkdown(summary: Summary, raced: readonly RungRaces[] = []): string {
  const { rungs, primary, diagnosis, gates, totals } = summary;
  const warnings = [...unvaluedLines(rungs), ...summary.warnings];
  const lines = [
    `# ${forMarkdown(summary.name)}: ${forMarkdown(summary.winner)}`,
    `Status: ${summary.status}. Best program: **${forMarkdown(summary.winner)}**. Deciding metric: ${forMarkdown(primary)}. Run: ${forMarkdown(summary.run)}`,
    ...(summary.exploratory ? ["**Exploratory**: the same few cases chose and confirmed, so take verdicts as hints."] : []),
    "## The ladder",
    "Only *test* was never used to decide. Differences are paired, on test, with 95 % intervals; verdicts to the baseline allow for the number of rungs (Holm).",
    rows(
      ["rung", "", `${forMarkdown(primary)} on select`, "confirm", "**test**", "n", "to the baseline", "to the incumbent"],
      rungs.map((rung, i) => [
        rung.name === summary.winner ? `**${forMarkdown(rung.name)}**` : forMarkdown(rung.name),
        i === 0 ? "as written" : rung.status,
        ...(["select", "confirm"] as const).map((split) => score(rung.scores[split]?.[primary]?.mean)),
        meanWithInterval(rung.scores.test?.[primary]),
        coverage(rung.scores.test?.[primary]),
        compared(rung, "baseline", primary),
        compared(rung, "incumbent", primary),
      ]),
    ),
    reasons(rungs),
    ...metrics(rungs),
    ...[[...steadiness(rungs), ...agreementLines(summary)]]
      .filter((lines) => lines.length > 0)
      .map((lines) => list(lines.map(forMarkdown))),
    ...labelReports(summary).flatMap(([name, report]) => labelSections(name, report)),
    ...measuredSections(rungs),
    ...raceSections(raced, primary),
    "## Cost",
    rows(
      COST_TITLES,
      rungs.map((rung) => [forMarkdown(rung.name), ...costCells(rung)]),
    ),
    `In all: ${spending(totals)}.`,
    ...(diagnosis === null ? [] : ["## Diagnosis", ...diagnosisSections(diagnosis)]),
    ...(gates.length === 0 ? [] : ["## Gates", list(gateItems(gates))]),
    ...(summary.comparison === undefined ? [] : compareSections(summary.comparison, "##")),
    ...(warnings.length === 0 ? [] : ["## Warnings", list(warnings.map(forMarkdown))]),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** Arms of a race that are shown. */
const MOST_ARMS = 12;

function raceSections(raced: readonly RungRaces[], primary: string): readonly string[] {
  const sections = raceTables(raced, primary).flatMap((figures) => figureSections(figures, MOST_ARMS));
  return sections.length === 0 ? [] : ["## Races", RACED, ...sections];
}

/** What stages measured themselves, with as many rows as of a race. */
function measuredSections(rungs: readonly Rung[]): readonly string[] {
  const sections = rungTables(rungs).flatMap((figures) => figureSections(figures, MOST_ARMS));
  return sections.length === 0 ? [] : ["## Measured by the rungs", ...sections];
}

function figureSections({ heading, titles, rows: all, file }: Figures, most: number): readonly string[] {
  return [
    `**${forMarkdown(heading)}**`,
    rows(
      titles.map(forMarkdown),
      all.slice(0, most).map((cells) => cells.map(forMarkdown)),
    ),
    ...(all.length > most ? [`${all.length - most} more in ${forMarkdown(file)}.`] : []),
  ];
}

/** At most this many pairs of labels that are confused. */
const MOST_PAIRS = 15;

function labelSections(name: string, report: LabelReport): readonly string[] {
  const matrix = matrixRows(report);
  const pairs = confusedPairs(report, MOST_PAIRS);
  return [
    `## Labels by ${forMarkdown(name)}`,
    `${labelLine(report)}.`,
    rows(
      ["label", "precision", "recall", "F1", "cases"],
      labelRows(report).map((cells) => cells.map(forMarkdown)),
    ),
    ...(matrix === undefined
      ? []
      : [
          rows(
            matrix.title.map(forMarkdown),
            matrix.rows.map((cells) => cells.map(forMarkdown)),
          ),
        ]),
    ...(matrix !== undefined || pairs.length === 0
      ? []
      : [
          rows(
            ["expected", "given", "times"],
            pairs.map((cells) => cells.map(forMarkdown)),
          ),
        ]),
  ];
}

function compared(rung: Rung, to: "baseline" | "incumbent", primary: string): string {
  const comparison = comparisonOf(rung.versus[to], primary);
  return comparison === undefined ? "" : `${delta(comparison)} ${comparison.verdict}`;
}

function reasons(rungs: readonly Rung[]): string {
  return list(rungs.filter((rung) => rung.reason !== "").map((rung) => `**${forMarkdown(rung.name)}**: ${forMarkdown(rung.reason)}`));
}

function metrics(rungs: readonly Rung[]): readonly string[] {
  const split: SplitName = "test";
  const tested = rungs.filter((rung) => rung.scores[split] !== undefined);
  const names = [...new Set(tested.flatMap((rung) => Object.keys(rung.scores[split] ?? {})))];
  if (names.length < 2) return [];
  const cell = (rung: Rung, name: string): string => {
    const mean = rung.scores[split]?.[name];
    return mean === undefined ? NOTHING : `${meanWithInterval(mean)} (${coverage(mean)})`;
  };
  const body = tested.map((rung) => [forMarkdown(rung.name), ...names.map((name) => cell(rung, name))]);
  return ["## All metrics on test", rows(["rung", ...names.map(forMarkdown)], body)];
}
