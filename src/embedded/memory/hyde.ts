/** A passage that would answer a question, put together from the tuned memory and the question's own terms: all that there is. */
import type { Mind } from "../mind.ts";
import type { Tuned } from "../tuning/tuned.ts";

/** Without a memory it is the question's terms alone, so retrieval by it is close to retrieval by the question. */
export function composePassage(question: string, mind: Mind, tuned?: Tuned): string {
  const asked = question.replace(/^[\s\S]*?\banswers?\b[^:：\n]*[:：]\s*(?=\S)/iu, "").trim() || question;
  const text = mind.lexicon.read(asked);
  const known = (tuned?.memory?.recall(text, 3) ?? []).filter((r) => r.similarity >= 0.2 && r.answer !== tuned?.refusal);
  const terms = [...new Set(text.words.filter((w) => !w.stop).map((w) => w.text))].join(" ");
  const facts = known.map(({ question: q, answer }) => `${q.replace(/[?？]\s*$/u, "")}: ${answer}.`);
  return [terms === "" ? asked : `${terms}.`, ...facts].join(" ");
}
