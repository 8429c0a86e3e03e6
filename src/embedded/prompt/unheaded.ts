/** Passages that nothing known announces: text before the question that is no order, under whatever heading. */
import { examplesIn } from "./examples.ts";
import { headingOf, isRule } from "./headings.ts";
import { isHyde } from "./instructions.ts";
import { findLabels } from "./label-list.ts";
import { joined, type Line, linesOf, paragraphsOf } from "./lines.ts";
import { isOrder, isQuestion } from "./orders.ts";
import { type Passage, passagesIn } from "./passages.ts";
import { sentencesOf } from "./sentences.ts";
import { hasQuestion, isInstruction } from "./asking.ts";

export interface Unheaded {
  readonly passages: readonly Passage[];
  /** The message without them. */
  readonly rest: string;
}

/**
 * The text above the last heading of a question, or around a question that is a paragraph of its own, but for the orders that begin it.
 * `asked`: a tag holds the question, so that all is such text. Undefined where there is none of it.
 */
export function unheadedPassages(text: string, asked: boolean): Unheaded | undefined {
  // Examples without texts of their own show what to answer to such a message as it stands.
  if (examplesIn(text).demonstrations.length > 0) return undefined;
  const lines = linesOf(text);
  const heading = lines.findLastIndex(({ heading: head }, i) => head?.kind === "question" && hasQuestion(lines, i));
  if (heading >= 0 || asked) {
    const at = asked ? lines.length : heading;
    return split(joined(lines.slice(0, at)), joined(lines.slice(at)));
  }
  return lines.some(({ heading: head }) => head?.kind === "text" || head?.kind === "claims") ? undefined : around(lines);
}

/** The question is the last paragraph that asks; orders before and behind everything are instructions. */
function around(lines: readonly Line[]): Unheaded | undefined {
  const paragraphs = paragraphsOf(joined(lines.filter(({ heading }) => !(heading?.kind === "answer" && heading.rest === ""))));
  let to = paragraphs.length;
  while (to > 1 && isInstruction(paragraphs[to - 1] ?? "") && !isQuestion(paragraphs[to - 1] ?? "")) to--;
  const at = paragraphs.slice(0, to).findLastIndex((p) => asks(p));
  if (at < 0 || at !== to - 1) return undefined;
  return split(paragraphs.slice(0, at).join("\n\n"), paragraphs.slice(at).join("\n\n"));
}

function asks(paragraph: string): boolean {
  return /[?？]["”)）]?\s*$/u.test(paragraph) || sentencesOf(paragraph).some((s) => /[?？]["”)）]?$/u.test(s));
}

function split(above: string, below: string): Unheaded | undefined {
  const paragraphs = paragraphsOf(above).filter((p) => !isRule(p));
  let from = 0;
  while (from < paragraphs.length && instructs(paragraphs, from)) from++;
  const lines = (paragraphs[from] ?? "").split("\n");
  let own = 0;
  while (own < lines.length && (isOrder(lines[own] ?? "") || headingOf(lines[own] ?? "")?.kind === "instructions")) own++;
  const text = withoutName([lines.slice(own).join("\n"), ...paragraphs.slice(from + 1)].join("\n\n").trim());
  if (!isText(text)) return undefined;
  return { passages: passagesIn(text), rest: [...paragraphs.slice(0, from), lines.slice(0, own).join("\n"), below].join("\n\n") };
}

/** Orders, or what belongs to the orders above: a list, labels, a form that is written out. */
function instructs(paragraphs: readonly string[], at: number): boolean {
  const paragraph = paragraphs[at] ?? "";
  if (isInstruction(paragraph) || isHyde(paragraph) || findLabels(paragraph, [], undefined) !== undefined) return true;
  const sentences = sentencesOf(paragraph);
  const orders = sentences.filter(isOrder).length;
  if (isOrder(sentences[0] ?? "") && orders * 2 > sentences.length) return true;
  return at > 0 && paragraph.split("\n").every((line) => /^\s*(?:[-*•{}"`]|\d{1,3}[.)]\s)/u.test(line));
}

/** A name of one to three words that ends with a colon goes; a title without one stays as the passage's first line. */
function withoutName(text: string): string {
  const name = /^[#*\s]{0,8}\p{L}[\p{L}\d'’-]{0,30}(?: [\p{L}\d'’-]{1,30}){0,2}\**[:：]\**\s/u.exec(text)?.[0];
  const rest = name === undefined || /\d\W*$/u.test(name) ? text : text.slice(name.length).trim();
  return isText(rest) ? rest : text;
}

/** A greeting or a name is no text to answer from. */
function isText(text: string): boolean {
  return /(?:\S+\s+){4}\S/u.test(text.slice(0, 400)) || /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af].{5}/su.test(text.slice(0, 400));
}
