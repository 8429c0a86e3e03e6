/** Findings with their places in files. Pure. */
import type { Template } from "./source.ts";
import type { Edit, Finding, Level } from "./types.ts";

export interface Place {
  /** From 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

export interface Located {
  /** As it was named. */
  readonly file: string;
  readonly from: Place;
  /** Where it ends; the character there is no part of it. */
  readonly to: Place;
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly fix?: (Pick<Edit, "text"> & { readonly from: Place; readonly to: Place }) | undefined;
}

/** Findings of a template of a file. */
export function locate(file: string, content: string, template: Template, findings: readonly Finding[]): readonly Located[] {
  const placeOf = placesIn(content);
  return findings.map(({ start, end, rule, level, message, fix }): Located => {
    const from = template.at(start);
    const spot = { file, from: placeOf(from), to: placeOf(Math.max(from, template.at(end))), rule, level, message };
    // In a quoted or indented scalar the text is not the file's own, so nothing is written there.
    if (fix === undefined || !template.editable) return spot;
    return { ...spot, fix: { from: placeOf(fix.start), to: placeOf(fix.end), text: fix.text } };
  });
}

function placesIn(content: string): (offset: number) => Place {
  const starts = [0, ...[...content.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    // A byte order mark is no column.
    const mark = low === 0 && offset > 0 && content.startsWith("\uFEFF") ? 1 : 0;
    return { line: low + 1, column: offset - (starts[low] ?? 0) - mark + 1 };
  };
}
