/** Means with their intervals as an inline SVG. */
import { forHtml } from "./escape.ts";
import { score } from "./figures.ts";
import { clip } from "./layout.ts";

interface PlotRow {
  readonly name: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Drawn heavier. */
  readonly strong: boolean;
}

const ROW = 28;
const LEFT = 190;
const RIGHT = 60;
const WIDTH = 760;

/** One line a row on a shared axis; a dashed line stands at the first row's mean. Empty without rows. */
export function intervalPlot(rows: readonly PlotRow[], title: string): string {
  const [first] = rows;
  if (first === undefined) return "";
  const step = 0.1;
  const low = Math.max(0, Math.floor((Math.min(...rows.map((row) => row.low)) - 0.02) / step) * step);
  const high = Math.min(1, Math.ceil((Math.max(...rows.map((row) => row.high)) + 0.02) / step) * step);
  const x = (value: number): string => (LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const bottom = rows.length * ROW + 6;
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  const axis = ticks.map(
    (value) =>
      `<line x1="${x(value)}" x2="${x(value)}" y1="0" y2="${bottom}" stroke="var(--line)"/><text x="${x(value)}" y="${bottom + 16}" text-anchor="middle" fill="var(--soft)">${value.toFixed(1)}</text>`,
  );
  const marks = rows.map((row, i) => {
    const y = i * ROW + ROW / 2;
    const color = row.strong ? "var(--mark)" : "var(--soft)";
    return [
      `<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end" fill="var(--text)"${row.strong ? ' font-weight="700"' : ""}>${forHtml(clip(row.name, 26))}</text>`,
      `<line x1="${x(row.low)}" x2="${x(row.high)}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="${row.strong ? 4 : 2.5}"/>`,
      `<circle cx="${x(row.mean)}" cy="${y}" r="5" fill="${color}"/>`,
      `<text x="${WIDTH - RIGHT + 12}" y="${y + 4}" fill="var(--text)">${score(row.mean)}</text>`,
    ].join("");
  });
  const start = `<line x1="${x(first.mean)}" x2="${x(first.mean)}" y1="0" y2="${bottom}" stroke="var(--soft)" stroke-dasharray="4 4"/>`;
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 24}" width="${WIDTH}" role="img" aria-label="${forHtml(title)}" font-size="13"><title>${forHtml(title)}</title>${axis.join("")}${start}${marks.join("")}</svg>`;
}
