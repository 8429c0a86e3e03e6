import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import type { Counts, Json, Score } from "../types.ts";
import { quote } from "./accepted.ts";
import { type Field, fieldsOf, isEmpty, type Match, matched } from "./fields.ts";
import { jsonOf } from "./json-answer.ts";

const options = z.strictObject({
  metric: z.enum(["f1", "precision", "recall"]).default("f1"),
  compare: z
    .enum(["exact", "ignore-case"])
    .default("exact")
    .describe('ignore-case: as text, so that "4" is 4 and case and spacing do not matter'),
  tolerance: z.number().min(0).default(0).describe("absolute difference that two numbers may have"),
  ordered: z.boolean().default(false).describe("items of a list must stand at the same place"),
  fields: z.array(z.string().min(1)).min(1).optional().describe("paths to look at, with all below them: time, address.city, items[].name"),
  ignore_empty: z.boolean().default(false).describe('null, "", [] and {} are as good as no field'),
  allow_fence: z.boolean().default(false).describe("accept the JSON inside a Markdown code fence"),
});
type Options = z.output<typeof options>;

/**
 * Fields of the expected JSON object that the answer has with the same value, as F1, precision or recall. Nested objects and lists are
 * flattened to pairs of path and value ("address.city", "items[].name"); items of a list count in any order, so which of them belong
 * together is not seen. 1 where neither side has a field. Over many cases the pairs are added up first: the micro F1 of slots in
 * dialogue state tracking. An answer that is no JSON object is 0, and counts as one wrong field among many cases.
 *
 *     { "id": "test-54", "text": "a table for 5 at 6", "expected": { "people": "5", "time": "6" } }
 *     answer {"people": "5", "time": "six", "day": "today"} -> 0.4 (1 of 3 given fields, 1 of 2 expected ones)
 */
export default defineScorer({
  name: "json-fields",
  about: "F1 of the fields of the expected JSON object that the answer has",
  axis: "behaviour",
  options,

  score({ answer }, kase, settings) {
    if (!isObject(kase.expected)) return { error: 'the expected answer is no JSON object; write { "field": "value" }' };
    const wanted = chosen(kase.expected, settings);
    const read = jsonOf(answer, settings.allow_fence);
    if ("why" in read) return unusable(wanted, read.why);
    if (!isObject(read.value)) return unusable(wanted, `${quote(answer)} is no JSON object`);
    const given = chosen(read.value, settings);
    const matches = matched(given, wanted, settings);
    const tp = matches.reduce((total, { shared }) => total + shared, 0);
    const counts = { tp, fp: given.length - tp, fn: wanted.length - tp };
    const value = ratio(counts, settings.metric);
    return value === 1 ? { value, counts } : { value, counts, why: whyOf(matches) };
  },

  pool: (counts, { metric }) => ratio(counts, metric),
});

function chosen(value: Json, { ordered, fields, ignore_empty }: Options): readonly Field[] {
  const below = (path: string): boolean =>
    fields === undefined || fields.some((field) => path === field || (path.startsWith(field) && /^[.[]/u.test(path.slice(field.length))));
  // An object without a key is itself the only field, of no path.
  return fieldsOf(value, ordered).filter((field) => field.path !== "" && below(field.path) && !(ignore_empty && isEmpty(field)));
}

/** Counts as one wrong field, since it would otherwise be right over many cases wherever nothing is expected. */
function unusable(wanted: readonly Field[], why: string): Score {
  return { value: 0, why, counts: { tp: 0, fp: 1, fn: wanted.length } };
}

/** 1 where there is nothing on either side, 0 where there is nothing to divide by otherwise. */
function ratio({ tp = 0, fp = 0, fn = 0 }: Counts, metric: Options["metric"]): number {
  if (tp + fp + fn === 0) return 1;
  if (metric === "f1") return (2 * tp) / (2 * tp + fp + fn);
  return tp === 0 ? 0 : tp / (tp + (metric === "precision" ? fp : fn));
}

function whyOf(matches: readonly Match[]): string {
  const texts = (values: readonly Json[]): string =>
    values.length === 0 ? "nothing" : quote(values.map((value) => JSON.stringify(value)).join(", "));
  const unlike = matches.filter(({ a, b, shared }) => shared < Math.max(a.length, b.length));
  const shown = unlike.slice(0, 4).map(({ path, a, b }) => `${path}: ${texts(a)} where ${texts(b)} is expected`);
  return [...shown, ...(unlike.length > shown.length ? [`${unlike.length - shown.length} more`] : [])].join("; ");
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
