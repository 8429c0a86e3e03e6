/** A passage that would answer a question, put together from the tuned memory and the question's own terms: all that there is. */
import { isCjk } from "../text/shapes.ts";
import type { Mind } from "../mind.ts";
import type { Tuned } from "../tuning/tuned.ts";

/** The answer to a question less like this one than that adds noise to a search rather than words of an answer. */
const related = 0.5;

/** Without a memory it is the question's terms alone, so retrieval by it is close to retrieval by the question; empty for an empty question. */
export function composePassage(question: string, mind: Mind, tuned?: Tuned): string {
  const asked = withoutOrder(question);
  const known = (tuned?.parts ?? [])
    .flatMap(({ memory, refusal }) => memory?.recall(mind.lexicon.read(asked), 1).filter(({ answer }) => answer !== refusal) ?? [])
    .filter(({ similarity }) => similarity >= related)
    .sort((a, b) => b.similarity - a.similarity)[0];
  const parts = [termsOf(asked, mind), known === undefined ? "" : ended(known.answer)];
  return parts.filter((part) => part !== "").join(isCjk(asked) ? "" : " ");
}

/** Orders to write that stand before the question in the same line or paragraph. */
function withoutOrder(question: string): string {
  const order = /^[\s\S]*?(?:\banswers?\b|\bclaim\b|回答|解答)[^:：\n]{0,200}[:：]\s*(?=\S)/iu;
  return question.replace(order, "").trim() || question.trim();
}

/** The question's content words once each; of Chinese, which has no words to choose from, all but what makes it a question. */
function termsOf(asked: string, mind: Mind): string {
  if (isCjk(asked)) {
    const plain = asked.replace(/[吗嗎呢?？\s]+/gu, " ").trim();
    return plain === "" ? "" : `${plain}。`;
  }
  const terms = [...new Set(mind.lexicon.read(asked).words.flatMap((w) => (w.stop ? [] : [w.text])))].join(" ");
  return terms === "" ? asked : `${terms}.`;
}

function ended(text: string): string {
  return /[.!?。！？]$/u.test(text) ? text : `${text}${isCjk(text) ? "。" : "."}`;
}
