import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import type { Counts } from "../types.ts";
import { acceptedAnswers } from "./accepted.ts";
import { tokenizers } from "./bleu-tokens.ts";
import { most, ngrams, runs, shared } from "./ngrams.ts";

const options = z
  .strictObject({
    tokenize: z
      .enum(["13a", "zh", "intl", "char", "none"])
      .default("13a")
      .describe("zh for Chinese, char for Japanese, 13a where words have spaces"),
    lowercase: z.boolean().default(false),
    smooth_method: z.enum(["exp", "floor", "add-k", "none"]).default("exp").describe("what stands for a precision of 0"),
    smooth_value: z.number().min(0).optional().describe("of floor (0.1 by default) and add-k (1)"),
    max_ngram_order: z.int().min(1).max(8).default(4).describe("words in the longest run"),
  })
  .refine(({ smooth_method, smooth_value }) => smooth_value === undefined || ["floor", "add-k"].includes(smooth_method), {
    path: ["smooth_value"],
    message: "goes with smooth_method floor or add-k only",
  });
type Options = z.output<typeof options>;

/**
 * BLEU (Papineni et al. 2002) with the tokenisers, smoothing and counting of sacreBLEU 2.x (Post 2018): runs of 1 to 4 words that the answer
 * shares with the accepted answers, each clipped by the most that any of them has, and a penalty for an answer shorter than the accepted
 * one of the nearest length. Over many cases runs and lengths are added up first: corpus BLEU, as in papers, of sacreBLEU's signature
 * `case:mixed|eff:no|tok:13a|smooth:exp` where no option is set. A single case has sentence BLEU, with sacreBLEU's effective order: runs
 * longer than the answer do not count. Divided by 100; an answer without words is right, unlike there, where one without words is accepted.
 *
 *     { "id": "m-3", "source": "…", "expected": ["It was not unexpected.", "No one was surprised."] }
 *     answer "It wasn't surprising." -> 0.148: 2 words of 4 shared and no longer run, 4 words where 5 are wanted
 */
export default defineScorer({
  name: "bleu",
  about: "overlap of runs of words with the expected texts: BLEU as sacreBLEU has it",
  axis: "context",
  options,

  score({ answer }, kase, settings) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const given = tokensOf(answer, settings);
    const wanted = accepted.map((text) => tokensOf(text, settings));
    const counts: Record<string, number> = { words: given.length, wanted_words: nearestLength(given.length, wanted) };
    for (let n = 1; n <= settings.max_ngram_order; n++) {
      counts[`runs_${n}`] = runs(given.length, n);
      counts[`shared_${n}`] = shared(ngrams(given, n), most(wanted.map((tokens) => ngrams(tokens, n))));
    }
    const value = given.length === 0 && counts.wanted_words === 0 ? 1 : bleu(counts, settings, true);
    return value === 1 ? { value, counts } : { value, counts, why: whyOf(counts, settings) };
  },

  pool: (counts, settings) => bleu(counts, settings, false),
});

function tokensOf(text: string, { tokenize, lowercase }: Options): readonly string[] {
  return tokenizers[tokenize]((lowercase ? text.toLowerCase() : text).trimEnd());
}

/** Of two lengths that are equally near the shorter one. */
function nearestLength(length: number, wanted: readonly (readonly string[])[]): number {
  const off = (other: number): number => Math.abs(other - length);
  return wanted.map((tokens) => tokens.length).reduce((a, b) => (off(b) < off(a) || (off(b) === off(a) && b < a) ? b : a));
}

/** `effective` leaves out orders that the answer is too short for. */
function bleu(counts: Counts, { smooth_method, smooth_value, max_ngram_order }: Options, effective: boolean): number {
  const { words = 0, wanted_words = 0 } = counts;
  const orders = Array.from({ length: max_ngram_order }, (_, i) => ({
    all: counts[`runs_${i + 1}`] ?? 0,
    hits: counts[`shared_${i + 1}`] ?? 0,
  }));
  if (orders.every(({ hits }) => hits === 0)) return 0;
  const k = smooth_method === "add-k" ? (smooth_value ?? 1) : 0;
  let halvings = 0;
  let logs = 0;
  let order = 0;
  for (const [i, { hits, all }] of orders.entries()) {
    const found = i === 0 ? hits : hits + k;
    const of = i === 0 ? all : all + k;
    if (of === 0) break;
    order++;
    if (found > 0) logs += Math.log(found / of);
    else if (smooth_method === "exp") logs -= Math.log(2 ** ++halvings * of);
    else if (smooth_method === "floor") logs += Math.log((smooth_value ?? 0.1) / of);
    else return 0;
  }
  if (!effective && order < max_ngram_order) return 0;
  const penalty = words < wanted_words ? 1 - wanted_words / words : 0;
  return Math.min(1, Math.exp(penalty + logs / order));
}

function whyOf(counts: Counts, { max_ngram_order }: Options): string {
  const orders = Array.from({ length: max_ngram_order }, (_, i) => `${counts[`shared_${i + 1}`]} of ${counts[`runs_${i + 1}`]}`);
  return `runs of 1 to ${max_ngram_order} words shared: ${orders.join(", ")}; ${counts.words} words for ${counts.wanted_words}`;
}
