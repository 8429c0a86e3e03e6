import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import type { Counts } from "../types.ts";
import { quote } from "./accepted.ts";
import { type Call, callsIn, pairs, same, type SameArguments } from "./calls.ts";
import { jsonOf } from "./json-answer.ts";

/**
 * Whether the answer calls the expected tools with the expected arguments. A model's calls are its answer where it says nothing else, as
 * a JSON list; a model that writes its calls as text is read the same way. Calls, expected or given, are `{ name, arguments }`, a list of
 * them, `{ "tool_calls": [...] }`, or as OpenAI writes them, `{ function: { name, arguments: "…" } }`. `exact` is 1 when all expected
 * calls are made and no other; `f1` counts calls, over many cases all of them together. Arguments are equal as JSON: the order of keys does
 * not matter, 4 is not "4"; `subset` allows more than the expected ones. An answer in words calls nothing, which is right where
 * `{ "tool_calls": [] }` is expected.
 *
 *     { "id": "w-2", "question": "Is it raining in Lyon?", "expected": [{ "name": "weather", "arguments": { "city": "Lyon" } }] }
 *     answer [{"name": "weather", "arguments": {"city": "Lyon", "unit": "C"}}] -> 0, and 1 with arguments: subset
 */
export default defineScorer({
  name: "tool-call",
  about: "whether the answer calls the expected tools with the expected arguments",
  axis: "behaviour",
  options: z.strictObject({
    metric: z.enum(["exact", "f1"]).default("exact"),
    arguments: z.enum(["exact", "subset", "ignore"]).default("exact").describe("subset: the expected ones and perhaps more"),
    ordered: z.boolean().default(false).describe("the calls must come in the expected order"),
    allow_fence: z.boolean().default(false).describe("accept the JSON inside a Markdown code fence"),
  }),

  score({ answer }, kase, { metric, arguments: args, ordered, allow_fence }) {
    const wanted = callsIn(kase.expected);
    if (wanted === undefined) return { error: 'the expected answer is no tool call; write [{ "name": "…", "arguments": { … } }]' };
    if (Array.isArray(kase.expected) && wanted.length === 0)
      return { error: 'the expected calls are an empty list; write { "tool_calls": [] } where no tool should be called' };
    const read = jsonOf(answer, allow_fence);
    const given = ("value" in read ? callsIn(read.value) : undefined) ?? [];
    const tp = pairs(given, wanted, args, ordered);
    const right = tp === wanted.length && tp === given.length ? 1 : 0;
    const counts = { tp, fp: given.length - tp, fn: wanted.length - tp, right, cases: 1 };
    const value = metric === "exact" ? right : f1(counts);
    return right === 1 ? { value, counts } : { value, counts, why: whyOf(given, wanted, args, answer) };
  },

  pool: (counts, { metric }) => (metric === "exact" ? (counts["right"] ?? 0) / (counts["cases"] ?? 1) : f1(counts)),
});

/** 1 where no call is made and none is wanted. */
function f1({ tp = 0, fp = 0, fn = 0 }: Counts): number {
  return tp + fp + fn === 0 ? 1 : (2 * tp) / (2 * tp + fp + fn);
}

function whyOf(given: readonly Call[], wanted: readonly Call[], args: SameArguments, answer: string): string {
  if (given.length === 0) return `${quote(answer)} calls no tool; expected ${shown(wanted)}`;
  const missing = wanted.filter((want) => !given.some((give) => same(give, want, args)));
  const needless = given.filter((give) => !wanted.some((want) => same(give, want, args)));
  if (missing.length === 0 && needless.length === 0) return `${shown(given)} in another order or number than ${shown(wanted)}`;
  return [
    ...(missing.length > 0 ? [`not called: ${shown(missing)}`] : []),
    ...(needless.length > 0 ? [`not expected: ${shown(needless)}`] : []),
  ].join("; ");
}

function shown(calls: readonly Call[]): string {
  return calls.length === 0
    ? "no call"
    : calls.map(({ name, arguments: args }) => quote(`${name}(${JSON.stringify(args)})`, 80)).join(", ");
}
