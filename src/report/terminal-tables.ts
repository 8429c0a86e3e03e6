/** Tables of figures for a terminal. */
import { Chalk, type ChalkInstance } from "chalk";
import stringWidth from "string-width";
import { forTerminal } from "./escape.ts";
import { clip, hanging, plain, table, tableWidth, wrap, type Column, type Row } from "./layout.ts";
import type { Summary } from "../types.ts";
import type { TerminalOptions } from "./paint.ts";
import { type Figures, rungTables } from "./tables.ts";

/** Rows of a table of a stage's own, at the most. */
const MOST_FIGURES = 6;

/** What the stages measured themselves, a table each; empty where nothing was. Ends without a line break. */
export function tablesText({ rungs }: Pick<Summary, "rungs">, { width, color }: TerminalOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const tables = rungTables(rungs).map((figures) => figureLines(figures, MOST_FIGURES, width, chalk).join("\n"));
  return tables.length === 0 ? "" : [chalk.bold("Measured besides"), ...tables].join("\n\n");
}

/** A heading and the first `most` rows; where they are wider than the terminal, columns are shown as rows. */
export function figureLines(figures: Figures, most: number, width: number, chalk: ChalkInstance): readonly string[] {
  const lines = uprightLines(figures, most, width, chalk);
  if (lines.every((line) => stringWidth(line) <= width)) return lines;
  const rows = figures.rows.slice(0, most);
  const turned: Figures = {
    ...figures,
    titles: ["", ...rows.map(([name = ""]) => name)],
    rows: figures.titles.slice(1).map((title, c) => [title, ...rows.map((cells) => cells[c + 1] ?? "")]),
    numeric: rows.map((_, r) => r + 1),
  };
  const left = figures.rows.length - rows.length;
  return [
    ...uprightLines(turned, turned.rows.length, width, chalk),
    ...(left > 0 ? wrap(`${left} more in ${forTerminal(figures.file)}`, width - 2).map((line) => chalk.dim(`  ${line}`)) : []),
  ];
}

/** A heading and the first `most` rows, no line wider than the terminal. What the numbers take is fixed; the first and the last text share the rest. */
function uprightLines(
  { heading, titles, rows, numeric, file }: Figures,
  most: number,
  width: number,
  chalk: ChalkInstance,
): readonly string[] {
  const last = numeric.includes(titles.length - 1) ? undefined : titles.length - 1;
  const columns = titles.map((title, c): Column => ({
    title: [c === 0 ? `  ${clip(forTerminal(title), 20)}` : clip(forTerminal(title), 20)],
    side: numeric.includes(c) ? "right" : "left",
  }));
  const shown = rows.slice(0, most).map((cells) => cells.map(forTerminal));
  const asRows = (room: { readonly first: number; readonly last: number }): readonly Row[] =>
    shown.map((cells) => ({
      cells: cells.map((cell, c) => plain(c === 0 ? `  ${clip(cell, room.first)}` : clip(cell, c === last ? room.last : 24))),
    }));
  const bare = columns.map((column, c) => (c === 0 || c === last ? { ...column, title: [""] } : column));
  const rest = Math.max(16, width - tableWidth(bare, asRows({ first: 1, last: 1 })) + 2);
  const widest = (c: number) => Math.max(0, ...shown.map((cells) => stringWidth(cells[c] ?? "")));
  const title = last === undefined ? 0 : stringWidth(columns[last]?.title[0] ?? "");
  const ending = last === undefined ? 0 : Math.max(title, Math.min(widest(last), Math.max(Math.floor(rest * 0.4), rest - widest(0))));
  const first = Math.max(1, Math.min(widest(0), rest - ending));
  const left = rows.length - shown.length;
  return [
    ...hanging(" ", forTerminal(heading), width),
    ...table(columns, asRows({ first, last: ending }), chalk.dim),
    ...(left > 0 ? wrap(`${left} more in ${forTerminal(file)}`, width - 2).map((line) => chalk.dim(`  ${line}`)) : []),
  ];
}
