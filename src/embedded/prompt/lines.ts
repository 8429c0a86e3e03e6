/** The lines of a message, with the headings that they are and the fences that they stand in. */
import { type Heading, headingOf } from "./headings.ts";

export interface Line {
  readonly text: string;
  /** Lines inside a fence, its marks included, share a number from 1; 0 outside. */
  readonly fence: number;
  readonly heading: Heading | undefined;
}

export function linesOf(text: string): Line[] {
  let open = "";
  let fence = 0;
  return text.split("\n").map((line) => {
    const mark = /^[ \t]*(```|"""|'''|~~~)/.exec(line)?.[1];
    const closes = open !== "" && line.trim() === open;
    const opens = open === "" && mark !== undefined && !(line.trim().length > 6 && line.trim().endsWith(mark));
    if (opens) {
      open = mark;
      fence++;
    }
    const inside = open !== "";
    if (closes) open = "";
    return { text: line, fence: inside ? fence : 0, heading: inside ? undefined : headingOf(line) };
  });
}

/** The first line from a place on that passes; undefined where none does. */
export function lineFrom(lines: readonly Line[], from: number, passes: (line: Line) => boolean): Line | undefined {
  for (let i = from; i < lines.length; i++) {
    const line = lines[i];
    if (line !== undefined && passes(line)) return line;
  }
  return undefined;
}

export function paragraphsOf(text: string): string[] {
  return text
    .split(/\n[ \t]*\n/)
    .map((p) => p.trim())
    .filter((p) => p !== "");
}

export function joined(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join("\n");
}

export function together(...parts: readonly string[]): string {
  return parts
    .map((p) => p.trim())
    .filter((p) => p !== "")
    .join("\n\n");
}
