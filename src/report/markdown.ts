/** Results as Markdown, for `report.md`, a pull request or a CI summary. */
import type { CompareResult, Rung, SplitName, Summary } from "../types.ts";
import { forMarkdown } from "./escape.ts";
import {
  comparisonOf,
  COST_TITLES,
  costCells,
  count,
  coverage,
  delta,
  duration,
  meanWithInterval,
  NOTHING,
  pValue,
  score,
  spending,
  usd,
} from "./figures.ts";

/** Flips that are listed; `summary.json` and `compare --json` have all. */
const MOST_FLIPS = 50;

/** The whole result of a run. Ends with a line break. */
export function summaryMarkdown(summary: Summary): string {
  const { rungs, primary, diagnosis, gates, warnings, totals } = summary;
  const lines = [
    `# ${forMarkdown(summary.name)}: ${forMarkdown(summary.winner)}`,
    `Status: ${summary.status}. Best program: **${forMarkdown(summary.winner)}**. Deciding metric: ${forMarkdown(primary)}. Run: ${forMarkdown(summary.run)}`,
    ...(summary.exploratory ? ["**Exploratory**: the same few cases chose and confirmed, so take verdicts as hints."] : []),
    "## The ladder",
    `Only *test* was never used to decide. Differences are paired, on test, with 95 % intervals.`,
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
    "## Cost",
    rows(
      COST_TITLES,
      rungs.map((rung) => [forMarkdown(rung.name), ...costCells(rung)]),
    ),
    `In all: ${spending(totals)}.`,
    ...(diagnosis === null
      ? []
      : [
          "## Diagnosis",
          `${diagnosis.failing} of ${diagnosis.total} select cases fail, ${diagnosis.probed} of them were probed. Next: ${forMarkdown(diagnosis.next)}`,
          rows(
            ["cause", "axis", "cases", "rungs that treat it", "which"],
            diagnosis.buckets.map(({ bucket, axis, cases, asks_for }) => [
              bucket,
              axis ?? NOTHING,
              count(cases.length),
              asks_for.map(forMarkdown).join(", ") || NOTHING,
              some(cases, 8),
            ]),
          ),
        ]),
    ...(gates.length === 0
      ? []
      : ["## Gates", list(gates.map(({ passed, reason }) => `${passed ? "✓ passed" : "✗ **failed**"}: ${forMarkdown(reason)}`))]),
    ...(warnings.length === 0 ? [] : ["## Warnings", list(warnings.map(forMarkdown))]),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** The comparison of two runs. Ends with a line break. */
export function compareMarkdown(result: CompareResult): string {
  const { metrics: found, flips, comparable } = result;
  const lines = [
    comparable ? `# b against a: ${result.verdict}` : "# The runs do not compare",
    list([`a: ${forMarkdown(result.a)}`, `b: ${forMarkdown(result.b)}`]),
    ...(result.reasons.length === 0 ? [] : [list(result.reasons.map(forMarkdown))]),
    ...(comparable
      ? [
          rows(
            ["metric", "a", "b", "difference", "verdict", "n", "p", "won / lost / tied", "could show"],
            Object.entries(found).map(([name, metric]) => [
              forMarkdown(name),
              score(metric.a),
              score(metric.b),
              delta(metric),
              metric.verdict,
              count(metric.n),
              pValue(metric.p).replace("<", "&lt;"),
              `${metric.wins} / ${metric.losses} / ${metric.ties}`,
              `±${score(metric.mde)}`,
            ]),
          ),
        ]
      : []),
    `Cost per answer ${usd(result.cost.a)} → ${usd(result.cost.b)}, median latency ${duration(result.latency.a)} → ${duration(result.latency.b)}.`,
    ...(flips.length === 0
      ? []
      : [
          `## ${flips.length} flips`,
          rows(
            ["case", "a", "b", "answer of a", "answer of b"],
            flips
              .slice(0, MOST_FLIPS)
              .map((flip) => [
                forMarkdown(flip.case),
                score(flip.a.value),
                score(flip.b.value),
                shortened(flip.a.answer),
                shortened(flip.b.answer),
              ]),
          ),
          ...(flips.length > MOST_FLIPS ? [`… and ${flips.length - MOST_FLIPS} more.`] : []),
        ]),
    ...(result.prompt_diff === "" ? ["The winners' programs are the same."] : ["## Program", fenced(result.prompt_diff)]),
  ];
  return `${lines.join("\n\n")}\n`;
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

function rows(title: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(title), line(title.map(() => "---")), ...body.map(line)].join("\n");
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function some(ids: readonly string[], most: number): string {
  const shown = ids.slice(0, most).map(forMarkdown).join(", ");
  return ids.length > most ? `${shown}, …` : shown;
}

function shortened(text: string): string {
  const points = [...text];
  return forMarkdown(points.length > 200 ? `${points.slice(0, 200).join("")}…` : text);
}

/** A fence that is longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}
