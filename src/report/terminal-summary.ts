/** The result of a run for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import type { Comparison, Rung, Summary } from "../types.ts";
import { confusedPairs, labelLine, labelReports } from "./confusion.ts";
import { forTerminal } from "./escape.ts";
import { gateLines } from "./gates.ts";
import { diagnosisLines } from "./terminal-diagnosis.ts";
import {
  agreementLines,
  comparisonOf,
  count,
  coverage,
  delta,
  duration,
  meanWithInterval,
  NOTHING,
  score,
  spending,
  steadiness,
  tokenCount,
  unvaluedLines,
  usd,
} from "./figures.ts";
import { clip, fit, hanging, plain, table, tableWidth, wrap, type Cell, type Column, type Row } from "./layout.ts";
import { paintVerdict, type TerminalOptions } from "./paint.ts";

/** Pairs of labels that are confused, at the most. */
const MOST_PAIRS = 5;

/** Rungs with scores and verdicts, what they cost, the diagnosis, the gates, the warnings. Ends without a line break. */
export function summaryTable(summary: Summary, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const sections = [
    headline(summary, chalk),
    scoreTable(summary, width, chalk),
    metricTable(summary, width, chalk),
    steadiness(summary.rungs).flatMap((line) => hanging(chalk.dim("·"), forTerminal(line), width)),
    agreementLines(summary).flatMap((line) => hanging(chalk.dim("·"), forTerminal(line), width)),
    labelLines(summary, width, chalk),
    costTable(summary, width, chalk),
    summary.diagnosis === null ? [] : diagnosisLines(summary.diagnosis, width, chalk),
    gateLines(summary.gates, width, chalk),
    [...unvaluedLines(summary.rungs), ...summary.warnings].flatMap((warning) => hanging(chalk.yellow("!"), forTerminal(warning), width)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headline(summary: Summary, chalk: ChalkInstance): readonly string[] {
  const status = summary.status === "complete" ? chalk.green("complete") : chalk.yellow(summary.status);
  const exploratory = summary.exploratory ? ["exploratory: the same few cases chose and confirmed, so take verdicts as hints"] : [];
  return [`${chalk.bold(forTerminal(summary.name))}  ${status}, winner: ${chalk.bold(forTerminal(summary.winner))}`, ...exploratory];
}

function scoreTable(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const { primary, rungs, winner } = summary;
  const onTest = `${forTerminal(primary)} on test`;
  const room = (lines: readonly string[]) => (lines.length === 0 ? [""] : lines);
  const parts = rungs.map((rung, i) => {
    const test = rung.scores.test?.[primary];
    return {
      name: nameCell(rung, i === 0, rung.name === winner, width, chalk),
      status: statusCell(rung, i === 0, chalk),
      mean: meanWithInterval(test),
      coverage: wrap(coverage(test), 20),
      baseline: compared(comparisonOf(rung.versus.baseline, primary), chalk),
      incumbent: compared(comparisonOf(rung.versus.incumbent, primary), chalk),
      below: reasonLines(rung, width, chalk),
    };
  });
  const wide: Table = {
    columns: ["  rung", "", onTest, "cases", "to the baseline", "to the incumbent"].map((title) => ({ title: [title] })),
    rows: parts.map(({ name, status, mean, coverage: lines, baseline, incumbent, below }) => ({
      cells: [name, status, plain(mean), { lines: room(lines), paint: chalk.dim }, baseline, incumbent],
      below,
    })),
  };
  const narrow: Table = {
    columns: [{ title: ["  rung"] }, { title: [onTest] }, { title: ["to the baseline,", "to the incumbent"] }],
    rows: parts.flatMap(({ name, status, mean, coverage: lines, baseline, incumbent, below }) => [
      { cells: [name, plain(mean), baseline] },
      { cells: [{ ...status, lines: status.lines.map((line) => `  ${line}`) }, { lines, paint: chalk.dim }, incumbent], below },
    ]),
  };
  const { columns, rows } = tableWidth(wide.columns, wide.rows) <= width ? wide : narrow;
  return [...table(columns, rows, chalk.dim), ...powerLines(summary, width, chalk)];
}

interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What the test split could have shown at all, so that "no evidence" is not read as "no difference". */
function powerLines({ rungs, primary }: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const compared = rungs.flatMap((rung) => comparisonOf(rung.versus.baseline, primary) ?? []).filter(({ n }) => n > 0);
  if (compared.length === 0) return [];
  const sizes = compared.map(({ mde }) => mde);
  const [low, high] = [score(Math.min(...sizes)), score(Math.max(...sizes))];
  const cases = Math.max(...compared.map(({ n }) => n));
  const range = low === high ? low : `${low} to ${high}, by rung,`;
  const power = `${count(cases)} test cases find a true difference of ${range} in 8 of 10 runs; smaller ones need more cases.`;
  const tests = compared.filter(({ p_holm }) => p_holm !== undefined).length;
  const holm = tests > 1 ? ` Verdicts to the baseline allow for ${tests} rungs having been tried (Holm).` : "";
  return wrap(power + holm, width).map((line) => chalk.dim(line));
}

/** As much of a rung's name as leaves room for the scores. */
function nameOf(rung: Rung, width: number): string {
  return clip(forTerminal(rung.name), width < 100 ? 17 : 24);
}

function nameCell(rung: Rung, first: boolean, winner: boolean, width: number, chalk: ChalkInstance): Cell {
  const sign = first ? " " : { kept: "✓", rejected: "✗", skipped: NOTHING, failed: "!" }[rung.status];
  const paint = winner ? chalk.bold : rung.status === "skipped" ? chalk.dim : undefined;
  return { lines: [`${sign} ${nameOf(rung, width)}`], paint };
}

function statusCell(rung: Rung, first: boolean, chalk: ChalkInstance): Cell {
  if (first) return { lines: ["as written"], paint: chalk.dim };
  const paint = { kept: chalk.green, rejected: chalk.yellow, skipped: chalk.dim, failed: chalk.red }[rung.status];
  return { lines: [rung.status], paint };
}

function reasonLines(rung: Rung, width: number, chalk: ChalkInstance): readonly string[] {
  const reason = forTerminal(rung.reason);
  return reason === "" ? [] : wrap(reason, width - 4).map((line) => `    ${chalk.dim(line)}`);
}

function compared(comparison: Comparison | undefined, chalk: ChalkInstance): Cell {
  if (comparison === undefined) return plain("");
  return { lines: [`${delta(comparison)} ${comparison.verdict}`], paint: paintVerdict(comparison.verdict, chalk) };
}

/** All scorers, where there are several: the mean, and how many cases it is over. */
function metricTable(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const tested = summary.rungs.filter((rung) => rung.scores.test !== undefined);
  const names = [...new Set(tested.flatMap((rung) => Object.keys(rung.scores.test ?? {})))];
  if (names.length < 2) return [];
  const rows = tested.map((rung): Row => {
    const cells = names.map((name) => {
      const mean = rung.scores.test?.[name];
      return plain(mean === undefined ? NOTHING : `${score(mean.mean)} (${coverage(mean)})`);
    });
    return { cells: [plain(`  ${nameOf(rung, width)}`), ...cells] };
  });
  const columns: Column[] = [{ title: ["  on test"] }, ...names.map((name) => ({ title: [clip(forTerminal(name), 20)] }))];
  const fitting = fit(columns, rows, width);
  const left = columns.length - fitting.columns.length;
  return [...table(fitting.columns, fitting.rows, chalk.dim), ...(left > 0 ? [chalk.dim(`  ${left} more in report.md`)] : [])];
}

/** The labels of the winner that are confused most. */
function labelLines(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  return labelReports(summary).flatMap(([name, report]) => {
    const columns: Column[] = [{ title: ["  expected"] }, { title: ["given"] }, { title: ["times"], side: "right" }];
    const rows = confusedPairs(report, MOST_PAIRS).map(([expected, given, times]): Row => ({
      cells: [`  ${forTerminal(expected)}`, forTerminal(given), times].map((cell) => plain(clip(cell, 36))),
    }));
    const heading = hanging(chalk.bold("Labels"), `${forTerminal(name)}: ${labelLine(report)}`, width);
    return [...heading, ...(rows.length === 0 ? [] : table(columns, rows, chalk.dim))];
  });
}

function costTable(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const columns: Column[] = [
    { title: ["  cost"] },
    ...["calls", "cached", "tokens", "cost", "p50", "p95", "took"].map((title): Column => ({ title: [title], side: "right" })),
  ];
  const rows = summary.rungs
    .filter((rung) => rung.status !== "skipped" || rung.calls > 0)
    .map((rung): Row => ({
      cells: [
        `  ${nameOf(rung, width)}`,
        count(rung.calls),
        count(rung.cached_calls),
        `${tokenCount(rung.tokens.in)}+${tokenCount(rung.tokens.out)}`,
        usd(rung.usd),
        duration(rung.latency_ms.p50),
        duration(rung.latency_ms.p95),
        duration(rung.seconds * 1000),
      ].map(plain),
    }));
  const fitting = fit(columns, rows, width);
  return [
    ...table(fitting.columns, fitting.rows, chalk.dim),
    ...wrap(`in all: ${spending(summary.totals)}`, width - 2).map((line) => `  ${line}`),
  ];
}
