import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import type { Counts } from "../types.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { ngrams, runs, shared, words } from "./ngrams.ts";

const options = z.strictObject({
  char_order: z.int().min(1).max(10).default(6).describe("characters in the longest run"),
  word_order: z.int().min(0).max(4).default(0).describe("words in the longest run: 2 for chrF++"),
  beta: z.number().min(0).default(2).describe("recall counts beta times as much as precision"),
  lowercase: z.boolean().default(false),
  whitespace: z.boolean().default(false).describe("whitespace is a character too"),
});
type Options = z.output<typeof options>;

/**
 * chrF (Popović 2015), and chrF++ (Popović 2017) with `word_order: 2`, as sacreBLEU 2.x has them: F of precision and recall of runs of 1 to
 * 6 characters, averaged over the orders that both texts are long enough for, with recall weighted twice. It needs no tokeniser and suits
 * inflected languages. Of several accepted answers the one with the best value counts. Over many cases the runs are added up first (corpus
 * chrF); divided by 100. An answer without characters is right, unlike there, where one without any is accepted.
 *
 *     { "id": "m-7", "source": "…", "expected": "Liðin hafa öll sömu getu." }
 *     answer "Liðin sem keppa hafa öll sömu getu." -> 0.787
 */
export default defineScorer({
  name: "chrf",
  about: "overlap of runs of characters with the expected text: chrF and chrF++ as sacreBLEU has them",
  axis: "context",
  options,

  score({ answer }, kase, settings) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const given = ordersOf(answer, settings);
    const graded = accepted.map((text) => {
      const wanted = ordersOf(text, settings);
      const counts = countsOf(given, wanted);
      return { text, counts, value: chrf(counts, settings), empty: [...given, ...wanted].every(({ all }) => all === 0) };
    });
    const { text, counts, value } = graded.reduce((a, b) => (b.value > a.value ? b : a));
    if (value === 1 || graded.some(({ empty }) => empty)) return { value: 1, counts };
    return { value, counts, why: `nearest accepted answer: ${quote(text)}` };
  },

  pool: chrf,
});

interface Order {
  readonly name: string;
  readonly all: number;
  readonly found: ReadonlyMap<string, number>;
}

function ordersOf(text: string, { char_order, word_order, lowercase, whitespace }: Options): readonly Order[] {
  const plain = lowercase ? text.toLowerCase() : text;
  const order = (kind: string, tokens: readonly string[], n: number): Order => ({
    name: `${kind}_${n}`,
    all: runs(tokens.length, n),
    found: ngrams(tokens, n),
  });
  const characters = [...(whitespace ? plain : words(plain).join(""))];
  const pieces = words(plain).flatMap(piecesOf);
  return [
    ...Array.from({ length: char_order }, (_, i) => order("chars", characters, i + 1)),
    ...Array.from({ length: word_order }, (_, i) => order("words", pieces, i + 1)),
  ];
}

/** One ASCII punctuation mark apart, at the end of a word or else at its start: "(so)" gives "(so" and ")". */
function piecesOf(word: string): readonly string[] {
  if (/^.$/su.test(word)) return [word];
  const parts = /^(?<body>.+)(?<last>[!-/:-@[-`{-~])$/su.exec(word) ?? /^(?<first>[!-/:-@[-`{-~])(?<rest>.+)$/su.exec(word);
  return parts === null ? [word] : parts.slice(1);
}

function countsOf(given: readonly Order[], wanted: readonly Order[]): Counts {
  return Object.fromEntries(
    given.flatMap(({ name, all, found }, i) => {
      const other = wanted[i];
      // As in sacreBLEU, runs that the accepted answer is too short for do not count as wrong.
      return [
        [`${name}_given`, other === undefined || other.all === 0 ? 0 : all],
        [`${name}_wanted`, other?.all ?? 0],
        [`${name}_shared`, other === undefined ? 0 : shared(found, other.found)],
      ];
    }),
  );
}

function chrf(counts: Counts, { char_order, word_order, beta }: Options): number {
  const names = [
    ...Array.from({ length: char_order }, (_, i) => `chars_${i + 1}`),
    ...Array.from({ length: word_order }, (_, i) => `words_${i + 1}`),
  ];
  const orders = names.flatMap((name) => {
    const given = counts[`${name}_given`] ?? 0;
    const wanted = counts[`${name}_wanted`] ?? 0;
    const both = counts[`${name}_shared`] ?? 0;
    return given > 0 && wanted > 0 ? [{ precision: both / given, recall: both / wanted }] : [];
  });
  const precision = mean(orders.map((order) => order.precision));
  const recall = mean(orders.map((order) => order.recall));
  if (precision + recall === 0) return 0;
  return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
