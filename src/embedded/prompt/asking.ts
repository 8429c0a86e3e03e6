/** The question in what is left of a message without its passages, the examples and the instructions beside it. */
import { type Demonstration, examplesIn, isPlaceholder } from "./examples.ts";
import { headingOf, isRule } from "./headings.ts";
import { lastColon } from "./in-order.ts";
import { joined, type Line, lineFrom, linesOf, paragraphsOf, together } from "./lines.ts";
import { isOrder, isQuestion } from "./orders.ts";
import { sentencesOf } from "./sentences.ts";

export interface AskOptions {
  /** False for a message that is known to hold no question: all below a heading of passages is passages. */
  readonly asks?: boolean | undefined;
  /** The labels are known already, so that a text to label is taken whole, with whatever orders it holds. */
  readonly labelled?: boolean | undefined;
  /** The question, where a tag holds it. */
  readonly asked?: string | undefined;
}

export function hasQuestion(lines: readonly Line[], at: number): boolean {
  return (
    (lines[at]?.heading?.rest ?? "") !== "" ||
    lineFrom(lines, at + 1, ({ text, heading }) => text.trim() !== "" && heading?.kind !== "answer") !== undefined
  );
}

export interface Asked {
  /** The question as the message gives it; empty when it gives none. */
  readonly question: string;
  /** True when a heading or tag says that it is the question. */
  readonly marked: boolean;
  readonly demonstrations: readonly Demonstration[];
  /** Everything else: instructions. */
  readonly rest: string;
}

/** The question in a text without passages, the examples and the instructions beside it. */
export function ask(text: string, given: AskOptions): Asked {
  const { demonstrations, rest } = examplesIn(text);
  if (given.asks === false) return { question: given.asked ?? "", marked: given.asked !== undefined, demonstrations, rest: rest.trim() };
  if (given.asked !== undefined) return { question: given.asked, marked: true, demonstrations, rest: rest.trim() };
  const lines = linesOf(rest);
  const strong = lines.findLastIndex(({ heading }, i) => heading?.kind === "question" && hasQuestion(lines, i));
  const at =
    strong >= 0
      ? strong
      : lines.findLastIndex(({ heading }, i) => heading?.kind === "text" && hasQuestion(lines, i) && !isPlaceholder(heading.rest));
  if (at >= 0) return { demonstrations, ...below(lines, at, given) };
  return { demonstrations, ...withoutHeadings(lines, given) };
}

/** What stands below a heading, up to where the reply goes. Paragraphs of orders below a question are instructions. */
function below(lines: readonly Line[], at: number, given: AskOptions): Omit<Asked, "demonstrations"> {
  const heading = lines[at]?.heading;
  const end = lines.findIndex(
    ({ heading: other }, i) =>
      i > at &&
      other !== undefined &&
      (other.kind === "answer" ||
        (other.kind === "passages" && other.rest === "" && lineFrom(lines, i + 1, ({ text }) => text.trim() !== "") === undefined) ||
        (other.kind === "instructions" && !/^(?:notes?|important|tasks?)$/.test(other.name)) ||
        (other.kind === "text" && heading?.kind === "text")),
  );
  const own = ordersUnder(lines, at, end < 0 ? lines.length : end);
  const body = lines.slice(at + 1, own).filter(({ text, fence }) => fence === 0 || !/^\s*(?:```|"""|'''|~~~)\w*\s*$/.test(text));
  const paragraphs = paragraphsOf([heading?.rest ?? "", ...body.map(({ text }) => text)].join("\n"));
  const whole = given.labelled === true && heading?.kind === "text";
  const orders = new Set(whole ? [] : paragraphs.filter((p, i) => i > 0 && isOrder(p)));
  const question = paragraphs.filter((p) => !orders.has(p) && !isRule(p)).join("\n\n");
  const tail = lines
    .slice(own)
    .filter(({ heading: other }) => !(other !== undefined && other.rest === "" && /^(?:answer|passages)$/.test(other.kind)));
  return { question, marked: true, rest: together(joined(lines.slice(0, at)), ...orders, joined(tail)) };
}

/** The first line of orders right below a question of one line, or `end`. */
function ordersUnder(lines: readonly Line[], at: number, end: number): number {
  const heading = lines[at]?.heading;
  if (heading?.kind !== "question" || !/[?？]["”]?$/u.test(heading.rest)) return end;
  let from = at + 1;
  while (from < end && lines[from]?.text.trim() === "") from++;
  return lines.slice(from, end).every(({ text }) => text.trim() === "" || isOrder(text)) ? from : end;
}

/** Orders at the beginning and at the end are instructions; what is left asks: its last question, else all of it. Where the labels are known all is text. */
function withoutHeadings(lines: readonly Line[], given: AskOptions): Omit<Asked, "demonstrations"> {
  const kept = lines.filter(({ heading }) => !(heading?.kind === "answer" && heading.rest === ""));
  const paragraphs = paragraphsOf(joined(kept)).filter((p) => !isRule(p));
  if (given.labelled === true) return { question: joined(lines).trim(), marked: false, rest: "" };
  let from = 0;
  let to = paragraphs.length;
  while (from < to && isInstruction(paragraphs[from] ?? "")) from++;
  while (to > from && isInstruction(paragraphs[to - 1] ?? "")) to--;
  if (from === to) {
    const split = splitParagraph(paragraphs.at(-1) ?? "");
    return split.question === ""
      ? { question: "", marked: false, rest: paragraphs.join("\n\n") }
      : { question: split.question, marked: false, rest: together(...paragraphs.slice(0, -1), split.orders) };
  }
  const middle = paragraphs.slice(from, to);
  const asking = middle.findLastIndex((p) => isQuestion(p) || sentencesOf(p).some(isQuestion));
  const chosen = asking < 0 ? middle : [middle[asking] ?? ""];
  const left = asking < 0 ? [] : middle.filter((_, i) => i !== asking);
  const { question, orders } = splitParagraph(chosen.join("\n\n"));
  return { question, marked: false, rest: together(...paragraphs.slice(0, from), ...left, orders, ...paragraphs.slice(to)) };
}

/** Every sentence of it is an order, or its first line announces the list that the others are. */
export function isInstruction(paragraph: string): boolean {
  const [first = "", ...others] = paragraph.split("\n");
  if (others.length > 0 && others.every((line) => /^\s*(?:[-*•]|\d{1,3}[.)]|["“`])/u.test(line)))
    return lastColon(first) >= 0 || isOrder(first);
  if (headingOf(first)?.kind === "instructions") return true;
  return sentencesOf(paragraph).every((s) => isOrder(s));
}

const announcesText =
  /\b(?:following|this|these|my|message|text|review|sentence|question|e-?mail|ticket|tweet|comment|utterance|classify|categori[sz]e)\b/iu;

/** Orders beside a question in one paragraph. */
function splitParagraph(paragraph: string): { readonly question: string; readonly orders: string } {
  const [, before = "", after = ""] = /^([^:：\n]*)[:：]\s*(\S[\s\S]*)$/u.exec(paragraph) ?? [];
  const [order, text] = announcesText.test(before) ? [before, after] : ["", ""];
  const [, told = "", asked = ""] = /^([^:：\n]{3,160})[:：]\s*(?!\s)([^:：\n]*[?？])$/u.exec(paragraph) ?? [];
  if (isOrder(told) && /\banswer|\breply|\brespond|回答/iu.test(told)) return { question: asked, orders: told };
  if (isOrder(order) && !/\b(?:one of|labels?|categories|classes|options|intents|as|into)\W*$/i.test(order))
    return { question: text, orders: order };
  const sentences = sentencesOf(paragraph);
  const orders = sentences.filter((s) => isOrder(s));
  if (orders.length === 0 || orders.length === sentences.length)
    return { question: orders.length === 0 ? paragraph : "", orders: orders.length === 0 ? "" : paragraph };
  const from = sentences.findIndex((s) => !isOrder(s));
  const to = sentences.findLastIndex((s) => !isOrder(s));
  // An order in the middle of a text is part of the text.
  return {
    question: sentences.slice(from, to + 1).join(" "),
    orders: [...sentences.slice(0, from), ...sentences.slice(to + 1)].join("\n"),
  };
}
