/** The result of a run for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import type { Comparison, Diagnosis, Rung, Summary, VerdictWord } from "../types.ts";
import { forTerminal } from "./escape.ts";
import { comparisonOf, count, coverage, delta, duration, meanWithInterval, NOTHING, score, spending, tokenCount, usd } from "./figures.ts";
import { clip, table, tableWidth, wrap, type Cell, type Column, type Row } from "./layout.ts";

export interface TerminalOptions {
  /** Columns of the terminal; 80 and more. */
  readonly width: number;
  /** Without it there is not one escape sequence in the text. */
  readonly color: boolean;
}

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

/** Colours a verdict: green and red only for what the interval supports. */
export function paintVerdict(verdict: VerdictWord | undefined, chalk: ChalkInstance): (text: string) => string {
  return verdict === "better" ? chalk.green : verdict === "worse" ? chalk.red : chalk.dim;
}

/** A sign, and a text that is wrapped beside it. */
export function hanging(sign: string, text: string, width: number): readonly string[] {
  return wrap(text, width - 2).map((line, i) => `${i === 0 ? sign : " "} ${line}`);
}

function headline(summary: Summary, chalk: ChalkInstance): readonly string[] {
  const status = summary.status === "complete" ? chalk.green("complete") : chalk.yellow(summary.status);
  const exploratory = summary.exploratory ? ["exploratory: the same few cases chose and confirmed, so take verdicts as hints"] : [];
  return [`${chalk.bold(forTerminal(summary.name))}  ${status}, winner: ${chalk.bold(forTerminal(summary.winner))}`, ...exploratory];
}

function scoreTable(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const { primary, rungs } = summary;
  const metric = forTerminal(primary);
  const parts = rungs.map((rung, i) => ({
    rung,
    name: nameCell(rung, i === 0, rung.name === summary.winner, chalk),
    test: rung.scores.test?.[primary],
    baseline: comparisonOf(rung.versus.baseline, primary),
    incumbent: comparisonOf(rung.versus.incumbent, primary),
    below: reasonLines(rung, width, chalk),
  }));
  const wide: { columns: Column[]; rows: Row[] } = {
    columns: [
      { title: ["  rung"] },
      { title: [""] },
      { title: [`${metric} on test`] },
      { title: [""] },
      { title: ["to the baseline"] },
      { title: ["to the incumbent"] },
    ],
    rows: parts.map(({ rung, name, test, baseline, incumbent, below }, i) => ({
      cells: [
        name,
        statusCell(rung, i === 0, chalk),
        plain(meanWithInterval(test)),
        plain(coverage(test)),
        compared(baseline, chalk),
        compared(incumbent, chalk),
      ],
      below,
    })),
  };
  const narrow: typeof wide = {
    columns: [{ title: ["  rung"] }, { title: [`${metric} on test`] }, { title: ["to the baseline,", "to the incumbent"] }],
    rows: parts.flatMap(({ rung, name, test, baseline, incumbent, below }, i) => [
      { cells: [name, plain(meanWithInterval(test)), compared(baseline, chalk)] },
      {
        cells: [
          { ...statusCell(rung, i === 0, chalk), lines: [`  ${statusOf(rung, i === 0)}`] },
          { lines: [coverage(test)], paint: chalk.dim },
          compared(incumbent, chalk),
        ],
        below,
      },
    ]),
  };
  const shown = tableWidth(wide.columns, wide.rows) <= width ? wide : narrow;
  return [...table(shown.columns, shown.rows, chalk.dim), ...powerLines(summary, width, chalk)];
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

function nameCell(rung: Rung, first: boolean, winner: boolean, chalk: ChalkInstance): Cell {
  const sign = first ? " " : { kept: "✓", rejected: "✗", skipped: NOTHING, failed: "!" }[rung.status];
  const paint = winner ? chalk.bold : rung.status === "skipped" ? chalk.dim : undefined;
  return { lines: [`${sign} ${clip(forTerminal(rung.name), 24)}`], paint };
}

function statusOf(rung: Rung, first: boolean): string {
  return first ? "as written" : rung.status;
}

function statusCell(rung: Rung, first: boolean, chalk: ChalkInstance): Cell {
  const paint =
    first || rung.status === "skipped"
      ? chalk.dim
      : rung.status === "kept"
        ? chalk.green
        : rung.status === "failed"
          ? chalk.red
          : chalk.yellow;
  return { lines: [statusOf(rung, first)], paint };
}

function reasonLines(rung: Rung, width: number, chalk: ChalkInstance): readonly string[] {
  const reason = forTerminal(rung.reason);
  return reason === "" ? [] : wrap(reason, width - 4).map((line) => `    ${chalk.dim(line)}`);
}

function compared(comparison: Comparison | undefined, chalk: ChalkInstance): Cell {
  if (comparison === undefined) return plain(NOTHING);
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
      return plain(whole ? score(mean?.mean) : `${score(mean.mean)} (${coverage(mean)})`);
    });
    return { cells: [plain(`  ${clip(forTerminal(rung.name), 24)}`), ...cells] };
  });
  const columns: Column[] = [{ title: ["  on test"] }, ...names.map((name) => ({ title: [clip(forTerminal(name), 20)] }))];
  const fitting = fit(columns, rows, width);
  const left = columns.length - fitting.columns.length;
  return [...table(fitting.columns, fitting.rows, chalk.dim), ...(left > 0 ? [chalk.dim(`  ${left} more in report.md`)] : [])];
}

function costTable(summary: Summary, width: number, chalk: ChalkInstance): readonly string[] {
  const columns: Column[] = [
    { title: ["  cost"] },
    ...["calls", "cached", "tokens in", "out", "cost", "p50", "p95", "took"].map((title): Column => ({ title: [title], side: "right" })),
  ];
  const rows = summary.rungs
    .filter((rung) => rung.status !== "skipped" || rung.calls > 0)
    .map((rung): Row => ({
      cells: [
        `  ${clip(forTerminal(rung.name), 24)}`,
        count(rung.calls),
        count(rung.cached_calls),
        tokenCount(rung.tokens.in),
        tokenCount(rung.tokens.out),
        usd(rung.usd),
        duration(rung.latency_ms.p50),
        duration(rung.latency_ms.p95),
        duration(rung.seconds * 1000),
      ].map(plain),
    }));
  const fitting = fit(columns, rows, width);
  return [...table(fitting.columns, fitting.rows, chalk.dim), `  in all: ${spending(summary.totals)}`];
}

/** Leaves out columns from the right until the table fits. */
export function fit(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): { readonly columns: readonly Column[]; readonly rows: readonly Row[] } {
  if (columns.length <= 2 || tableWidth(columns, rows) <= width) return { columns, rows };
  return fit(
    columns.slice(0, -1),
    rows.map((row) => ({ ...row, cells: row.cells.slice(0, -1) })),
    width,
  );
}

function diagnosisLines(diagnosis: Diagnosis, width: number, chalk: ChalkInstance): readonly string[] {
  const { probed, failing, total, buckets } = diagnosis;
  const rows = buckets.map(({ bucket, axis, cases, asks_for }): Row => ({
    cells: [
      plain(`  ${bucket}`),
      plain(count(cases.length)),
      plain(axis ?? NOTHING),
      plain(asks_for.map(forTerminal).join(", ") || NOTHING),
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

export function plain(text: string): Cell {
  return { lines: [text] };
}
