import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";

/**
 * F1 and exact match of CMRC 2018 (Cui et al. 2019, cmrc2018_evaluate.py v6), for answers in Chinese: F1 of precision and recall of the
 * longest run of tokens that the answer and the accepted answer have in common, where each Chinese character is a token and other text
 * gives words as the Penn Treebank cuts them. Case does not matter, nor do the punctuation marks that the script lists (“ ” ’ are
 * among them, ‘ and … are not). `metric: em` is 1 when nothing else differs. The best of the accepted answers counts. Two answers without
 * any token are the same, where the script gives F1 0; and a full stop is a word only at the end of a stretch of other text, where the
 * script looks for sentences in it.
 *
 *     { "id": "1152-7-1", "question": "環繞臺北市的城市是?", "expected": "新北市" }
 *     answer "在新北市的工" -> 0.667, 3 tokens of 6 given and 3 of 3 wanted    answer "北市" -> 0.8
 */
export default defineScorer({
  name: "cmrc-f1",
  about: "longest stretch in common with the expected Chinese answer, as F1 of CMRC 2018",
  axis: "context",
  options: z.strictObject({ metric: z.enum(["f1", "em"]).default("f1") }),

  score({ answer }, kase, { metric }) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const value = (text: string): number =>
      metric === "em" ? Number(unmarked(answer) === unmarked(text)) : f1(segments(answer), segments(text));
    const graded = accepted.map((text) => ({ text, value: value(text) }));
    const best = graded.reduce((a, b) => (b.value > a.value ? b : a));
    return best.value === 1 ? { value: 1 } : { value: best.value, why: `nearest accepted answer: ${quote(best.text)}` };
  },
});

const MARKS = /[-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』]/gu;

function unmarked(text: string): string {
  return text.toLowerCase().trim().replace(MARKS, "");
}

/** Characters from U+4E00 to U+9FA5 alone, words of what stands between them. */
function segments(text: string): readonly string[] {
  return unmarked(text)
    .split(/([\u4e00-\u9fa5])/u)
    .flatMap((piece, i) => (i % 2 === 1 ? [piece] : treebank(piece)));
}

/** Punctuation apart, but not in numbers and abbreviations; the last full stop, and 's, 'll, n't and their like, apart. */
function treebank(text: string): readonly string[] {
  return ` ${text} `
    .replace(/[«»‘„"?!;@#$%&()[\]{}<>\u2012-\u2015]|''|\.{2,}|,(?!\d)/gu, " $& ")
    .replace(/(?<=[^.])\.(?=[\s'"»)\]}>]*$)/u, " . ")
    .replace(/(?<![\p{L}\p{N}])'(?!(?:re|ve|ll|[mtsdn])\b)(?=[\p{L}\p{N}])|(?<=[^'\s])(?:'(?:[smd]|ll|re|ve)?|n't)(?=\s)/gu, " $& ")
    .split(/\s+/u)
    .filter((word) => word !== "");
}

function f1(given: readonly string[], wanted: readonly string[]): number {
  if (given.length === 0 && wanted.length === 0) return 1;
  const length = longestRun(given, wanted);
  return length === 0 ? 0 : (2 * length) / (given.length + wanted.length);
}

function longestRun(given: readonly string[], wanted: readonly string[]): number {
  let longest = 0;
  let above = new Uint32Array(wanted.length + 1);
  for (const token of given) {
    const row = new Uint32Array(wanted.length + 1);
    for (let j = 1; j <= wanted.length; j++) {
      if (token !== wanted[j - 1]) continue;
      row[j] = (above[j - 1] ?? 0) + 1;
      longest = Math.max(longest, row[j] ?? 0);
    }
    above = row;
  }
  return longest;
}
