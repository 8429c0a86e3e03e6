import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { holdsCjk, tokens } from "./squad.ts";

/**
 * Words that the answer shares with the accepted answer that it is nearest to, as F1 of precision and recall: SQuAD's F1, where
 * two texts without any word left ("the", "") are right only when both are (version 2.0; 1.1 gives 0). Where either text holds Chinese or
 * Japanese characters each of them is a word and all punctuation is left out; CMRC's F1 differs, as it takes the longest common substring.
 *
 *     { "id": "s-7", "question": "When does support answer?", "expected": "within two working days" }
 *     answer "Within two days." -> 0.857 (3 words of 3 found, 3 of 4 wanted)    answer "On Monday" -> 0
 */
export default defineScorer({
  name: "token-f1",
  about: "overlap of the words of the answer and the expected answer, 0..1",
  axis: "context",
  options: z.strictObject({}),

  score({ answer }, kase) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const graded = accepted.map((text) => ({ text, value: f1(answer, text) }));
    const best = graded.reduce((a, b) => (b.value > a.value ? b : a));
    return best.value === 1 ? { value: 1 } : { value: best.value, why: `nearest accepted answer: ${quote(best.text)}` };
  },
});

function f1(answer: string, expected: string): number {
  const byCharacter = holdsCjk(answer) || holdsCjk(expected);
  const given = tokens(answer, byCharacter);
  const wanted = tokens(expected, byCharacter);
  if (given.length === 0 || wanted.length === 0) return given.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of given) {
    const count = left.get(token) ?? 0;
    if (count > 0) shared++;
    left.set(token, count - 1);
  }
  return (2 * shared) / (given.length + wanted.length);
}
