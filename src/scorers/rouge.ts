import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { ngrams, runs, shared } from "./ngrams.ts";
import { stem } from "../text/porter.ts";
import { cjkApart } from "./squad.ts";

/**
 * ROUGE (Lin 2004) as Google's rouge-score has it: words (rouge1) or pairs of words (rouge2) that the answer shares with the accepted
 * answer, or the longest sequence of words that both hold in that order (rougeL; rougeLsum takes lines as sentences and joins what each
 * line of the answer shares). Of several accepted answers the one with the highest F counts. Words are runs of letters and digits in lower
 * case. rouge-score knows only a to z and 0 to 9, and cuts "café" to "caf"; here letters of every script count, and each Chinese
 * or Japanese character is a word. An answer without words is right, unlike there, where one without words is accepted.
 *
 *     { "id": "n-5", "text": "…", "expected": "The council approved the new bridge" }
 *     answer "The new bridge was approved" -> rouge1 0.727, rouge2 0.444, rougeL 0.545
 */
export default defineScorer({
  name: "rouge",
  about: "overlap of words, pairs or sequences of words with the expected text: ROUGE-1, -2, -L",
  axis: "context",
  options: z.strictObject({
    type: z.enum(["rouge1", "rouge2", "rougeL", "rougeLsum"]).default("rougeL"),
    metric: z.enum(["fmeasure", "precision", "recall"]).default("fmeasure"),
    stemmer: z.boolean().default(false).describe("Porter's, for English words of more than three letters"),
  }),

  score({ answer }, kase, { type, metric, stemmer }) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const lines = (text: string): Lines => (type === "rougeLsum" ? text.split("\n") : [text]).map((line) => tokensOf(line, stemmer));
    const given = lines(answer);
    const graded = accepted.map((text) => ({ text, measures: overlap(given, lines(text), type) }));
    const best = graded.reduce((a, b) => (b.measures.fmeasure > a.measures.fmeasure ? b : a));
    const value = best.measures[metric];
    return value === 1 ? { value } : { value, why: `nearest accepted answer: ${quote(best.text)}` };
  },
});

type Measures = Readonly<Record<"precision" | "recall" | "fmeasure", number>>;
type Lines = readonly (readonly string[])[];

function tokensOf(text: string, stemmer: boolean): readonly string[] {
  const found = cjkApart(text.normalize("NFC").toLowerCase()).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return stemmer ? found.map((token) => (/^[a-z0-9]{4,}$/u.test(token) ? stem(token) : token)) : found;
}

function overlap(given: Lines, wanted: Lines, type: string): Measures {
  const a = given.flat();
  const b = wanted.flat();
  const n = type === "rouge2" ? 2 : 1;
  const [all, expected] = [runs(a.length, n), runs(b.length, n)];
  // Without anything to count, as in two answers of one word for pairs, only the same is right.
  if (all === 0 && expected === 0) return ratios(a.join(" ") === b.join(" ") ? 1 : 0, 1, 1);
  if (type === "rougeLsum") return ratios(unionLength(given, wanted), all, expected);
  return ratios(type === "rougeL" ? longest(b, a) : shared(ngrams(a, n), ngrams(b, n)), all, expected);
}

function ratios(hits: number, given: number, wanted: number): Measures {
  const precision = hits / Math.max(given, 1);
  const recall = hits / Math.max(wanted, 1);
  return { precision, recall, fmeasure: hits === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Length of the longest sequence of tokens that both hold in the same order. */
function longest(wanted: readonly string[], given: readonly string[]): number {
  let last = new Uint32Array();
  for (const row of table(wanted, given)) last = row;
  return last.at(-1) ?? 0;
}

/** Row i has at j that length for the first i tokens of one and the first j of the other. */
function* table(wanted: readonly string[], given: readonly string[]): Generator<Uint32Array<ArrayBuffer>> {
  let above = new Uint32Array(given.length + 1);
  yield above;
  for (const token of wanted) {
    const row = new Uint32Array(given.length + 1);
    for (let j = 1; j <= given.length; j++)
      row[j] = token === given[j - 1] ? (above[j - 1] ?? 0) + 1 : Math.max(above[j] ?? 0, row[j - 1] ?? 0);
    yield row;
    above = row;
  }
}

/**
 * How many tokens of the wanted lines are in their longest sequence with some given line (Lin 2004, section 3.2), none counted more often
 * than both texts hold it.
 */
function unionLength(given: Lines, wanted: Lines): number {
  const left = [new Map(ngrams(given.flat(), 1)), new Map(ngrams(wanted.flat(), 1))];
  let hits = 0;
  for (const line of wanted) {
    const found = new Set(given.flatMap((other) => common(line, other)));
    for (const [i, token] of line.entries()) {
      if (!found.has(i) || left.some((counts) => counts.get(token) === 0)) continue;
      hits++;
      for (const counts of left) counts.set(token, (counts.get(token) ?? 0) - 1);
    }
  }
  return hits;
}

/** Where the tokens of one longest sequence stand in the wanted line; of several the one that rouge-score finds. */
function common(wanted: readonly string[], given: readonly string[]): readonly number[] {
  const rows = [...table(wanted, given)];
  const found: number[] = [];
  let [i, j] = [wanted.length, given.length];
  while (i > 0 && j > 0) {
    if (wanted[i - 1] === given[j - 1]) {
      found.push(--i);
      j--;
    } else if ((rows[i]?.[j - 1] ?? 0) > (rows[i - 1]?.[j] ?? 0)) j--;
    else i--;
  }
  return found;
}
