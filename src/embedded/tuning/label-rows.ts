/** Tells rows that are answered with labels from questions that have an answer each. */
import { isSentence } from "../chat/answer.ts";
import { fold, isLabelName } from "../labels/labelling.ts";
import { isQuestion } from "../prompt/orders.ts";
import type { Row } from "./rows.ts";

/** One row in fifty may be miswritten. */
const nearly = 0.98;
/** More different answers are no labels, unless they are written as such or listed. */
const mostLabels = 150;

/**
 * The answers are labels: those that the prompts list, names such as `card_arrival` from two rows a name on, or few words that repeat and
 * are shorter than the messages. The same answer to some wordings of one question is a fact, and no label: a classifier would give it to any
 * other question too.
 */
export function areLabels(rows: readonly Row[]): boolean {
  const most = rows.length * nearly;
  const counts = new Map<string, number>();
  for (const { answer } of rows) counts.set(fold(answer), (counts.get(fold(answer)) ?? 0) + 1);
  if (counts.size < 2 || rows.filter((r) => r.answer.length <= 80 && !isSentence(r.answer)).length < most) return false;
  const listed = rows.filter((r) => r.asked.instructions.labels.some((label) => fold(label.name) === fold(r.answer))).length;
  if (listed >= most) return true;
  const copied = rows.filter((r) => r.asked.passages.some((p) => p.text.includes(r.answer))).length;
  if (copied * 2 >= rows.length || rows.length < 2 * counts.size) return false;
  const shareOf = (is: (answer: string) => boolean): number => rows.filter((r) => is(r.answer.trim())).length / rows.length;
  if (shareOf(isLabelName) >= 0.7) return true;
  if (counts.size > mostLabels || shareOf(isFact) > 0.3) return false;
  const asking = rows.filter((r) => isQuestion(r.asked.question)).length / rows.length;
  const words = shareOf((answer) => /^(?:\p{Ll}+|\p{Lu}+)$/u.test(answer)) > 0.7;
  if (asking <= 0.5 && words) return true;
  const length = (of: (row: Row) => string): number => rows.reduce((sum, row) => sum + of(row).length, 0);
  const shorter = length((row) => row.answer) * 2 < length((row) => row.asked.message);
  return shorter && rows.length >= (asking > 0.5 ? 20 : 4) * counts.size;
}

/** A number with something beside it, or more words than names of labels have. */
function isFact(answer: string): boolean {
  return (/\d/.test(answer) && answer.length > 2) || answer.split(/\s+/).length > 6;
}
