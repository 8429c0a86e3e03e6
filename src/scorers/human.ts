import { createHash } from "node:crypto";
import { z } from "zod";
import { formatOf } from "../data/parse.ts";
import { defineScorer } from "../plugin.ts";
import type { Score } from "../types.ts";
import { labelsOf, type Label } from "./labels.ts";

/**
 * What people said of the answer, from a CSV, JSONL or like file; `why` names who said it and when. Several raters give their mean, each
 * with the latest label; a case without a label is not applicable. A label with an `answer` (its text, or at least 16 hex digits of
 * its SHA-256) counts for that answer alone and before labels without; blanks around a text do not matter. Bad rows are complained
 * of before any call.
 *
 *     { use: human, file: labels.csv, scale: { good: 1, poor: 0.5, wrong: 0 } }
 *     case,value,answer,rater,time
 *     return-window-1,good,45 days,ann,2026-03-02
 *     answer "45 days" -> 1, "ann, 2026-03-02: good"    answer "30 days" -> skipped, "not labelled for this answer"
 */
export default defineScorer({
  name: "human",
  about: "labels of people from a CSV or JSONL file",
  axis: "behaviour",
  human: true,
  options: z
    .strictObject({
      file: z
        .string()
        .refine((file) => formatOf(file) !== undefined, "name a .csv, .tsv, .jsonl, .json or .yaml file")
        .describe("rows with case and value, and if you like answer, rater and time"),
      scale: z.record(z.string(), z.number().min(0).max(1)).describe("what a label that is a word counts as, 0..1").optional(),
      min: z.number().default(0).describe("the lowest mark, which counts as 0"),
      max: z.number().default(1).describe("the highest mark, which counts as 1"),
    })
    .refine(({ min, max }) => min < max, { path: ["max"], message: "is not above min; write the highest mark" }),

  files: ({ file }) => [file],

  check(options, { files }) {
    const { faults } = labelsOf(files.get(options.file) ?? "", options);
    return faults.length <= MOST_FAULTS ? faults : [...faults.slice(0, MOST_FAULTS), `… and ${faults.length - MOST_FAULTS} more`];
  },

  score(turn, kase, options, lab) {
    const labels = labelsIn(lab.files, options).filter((label) => label.case === kase.id);
    if (labels.length === 0) return { skipped: "not labelled" };
    const exactly = labels.filter(({ answer }) => answer !== undefined && isSame(answer, turn.answer));
    const said = latest(exactly.length > 0 ? exactly : labels.filter(({ answer }) => answer === undefined));
    return said.length === 0 ? { skipped: "not labelled for this answer" } : meanOf(said);
  },
});

type Options = Parameters<typeof labelsOf>[1];

const MOST_FAULTS = 20;

/** Reading a file takes milliseconds, so its labels are remembered for as long as its text lives. */
const read = new WeakMap<ReadonlyMap<string, string>, { readonly options: Options; readonly labels: readonly Label[] }>();

function labelsIn(files: ReadonlyMap<string, string>, options: Options): readonly Label[] {
  const known = read.get(files);
  if (known?.options === options) return known.labels;
  const { labels } = labelsOf(files.get(options.file) ?? "", options);
  read.set(files, { options, labels });
  return labels;
}

function isSame(written: string, answer: string): boolean {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n").trim();
  if (plain(written) === plain(answer)) return true;
  const hash = /^(?:sha256:)?([0-9a-f]{16,64})$/iu.exec(written.trim())?.[1]?.toLowerCase();
  return hash !== undefined && createHash("sha256").update(answer).digest("hex").startsWith(hash);
}

/** Milliseconds since 1970, a time without a zone taken as UTC; a label without a time is the oldest. */
function at({ time }: Label): number {
  if (time === undefined) return Number.NEGATIVE_INFINITY;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/u.test(time) || time.length === 10 ? time : `${time}Z`;
  return Date.parse(zoned.replace(" ", "T"));
}

/** Of each rater with a name the latest label; where times do not tell, the later row. */
function latest(labels: readonly Label[]): readonly Label[] {
  const ordered = labels.toSorted((a, b) => at(a) - at(b));
  return ordered.filter(({ rater }, index) => rater === undefined || ordered.findLastIndex((label) => label.rater === rater) === index);
}

function meanOf(labels: readonly Label[]): Score {
  const values = labels.map(({ value }) => value);
  const value = values.reduce((total, one) => total + one, 0) / values.length;
  const why = labels.map(
    ({ rater, time, mark }) => `${[rater, time].filter((part) => part !== undefined).join(", ") || "unnamed"}: ${mark}`,
  );
  const shown = why.length <= 5 ? why.join("; ") : `${why.slice(0, 5).join("; ")} and ${why.length - 5} more`;
  return labels.length === 1 ? { value, why: shown } : { value, why: shown, votes: values };
}
