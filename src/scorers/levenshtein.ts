import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";

/**
 * 1 - distance / length of the longer text, where the distance is the fewest characters to insert, delete or replace that make one text of
 * the other (Levenshtein 1966). Characters are Unicode code points of the composed form (NFC); whitespace at the ends is left out. The
 * nearest accepted answer counts; two empty texts are the same.
 *
 *     { "id": "o-8", "scan": "…", "expected": "Invoice 2041-B" }
 *     answer "lnvoice 2O41-B" -> 0.857, 2 of 14 characters differ
 */
export default defineScorer({
  name: "levenshtein",
  about: "1 - edit distance to the expected text / length of the longer one",
  axis: "behaviour",
  options: z.strictObject({ ignore_case: z.boolean().default(false) }),

  score({ answer }, kase, { ignore_case }) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const form = (text: string): Uint32Array =>
      Uint32Array.from((ignore_case ? text.toLowerCase() : text).normalize("NFC").trim(), (character) => character.codePointAt(0) ?? 0);
    const given = form(answer);
    const graded = accepted.map((text) => {
      const wanted = form(text);
      const edits = distance(given, wanted);
      const length = Math.max(given.length, wanted.length);
      return { text, edits, length, value: length === 0 ? 1 : 1 - edits / length };
    });
    const { text, edits, length, value } = graded.reduce((a, b) => (b.value > a.value ? b : a));
    return value === 1 ? { value } : { value, why: `${edits} of ${length} characters differ from ${quote(text)}` };
  },
});

/** The fewest code points to insert, delete or replace that make `b` of `a`. */
export function distance(a: Uint32Array, b: Uint32Array): number {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const columns = b.subarray(start, b.length - end);
  // What the rows so far cost up to each column; only the last row is kept.
  const costs = Uint32Array.from({ length: columns.length + 1 }, (_, i) => i);
  for (const character of a.subarray(start, a.length - end)) {
    let diagonal = costs[0] ?? 0;
    costs[0] = diagonal + 1;
    for (let j = 1; j < costs.length; j++) {
      const above = costs[j] ?? 0;
      const same = diagonal + (character === columns[j - 1] ? 0 : 1);
      costs[j] = Math.min(above + 1, (costs[j - 1] ?? 0) + 1, same);
      diagonal = above;
    }
  }
  return costs.at(-1) ?? 0;
}
