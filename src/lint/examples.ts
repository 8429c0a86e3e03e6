/** Worked examples inside a template: in tags, below a heading, or as pairs of lines. Pure. */
import { before, withinSome } from "./spans.ts";
import type { Line, Section } from "./text.ts";
import type { Span } from "./types.ts";

export interface Example extends Span {
  /** The answer that it shows; undefined where that cannot be told from the rest. */
  readonly output?: (Span & { readonly text: string }) | undefined;
}

const OPENING = /<(examples?|demo|sample)\b[^<>\n]*>/giu;
const INPUT =
  /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?(?:example[ \t]+)?(?:input|q|question|user|text|review|message|问题|输入|frage|eingabe)[ \t]*\d*(?:\*\*)?[:：](?:\*\*)?[ \t]*(?=\S)/iu;
const OUTPUT =
  /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*)?(?:example[ \t]+)?(?:output|a|answer|assistant|label|sentiment|category|答案|输出|antwort|ausgabe)[ \t]*\d*(?:\*\*)?[:：](?:\*\*)?[ \t]*(?=\S)/iu;
const OUTPUT_TAG = /<(output|answer|assistant|response|label)>([^]*?)<\/\1>/iu;
/** One arrow between two texts; several are a diagram. */
const ARROW = /^(?:(?!->|→|=>).)*\S[ \t]+(?:->|→|=>)[ \t]+(?=\S)(?!.*(?:->|→|=>))/u;

export function examplesIn(text: string, lines: readonly Line[], sections: readonly Section[]): readonly Example[] {
  const tagged = elementsIn(text)
    .flatMap(({ start, end, name }) => {
      const inner = name === "examples" ? elementsIn(text.slice(text.indexOf(">", start) + 1, end)) : [];
      const from = text.indexOf(">", start) + 1;
      return inner.length === 0 ? [{ start, end }] : inner.map((one) => ({ start: from + one.start, end: from + one.end }));
    })
    .map((whole) => withOutput(text, whole, lines));
  const isTagged = withinSome(tagged);
  const free = (at: number): boolean => !isTagged(at);
  const paired = pairsIn(text, lines).filter(({ start }) => free(start));
  const starts = [...tagged, ...paired].map(({ start }) => start).toSorted((a, b) => a - b);
  const beginning = (offset: number): number => before(starts.length, (at) => (starts[at] ?? 0) < offset);
  const sectioned = sections
    .filter(
      ({ name, body }) => /^(?:few[- ]?shot )?(?:examples?|beispiele?|exemples?|ejemplos?|示例|例子)\b/iu.test(name) && free(body.start),
    )
    .filter(({ body }) => beginning(body.end) === beginning(body.start))
    .filter(({ body }) => text.slice(body.start, body.end).trim() !== "")
    .map(({ body }): Example => ({ start: body.start, end: body.end }));
  return [...tagged, ...paired, ...sectioned].toSorted((a, b) => a.start - b.start);
}

/** Example elements with their tags, the outermost ones. */
function elementsIn(text: string): readonly (Span & { readonly name: string })[] {
  const lower = text.toLowerCase();
  const found: (Span & { readonly name: string })[] = [];
  const open = new Set<string>();
  for (const match of text.matchAll(OPENING)) {
    const name = (match[1] ?? "").toLowerCase();
    if (match.index < (found.at(-1)?.end ?? 0) || open.has(name)) continue;
    const at = lower.indexOf(`</${name}>`, match.index);
    // What is not closed here is not closed further on either.
    if (at < 0) open.add(name);
    else found.push({ start: match.index, end: at + name.length + 3, name });
  }
  return found;
}

/** `Input: …` with `Output: …` below it, filled in; and lines of `text -> label`, two or more. */
function pairsIn(text: string, lines: readonly Line[]): readonly Example[] {
  const contentOf = ({ start, end }: Line): string => text.slice(start, end);
  const pairs = lines.flatMap((line, at): readonly Example[] => {
    const found = OUTPUT.exec(contentOf(line));
    if (found === null || /\{\{/.test(contentOf(line))) return [];
    const before = lines.slice(Math.max(0, at - 12), at).findLastIndex((one) => INPUT.test(contentOf(one)));
    const input = lines[Math.max(0, at - 12) + before];
    if (before < 0 || input === undefined || /\{\{/.test(text.slice(input.start, line.start))) return [];
    return [{ start: input.start, end: line.end, output: spanOf(text, line.start + found[0].length, line.end) }];
  });
  const arrows = lines.filter(
    (line) => (line.kind === "item" || line.kind === "text") && ARROW.test(contentOf(line)) && !/\{\{/.test(contentOf(line)),
  );
  const listed = arrows.map((line): Example => {
    const lead = ARROW.exec(contentOf(line))?.[0].length ?? 0;
    return { start: line.start, end: line.end, output: spanOf(text, line.start + lead, line.end) };
  });
  return [...pairs, ...(listed.length > 1 ? listed : [])];
}

function withOutput(text: string, whole: Span, lines: readonly Line[]): Example {
  const piece = text.slice(whole.start, whole.end);
  const tag = OUTPUT_TAG.exec(piece);
  if (tag !== null) {
    const start = whole.start + tag.index + tag[0].indexOf(">") + 1;
    return { ...whole, output: spanOf(text, start, start + (tag[2]?.length ?? 0)) };
  }
  const first = before(lines.length, (at) => (lines[at]?.start ?? 0) < whole.start);
  const last = before(lines.length, (at) => (lines[at]?.end ?? 0) <= whole.end);
  const line = lines.slice(first, last).findLast(({ start, end }) => OUTPUT.test(text.slice(start, end)));
  if (line === undefined) return whole;
  return { ...whole, output: spanOf(text, line.start + (OUTPUT.exec(text.slice(line.start, line.end))?.[0].length ?? 0), line.end) };
}

function spanOf(text: string, start: number, end: number): NonNullable<Example["output"]> {
  const piece = text.slice(start, end);
  const from = start + piece.length - piece.trimStart().length;
  return { start: from, end: from + piece.trim().length, text: piece.trim() };
}
