/** The comparison of two runs for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import type { CompareResult } from "../types.ts";
import { forTerminal } from "./escape.ts";
import { count, delta, duration, NOTHING, pValue, score, usd } from "./figures.ts";
import { clip, fit, hanging, plain, table, type Column, type Row } from "./layout.ts";
import { paintVerdict, type TerminalOptions } from "./paint.ts";

/** Flips that are shown of each kind; `--json` has all. */
const MOST_FLIPS = 8;
/** Lines of the program's diff that are shown. */
const MOST_DIFF = 60;

/** Verdict, metrics, cost, flips with both answers, what changed in the program. Ends without a line break. */
export function compareText(result: CompareResult, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const sections = [
    [`a  ${forTerminal(result.a)}`, `b  ${forTerminal(result.b)}`],
    [verdictLine(result, chalk), ...result.reasons.flatMap((reason) => hanging(chalk.yellow("!"), forTerminal(reason), width))],
    result.comparable ? metricLines(result, width, chalk) : [],
    [
      `cost per answer  ${usd(result.cost.a)} → ${usd(result.cost.b)}`,
      `median latency   ${duration(result.latency.a)} → ${duration(result.latency.b)}`,
    ],
    flipLines(result, width, chalk),
    diffLines(result.prompt_diff, width, chalk),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function verdictLine({ comparable, verdict }: CompareResult, chalk: ChalkInstance): string {
  if (!comparable) return chalk.bold(chalk.red("The runs do not compare"));
  const words = {
    better: "b is better than a",
    worse: "b is worse than a",
    "no evidence": "no evidence of a difference",
    "too few cases": "too few cases to judge",
  };
  return chalk.bold(paintVerdict(verdict, chalk)(words[verdict]));
}

function metricLines({ metrics }: CompareResult, width: number, chalk: ChalkInstance): readonly string[] {
  const columns: Column[] = [
    { title: ["metric"] },
    { title: ["a"] },
    { title: ["b"] },
    { title: ["difference"] },
    { title: ["verdict"] },
    { title: ["n"], side: "right" },
    { title: ["p"], side: "right" },
    { title: ["won/lost/tied"], side: "right" },
    { title: ["could show"], side: "right" },
  ];
  const rows = Object.entries(metrics).map(([name, metric]): Row => ({
    cells: [
      plain(clip(forTerminal(name), 20)),
      plain(score(metric.a)),
      plain(score(metric.b)),
      plain(delta(metric)),
      { lines: [metric.verdict], paint: paintVerdict(metric.verdict, chalk) },
      plain(count(metric.n)),
      plain(pValue(metric.p)),
      plain(`${metric.wins}/${metric.losses}/${metric.ties}`),
      plain(`±${score(metric.mde)}`),
    ],
  }));
  const fitting = fit(columns, rows, width);
  return table(fitting.columns, fitting.rows, chalk.dim);
}

function flipLines({ flips, comparable }: CompareResult, width: number, chalk: ChalkInstance): readonly string[] {
  if (!comparable) return [];
  const lost = flips.filter((flip) => flip.b.value < flip.a.value);
  const won = flips.filter((flip) => flip.b.value > flip.a.value).toReversed();
  const shown = [...lost.slice(0, MOST_FLIPS), ...won.slice(0, MOST_FLIPS)];
  const left = flips.length - shown.length;
  return [
    `${chalk.bold("Flips")}  ${lost.length} lost, ${won.length} won`,
    ...shown.flatMap((flip) => [
      `${flip.b.value < flip.a.value ? chalk.red("−") : chalk.green("+")} ${forTerminal(flip.case)}  ${score(flip.a.value)} → ${score(flip.b.value)}`,
      ...Object.entries(flip.fields).map(([name, value]) => chalk.dim(clip(`    ${forTerminal(name)}: ${forTerminal(value)}`, width))),
      clip(`    a: ${forTerminal(flip.a.answer) || NOTHING}`, width),
      clip(`    b: ${forTerminal(flip.b.answer) || NOTHING}`, width),
    ]),
    ...(left > 0 ? [chalk.dim(`  ${left} more with --json`)] : []),
  ];
}

function diffLines(diff: string, width: number, chalk: ChalkInstance): readonly string[] {
  if (diff === "") return ["The winners' programs are the same."];
  const lines = diff.split("\n");
  const shown = lines.slice(0, MOST_DIFF).map((line) => {
    const text = clip(
      line.slice(0, 1) +
        line
          .slice(1)
          .replace(/\t/gu, "  ")
          .replace(/\p{Cc}/gu, ""),
      width,
    );
    return line.startsWith("+") ? chalk.green(text) : line.startsWith("-") ? chalk.red(text) : chalk.dim(text);
  });
  const left = lines.length - shown.length;
  return [chalk.bold("Program"), ...shown, ...(left > 0 ? [chalk.dim(`  ${left} more lines with --json`)] : [])];
}
