/** A file of people's labels -> labels. Pure. A row: `return-window-1,good,45 days,ann,2026-03-02`. */
import { formatOf, parseRows, type Row } from "../data/parse.ts";
import { suggest } from "../errors.ts";
import type { Json } from "../types.ts";

/** What one person said of a case, or of one answer to it. */
export interface Label {
  readonly case: string;
  /** 0..1 */
  readonly value: number;
  /** The value as it was written. */
  readonly mark: string;
  /** The answer that was labelled, or its hash; undefined where any answer is meant. */
  readonly answer?: string | undefined;
  readonly rater?: string | undefined;
  readonly time?: string | undefined;
}

interface Options {
  readonly file: string;
  readonly scale?: Readonly<Record<string, number>> | undefined;
  readonly min: number;
  readonly max: number;
}

/** The labels of a text, and `file:line: what; what would be right` of each bad row. A row whose value is empty waits for its label. */
export function labelsOf(text: string, options: Options): { readonly labels: readonly Label[]; readonly faults: readonly string[] } {
  const { rows, faults } = parseRows(text, options.file, formatOf(options.file) ?? "csv");
  // The rows of a table all have the columns of its header, so that one of them tells what lacks.
  const lacking = rows[0]?.flat === true && lackOf(rows[0]) !== undefined;
  const read = (lacking ? rows.slice(0, 1) : rows).map((row) => labelOf(row, options));
  const labels = read.filter((label) => typeof label === "object");
  const all = [...faults, ...read.filter((fault) => typeof fault === "string")];
  return {
    labels,
    faults: labels.length + all.length > 0 ? all : [`${options.file}: holds no label; write a row for each, with case and value`],
  };
}

/** The label of a row, what is wrong with it, or nothing where it waits for one. */
function labelOf({ place, values }: Row, options: Options): Label | string | undefined {
  const missing = lackOf({ values });
  if (missing !== undefined) return `${place}: no column is named "${missing}"; ${suggest(missing, Object.keys(values))}`;
  const parts = ["case", "value", "answer", "rater", "time"].map((name) => ({ name, text: textOf(values[name]) }));
  const wrong = parts.find(({ text }) => text === undefined);
  if (wrong !== undefined) return `${place}: ${wrong.name} is a list or a map; write a text or a number`;
  const [kase = "", mark = "", ...about] = parts.map(({ text }) => text);
  if (mark === "") return undefined;
  if (kase === "") return `${place}: a label without a case; write the case's id`;
  const value = valueOf(mark, options);
  if (typeof value === "string") return `${place}: ${value}`;
  const [answer, rater, time] = about.map((text) => (text === "" ? undefined : text));
  if (time !== undefined && !ISO.test(time)) return `${place}: time "${time}" is not ISO 8601; write 2026-03-02 or 2026-03-02T09:30:00Z`;
  return { case: kase, value, mark, answer, rater, time };
}

/** A date, or a date with a time and perhaps a zone. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u;

function lackOf({ values }: Pick<Row, "values">): string | undefined {
  return ["case", "value"].find((name) => !Object.hasOwn(values, name));
}

/** 0..1, or what is wrong with the mark. */
function valueOf(mark: string, { scale, min, max }: Options): number | string {
  if (scale !== undefined) {
    return Object.hasOwn(scale, mark) ? (scale[mark] ?? 0) : `"${mark}" is not on the scale; ${suggest(mark, Object.keys(scale))}`;
  }
  const number = mark === "true" ? max : mark === "false" ? min : Number(mark);
  if (Number.isNaN(number)) return `"${mark}" is no number; write ${min} to ${max}, or say under scale what such words count as`;
  if (number < min || number > max) return `${mark} is not in ${min}..${max}; set min and max to the lowest and the highest mark`;
  return (number - min) / (max - min);
}

/** Empty where there is nothing; undefined where there is something that is no text. */
function textOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? undefined : String(value).trim();
}
