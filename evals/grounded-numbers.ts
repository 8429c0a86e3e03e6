import type { Graded, Score } from "llmopt";

/**
 * A scorer can be a plain function of the answered question and, after it, the case. This one: the share of the numbers in the
 * answer that stand in a passage that was shown; the rest are made up. Use it as `use: evals/grounded-numbers.ts`.
 *
 *     "You have 45 days, 60 with a receipt." after a passage "… within 45 days …" -> 0.5, "in no passage: 60"
 */
export default function groundedNumbers({ answer, passages, retrieved }: Graded): Score {
  if (retrieved !== true) return { skipped: "nothing was looked up" };
  const numbers = numbersIn(answer);
  if (numbers.size === 0) return { skipped: "no number in the answer" };
  const madeUp = numbers.difference(numbersIn(passages.map(({ text }) => text).join("\n")));
  const value = 1 - madeUp.size / numbers.size;
  return madeUp.size === 0 ? { value } : { value, why: `in no passage: ${[...madeUp].join(", ")}` };
}

function numbersIn(text: string): Set<string> {
  return new Set(text.match(/\d+(?:[.,]\d+)*/g));
}
