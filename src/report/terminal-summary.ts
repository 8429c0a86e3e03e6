/** The result of a run for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import type { Comparison, Diagnosis, Rung, Summary } from "../types.ts";
import { forTerminal } from "./escape.ts";
import { comparisonOf, count, coverage, delta, duration, meanWithInterval, NOTHING, score, spending, tokenCount, usd } from "./figures.ts";
import { clip, fit, hanging, plain, table, tableWidth, wrap, type Cell, type Column, type Row } from "./layout.ts";
import { paintVerdict, type TerminalOptions } from "./paint.ts";

/** Rungs with scores and verdicts, what they cost, the diagnosis, the gates, the warnings. Ends without a line break. */
export function summaryTable(summary: Summary, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const sections = [
    headline(summary, chalk),
    scoreTable(summary, width, chalk),
    metricTable(summary, width, chalk),
    costTable(summary, width, chalk),
    summary.diagnosis === null ? [] : diagnosisLines(summary.diagnosis, width, chalk),
    gateLines(summary, width, chalk),
    summary.warnings.flatMap((warning) => hanging(chalk.yellow("!"), forTerminal(warning), width)),
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
  const parts = rungs.map((rung, i) => {
    const test = rung.scores.test?.[primary];
    return {
      name: nameCell(rung, i === 0, rung.name === winner, width, chalk),
      status: statusCell(rung, i === 0, chalk),
      mean: meanWithInterval(test),
      coverage: wrap(coverage(test), 20),
      whole: test === undefined || test.errors + test.skipped === 0,
      baseline: compared(comparisonOf(rung.versus.baseline, primary), chalk),
      incumbent: compared(comparisonOf(rung.versus.incumbent, primary), chalk),
      below: reasonLines(rung, width, chalk),
    };
  });
  const wide: Table = {
    columns: ["  rung", "", onTest, "to the baseline", "to the incumbent"].map((title) => ({ title: [title] })),
    rows: parts.map(({ name, status, mean, whole, coverage: lines, baseline, incumbent, below }) => ({
      cells: [name, status, { lines: whole ? [mean] : [mean, ...lines] }, baseline, incumbent],
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
  return wrap(`${count(cases)} test cases find a true difference of ${range} in 8 of 10 runs; smaller ones need more cases.`, width).map(
    (line) => chalk.dim(line),
  );
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

/** All scorers, where there are several: the mean, and how many cases it is over where some have no value. */
function metricTable(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const tested = summary.rungs.filter((rung) => rung.scores.test !== undefined);
  const names = [...new Set(tested.flatMap((rung) => Object.keys(rung.scores.test ?? {})))];
  if (names.length < 2) return [];
  const rows = tested.map((rung): Row => {
    const cells = names.map((name) => {
      const mean = rung.scores.test?.[name];
      const whole = mean === undefined || mean.errors + mean.skipped === 0;
      return plain(whole ? score(mean?.mean) : `${score(mean?.mean)} (${coverage(mean)})`);
    });
    return { cells: [plain(`  ${nameOf(rung, width)}`), ...cells] };
  });
  const columns: Column[] = [{ title: ["  on test"] }, ...names.map((name) => ({ title: [clip(forTerminal(name), 20)] }))];
  const fitting = fit(columns, rows, width);
  const left = columns.length - fitting.columns.length;
  return [...table(fitting.columns, fitting.rows, chalk.dim), ...(left > 0 ? [chalk.dim(`  ${left} more in report.md`)] : [])];
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

function diagnosisLines(diagnosis: Diagnosis, width: number, chalk: ChalkInstance): readonly string[] {
  const { probed, failing, total, buckets } = diagnosis;
  const rows = buckets.map(({ bucket, axis, cases, asks_for }): Row => ({
    cells: [
      plain(`  ${bucket}`),
      plain(count(cases.length)),
      plain(axis ?? NOTHING),
      { lines: wrap(asks_for.map(forTerminal).join(", ") || NOTHING, Math.max(20, width - 42)) },
    ],
  }));
  const columns: Column[] = [
    { title: ["  cause"] },
    { title: ["cases"], side: "right" },
    { title: ["axis"] },
    { title: ["rungs that treat it"] },
  ];
  return [
    `${chalk.bold("Diagnosis")}  ${failing} of ${total} select cases fail, ${probed} of them probed`,
    ...(rows.length > 0 ? table(columns, rows, chalk.dim) : []),
    ...hanging("→", forTerminal(diagnosis.next), width),
  ];
}

function gateLines({ gates }: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  if (gates.length === 0) return [];
  const failed = gates.filter((gate) => !gate.passed).length;
  return [
    `${chalk.bold("Gates")}  ${failed === 0 ? chalk.green("all passed") : chalk.red(`${failed} of ${gates.length} failed`)}`,
    ...gates.flatMap(({ passed, reason }) => hanging(passed ? chalk.green("✓") : chalk.red("✗"), forTerminal(reason), width)),
  ];
}
