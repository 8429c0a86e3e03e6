import type { Line } from "../headings.ts";
import { type Block, type Boundary, type Chunker, type Source, strengths } from "./chunker.ts";
import { sentencesIn } from "./sentences.ts";

/**
 * Before headings, else paragraphs, else the items of lists, rows of tables and lines of code, else sentences; any other line break is
 * taken for the wrapping of prose. Fenced code, tables and lists are kept together, else their lines and items are. There is no boundary inside
 * a heading or between a heading and what it is the heading of.
 */
export const markdown: Chunker = {
  name: "markdown",
  about:
    "before headings, else paragraphs, list items, table rows and lines of code, else sentences; keeps code, tables and lists together",
  outline(source) {
    const parts = partsOf(source);
    return { boundaries: boundariesOf(source, parts), blocks: blocksOf(source, parts) };
  },
};

type Kind = "heading" | "code" | "table" | "item" | "prose";

/** A line that is a part of its own, with those that only go on with it: of a heading, an item, or wrapped prose. */
interface Part {
  readonly kind: Kind;
  readonly start: number;
  end: number;
  /** A blank line stands before it. */
  readonly apart: boolean;
  /** Spaces before its first line. */
  readonly indent: number;
  /** Its first line's place among the lines. */
  readonly line: number;
}

function partsOf({ lines, headings }: Source): readonly Part[] {
  const kinds = kindsOf(lines, new Set(headings.map(({ start }) => start)));
  const rest = headings.values();
  let heading = rest.next().value;
  const parts: Part[] = [];
  let apart = true;
  for (const [i, { start, end, text }] of lines.entries()) {
    const kind = kinds[i];
    while (heading !== undefined && heading.end < start) heading = rest.next().value;
    const last = parts.at(-1);
    // The line under an underlined heading belongs to it.
    const underline = heading !== undefined && start > heading.start;
    if (kind === undefined) apart = true;
    else {
      const wraps = kind === "prose" && (last?.kind === "prose" || last?.kind === "item") && !apart;
      if (last !== undefined && (underline || wraps)) last.end = end;
      else parts.push({ kind, start, end, apart, indent: text.search(/\S/), line: i });
      apart = false;
    }
  }
  return parts;
}

/** Undefined for blank lines. */
function kindsOf(lines: readonly Line[], headings: ReadonlySet<number>): readonly (Kind | undefined)[] {
  const kinds: (Kind | undefined)[] = [];
  for (const [i, line] of lines.entries()) {
    const before = kinds[i - 1];
    if (line.text.trim() === "") kinds.push(undefined);
    else if (line.code) kinds.push("code");
    else if (headings.has(line.start)) kinds.push("heading");
    else if (isTableRow(line.text) && (before === "table" || isTableRule(lines[i + 1]))) kinds.push("table");
    else if (/^\s*(?:[-*+•>]|\d{1,9}[.)])\s/.test(line.text)) kinds.push("item");
    else kinds.push("prose");
  }
  return kinds;
}

function isTableRow(text: string): boolean {
  return text.includes("|");
}

/** `|---|:--:|` */
function isTableRule(line: Line | undefined): boolean {
  return line !== undefined && !line.code && /^[\s|:-]+$/.test(line.text) && line.text.includes("-") && isTableRow(line.text);
}

function boundariesOf({ text }: Source, parts: readonly Part[]): readonly Boundary[] {
  return parts.flatMap((part, i): readonly Boundary[] => {
    const before = parts[i - 1];
    const { kind, start, end, apart } = part;
    const strength = kind === "heading" ? strengths.heading : apart ? strengths.paragraph : strengths.line;
    const own: readonly Boundary[] = before?.kind === "heading" ? [] : [{ at: start, strength }];
    return kind === "heading" ? own : [...own, ...sentencesIn(text, start, end)];
  });
}

/** Runs of parts of one kind, and each of their parts. */
function blocksOf(source: Source, parts: readonly Part[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < parts.length;) {
    const kind = parts[from]?.kind ?? "prose";
    let to = from + 1;
    while (to < parts.length && goesOn(source, parts, to, kind)) to++;
    if (kind === "code" || kind === "table" || kind === "item") {
      const run = parts.slice(from, to);
      const [first, rule] = run;
      const last = run.at(-1);
      if (first !== undefined && last !== undefined)
        blocks.push({
          start: first.start,
          end: last.end,
          ...(kind === "table" && rule !== undefined && { head: headOf(source, first, rule) }),
        });
      for (const { start, end } of run) blocks.push({ start, end });
    }
    from = to;
  }
  return blocks;
}

/** Whether the part belongs to the block of the one before it. A list goes on after a blank line with another item, or with what is indented. */
function goesOn({ lines }: Source, parts: readonly Part[], at: number, kind: Kind): boolean {
  const [before, part] = [parts[at - 1], parts[at]];
  if (before === undefined || part === undefined) return false;
  if (kind === "item") return part.kind === "item" || (part.indent >= 2 && part.kind !== "heading");
  if (kind === "code") return part.kind === kind && lines.slice(before.line + 1, part.line).every(({ code }) => code);
  return part.kind === kind && !part.apart;
}

function headOf({ text }: Source, row: Part, rule: Part): NonNullable<Block["head"]> {
  const cells = text.slice(row.start, row.end).trim().replace(/^\|/, "").replace(/\|$/, "").split("|");
  return { from: rule.end, title: cells.map((cell) => cell.trim()).join(" | ") };
}
