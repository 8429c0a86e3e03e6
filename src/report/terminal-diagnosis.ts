/** A diagnosis for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import type { Diagnosis } from "../types.ts";
import { askedText, exampleParts, GAINS, gainText, probedText } from "./diagnosis.ts";
import { forTerminal } from "./escape.ts";
import { count, NOTHING } from "./figures.ts";
import { fit, hanging, plain, table, wrap, type Column, type Row } from "./layout.ts";
import type { TerminalOptions } from "./paint.ts";

/** Causes with counts, gains and the rungs that treat them, and what to try next. */
export function diagnosisLines(diagnosis: Diagnosis, width: number, chalk: ChalkInstance): readonly string[] {
  const rows = diagnosis.buckets.map(({ bucket, axis, cases, gain, asks_for }): Row => ({
    cells: [
      plain(`  ${bucket}`),
      plain(count(cases.length)),
      plain(axis ?? NOTHING),
      plain(gainText(gain)),
      { lines: wrap(forTerminal(askedText(asks_for, diagnosis)), Math.max(16, width - 66)) },
    ],
  }));
  const columns: Column[] = [
    { title: ["  cause"] },
    { title: ["cases"], side: "right" },
    { title: ["axis"] },
    { title: ["could gain"] },
    { title: ["asks for"] },
  ];
  return [
    `${chalk.bold("Diagnosis")}  ${probedText(diagnosis)}`,
    ...(rows.length > 0 ? table(columns, rows, chalk.dim) : []),
    ...hanging("→", forTerminal(diagnosis.next), width),
  ];
}

/** The same with what each probe showed, and examples. Ends without a line break. */
export function diagnosisText(title: string, diagnosis: Diagnosis, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const sections = [
    [chalk.bold(forTerminal(title))],
    diagnosisLines(diagnosis, width, chalk),
    probeLines(diagnosis, width, chalk),
    ...diagnosis.buckets.flatMap(({ bucket, examples }) =>
      examples.map((example) => [
        `${chalk.bold(bucket)}  ${forTerminal(example.case)}`,
        ...exampleParts(example).flatMap(([name, text]) => hanging(" ", `${forTerminal(name)}: ${forTerminal(text)}`, width)),
      ]),
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function probeLines({ probes }: Diagnosis, width: number, chalk: ChalkInstance): readonly string[] {
  if (probes.length === 0) return [];
  const rows = probes.map(({ probe, about, n, passed, gain }): Row => ({
    cells: [
      plain(`  ${probe}`),
      plain(`${count(passed)} of ${count(n)}`),
      plain(gainText(gain)),
      { lines: wrap(about, Math.max(16, width - 58)) },
    ],
  }));
  const columns: Column[] = [
    { title: ["  probe"] },
    { title: ["passed"], side: "right" },
    { title: ["could gain"] },
    { title: ["what it changes"] },
  ];
  const fitting = fit(columns, rows, width);
  return [...table(fitting.columns, fitting.rows, chalk.dim), ...wrap(GAINS, width).map((line) => chalk.dim(line))];
}
