/** Text in columns; widths are those of a terminal, where a CJK character takes two cells. */
import stringWidth from "string-width";

/** Fills up with spaces to a width. */
export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - stringWidth(text)));
  return side === "left" ? text + space : space + text;
}

/** Cuts at a width, with an ellipsis where something was lost. For text without colours. */
export function clip(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks at spaces, and inside words that are wider than a line, as Chinese sentences are. For text without colours. */
export function wrap(text: string, wanted: number): readonly string[] {
  // Two columns hold any character; with fewer nothing could ever be taken off a word.
  const width = Math.max(2, wanted);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && stringWidth(line) + 1 + stringWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (stringWidth(line) > width) {
      const head = clip(line, width + 1).slice(0, -1);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** A cell of several lines; `paint` colours a line after it was measured. */
export interface Cell {
  readonly lines: readonly string[];
  readonly paint?: ((text: string) => string) | undefined;
}

export interface Column {
  readonly title: readonly string[];
  readonly side?: "left" | "right";
}

export interface Row {
  readonly cells: readonly Cell[];
  /** Lines below the row over its whole width, already wrapped and coloured. */
  readonly below?: readonly string[] | undefined;
}

/** The width that the columns need. */
export function tableWidth(columns: readonly Column[], rows: readonly Row[]): number {
  return widthsOf(columns, rows).reduce((sum, width) => sum + width + GAP, -GAP);
}

/** Columns as wide as their widest cell, a title, a rule, the rows. */
export function table(columns: readonly Column[], rows: readonly Row[], paintTitle: (text: string) => string): readonly string[] {
  const widths = widthsOf(columns, rows);
  const print = (cells: readonly Cell[]): string[] => {
    const height = Math.max(...cells.map((cell) => cell.lines.length));
    return Array.from({ length: height }, (_, i) =>
      cells
        .map(({ lines, paint }, c) => {
          const padded = pad(lines[i] ?? "", widths[c] ?? 0, columns[c]?.side);
          const text = padded.trim();
          return text === "" || paint === undefined ? padded : padded.replace(text, () => paint(text));
        })
        .join(" ".repeat(GAP))
        .trimEnd(),
    );
  };
  const titles = print(columns.map(({ title }) => ({ lines: title, paint: paintTitle })));
  const rule = paintTitle("─".repeat(tableWidth(columns, rows)));
  return [...titles, rule, ...rows.flatMap((row) => [...print(row.cells), ...(row.below ?? [])])];
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

/** A sign, and a text that is wrapped beside it. */
export function hanging(sign: string, text: string, width: number): readonly string[] {
  return wrap(text, width - stringWidth(sign) - 1).map((line, i) => `${i === 0 ? sign : " "} ${line}`);
}

/** A cell of one line without colour. */
export function plain(text: string): Cell {
  return { lines: [text] };
}

const GAP = 2;

function widthsOf(columns: readonly Column[], rows: readonly Row[]): readonly number[] {
  return columns.map(({ title }, c) =>
    Math.max(0, ...[...title, ...rows.flatMap((row) => row.cells[c]?.lines ?? [])].map((line) => stringWidth(line))),
  );
}
