import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { canonical } from "../program/hash.ts";
import type { Json, Score } from "../types.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { normalize, squeeze } from "./squad.ts";

/**
 * 1 when the answer is one of the accepted answers, else 0. Whitespace at the ends and the kind of whitespace between never
 * matter. `normalize: squad` is SQuAD's exact match, the same in 1.1 and 2.0: no case, no articles, no ASCII punctuation, and in Chinese or
 * Japanese text no punctuation at all, which the script leaves in.
 *
 *     { "id": "t-12", "question": "I want to close my account", "expected": "terminate_account" }
 *     answer "Terminate_account\n" -> 1    answer "The label is terminate_account." -> 0
 *
 * Where an object is expected the answer is read as JSON, and must hold the same keys and values in any order:
 *
 *     { "id": "b-3", "text": "a table for 4 at six", "expected": { "people": "4", "time": "six" } }
 *     answer '{"time": "six", "people": "4"}' -> 1    answer '{"people": "4"}' -> 0    answer "4 people" -> 0
 */
export default defineScorer({
  name: "exact",
  about: "1 when the answer is the expected one, or one of several",
  axis: "behaviour",
  options: z.strictObject({
    ignore_case: z.boolean().default(true),
    normalize: z.enum(["none", "squad"]).default("none").describe("squad: also without punctuation and English articles"),
  }),

  score({ answer }, kase, options) {
    if (isObject(kase.expected)) return sameJson(answer, kase.expected);
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const form = (text: string): string => {
      const plain = options.normalize === "squad" ? normalize(text) : squeeze(text.normalize("NFC"));
      return options.ignore_case ? plain.toLowerCase() : plain;
    };
    if (accepted.some((text) => form(text) === form(answer))) return { value: 1 };
    return { value: 0, why: `${quote(answer)} is not ${accepted.map((text) => quote(text)).join(" or ")}` };
  },
});

function isObject(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sameJson(answer: string, expected: Json | undefined): Score {
  let given: unknown;
  try {
    given = JSON.parse(answer);
  } catch {
    return { value: 0, why: `${quote(answer)} is no JSON` };
  }
  if (canonical(given) === canonical(expected)) return { value: 1 };
  return { value: 0, why: `${quote(canonical(given))} is not ${quote(canonical(expected))}` };
}
