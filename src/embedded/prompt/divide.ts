/** Divides a message into passages, question, examples and the rest, which are instructions. */
import { ask, type Asked, type AskOptions, hasQuestion, isInstruction } from "./asking.ts";
import { blocksIn, examplesIn, isPlaceholder } from "./examples.ts";
import { headingOf, isRule } from "./headings.ts";
import { inOrder } from "./in-order.ts";
import { joined, type Line, lineFrom, linesOf, paragraphsOf, together } from "./lines.ts";
import { isOrder, isQuestion } from "./orders.ts";
import { isNumbered, outside, type Passage, passagesIn, passagesOfTag } from "./passages.ts";
import { sentencesOf } from "./sentences.ts";
import { tagsIn, type Tagged } from "./tags.ts";
import { unheadedPassages } from "./unheaded.ts";

export interface Divided extends Asked {
  readonly passages: readonly Passage[];
}

export interface DivideOptions extends Pick<AskOptions, "asks" | "labelled"> {
  /** False where headings and numbers mark no passages, only tags do. */
  readonly headed?: boolean | undefined;
  /** False where the passages are known to stand elsewhere, so that text under no known heading is none. */
  readonly loose?: boolean | undefined;
}

interface Given extends AskOptions, DivideOptions {
  /** From tags. */
  readonly passages: readonly Passage[];
}

/** Linear in the message. */
export function divide(message: string, options: DivideOptions = {}): Divided {
  const text = message.replaceAll("\r\n", "\n");
  const blocks = blocksIn(text);
  const tags = tagsIn(blocks.rest);
  const passages: Passage[] = [];
  for (const tag of tags) if (tag.kind === "passages") for (const passage of passagesOfTag(tag, passages.length)) passages.push(passage);
  const asked = questionTag(tags, blocks.rest);
  const plain = withoutTags(blocks.rest, tags, asked);
  const found = byLines(plain, { ...options, passages, asked: asked?.content.trim() });
  return { ...found, demonstrations: [...blocks.demonstrations, ...found.demonstrations] };
}

/** The last tag that asks; one whose name is that of a text only where no heading asks. */
function questionTag(tags: readonly Tagged[], text: string): Tagged | undefined {
  const asking = tags.filter(({ kind }) => kind === "question");
  const strong = asking.findLast(({ name }) => /quest|query|问题|問題/u.test(name));
  if (strong !== undefined) return strong;
  return text.split("\n").some((line) => headingOf(line)?.kind === "question") ? undefined : asking.at(-1);
}

function withoutTags(text: string, tags: readonly Tagged[], asked: Tagged | undefined): string {
  const gone = tags.filter((tag) => tag.kind === "passages" || tag === asked);
  const wrappers =
    /^[ \t]*<\/?(?:documents|passages|sources|contexts?|results|instructions?|rules|task|guidelines?|format|output_format|response_format|requirements?|system)(?:\s[^<>]*)?>/gimu;
  return outside(text, gone)
    .replace(wrappers, "\n")
    .replace(/<(labels|categories|classes|intents|options)>/giu, "\n$1:\n")
    .replace(/<\/(?:labels|categories|classes|intents|options)>/giu, "\n");
}

function byLines(text: string, given: Given): Divided {
  const lines = linesOf(text);
  if (given.passages.length > 0) {
    // What a heading that only announced the tags says is said.
    const rest = lines.filter(({ heading }) => !(heading?.kind === "passages" && heading.rest === "")).map((line) => line.text);
    return { passages: given.passages, ...ask(rest.join("\n"), given) };
  }
  const start = given.headed === false ? undefined : passagesStart(lines, given);
  if (start !== undefined) return withPassages(lines, start, given);
  const fenced = fencesIn(lines);
  const kinds = new Set(lines.map(({ heading }) => heading?.kind));
  if (given.headed !== false && fenced.gone.size > 0 && (kinds.has("question") || !kinds.has("text"))) {
    const left = ask(joined(lines.filter((_, i) => !fenced.gone.has(i))), given);
    return { passages: fenced.passages, ...left };
  }
  const searched = given.loose !== false && given.headed !== false && given.asks !== false && given.labelled !== true;
  const unheaded = searched ? unheadedPassages(text, given.asked !== undefined) : undefined;
  return unheaded === undefined ? { passages: [], ...ask(text, given) } : { passages: unheaded.passages, ...ask(unheaded.rest, given) };
}

interface Start {
  /** The first line of the passages, and of what announces them. */
  readonly from: number;
  readonly style: string;
  /** The line after the last where rules enclose the passages. */
  readonly to?: number;
}

/** The first heading with something below it, the first `[1]`, or a sentence that announces what is below. */
function passagesStart(lines: readonly Line[], given: Given): Start | undefined {
  let arrays = 0;
  for (const [i, { heading, text, fence }] of lines.entries()) {
    if (fence > 0) continue;
    if (heading?.kind === "passages" && hasBody(lines, i, given)) return { from: i, style: heading.style };
    if (isNumbered(text) && hasBody(lines, i, given)) return { from: i, style: ":" };
    if (arrays >= mostArrays || !beginsArray(lines, i)) continue;
    arrays++;
    const json = jsonEnd(lines, i);
    if (json !== undefined) return { from: i, style: ":", to: json };
  }
  return announced(lines, given);
}

function hasBody(lines: readonly Line[], at: number, given: Given): boolean {
  const heading = lines[at]?.heading;
  const rest = heading?.rest ?? lines[at]?.text ?? "";
  if (isPlaceholder(rest)) return false;
  if (rest !== "") return !(heading !== undefined && isOrder(rest));
  const next = lineFrom(lines, at + 1, ({ text }) => text.trim() !== "" && !isRule(text));
  if (next === undefined || isPlaceholder(next.text)) return false;
  const kind = next.heading?.kind;
  if (kind === "claims") return given.asks === false;
  return (
    kind === undefined ||
    kind === "passages" ||
    /^\W*\p{L}+ ?\[?\d/u.test(next.text) ||
    (kind === "text" && next.heading?.rest !== "") ||
    isNumbered(next.text)
  );
}

/** So many beginnings of an array are read to their end, which takes time. */
const mostArrays = 16;

function beginsArray(lines: readonly Line[], at: number): boolean {
  return /^\s*\[\s*\{\s*"/.test(`${lines[at]?.text ?? ""}\n${lines[at + 1]?.text ?? ""}`);
}

/** The line after an array of documents that begins here. */
function jsonEnd(lines: readonly Line[], at: number): number | undefined {
  const end = lines.findIndex(({ text }, i) => i >= at && (i > at ? text.startsWith("]") : /\]\s*$/.test(text)));
  if (end < 0) return undefined;
  const found = passagesIn(joined(lines.slice(at, end + 1)));
  return found.length > 0 && !found.some(({ text }) => text.startsWith("[")) ? end + 1 : undefined;
}

const noun = "context|passages?|documents?|excerpts?|snippets?|articles?|sources?|information|paragraphs?";

const announcing = new RegExp(
  `\\b(?:following|retrieved|provided)\\b[^.\\n]{0,60}\\b(?:${noun})\\b|\\b(?:${noun})\\b[^.\\n]{0,40}\\b(?:below|following)\\b|\\bbelow (?:is|are)\\b[^.\\n]{0,40}\\b(?:${noun})\\b|(?:以下|下面|下列)[^。\\n]{0,16}(?:内容|資料|资料|文章|上下文|信息|段落|文档)`,
  "iu",
);

const below = /\b(?:below|following)\b/i;
const textBelow = inOrder(/\./, /\btext\b/i, below);

/** "Label the text below as …" announces no passages. */
function announcesText(line: string): boolean {
  const match = textBelow.exec(line);
  const rest = match === null ? "" : line.slice(match.index);
  return /\bas\b/i.test(rest.slice(rest.search(below)));
}

/** "Use the following pieces of context …" and then paragraphs up to the heading of the question; or paragraphs between two rules. */
function announced(lines: readonly Line[], given: Given): Start | undefined {
  const at = lines.findIndex(({ text, fence }) => fence === 0 && announcing.test(text) && !announcesText(text));
  if (at < 0 || lines[at]?.fence !== 0) return undefined;
  const rules = lines.flatMap(({ text }, i) => (i > at && isRule(text) ? [i] : []));
  const opening = rules[0];
  if (opening !== undefined && lines.slice(at + 1, opening).every(({ text }) => text.trim() === "")) {
    const same = rules.filter((i) => lines[i]?.text.trim() === lines[opening]?.text.trim());
    const closing = same.at(-1);
    if (closing !== undefined && closing > opening) return { from: opening + 1, style: ":", to: closing };
  }
  const question = lines.findLastIndex(({ heading }) => heading?.kind === "question");
  if (question < 0 && given.asks !== false) return undefined;
  let next = lines.findIndex(({ text }, i) => i > at && text.trim() === "");
  // Orders that go on below the announcement are no passage yet.
  while (next >= 0 && next < lines.length && (lines[next]?.text.trim() === "" || startsOrders(lines, next))) next++;
  if (next < 0 || next >= lines.length || (question >= 0 && next >= question)) return undefined;
  return { from: next, style: ":" };
}

function startsOrders(lines: readonly Line[], at: number): boolean {
  const line = lines[at];
  return (
    line === undefined ||
    line.heading !== undefined ||
    line.fence > 0 ||
    /^\s*(?:[-*•]|\d{1,2}[.)])\s/.test(line.text) ||
    /[:：]\s*$/u.test(line.text) ||
    isInstruction(line.text)
  );
}

function withPassages(lines: readonly Line[], start: Start, given: Given): Divided {
  const before = lines.slice(0, start.from);
  const after = lines.slice(start.from);
  if (start.to !== undefined) {
    const left = ask(joined([...before, ...lines.slice(start.to)]), given);
    return { passages: passagesOf(lines.slice(start.from, start.to)), ...left };
  }
  if (given.asked !== undefined || given.asks === false) {
    const end = given.asked === undefined ? -1 : endOf(after, start.style, after.length);
    const [own, more] = end < 0 ? [after, []] : [after.slice(0, end), after.slice(end)];
    return { passages: passagesOf(own), ...ask(joined([...before, ...more]), given) };
  }
  const earlier = examplesIn(joined(before));
  const asksBefore = linesOf(earlier.rest).some(({ heading }, i, all) => heading?.kind === "question" && hasQuestion(all, i));
  if (asksBefore) {
    const end = endOf(after, start.style, after.length);
    return { passages: passagesOf(after.slice(0, end)), ...ask(joined([...before, ...after.slice(end)]), given) };
  }
  // The last heading wins, since passages may quote questions of their own.
  const strong = after.findLastIndex(({ heading }, i) => i > 0 && heading?.kind === "question" && hasQuestion(after, i));
  const weak = after.findLastIndex(
    ({ heading }, i) => i > 0 && heading?.kind === "text" && heading.style !== start.style && hasQuestion(after, i),
  );
  const question = strong >= 0 ? strong : weak;
  if (question >= 0) {
    const end = endOf(after, start.style, question);
    return { passages: passagesOf(after.slice(0, end)), ...ask(joined([...before, ...after.slice(end)]), given) };
  }
  return unmarked(before, after, earlier.rest, given);
}

/** Passages end at the question; under Markdown or other marked headings also at a heading of instructions that is written the same way. */
function endOf(lines: readonly Line[], style: string, question: number): number {
  if (style === ":" || style === "caps") return question;
  const other = lines.findIndex(
    ({ heading }, i) => i > 0 && i < question && heading?.style === style && /^(?:instructions|claims)$/.test(heading.kind),
  );
  return other < 0 ? question : other;
}

/** No heading says where the question is: the last paragraph that is no order, unless a question stands before the passages. */
function unmarked(before: readonly Line[], after: readonly Line[], instructions: string, given: Given): Divided {
  const paragraphs = paragraphsOf(joined(after.filter(({ heading }) => !(heading?.kind === "answer" && heading.rest === ""))));
  let last = paragraphs.length - 1;
  while (last > 0 && !isQuestion(paragraphs[last] ?? "") && isOrder(paragraphs[last] ?? "")) last--;
  const asksAfter = last > 0 && isQuestion(paragraphs[last] ?? "");
  const asksBefore = paragraphsOf(instructions).some((p) => sentencesOf(p).some((s) => isQuestion(s) && !isOrder(s)));
  if (!asksAfter && (asksBefore || paragraphs.length < 2)) return { passages: passagesOf(after), ...ask(joined(before), given) };
  // Orders below a question are instructions; those below a passage are its own.
  const end = asksAfter ? last : paragraphs.length - 1;
  const tail = ask(paragraphs.slice(end).join("\n\n"), given);
  const head = examplesIn(joined(before));
  const passages = passagesIn(withoutHeading(paragraphs.slice(0, end).join("\n\n")));
  return { ...tail, passages, demonstrations: [...head.demonstrations, ...tail.demonstrations], rest: together(head.rest, tail.rest) };
}

function passagesOf(lines: readonly Line[]): Passage[] {
  return passagesIn(withoutHeading(joined(lines)));
}

/** A heading that only says "passages" goes; one that numbers a passage stays. */
function withoutHeading(text: string): string {
  const [first = "", ...others] = text.split("\n");
  const heading = headingOf(first);
  if (
    heading?.kind !== "passages" ||
    (isNumbered(first) && heading.rest !== "") ||
    /\d\W*$/u.test(first.slice(0, first.length - heading.rest.length))
  )
    return text;
  return [heading.rest, ...others].join("\n");
}

const aboutForm = /\b(?:json|schema|format|example|output|respond|reply|return|labels?|categories|template|structure)\b|格式|输出/iu;

/** Fences outside of headings hold passages, unless the line above speaks of the reply's form. */
function fencesIn(lines: readonly Line[]): { readonly passages: Passage[]; readonly gone: ReadonlySet<number> } {
  const passages: Passage[] = [];
  const gone = new Set<number>();
  let above = "";
  for (let from = 0, to = 0; from < lines.length; from = to) {
    const number = lines[from]?.fence ?? 0;
    to = from + 1;
    if (number === 0) {
      const line = lines[from]?.text ?? "";
      if (line.trim() !== "") above = line;
      continue;
    }
    while (lines[to]?.fence === number) to++;
    const announced = above;
    above = lines.slice(from, to).findLast(({ text }) => text.trim() !== "")?.text ?? above;
    const body = lines.slice(from, to).map(({ text }) => text);
    const text = body
      .map((line, i) =>
        i === 0 || i === body.length - 1
          ? line.replace(/^\s*(?:```|"""|'''|~~~)[\w-]*/u, "").replace(/(?:```|"""|'''|~~~)\s*$/u, "")
          : line,
      )
      .join("\n");
    if (aboutForm.test(announced) && !/\b(?:text|message|review|passage|context|document)\b/i.test(announced)) continue;
    for (const passage of passagesIn(text, passages.length)) passages.push(passage);
    for (let i = from; i < to; i++) gone.add(i);
  }
  return { passages, gone };
}
