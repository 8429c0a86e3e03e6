/** The comparison of two runs for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import type { CompareResult, MetricComparison } from "../types.ts";
import { forTerminal } from "./escape.ts";
import { age, costs, durations, moreCases, side, worseBesides } from "./compared.ts";
import { count, delta, NOTHING, pValue, score } from "./figures.ts";
import { gateLines } from "./gates.ts";
import { clip, fit, hanging, plain, table, wrap, type Cell, type Column, type Row } from "./layout.ts";
import { paintVerdict, type TerminalOptions } from "./paint.ts";

/** Flips that are shown of each kind; `--json` has all. */
const MOST_FLIPS = 8;
/** Tags that are shown. */
const MOST_TAGS = 12;
/** Lines of the program's diff that are shown. */
const MOST_DIFF = 60;

/** Verdict, metrics, gates, tags, cost, flips with both answers, what changed in the program, signature. Ends without a line break. */
export function compareText(result: CompareResult, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const sections = [
    [...hanging("a", `${forTerminal(result.a)}, ${age(result.baseline)}`, width), ...hanging("b", forTerminal(result.b), width)],
    [
      verdictLine(result, chalk),
      ...powerLines(result, width, chalk),
      ...result.reasons.flatMap((reason) => hanging(chalk.yellow("!"), forTerminal(reason), width)),
    ],
    result.comparable ? metricLines(result, width, chalk) : [],
    gateLines(result.gates ?? [], width, chalk),
    sliceLines(result, width, chalk),
    [
      `cost per answer  ${costs(result.cost)}`,
      `latency p50      ${durations(result.latency)}`,
      `latency p95      ${durations(result.latency.p95)}`,
    ],
    flipLines(result, width, chalk),
    diffLines(result.prompt_diff, width, chalk),
    wrap(forTerminal(result.signature), width).map((line) => chalk.dim(line)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function verdictLine({ comparable, verdict, metrics, primary }: CompareResult, chalk: ChalkInstance): string {
  if (!comparable) return chalk.bold(chalk.red("The runs do not compare"));
  const words = {
    better: "b is better than a",
    worse: "b is worse than a",
    "no evidence": "no evidence of a difference",
    "too few cases": "too few cases to judge",
  };
  const worse = worseBesides({ metrics, primary });
  const headline = chalk.bold(paintVerdict(verdict, chalk)(words[verdict]));
  return worse === undefined ? headline : `${headline}; ${chalk.bold(paintVerdict("worse", chalk)(forTerminal(worse)))}`;
}

function powerLines({ metrics, primary }: CompareResult, width: number, chalk: ChalkInstance): readonly string[] {
  const more = metrics[primary] === undefined ? undefined : moreCases(metrics[primary]);
  return more === undefined ? [] : wrap(`${forTerminal(primary)}: ${more}`, width).map((line) => chalk.dim(line));
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
      sideCell(metric, "a"),
      sideCell(metric, "b"),
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

function sideCell(metric: MetricComparison, name: "a" | "b"): Cell {
  const { mean, cases } = side(metric, name);
  return { lines: cases === "" ? [mean] : [mean, cases] };
}

function sliceLines({ slices, primary }: CompareResult, width: number, chalk: ChalkInstance): readonly string[] {
  const all = Object.entries(slices);
  if (all.length === 0) return [];
  const columns: Column[] = [
    { title: ["tag"] },
    { title: ["cases"], side: "right" },
    { title: ["a"] },
    { title: ["b"] },
    { title: ["difference"] },
    { title: ["verdict"] },
    { title: ["p (Holm)"], side: "right" },
  ];
  const rows = all.slice(0, MOST_TAGS).map(([tag, { n, metrics, p_holm }]): Row => {
    const found = metrics[primary];
    return {
      cells: [
        plain(clip(forTerminal(tag), 24)),
        plain(count(n)),
        plain(score(found?.a)),
        plain(score(found?.b)),
        plain(delta(found)),
        { lines: [found?.verdict ?? NOTHING], paint: paintVerdict(found?.verdict, chalk) },
        plain(p_holm === null ? NOTHING : pValue(p_holm)),
      ],
    };
  });
  const fitting = fit(columns, rows, width);
  return [
    `${chalk.bold("Tags")}  ${clip(forTerminal(primary), 40)}, exploratory`,
    ...table(fitting.columns, fitting.rows, chalk.dim),
    ...(all.length > MOST_TAGS ? [chalk.dim(`  ${all.length - MOST_TAGS} more with --json`)] : []),
  ];
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
      `${flip.b.value < flip.a.value ? chalk.red("−") : chalk.green("+")} ${forTerminal(flip.case)}  ${score(flip.a.value)} → ${score(flip.b.value)}${flip.broken ? "  broken" : ""}`,
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
