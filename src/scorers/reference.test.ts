/** Text metrics against values of the programs that define them, which lie beside the repository. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Counts, Json, Score, Scorer } from "../types.ts";
import bleu from "./bleu.ts";
import chrf from "./chrf.ts";
import cmrcF1 from "./cmrc-f1.ts";
import exact from "./exact.ts";
import { labFor, turnOf } from "./lab.fixture.ts";
import rouge from "./rouge.ts";
import tokenF1 from "./token-f1.ts";

const folder = new URL("../../../shared/data/metrics/", import.meta.url);
const has = existsSync(folder);
if (!has) console.warn("skipped: reference values of metrics are not beside the repository");

function read<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  return schema.parse(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

async function score(
  scorer: Scorer,
  answer: string,
  expected: Json,
  options: Record<string, unknown> = {},
): Promise<Extract<Score, { value: number }>> {
  const kase = { id: "c", fields: {}, expected };
  const given = await scorer.score(turnOf(kase, answer), kase, scorer.options.parse(options), labFor(scorer));
  if (!("value" in given)) throw new Error(JSON.stringify(given));
  return given;
}

function added(all: readonly Score[]): Counts {
  const sums = new Map<string, number>();
  for (const one of all)
    for (const [name, count] of Object.entries(("value" in one && one.counts) || {})) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

describe.skipIf(!has)("the SQuAD script", () => {
  const row = z.object({ prediction: z.string(), golds: z.array(z.string()), em: z.number(), f1: z.number() });
  const edge = row.extend({ v2_em: z.number(), v2_f1: z.number() });
  const file = z.object({ edge_cases: z.array(edge), examples: z.array(row) });
  const rows = (): (z.output<typeof row> & Partial<z.output<typeof edge>>)[] => {
    const { edge_cases, examples } = read("squad_em_f1.json", file);
    return [...edge_cases, ...examples];
  };

  test("gives the F1 of token-f1: version 2.0, and 1.1 but for two texts without words", async () => {
    for (const { prediction, golds, f1, v2_f1 } of rows()) {
      const { value } = await score(tokenF1, prediction, golds);
      expect(value, prediction).toBeCloseTo(v2_f1 ?? f1, 9);
      const empty = [prediction, ...golds].every((text) => /^(?:\s|a|an|the)*$/u.test(text));
      expect(value, prediction).toBeCloseTo(empty ? 1 : f1, 9);
    }
  });

  test("gives what exact does with SQuAD's normalisation, in both versions", async () => {
    for (const { prediction, golds, em, v2_em } of rows()) {
      expect(v2_em ?? em).toBe(em);
      expect((await score(exact, prediction, golds, { normalize: "squad" })).value, prediction).toBe(em);
    }
  });
});

describe.skipIf(!has)("the script of CMRC 2018", () => {
  const file = z.object({
    examples: z.array(z.object({ prediction: z.string(), golds: z.array(z.string()), em: z.number(), f1: z.number() })),
  });

  test("gives the F1 and the exact match of cmrc-f1", async () => {
    for (const { prediction, golds, em, f1 } of read("cmrc_em_f1.json", file).examples) {
      expect((await score(cmrcF1, prediction, golds)).value, prediction).toBeCloseTo(f1, 9);
      expect((await score(cmrcF1, prediction, golds, { metric: "em" })).value, prediction).toBe(em);
    }
  });
});

describe.skipIf(!has)("sacreBLEU", () => {
  const corpus = z.object({
    name: z.string(),
    hyps: z.array(z.string()),
    refs: z.array(z.array(z.string())),
    options: z.record(z.string(), z.json()),
    bleu: z.number(),
    precisions: z.array(z.number()),
    sys_len: z.number(),
    ref_len: z.number(),
  });
  const sentence = z.object({
    id: z.string(),
    hyp: z.string(),
    refs: z.array(z.string()),
    sentence_bleu_exp_effective_order: z.number(),
    chrf2: z.number(),
  });
  const file = z.object({ corpus_cases: z.array(corpus), sentence_cases: z.array(sentence) });
  const pooled = (counts: Counts, options: object): number => bleu.pool?.(counts, bleu.options.parse(options)) ?? Number.NaN;
  const off = (value: number, reference: number): number => Math.abs(value / reference - 1);

  test("gives what the counts of bleu pool to, and those counts", async () => {
    for (const { name, hyps, refs, options, ...wanted } of read("bleu_chrf_ter.json", file).corpus_cases) {
      const references = (i: number): string[] => refs.flatMap((texts) => texts[i] ?? []);
      const counts = added(await Promise.all(hyps.map((hyp, i) => score(bleu, hyp, references(i), options))));
      expect(off(pooled(counts, options) * 100, wanted.bleu), name).toBeLessThan(1e-9);
      expect([counts.words, counts.wanted_words], name).toEqual([wanted.sys_len, wanted.ref_len]);
      for (const [i, precision] of wanted.precisions.entries())
        expect(off((100 * (counts[`shared_${i + 1}`] ?? 0)) / (counts[`runs_${i + 1}`] ?? 0), precision), name).toBeLessThan(1e-9);
    }
  });

  test("gives the values of bleu and chrf for single sentences", async () => {
    for (const { id, hyp, refs, ...wanted } of read("bleu_chrf_ter.json", file).sentence_cases) {
      expect(off((await score(bleu, hyp, refs)).value * 100, wanted.sentence_bleu_exp_effective_order), id).toBeLessThan(1e-9);
      expect(off((await score(chrf, hyp, refs)).value * 100, wanted.chrf2), id).toBeLessThan(1e-9);
    }
  });

  const sentences = new URL("../iceec_train/train.jsonl", folder);
  test.skipIf(!existsSync(sentences))("gives the BLEU of 4,000 sentences that were not corrected", async () => {
    const pair = z.object({ source: z.string(), target: z.string() });
    const lines = readFileSync(sentences, "utf8").trim().split("\n");
    const pairs = lines.map((line) => pair.parse(JSON.parse(line)));
    const counts = added(await Promise.all(pairs.map(({ source, target }) => score(bleu, source, target))));
    const { dataset_level } = read("bleu_chrf_ter.json", z.object({ dataset_level: z.record(z.string(), z.number()) }));
    expect(off(pooled(counts, {}) * 100, dataset_level["share/iceec_train copy-source"] ?? 0)).toBeLessThan(1e-9);
  });
});

describe.skipIf(!has)("rouge-score", () => {
  const file = z.object({
    cases: z.array(
      z.object({
        type: z.string(),
        stemmer: z.boolean(),
        target: z.string(),
        prediction: z.string(),
        precision: z.number(),
        recall: z.number(),
        fmeasure: z.number(),
      }),
    ),
  });
  /** Values of ROUGE-1.5.5 are written with four or five digits. */
  const digitsOf = (reference: number): number => {
    const digits = String(reference).split(".")[1]?.length ?? 0;
    return digits === 4 || digits === 5 ? digits : 9;
  };

  test("gives the values of rouge", async () => {
    for (const { type, stemmer, target, prediction, ...wanted } of read("rouge.json", file).cases)
      for (const metric of ["precision", "recall", "fmeasure"] as const) {
        const { value } = await score(rouge, prediction, target, { type, stemmer, metric });
        expect(value, `${type} ${metric} of ${prediction}`).toBeCloseTo(wanted[metric], digitsOf(wanted[metric]));
      }
  });
});
