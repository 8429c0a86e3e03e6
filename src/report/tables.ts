/** Tables of figures, in the rows that all reports share; texts are not escaped yet. Pure. */
import type { Rung, Table } from "../types.ts";
import { count, NOTHING, score } from "./figures.ts";

/** A table as every report shows it. */
export interface Figures {
  readonly heading: string;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, from 0. */
  readonly numeric: readonly number[];
  /** Where all of it is, for reports that show the first rows alone. */
  readonly file: string;
}

/** What the stages measured themselves, in the order of the ladder. */
export function rungTables(rungs: readonly Rung[]): readonly Figures[] {
  return rungs.flatMap(({ name, tables = [] }, index) => tables.map((table) => figuresOf(table, name, `${index}-${name}/rung.json`)));
}

function figuresOf({ title, columns, rows }: Table, rung: string, file: string): Figures {
  const kinds = columns.map((_, c) => kindOf(rows.map((row) => row[c] ?? null)));
  return {
    heading: `${rung}: ${title}`,
    titles: columns,
    rows: rows.map((row) =>
      row.map((cell, c) => (typeof cell !== "number" ? (cell ?? NOTHING) : kinds[c] === "count" ? count(cell) : score(cell))),
    ),
    numeric: kinds.flatMap((kind, c) => (kind === "text" ? [] : [c])),
    file,
  };
}

/** Shares and counts are written differently. */
function kindOf(cells: readonly (string | number | null)[]): "text" | "count" | "share" {
  const numbers = cells.filter((cell) => typeof cell === "number");
  if (numbers.length === 0 || cells.some((cell) => typeof cell === "string")) return "text";
  return numbers.every(Number.isInteger) ? "count" : "share";
}
